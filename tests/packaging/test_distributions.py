"""What a wheel and a source distribution hold."""

import re
import tarfile
import zipfile
from email import message_from_bytes
from pathlib import Path

from tests.packaging.builds import REPOSITORY, build


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_wheel_holds_the_tool_its_templates_and_nothing_else(wheel: Path) -> None:
    names = {name for name in contents(wheel) if ".dist-info/" not in name}
    tool, templates = REPOSITORY / "src" / "scaffold", REPOSITORY / "templates"
    expected = {f"scaffold/{file.relative_to(tool).as_posix()}" for file in tool.rglob("*") if is_source(file)}
    expected |= {
        f"scaffold/templates/{file.relative_to(templates).as_posix()}"
        for file in templates.rglob("*")
        if is_source(file)
    }
    assert names == expected
    assert {"scaffold/py.typed", "scaffold/templates/domain_table/copier.yml"} <= names


def is_source(file: Path) -> bool:
    return file.is_file() and "__pycache__" not in file.parts


def test_a_wheel_says_who_it_is(wheel: Path) -> None:
    files = contents(wheel)
    (folder,) = {name.partition("/")[0] for name in files if ".dist-info/" in name}
    metadata = message_from_bytes(files[f"{folder}/METADATA"])
    assert metadata["Name"] == "domain-scaffold"
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata.get_payload() == (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert files[f"{folder}/licenses/LICENSE"] == (REPOSITORY / "LICENSE").read_bytes()
    assert files[f"{folder}/entry_points.txt"].decode().split() == [
        "[console_scripts]",
        "scaffold",
        "=",
        "scaffold.cli:main",
    ]


def test_a_source_distribution_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    sdist = build("sdist", REPOSITORY, tmp_path / "sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    assert not (source / "src" / "appdb").exists()
    assert contents(build("wheel", source, tmp_path / "wheel")) == contents(wheel)


def test_constraints_are_names_and_versions() -> None:
    """No address, no hash, no path."""
    lines = (REPOSITORY / ".ci" / "constraints.txt").read_text().splitlines()
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
