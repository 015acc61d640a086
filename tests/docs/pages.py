"""A page of the documentation as a program: its commands in order, in an empty folder, and what they print."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.projects import REPOSITORY, VARIABLES

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"(?:#|//) (\S+\.\w+)\n")
COMMANDS = {
    # Not installed here: it comes from the source, wherever the page sets PYTHONPATH to.
    "scaffold": f'PYTHONPATH="{REPOSITORY / "src"}" exec "{sys.executable}" -m scaffold "$@"',
    "python": f'exec "{sys.executable}" "$@"',
}


def masked(text: str) -> str:
    """Without what differs from run to run: the time in a revision's name, and where the database lies."""
    text = re.sub(r"\b\d{8}_\d{6}_(?!create_auth_tables)", "STAMP_", text)
    return re.sub(r"SQLite \S+/", "SQLite PATH/", text)


@dataclass(frozen=True, slots=True)
class Page:
    """A page in Markdown. A block that begins with a file's name is that file; one of `text` is what was printed."""

    path: Path

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def verbs(self) -> set[str]:
        """The verbs that the page uses."""
        return set(re.findall(r"^scaffold ((?:auth|export|import) \w+|[\w-]+)", self.text, re.MULTILINE))

    @property
    def dead_links(self) -> list[str]:
        links = re.findall(r"\]\(([^)#:]+)\)", self.text)
        return [link for link in links if not Path(self.path.parent, link).exists()]

    def said(self) -> list[tuple[int, str]]:
        """What the page says that its blocks of commands print, by their numbers."""
        blocks = BLOCK.findall(self.text)
        return [
            (number - 1, masked(text))
            for number, (language, text) in enumerate(blocks)
            if language == "text" and blocks[number - 1][0] == "sh"
        ]

    def follow(self, folder: Path, commands: Mapping[str, str]) -> dict[int, str]:
        """Do in a folder what the page says; what each block of commands prints.

        Args:
            folder: an empty one.
            commands: lines of shell by the command's name, beside `scaffold` and `python`.
        """
        (folder / "bin").mkdir()
        for name, line in {**COMMANDS, **commands}.items():
            command = folder / "bin" / name
            command.write_text(f"#!/bin/sh\n{line}\n")
            command.chmod(0o755)
        private = {*VARIABLES, "APPDB_URL", "APPDB_REMOTE_URL", "PYTHONPATH"}
        environment = {key: value for key, value in os.environ.items() if key not in private}
        environment["PATH"] = f"{folder / 'bin'}{os.pathsep}{environment['PATH']}"
        (folder / "work").mkdir()
        done = subprocess.run(
            ["bash", "-e", "-c", "\n".join(self._script())],
            cwd=folder / "work",
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        parts = re.split(r"^=== (\d+)\n", done.stdout, flags=re.MULTILINE)
        return {int(number): masked(text) for number, text in zip(parts[1::2], parts[2::2], strict=True)}

    def _script(self) -> Iterator[str]:
        """One program for bash, which prints a line before what the block with this number prints."""
        for number, (language, text) in enumerate(BLOCK.findall(self.text)):
            if language == "sh":
                yield f"echo '=== {number}'\n{text}"
            elif file := FILE.match(text):
                yield f"mkdir -p \"$(dirname {file[1]})\"\ncat > {file[1]} <<'END OF FILE'\n{text}END OF FILE\n"
