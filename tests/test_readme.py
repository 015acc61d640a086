"""README's commands, in order, in a fresh copy of the repository: they work, and print what README says."""

import io
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
import tarfile
import textwrap
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE

import pytest

from tests.docs.pages import masked

REPOSITORY = Path(__file__).parent.parent
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")

ENTRY_POINTS = {"scaffold": "scaffold.cli", "alembic": "alembic.config", "pytest": "pytest"}


@dataclass(frozen=True, slots=True)
class Block:
    """A block of README.

    Args:
        language: sh or python.
        text: what stands in it.
        output: the text block right behind it.
    """

    language: str
    text: str
    output: str


def blocks() -> Iterator[Block]:
    for match in re.finditer(r"^```(sh|python)\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", README, re.M | re.S):
        language, text, output = match.groups()
        yield Block(language, text, output or "")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The repository as a fresh clone has it, without the domains that somebody made in this one."""
    copy = tmp_path / "copy"
    junk = shutil.ignore_patterns(".git", ".venv", ".*cache", "__pycache__", ".hypothesis", ".scaffold", "*.db*")
    shutil.copytree(REPOSITORY, copy, ignore=junk)
    if (REPOSITORY / ".git").exists():
        for folder in ("src/appdb/tables", "src/appdb/migrations/versions"):
            shutil.rmtree(copy / folder)
            committed = subprocess.run(["git", "archive", "HEAD", folder], cwd=REPOSITORY, stdout=PIPE, check=True)
            with tarfile.open(fileobj=io.BytesIO(committed.stdout)) as archive:
                archive.extractall(copy, filter="data")
    return copy


@pytest.mark.slow
def test_readme_in_this_environment(copy: Path) -> None:
    """pip installs nothing here: the virtual environment borrows what this one has."""
    borrow_this_environment(copy)
    follow_readme(copy, {"PATH": f"{python3(copy, has_venv=True)}{os.pathsep}{os.environ['PATH']}"})


@pytest.mark.slow
def test_readme_on_a_fresh_machine(copy: Path) -> None:
    follow_readme(copy, {"PATH": f"{python3(copy, has_venv=False)}{os.pathsep}{os.environ['PATH']}"})


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^):#]+)\)", README)
    assert links
    assert [link for link in links if not (REPOSITORY / link).exists()] == []


def follow_readme(copy: Path, environment: dict[str, str]) -> None:
    activate = ""
    for number, block in enumerate(blocks()):
        if block.language == "python":
            command = [str(copy / ".venv/bin/python"), "-W", "error", "-c", block.text]
        else:
            command = ["bash", "-euc", activate + block.text]
        done = subprocess.run(
            command, cwd=copy, env=clean_environment() | environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{block.text}\n{done.stdout}\n{done.stderr}"
        said = masked(textwrap.dedent(block.output))
        assert masked(textwrap.dedent(done.stdout)).endswith(said), f"{block.text}\n{done.stdout}"
        if block.text.startswith(". "):
            activate = block.text
        if block.text.startswith('"""'):
            assert block.text == (copy / "src/appdb/tables/analytics.py").read_text()
        if number == 0:
            assert_page_views(copy / "local.db")


def assert_page_views(file: Path) -> None:
    """The table of the original's example, in its own names, with `updated_at` and indexed foreign keys."""
    db = sqlite3.connect(file)
    columns = db.execute("SELECT name, type, \"notnull\", pk FROM pragma_table_info('page_views')").fetchall()
    assert columns == [
        ("id", "TEXT", 1, 1),
        ("path", "TEXT", 1, 0),
        ("user_agent", "TEXT", 0, 0),
        ("ip_address", "TEXT", 0, 0),
        ("user_id", "TEXT", 0, 0),
        ("organization_id", "TEXT", 1, 0),
        ("created_at", "INTEGER", 1, 0),
        ("updated_at", "INTEGER", 1, 0),
    ]
    keys = db.execute('SELECT "from", "table", "to", on_delete FROM pragma_foreign_key_list(\'page_views\')')
    assert sorted(keys.fetchall()) == [
        ("organization_id", "organizations", "id", "CASCADE"),
        ("user_id", "users", "id", "SET NULL"),
    ]
    indexes = db.execute("SELECT name, \"unique\" FROM pragma_index_list('page_views') WHERE origin = 'c'")
    assert sorted(indexes.fetchall()) == [("page_views_organization_id_idx", 0), ("page_views_user_id_idx", 0)]
    db.close()


def python3(copy: Path, *, has_venv: bool) -> Path:
    """A folder whose `python3` is this Python; with `has_venv`, it leaves the virtual environment that is there."""
    folder = copy.parent / "bin"
    folder.mkdir()
    skip = 'case "$1 $2" in "-m venv") exit 0;; esac\n' if has_venv else ""
    script(folder / "python3", f'#!/bin/sh\n{skip}exec "{sys.executable}" "$@"\n')
    return folder


def borrow_this_environment(copy: Path) -> None:
    """A virtual environment in which the copy is installed, and whatever this one has."""
    home = copy / ".venv"
    venv.create(home, symlinks=True)
    (packages,) = home.glob("lib/python*/site-packages")
    (packages / "borrowed.pth").write_text(f"{copy / 'src'}\n{sysconfig.get_path('purelib')}\n")
    for name, module in ENTRY_POINTS.items():
        main = "console_main" if name == "pytest" else "main"
        code = f"#!{home / 'bin/python'}\nimport sys\nfrom {module} import {main}\nsys.exit({main}())\n"
        script(home / "bin" / name, code)
    script(home / "bin" / "pip", "#!/bin/sh\n")


def script(file: Path, text: str) -> None:
    file.write_text(text)
    file.chmod(0o755)


def clean_environment() -> dict[str, str]:
    """This one without what is about this run. The tests are collected, not run: this is one of them."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("APPDB_", "PYTEST_", "PYTHON", "COV_")) and name != "VIRTUAL_ENV"
    }
    return kept | {"PYTEST_ADDOPTS": "--collect-only"}
