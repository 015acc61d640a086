"""Colour and progress, which only a terminal gets to see; and verbs that were mistyped."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cli.terminal import Terminal
from tests.projects import REPOSITORY, TestProject

SLOW = "import time\ntime.sleep(2.5)\n"


@contextmanager
def typed(project: TestProject, *argv: str, **environment: str) -> Iterator[Terminal]:
    path = {"PYTHONPATH": str(REPOSITORY / "src"), "TERM": "xterm", **environment}
    yield Terminal([sys.executable, "-m", "scaffold", *argv], project.root, path)


def test_colour_in_a_terminal(project: TestProject) -> None:
    with typed(project, "show", "usrs", NO_COLOR="") as terminal:
        terminal.end()
    assert "\x1b[31mError:\x1b[0m There is no table" in terminal.seen


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour_where_it_is_not_wanted(project: TestProject, environment: dict[str, str]) -> None:
    with typed(project, "show", "usrs", **environment) as terminal:
        terminal.end()
    assert "Error: There is no table" in terminal.seen
    assert "\x1b" not in terminal.seen


def test_no_colour_and_no_progress_in_a_file(project: TestProject) -> None:
    project.write("src/shopdb/tables/slow.py", SLOW)
    result = project.start("tables")
    out, err = result.communicate()
    assert (result.returncode, "\x1b" in out + err, "Looking" in err) == (0, False, False)


def test_progress_of_what_takes_long(project: TestProject) -> None:
    project.write("src/shopdb/tables/slow.py", SLOW)
    with typed(project, "tables") as terminal:
        assert terminal.end() == 0
    assert "Looking at the models and the local database (1 s)" in terminal.seen
    before, _, after = terminal.seen.rpartition("\x1b[2K")
    assert "DOMAIN" not in before, "the line is taken away before the result is printed"
    assert "Looking" not in after


def test_no_progress_of_what_is_quick(project: TestProject) -> None:
    with typed(project, "show", "usrs") as terminal:
        terminal.end()
    assert "Looking" not in terminal.seen


def test_a_mistyped_verb(project: TestProject) -> None:
    result = project.run("new-domian", "billing", "total:decimal")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "Error: No such command 'new-domian'. Did you mean 'new-domain'?\n\n"
        "Try: scaffold new-domain billing total:decimal\n"
    )
    assert project.run("frobnicate").err == "Error: No such command 'frobnicate'.\n\nSee: scaffold --help\n"
