"""The tutorial's commands, in order, in an empty folder: they work, and print what the tutorial says."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scaffold.cli import app
from tests.projects import REPOSITORY, VARIABLES

TUTORIAL = REPOSITORY / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STAMP = re.compile(r"\b\d{8}_\d{6}_(?!create_auth_tables)")
COMMANDS = {
    # Not installed here: it comes from the source, wherever the tutorial sets PYTHONPATH to.
    "scaffold": f'PYTHONPATH="{REPOSITORY / "src"}" exec "{sys.executable}" -m scaffold "$@"',
    "python": f'exec "{sys.executable}" "$@"',
}


def script() -> Iterator[str]:
    """The tutorial as one program for bash, which prints a line before what the block with this number prints."""
    for number, (language, text) in enumerate(BLOCK.findall(TUTORIAL.read_text(encoding="utf-8"))):
        if language == "sh":
            yield f"echo '=== {number}'\n{text}"
        elif language == "python":
            name = text.removeprefix("# ").partition("\n")[0]
            yield f"cat > {name} <<'END OF FILE'\n{text}END OF FILE\n"


def commands() -> set[str]:
    """The verbs that the tutorial uses."""
    return set(re.findall(r"^scaffold ([\w-]+)", TUTORIAL.read_text(encoding="utf-8"), re.MULTILINE))


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """What each block of commands prints."""
    verbs = {command.name for command in app.registered_commands}
    if missing := commands() - verbs:
        pytest.skip(f"there is no {', '.join(sorted(missing))} yet")
    folder = tmp_path_factory.mktemp("tutorial")
    (folder / "bin").mkdir()
    for name, line in COMMANDS.items():
        command = folder / "bin" / name
        command.write_text(f"#!/bin/sh\n{line}\n")
        command.chmod(0o755)
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in {*VARIABLES, "APPDB_URL", "APPDB_REMOTE_URL", "PYTHONPATH"}
    }
    environment["PATH"] = f"{folder / 'bin'}{os.pathsep}{environment['PATH']}"
    (folder / "work").mkdir()
    done = subprocess.run(
        ["bash", "-e", "-c", "\n".join(script())],
        cwd=folder / "work",
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    parts = re.split(r"^=== (\d+)\n", done.stdout, flags=re.MULTILINE)
    return dict(zip(map(int, parts[1::2]), parts[2::2], strict=True))


def test_it_prints_what_it_says(printed: dict[int, str]) -> None:
    blocks = BLOCK.findall(TUTORIAL.read_text(encoding="utf-8"))
    said = [(number - 1, text) for number, (language, text) in enumerate(blocks) if language == "text"]
    assert len(said) > 4
    for number, text in said:
        assert STAMP.sub("STAMP_", text) in STAMP.sub("STAMP_", printed[number])


def test_it_shows_the_verbs_that_a_newcomer_needs() -> None:
    assert commands() >= {"init", "new-domain", "add-column", "rename-column", "generate", "undo", "check", "migrate"}


def test_its_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", TUTORIAL.read_text(encoding="utf-8"))
    assert [link for link in links if not Path(TUTORIAL.parent, link).exists()] == []
