"""Transcripts: commands and what they print, as text.

A transcript begins with files that are there (`== path`, then lines), if any. Then come commands, each with its output:

    $ scaffold ...            in the project, perhaps after NAME=value; `in FOLDER: ` before it changes the folder
    $ cat FILE
    $ sql STATEMENT           on the local database; one row a line
    $ write FILE              puts the lines below it, each after `| `, into a file

Standard error is marked with `! `, an exit code other than 0 stands in brackets, and `# ` begins a comment.
"""

import re
import shlex
from pathlib import Path

import pytest

from tests.projects import Result, TestProject

TRANSCRIPTS = sorted(Path(__file__).parent.glob("transcripts/*.txt"))


@pytest.mark.parametrize("file", TRANSCRIPTS, ids=lambda file: file.stem)
def test_transcript(file: Path, project: TestProject, update_golden: bool) -> None:
    before = file.read_text()
    after = _replayed(before, project)
    if update_golden:
        file.write_text(after)
    else:
        assert after == before, f"{file.name} differs: if that is right, run pytest --update-golden"


def _replayed(transcript: str, project: TestProject) -> str:
    known: dict[str, str] = {}
    blocks = []
    for block in re.split(r"\n+(?=[$#] |== )", transcript.strip("\n")):
        head, _, rest = block.partition("\n")
        if head.startswith("== "):
            project.write(head[3:], rest.strip("\n") + "\n")
        if head.startswith("$ "):
            block = f"{head}\n{_normal(_output(head[2:], rest, project), project, known)}".rstrip("\n")
        blocks.append(block)
    return "\n\n".join(blocks) + "\n"


def _output(command: str, body: str, project: TestProject) -> str:
    folder = "."
    if moved := re.match(r"in (\S+): ", command):
        folder, command = moved[1], command[moved.end() :]
    words = shlex.split(command)
    environment = {}
    while re.match(r"[A-Z_]+=", words[0]):
        name, _, environment[name] = words.pop(0).partition("=")
    match words:
        case ["scaffold", *argv]:
            return _shown(project.run(*argv, cwd=folder, **environment))
        case ["cat", file]:
            [found] = project.root.glob(file)
            return found.read_text()
        case ["sql", statement]:
            return "\n".join(", ".join(map(repr, row)) for row in project.execute(statement))
        case ["write", file]:
            lines = [line.removeprefix("|").removeprefix(" ") for line in body.strip("\n").split("\n")]
            project.write(file, "\n".join(lines) + "\n")
            return body
    raise AssertionError(f"a transcript can't do this: {command}")


def _shown(result: Result) -> str:
    errors = "".join(f"! {line}".rstrip() + "\n" for line in result.err.splitlines())
    return result.out + errors + (f"[{result.code}]\n" if result.code else "")


def _normal(text: str, project: TestProject, known: dict[str, str]) -> str:
    """The text without what differs from run to run: the project's folder, times, and the names of revisions."""

    def revision(match: re.Match[str]) -> str:
        return known.setdefault(match[0], f"<revision {len(known) + 1}>")

    text = text.replace(str(project.root), "<project>")
    text = re.sub(r"\b20(?!260101_000000)\d{6}_\d{6}(?=_)", "<time>", text)
    text = re.sub(r"(?<=\.backup-)\d{8}-\d{6}", "<time>", text)
    text = re.sub(r"\b[0-9a-f]{64}(?=  )", "<digest>", text)
    text = re.sub(r'(_commit\\?": \\?")[0-9a-f]{40}', r"\1<version>", text)
    text = re.sub(r"(Create Date: )[\d .:+-]+", r"\1<time>", text)
    text = re.sub(r"\b(?!3d1f0c5a9b72)[0-9a-f]{12}\b", revision, text)
    return re.sub(r"[ \t]+(?=\n)", "", text)
