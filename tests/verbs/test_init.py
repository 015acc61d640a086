"""`scaffold init`: a new project, or the pieces of one beside what is there."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from scaffold.project.skeleton import render_project
from tests.projects import PACKAGE, REPOSITORY, Result, TestProject


class Folder(TestProject):
    """A folder that nobody has made a project of."""

    def __init__(self, root: Path) -> None:
        self.root, self.environment = root, {}
        root.mkdir()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "work")


def init(folder: Folder, *arguments: str) -> Result:
    return folder.run("init", *arguments)


def test_the_repositorys_own_package_is_what_the_template_renders(tmp_path: Path) -> None:
    check = subprocess.run(
        [sys.executable, REPOSITORY / "docs" / "template.py", "--check"], capture_output=True, text=True, check=False
    )
    assert check.returncode == 0, check.stderr
    rendered = render_project(tmp_path / "shop", "appdb")
    for path, data in rendered.items():
        if path.startswith("src/appdb/") and not path.endswith("tables/__init__.py"):
            assert (REPOSITORY / path).read_bytes() == data, path


def test_a_project_from_nothing_to_a_migrated_table(folder: Folder) -> None:
    out = folder.ok("init", "shop", "--package", PACKAGE)
    assert out.endswith("Next:\n  cd shop\n  scaffold new-domain DOMAIN [FIELD]...\n")
    made = folder.run("new-domain", "billing", "--table", "invoices", "number:string=20:unique", cwd="shop")
    assert made.code == 0, str(made)
    assert (folder.root / "shop" / "local.db").exists()
    assert folder.run("generate", "--check", cwd="shop").code == 0


@pytest.mark.slow
def test_the_project_passes_its_own_tests(folder: Folder) -> None:
    folder.ok("init", "shop", "--package", PACKAGE)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=folder.root / "shop", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_second_time_changes_nothing_and_says_so(folder: Folder) -> None:
    folder.ok("init", "shop", "--package", PACKAGE)
    folder.run("new-domain", "billing", cwd="shop")
    before = folder.tree()
    assert folder.ok("init", "shop", "--package", PACKAGE) == "shop is a project already; there is nothing to do.\n"
    assert json.loads(folder.ok("init", "shop", "--package", PACKAGE, "--json"))["files"] == []
    assert folder.tree() == before


def test_what_a_killed_run_left_is_completed(folder: Folder) -> None:
    folder.ok("init", ".", "--package", PACKAGE)
    whole = folder.tree()
    (folder.root / "pyproject.toml").unlink()
    (folder.root / "src" / PACKAGE / "types.py").unlink()
    folder.ok("init", ".", "--package", PACKAGE)
    assert folder.tree() == whole


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", "end"])
def test_an_existing_pyproject_gets_the_sections_and_keeps_its_bytes(folder: Folder, newline: str, end: str) -> None:
    text = f"[project]\nname = 'mine'   # with a comment\n\n[tool.ruff]\nline-length = 100\n{end and '# end'}"
    before = folder.write("pyproject.toml", text.replace("\n", newline).encode()).read_bytes()
    out = folder.ok("init", ".", "--package", PACKAGE)
    after = (folder.root / "pyproject.toml").read_bytes()
    assert after.startswith(before)
    assert (b"\r\n" in after) == (newline == "\r\n")
    assert after.count(b"\n") == after.count(newline.encode())
    document = tomllib.loads(after.decode())
    assert document["project"] == {"name": "mine"}
    assert document["tool"]["scaffold"]["package"] == PACKAGE
    assert "Note: add to your dependencies: alembic" in out
    assert folder.run("new-domain", "billing").code == 0


def test_a_flat_project_stays_flat(folder: Folder) -> None:
    folder.write("pyproject.toml", "[project]\nname = 'mine'\n")
    folder.ok("init", ".", "--package", PACKAGE)
    assert (folder.root / PACKAGE / "base.py").exists()
    assert folder.run("new-domain", "billing").code == 0
    assert (folder.root / PACKAGE / "tables" / "billing.py").exists()


def test_what_is_there_is_kept(folder: Folder) -> None:
    folder.write("README.md", "mine\n")
    folder.write(".gitignore", "mine\n")
    out = folder.ok("init", ".", "--package", PACKAGE)
    assert "  keep    .gitignore\n  keep    README.md\n" in out
    assert "Note: add to your .gitignore: local.db* and .scaffold/\n" in out
    assert (folder.root / "README.md").read_text() == "mine\n"


def test_conflicts_are_all_listed_before_anything_is_written(folder: Folder) -> None:
    folder.write(f"src/{PACKAGE}/base.py", "mine = 1\n")
    folder.write(f"src/{PACKAGE}/migrations", "no folder\n")
    before = folder.tree()
    refused = init(folder, ".", "--package", PACKAGE)
    assert refused.code == 2
    assert f"\n\n  src/{PACKAGE}/base.py\n  src/{PACKAGE}/migrations\n" in refused.err
    assert f"Try: scaffold init . --package {PACKAGE}_db\n" in refused.err
    assert folder.tree() == before


def test_a_dry_run_writes_nothing(folder: Folder) -> None:
    out = folder.ok("init", "shop", "--package", PACKAGE, "--dry-run")
    assert "+++ b/pyproject.toml\n" in out
    assert folder.tree() == {}


def test_a_template_of_its_own(folder: Folder) -> None:
    folder.ok("init", ".", "--package", PACKAGE, "--own-template")
    [module] = (folder.root / "templates" / "domain_table" / "template").iterdir()
    module.write_text(module.read_text().replace("tables.", "tables, our way."))
    assert folder.run("new-domain", "billing").code == 0
    assert "our way" in (folder.root / "src" / PACKAGE / "tables" / "billing.py").read_text()


def test_a_folder_that_can_not_be_written_is_left_as_it_is(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write("pyproject.toml", "[project]\nname = 'mine'\n")
    before = folder.tree()
    written = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if "types.py" in self.name and self.is_relative_to(folder.root):
            raise OSError(28, "No space left on device")
        return written(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    refused = init(folder, str(folder.root), "--package", PACKAGE)
    assert refused.code == 1
    assert "No space left on device; nothing was left behind." in refused.err
    assert folder.tree() == before


@pytest.mark.parametrize(
    ("arguments", "message", "right"),
    [
        (("init", "x", "--package", "Shop-DB"), "no name for a package", "--package shop_db"),
        (("init", "x", "--package", "class"), "no name for a package", "--package class_db"),
        (("init", "x", "--package", "json"), "would hide", "--package json_db"),
        (("init", "x", "--package", "alembic"), "would hide", "--package alembic_db"),
        (("init", "made", "--package", "other"), "is a project already", "--package shopdb"),
        (("init", "file"), "is a file", "scaffold init file-project"),
        (("init", "broken"), "can't be read as TOML", ""),
        (("init", "history"), "[tool.alembic]", "scaffold init NEW_FOLDER"),
        (("init", "inline"), "says `tool` in another way", "[tool.scaffold]"),
    ],
)
def test_bad_input(folder: Folder, arguments: tuple[str, ...], message: str, right: str) -> None:
    folder.ok("init", "made", "--package", PACKAGE)
    folder.write("file", "")
    folder.write("broken/pyproject.toml", "[project\n")
    folder.write("history/pyproject.toml", "[tool.alembic]\nscript_location = 'x'\n")
    folder.write("inline/pyproject.toml", "tool = { ruff = {} }\n")
    before = folder.tree()
    refused = folder.run(*arguments)
    assert refused.code == 2, str(refused)
    assert message in refused.err
    assert right in refused.err
    assert folder.tree() == before
