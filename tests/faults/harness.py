"""Breaks commands at every point at which they change the disk, and judges what is left."""

import contextlib
import difflib
import hashlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self

HERE = Path(__file__).parent
NOBODY = ("add-column", "no_such_table", "x:text")
"""A command that is refused; like every other, it first settles what an interrupted one left behind."""

NONE, KILL, FULL = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Broken:
    """What became of a command.

    Args:
        killed: whether the fault killed it.
        code: its exit code otherwise.
        points: the calls that changed the disk or talked to a server, in order.
        output: what it printed.
    """

    killed: bool
    code: int
    points: tuple[str, ...]
    output: str


@dataclass(slots=True)
class Tally:
    """The counts that the issue asks for."""

    points: int = 0
    kills: int = 0
    before: int = 0
    after: int = 0
    torn: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.points} points, {self.kills} runs broken, {self.before} wholly before, {self.after} wholly after,"
            f" {len(self.torn)} torn"
        )


class Server:
    """The process that commands are forked from, with the shim preloaded."""

    def __init__(self, shim: Path) -> None:
        search_path = os.pathsep.join(path for path in sys.path if path)
        self._process = subprocess.Popen(
            [sys.executable, "-B", str(HERE / "server.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"LD_PRELOAD": str(shim), "PYTHONPATH": search_path},
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=30)

    def run(
        self, project: Path, argv: Sequence[str], mode: int = NONE, at: int = 0, environment: Mapping[str, str] = {}
    ) -> Broken:
        """Run a command in a project with a fault at its `at`th point; without one, its points are only counted."""
        beside = project.parent
        order = {
            "folder": str(project),
            "argv": list(argv),
            "mode": mode,
            "at": at,
            "output": str(beside / "output.txt"),
            "log": str(beside / "points.txt"),
            "environment": dict(environment),
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        status = json.loads(self._process.stdout.readline())
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        points = tuple(line.partition(" ")[2] for line in (beside / "points.txt").read_text().splitlines())
        return Broken(
            killed, -1 if killed else os.waitstatus_to_exitcode(status), points, (beside / "output.txt").read_text()
        )


def state(project: Path) -> dict[str, str]:
    """All that a project is: its files, and what its database holds."""
    found: dict[str, str] = {}
    for file in sorted(project.rglob("*")):
        path = file.relative_to(project).as_posix()
        if file.is_file() and not path.startswith((".scaffold/history", "local.db")):
            found[path] = file.read_text()
    if (project / "local.db").exists():
        with contextlib.closing(sqlite3.connect(project / "local.db")) as database:
            # Line by line: Alembic's rebuild takes constraints from a set, in any order.
            lines = "\n".join(database.iterdump()).split("\n")
            found["local.db"] = "\n".join(sorted(line.rstrip(", ") for line in lines))
    return found


def normalized(found: dict[str, str]) -> dict[str, str]:
    """A state without what differs from run to run: times, revision identifiers, digests."""
    identifiers = set(re.findall(r'^revision: str = "(\w+)"', "\n".join(found.values()), re.M))

    def clean(text: str) -> str:
        text = re.sub(r"\d{8}_\d{6}_", "TIME_", text)
        text = re.sub(r"Create Date: .*", "Create Date", text)
        for identifier in identifiers:
            text = text.replace(identifier, "REVISION")
        return re.sub(r"\b[0-9a-f]{64}\b", "DIGEST", text)

    return {clean(path): clean(text) for path, text in found.items()}


def difference(found: dict[str, str], expected: dict[str, str]) -> str:
    """How a state differs from another, for a message."""
    lines: list[str] = []
    for path in sorted({*found, *expected}):
        if found.get(path) != expected.get(path):
            old, new = expected.get(path, "(no such file)"), found.get(path, "(no such file)")
            lines += difflib.unified_diff(old.splitlines(), new.splitlines(), f"expected {path}", f"found {path}", n=1)
    return "\n".join(lines)


class ServerDatabase(Protocol):
    """The local database of a project, on a server."""

    @property
    def environment(self) -> Mapping[str, str]:
        """Makes it the project's local one."""
        ...

    def reset(self) -> None:
        """Make it what it was before the command."""
        ...

    def dump(self) -> str:
        """All that it holds."""
        ...


class Judge:
    """Knows a command's state before and after, and says which of the two a project is in.

    Args:
        server: runs the command.
        base: the project before it.
        argv: the command.
        scratch: a folder for copies.
        database: where the local one is not the project's own SQLite file.
    """

    def __init__(
        self,
        server: Server,
        base: Path,
        argv: Sequence[str],
        scratch: Path,
        database: ServerDatabase | None = None,
    ) -> None:
        self.server, self.base, self.argv, self.scratch, self.database = server, base, argv, scratch, database
        scratch.mkdir(parents=True, exist_ok=True)
        with self.copy() as project:
            self._before = normalized(self._state(project))
            whole = self.run(project, argv)
            assert whole.code == 0, whole.output
            self.points = whole.points
            self._after = normalized(self._state(project))
        assert self._before != self._after

    def run(self, project: Path, argv: Sequence[str], mode: int = NONE, at: int = 0) -> Broken:
        """A command in a copy of the project."""
        return self.server.run(project, argv, mode, at, self.database.environment if self.database else {})

    @contextlib.contextmanager
    def copy(self) -> Iterator[Path]:
        """A copy of the project before the command."""
        project = self.scratch / "project"
        shutil.rmtree(project, ignore_errors=True)
        shutil.copytree(self.base, project)
        if self.database:
            self.database.reset()
        yield project

    def _state(self, project: Path) -> dict[str, str]:
        return state(project) | ({"database": self.database.dump()} if self.database else {})

    def judge(self, project: Path) -> str:
        """`before`, `after`, or how it is torn."""
        found = normalized(self._state(project))
        if found == self._before:
            return "before"
        if found == self._after:
            return "after"
        return min((difference(found, whole) for whole in (self._before, self._after)), key=len)

    def break_everywhere(
        self, mode: int, tally: Tally, *, every: int = 1, since: int = 1, recoveries: bool = False
    ) -> None:
        """Break the command at each of its points, let the next command settle, and judge.

        Args:
            mode: KILL or FULL.
            tally: gets the counts.
            every: only each of so many points.
            since: the first of them.
            recoveries: also break the settling itself at each of its points.
        """
        tally.points += len(self.points)
        for at in range(since, len(self.points) + 1, every):
            with self.copy() as project:
                broken = self.run(project, self.argv, mode, at)
                self.settle(project, f"{self.points[at - 1]}, point {at}\n{broken.output}", tally)
            if recoveries and broken.killed:
                self._break_recovery(at, tally)

    def _break_recovery(self, at: int, tally: Tally) -> None:
        second = 1
        while True:
            with self.copy() as project:
                self.run(project, self.argv, KILL, at)
                recovery = self.run(project, NOBODY, KILL, second)
                if not recovery.killed:
                    return
                self.settle(project, f"point {at}, then point {second} of the recovery\n{recovery.output}", tally)
            second += 1

    def settle(self, project: Path, where: str, tally: Tally) -> None:
        """Let the next command settle what is left of a broken one, and judge."""
        tally.kills += 1
        settled = self.run(project, NOBODY)
        verdict = self.judge(project)
        if settled.code != 2:
            verdict = f"the next command ended with {settled.code}:\n{settled.output}"
        if verdict == "before":
            tally.before += 1
        elif verdict == "after":
            tally.after += 1
        else:
            tally.torn.append(f"{' '.join(self.argv)}: {where}\n{verdict}")


def build_shim(folder: Path) -> Path:
    """Compile the shim into a folder, once for each version of its source."""
    source = HERE / "shim.c"
    digest = hashlib.sha256(source.read_bytes()).hexdigest()[:12]
    shim = folder / f"shim-{digest}.so"
    if not shim.exists():
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / f"{shim.name}.{os.getpid()}"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(partial), str(source), "-ldl"], check=True)
        partial.replace(shim)
    return shim
