"""Applications of N tables and N revisions, made once and kept: each run works on a copy.

The first two tables are made by `scaffold` itself, the others after their pattern, so that what is measured is what
the tool writes. Of ten tables one stands alone, and the other nine refer to it.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

FIELDS = (
    "name:text",
    "slug:string=80:unique",
    "price:decimal=12.2:default=0",
    "status:enum=draft,published:default=draft",
    "note:text:optional",
)
ALONE = (*FIELDS, "user:ref=users:optional")
CLUSTER = 10
PACKAGE = "appdb"
REPOSITORY = Path(__file__).parents[1]


def environment() -> dict[str, str]:
    """That of every command that is measured: byte code is written and read, as on a user's machine."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("APPDB_", "PYTHON"))}
    return kept | {"PYTHONPATH": str(REPOSITORY / "src")}


def project(size: int, cache: Path) -> Path:
    """The application with `size` tables and as many revisions, its SQLite database migrated.

    Args:
        size: a multiple of ten.
        cache: a folder that keeps what was made; it is made anew when the code that writes it has changed.
    """
    home = cache / f"{size}-{_version()}"
    if not home.exists():
        partial = home.with_name(f"{home.name}.{os.getpid()}")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        _build(partial, size)
        partial.rename(home)
    return home


def scaffold(folder: Path, *arguments: str, **variables: str) -> None:
    """Run a command in a project; it must succeed."""
    command = [sys.executable, "-m", "scaffold", *arguments]
    _run(command, folder, environment() | variables)


def _run(command: list[str], folder: Path, variables: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def _build(folder: Path, size: int) -> None:
    scaffold(folder, "init", ".")
    scaffold(folder, "new-domain", "d0000", "--table", "d0000_items", *ALONE)
    scaffold(folder, "new-domain", "d0001", "--table", "d0001_items", *FIELDS, "first:ref=d0000_items")
    package = folder / "src" / PACKAGE
    versions = package / "migrations" / "versions"
    modules = [(package / "tables" / f"d{number:04}.py").read_text() for number in (0, 1)]
    revisions = [next(versions.glob(f"*_d{number:04}_items.py")).read_text() for number in (0, 1)]
    down = _identifier(revisions[1])
    for number in range(2, size):
        sample = 0 if number % CLUSTER == 0 else 1
        revision = hashlib.sha256(f"{number}".encode()).hexdigest()[:12]
        module = _renamed(modules[sample], sample, number)
        (package / "tables" / f"d{number:04}.py").write_text(module)
        text = _renamed(revisions[sample], sample, number).replace(_identifier(revisions[sample]), revision)
        text = re.sub(r'^(down_revision: .* = ").*(")$', rf"\g<1>{down}\g<2>", text, flags=re.MULTILINE)
        text = re.sub(r"^(Revises: ).*$", rf"\g<1>{down}", text, flags=re.MULTILINE)
        stamp = f"21{number // 10000:02}0101_{number // 3600 % 24:02}{number // 60 % 60:02}{number % 60:02}"
        (versions / f"{stamp}_create_d{number:04}_items.py").write_text(text)
        down = revision
    exports = (package / "tables" / "__init__.py").read_text().splitlines()
    exports = [line for line in exports if not line.startswith("from ")]
    exports += [f"from {PACKAGE}.tables.d{n:04} import D{n:04}Item as D{n:04}Item" for n in range(size)]
    (package / "tables" / "__init__.py").write_text("\n".join(exports) + "\n")
    files = sorted(versions.glob("*.py"))
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (versions / "CHECKSUMS").write_text("".join(lines))
    (versions / "HEAD").write_text(f"{down}\n")
    scaffold(folder, "migrate")
    # Alembic and Python leave byte code behind, which a person's second command finds there.
    _run([sys.executable, "-m", "alembic", "history"], folder, environment())
    _run([sys.executable, "-c", f"import {PACKAGE}.schema"], folder / "src", environment())


def _renamed(text: str, sample: int, number: int) -> str:
    first = number // CLUSTER * CLUSTER
    if sample:
        text = text.replace("d0000", "FIRST")
    text = text.replace(f"d{sample:04}", f"d{number:04}").replace(f"D{sample:04}", f"D{number:04}")
    # The number in the name of a CHECK stands for its values, which are the same.
    return text.replace("FIRST", f"d{first:04}")


def _identifier(revision: str) -> str:
    found = re.search(r'^revision: str = "(\w+)"', revision, re.MULTILINE)
    assert found
    return found[1]


def _version() -> str:
    """Stands for the code that a project's text comes from."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for file in sorted((REPOSITORY / "templates").rglob("*")):
        if file.is_file():
            digest.update(file.read_bytes())
    return digest.hexdigest()[:10]
