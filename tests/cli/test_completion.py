"""Completion: what is offered, that nothing slow is imported for it, and that real shells take it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scaffold.cli.complete import in_bash
from scaffold.cli.output import say
from tests.cli.terminal import Terminal
from tests.projects import REPOSITORY, TestProject

SHOP = '''"""Shop tables."""

from sqlalchemy.orm import Mapped

from shopdb.base import Base
from shopdb.mixins import HasId, HasTimestamps, InOrganization


class Product(HasId, InOrganization, HasTimestamps, Base):
    __tablename__ = "products"

    label: Mapped[str]
'''


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> TestProject:
    project = TestProject(tmp_path_factory.mktemp("completion") / "project")
    project.write("src/shopdb/tables/shop.py", SHOP)
    command = project.write(
        "bin/scaffold", f'#!/bin/sh\nPYTHONPATH="{REPOSITORY / "src"}" exec "{sys.executable}" -m scaffold "$@"\n'
    )
    command.chmod(0o755)
    return project


def offered(project: TestProject, *words: str) -> list[str]:
    """What bash is told, of words as bash splits them."""
    environment = os.environ | {
        "_SCAFFOLD_COMPLETE": "complete_bash",
        "COMP_WORDS": "\n".join(["scaffold", *words]),
        "COMP_CWORD": str(len(words)),
    }
    done = subprocess.run(
        [project.root / "bin" / "scaffold"],
        cwd=project.root,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["che"], ["check"]),
        (["show", "prod"], ["products"]),
        (["add-column", "products", "path", ":", "te"], ["text", "text:"]),
        (["add-column", "products", "path", ":", "enu"], ["enum=", "enum=VALUE,VALUE"]),
        (["add-column", "products", "path", ":", "text", ":", "o"], ["optional", "optional:"]),
        (["add-column", "products", "path", ":", "text", ":", "optional", ":", "o"], []),
        (["add-column", "products", "user", ":", "ref", "=", "prod"], ["products", "products:"]),
        (["add-column", "t", "user", ":", "ref", "=", "users", ":", "on_delete", "=", "ca"], ["cascade", "cascade:"]),
        (["add-column", "products", "s", ":", "enum", "=", "a,b", ":", "default", "="], ["a", "b"]),
        (["add-column", "products", "a", ":", "text", "paid", ":", "bo"], ["bool", "bool:"]),
        (["check", "--format", "=", "sa"], ["sarif"]),
    ],
)
def test_bash_is_told(shop: TestProject, words: list[str], expected: list[str]) -> None:
    assert offered(shop, *words) == expected


def test_outside_of_a_project_there_is_nothing_to_offer(shop: TestProject, tmp_path: Path) -> None:
    outside = TestProject(tmp_path / "project")
    (outside.root / "pyproject.toml").unlink()
    shutil.copytree(shop.root / "bin", outside.root / "bin")
    assert offered(outside, "show", "u") == []


@pytest.mark.parametrize(
    ("words", "joined", "behind"),
    [
        (["x", "path", ":"], ["x", "path:"], 5),
        (["x", "path", ":", ""], ["x", "path:", ""], 0),
        (["x", "a", ":", "text", ":", "default", "=", "b", "::", "c"], ["x", "a:text:default=b::c"], 18),
        (["x", "a:text:opt"], ["x", "a:text:opt"], 0),
        (["x"], ["x"], 0),
        ([""], [""], 0),
    ],
)
def test_words_that_bash_split(
    words: list[str], joined: list[str], behind: int, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = {
        "_SCAFFOLD_COMPLETE": "complete_bash",
        "COMP_WORDS": "\n".join(["scaffold", *words]),
        "COMP_CWORD": str(len(words)),
    }
    with in_bash(environment):
        say(joined[-1] + "+")
        say("other")
    assert environment["COMP_WORDS"].split("\n") == ["scaffold", *joined]
    assert environment["COMP_CWORD"] == str(len(joined))
    assert capsys.readouterr().out.split("\n")[0] == joined[-1][behind:] + "+"


def test_nothing_slow_is_imported(shop: TestProject) -> None:
    code = (
        "import sys\n"
        "from scaffold.cli import app, complete\n"
        "try:\n    with complete.in_bash():\n        app(args=[], prog_name='scaffold')\n"
        "finally:\n    print(sorted({'sqlalchemy', 'alembic', 'copier', 'ast_grep_py', 'jinja2'} & set(sys.modules)))\n"
    )
    environment = os.environ | {
        "PYTHONPATH": str(REPOSITORY / "src"),
        "_SCAFFOLD_COMPLETE": "complete_bash",
        "COMP_WORDS": "scaffold\nadd-column\nproducts\nuser\n:\nref\n=\nus",
        "COMP_CWORD": "7",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=shop.root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.split("\n")[:3] == ["users", "users:", "[]"]


TYPED = [
    ("scaffold new-do", "scaffold new-domain "),
    ("scaffold show prod", "scaffold show products "),
    ("scaffold add-column products path:te", "scaffold add-column products path:text"),
    ("scaffold add-column products path:text:op", "scaffold add-column products path:text:optional"),
    ("scaffold add-column products user:ref=prod", "scaffold add-column products user:ref=products"),
    ("scaffold drop-column products lab", "scaffold drop-column products label "),
]


@pytest.fixture(params=["bash", "zsh", "fish"])
def shell(request: pytest.FixtureRequest, shop: TestProject) -> Iterator[Terminal]:
    """A real shell that has read the completion script."""
    name: str = request.param
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"there is no {name} here")
    options, load = {
        "bash": (["--norc", "-i"], 'eval "$(scaffold --show-completion bash)"'),
        "zsh": (["-f", "-i"], 'autoload -Uz compinit; compinit -u -D; eval "$(scaffold --show-completion zsh)"'),
        "fish": (["-i", "--no-config"], "scaffold --show-completion fish | source"),
    }[name]
    path = f"{shop.root / 'bin'}{os.pathsep}{os.environ['PATH']}"
    terminal = Terminal([program, *options], shop.root, {"PATH": path, "PS1": "$ ", "HOME": str(shop.root)})
    terminal.type(f"{load}; echo rea''dy\r")
    terminal.wait_for("ready")
    yield terminal
    terminal.kill()


def test_a_real_shell(shell: Terminal) -> None:
    for typed, completed in TYPED:
        shell.type(f"{typed}\t")
        # Behind the completed word stands no blank where it may go on, and one where it is finished.
        shell.wait_for(f"{completed}(?=$| ?$)" if completed.endswith(" ") else f"{completed}(?! )")
        shell.type("\x15")
