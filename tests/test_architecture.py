"""The law of imports, and what a command may not load before it needs it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
SLOW_TO_LOAD = {"alembic", "ast_grep_py", "copier", "sqlalchemy"}


def python(*arguments: str, cwd: Path = REPOSITORY) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY / "src"), "COLUMNS": "80"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def loaded(importtime: str) -> set[str]:
    """The top-level packages in what `-X importtime` wrote."""
    return set(re.findall(r"^import time:.*\| +([A-Za-z_]\w*)", importtime, re.M))


def test_imports_run_downward_only() -> None:
    done = python("-c", "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_command_line_loads_nothing_slow() -> None:
    done = python("-X", "importtime", "-c", "import scaffold.cli")
    assert "scaffold" in loaded(done.stderr)
    assert loaded(done.stderr) & SLOW_TO_LOAD == set()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("--help", 0),
        ("new-domain --help", 0),
        ("", 0),
        ("--nonsense", 2),
        ("new-doman analytics", 2),
        ("new-domain", 2),
        ("new-domain analytics --nonsense", 2),
        ("new-domain analytics path:txet", 2),
        ("new-domain analytics path:text:unik", 2),
        ("new-domain analytics amount:int:default=much", 2),
        ("new-domain class", 2),
        ("add-column page_views", 2),
        ("add-column page_views path:txet", 2),
        ("migrate --local --remote", 2),
        ("migrate --nonsense", 2),
    ],
)
def test_help_and_usage_errors_come_at_once(command: str, code: int, tmp_path: Path) -> None:
    done = python("-X", "importtime", "-m", "scaffold", *command.split(), cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert loaded(done.stderr) & SLOW_TO_LOAD == set()
