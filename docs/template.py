"""Write what templates/ has twice; with --check, only say which files are out of date.

`src/appdb` is the source of templates/project/template/src: it is the one that is typed, linted and tested. In the
template, its name is an answer. And every version of templates/domain_table stays in templates/versions, as
`scaffold update` can only tell a person's edits from the template's with the version that made a module.
"""

import argparse
import re
import shutil
import sys
from pathlib import Path

from scaffold.project.versions import left_out, version

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "appdb"
TARGET = ROOT / "templates" / "project" / "template" / "src" / "{{ package }}"
DOMAIN = ROOT / "templates" / "domain_table"
VERSIONS = ROOT / "templates" / "versions" / "domain_table"
COMMAND = "python docs/template.py"

LEFT_OUT = ("CHECKSUMS", "HEAD")
"""Files that scaffold itself writes anew in every project."""


def files() -> dict[Path, str]:
    """What the template should hold: path -> text."""
    found = {}
    for file in sorted(SOURCE.rglob("*")):
        path = file.relative_to(SOURCE)
        if file.is_file() and _belongs(path):
            found[TARGET / path.with_name(f"{path.name}.jinja")] = _as_template(file.read_text(encoding="utf-8"))
    return found


def _belongs(path: Path) -> bool:
    """Whether a file is in every project: no domain of this one, no revision but the first."""
    if "__pycache__" in path.parts or path.name in LEFT_OUT:
        return False
    if path.parts[0] == "tables":
        return path.name == "__init__.py"
    return path.parent.name != "versions" or path.suffix != ".py" or path.name.endswith("_create_auth_tables.py")


def _as_template(text: str) -> str:
    # The domains of whoever works in this repository are theirs.
    text = re.sub(r"\n+from appdb\.tables\..*", "", text)
    escaped = re.sub(r"\{[{%#]", lambda match: "{{ '" + match[0] + "' }}", text)
    return escaped.replace("appdb", "{{ package }}").replace("APPDB", "{{ package | upper }}")


def lost_versions() -> list[str]:
    """The versions of the domain template that are not there, or not what they are named after."""
    there = [folder for folder in VERSIONS.glob("*") if folder.is_dir()]
    wrong = {folder for folder in there if version(folder) != folder.name}
    missing = {VERSIONS / version(DOMAIN)} - set(there)
    return sorted(folder.relative_to(ROOT).as_posix() for folder in wrong | missing)


def keep_version() -> None:
    """Keep the version that the domain template is at."""
    kept = VERSIONS / version(DOMAIN)
    if not kept.is_dir():
        shutil.copytree(DOMAIN, kept, ignore=left_out)


def out_of_date() -> list[str]:
    """The files that are not what they should be."""
    wanted = files()
    there = {file for file in TARGET.rglob("*") if file.is_file()}
    wrong = {file for file, text in wanted.items() if file not in there or file.read_text(encoding="utf-8") != text}
    return sorted(file.relative_to(ROOT).as_posix() for file in wrong | (there - wanted.keys()))


def write() -> None:
    """Make the template what it should be."""
    wanted = files()
    for file in [file for file in TARGET.rglob("*") if file.is_file() and file not in wanted]:
        file.unlink()
    for file, text in wanted.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something is out of date")
    if not parser.parse_args().check:
        write()
        keep_version()
        return 0
    wrong = out_of_date()
    for name in wrong:
        sys.stderr.write(f"{name} is not what src/appdb says; run {COMMAND}\n")
    lost = lost_versions()
    for name in lost:
        sys.stderr.write(f"{name} is not there, or not what it is named after; run {COMMAND}\n")
    return 1 if wrong or lost else 0


if __name__ == "__main__":
    sys.exit(main())
