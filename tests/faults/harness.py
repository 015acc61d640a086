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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self

HERE = Path(__file__).parent
NOBODY = ("add-column", "no_such_table", "x:text")
"""A command that is refused; like every other, it first settles what an interrupted one left behind."""

NONE, KILL, FULL, STOP = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Broken:
    """What became of a command.

    Args:
        killed: whether the fault killed it.
        code: its exit code otherwise.
        points: the calls that changed the disk or talked to a server, in order.
        output: what it printed.
        states: for each point, what the project was there, where the command was stopped to look; a folder.
    """

    killed: bool
    code: int
    points: tuple[str, ...]
    output: str
    states: tuple[Path, ...] = ()


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
        self,
        project: Path,
        argv: Sequence[str],
        mode: int = NONE,
        at: int = 0,
        *,
        into: Path | None = None,
        environment: Mapping[str, str] = {},
    ) -> Broken:
        """Run a command in a project with a fault at its `at`th point; without one, its points are only counted.

        Args:
            project: its folder.
            argv: the command.
            mode: what kind of fault; STOP stops at every point.
            at: the point.
            into: the folder that gets the copies of a stopped project.
            environment: more variables.
        """
        beside = project.parent
        if into:
            shutil.rmtree(into, ignore_errors=True)
        order = {
            "folder": str(project),
            "argv": list(argv),
            "mode": mode,
            "at": at,
            "output": str(beside / "output.txt"),
            "log": str(beside / "points.txt"),
            "states": str(into or ""),
            "temporary": str(beside),
            "environment": dict(environment),
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        status = answer["status"]
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        points = tuple(line.partition(" ")[2] for line in (beside / "points.txt").read_text().splitlines())
        return Broken(
            killed,
            -1 if killed else os.waitstatus_to_exitcode(status),
            points,
            (beside / "output.txt").read_text(),
            tuple(into / str(state) for state in answer["states"]) if into else (),
        )


def state(project: Path) -> dict[str, str]:
    """All that a project is: its folders and files, and what its databases hold."""
    found: dict[str, str] = {}
    for file in sorted(project.rglob("*")):
        path = file.relative_to(project).as_posix()
        if file.is_dir():
            found[f"{path}/"] = ""
        elif file.suffix == ".db":
            found[path] = _dump(file)
        elif path.startswith(".scaffold/history"):
            # What it tells of a file from before has the identifiers of that run in it, encoded.
            found[path] = ""
        elif ".db-" not in path and ".db.backup-" not in path:
            found[path] = file.read_text()
    return found


def _dump(file: Path) -> str:
    with contextlib.closing(sqlite3.connect(file)) as database:
        # Line by line: Alembic's rebuild takes constraints from a set, in any order.
        lines = "\n".join(database.iterdump()).split("\n")
        return "\n".join(sorted(line.rstrip(", ") for line in lines))


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
        then: the command that comes after a broken one.
        environment: of the commands.
    """

    def __init__(
        self,
        server: Server,
        base: Path,
        argv: Sequence[str],
        scratch: Path,
        database: ServerDatabase | None = None,
        *,
        then: Sequence[str] = NOBODY,
        environment: Mapping[str, str] = {},
    ) -> None:
        self.server, self.base, self.argv, self.then, self.database = server, base, argv, then, database
        self.environment = {**environment, **(database.environment if database else {})}
        self.scratch, self.project = scratch, scratch / "project"
        scratch.mkdir(parents=True, exist_ok=True)
        self.start_over()
        self._before = normalized(self._state())
        whole = self.run(argv)
        assert whole.code == 0, whole.output
        self.points = whole.points
        self._after = normalized(self._state())
        assert self._before != self._after
        self._then_code = self.run(then).code
        assert normalized(self._state()) == self._after, self.judge()

    def run(self, argv: Sequence[str], mode: int = NONE, at: int = 0, into: Path | None = None) -> Broken:
        """A command in the project."""
        return self.server.run(self.project, argv, mode, at, into=into, environment=self.environment)

    def start_over(self, state: Path | None = None) -> None:
        """Make the project what it was before the command, or what it was when it was stopped once."""
        shutil.rmtree(self.project, ignore_errors=True)
        shutil.copytree(state or self.base, self.project)
        if self.database:
            self.database.reset()

    def judge(self) -> str:
        """`before`, `after`, or how the project is torn."""
        found = normalized(self._state())
        if found == self._before:
            return "before"
        if found == self._after:
            return "after"
        return min((difference(found, whole) for whole in (self._before, self._after)), key=len)

    def numbers(self, *calls: str) -> Iterator[int]:
        """The numbers of the points at which one of some calls is made; of all without them."""
        yield from (number for number, call in enumerate(self.points, 1) if not calls or call in calls)

    def break_at(self, mode: int, points: Iterable[int], tally: Tally) -> None:
        """Break the command at some of its points, let the next command settle, and judge.

        Args:
            mode: KILL or FULL.
            points: their numbers, from 1 on.
            tally: gets the counts.
        """
        tally.points += len(self.points)
        for at in points:
            self.start_over()
            broken = self.run(self.argv, mode, at)
            self.settle(f"{self.points[at - 1]}, point {at}\n{broken.output}", tally)

    def break_recovery(self, at: int, choose: Callable[[list[int]], list[int]], tally: Tally) -> None:
        """Kill the command at one of its points, and the settling too.

        Args:
            at: the point.
            choose: picks from the points of the settling.
            tally: gets the counts.
        """
        self.start_over()
        self.run(self.argv, KILL, at)
        points = self.run(self.then).points
        tally.points += len(points)
        for second in choose(list(range(1, len(points) + 1))):
            self.start_over()
            self.run(self.argv, KILL, at)
            self.run(self.then, KILL, second)
            self.settle(f"point {at}, then {points[second - 1]} at point {second} of the recovery", tally)

    def stop_everywhere(self, tally: Tally, *, every: int = 1, recoveries: int = 0) -> None:
        """Judge what a kill at each of the command's points leaves on the disk.

        The command runs once, and is stopped at each point to copy what there is; points that leave the same bytes are
        judged together. It takes a fraction of the time of real kills. What a server holds can't be copied like that.

        Args:
            tally: gets the counts.
            every: one in so many of the states is judged.
            recoveries: the settling is stopped at each of its points as well, after one in so many of them; 0 for none.
        """
        states = self.states()
        tally.points += sum(map(len, states.values()))
        for number, (state, points) in enumerate([*states.items()][::every]):
            self.start_over(state)
            self.settle(", ".join(points), tally, count=len(points))
            if recoveries and number % recoveries == 0:
                self._stop_recovery(state, points[0], tally)

    def states(self) -> dict[Path, list[str]]:
        """What the project is in the course of the command: copies of it, each with its points."""
        self.start_over()
        return _by_state(self.run(self.argv, STOP, into=self.scratch / "states"))

    def _stop_recovery(self, state: Path, point: str, tally: Tally) -> None:
        self.start_over(state)
        stopped = self.run(self.then, STOP, into=self.scratch / "recoveries")
        tally.points += len(stopped.points)
        for half_way, points in _by_state(stopped).items():
            self.start_over(half_way)
            self.settle(f"{point}, then {', '.join(points)} of the recovery", tally, count=len(points))

    def settle(self, where: str, tally: Tally, *, count: int = 1) -> None:
        """Let the next command settle what is left of a broken one, and judge.

        Args:
            where: it was broken.
            tally: gets the counts.
            count: of the kills that leave the same.
        """
        tally.kills += count
        settled = self.run(self.then)
        verdict = self.judge()
        if settled.code != self._then_code:
            verdict = f"the next command ended with {settled.code}:\n{settled.output}"
        if verdict == "before":
            tally.before += count
        elif verdict == "after":
            tally.after += count
        else:
            tally.torn.append(f"{' '.join(self.argv)}: {where}\n{verdict}")

    def _state(self) -> dict[str, str]:
        return state(self.project) | ({"database": self.database.dump()} if self.database else {})


def _by_state(stopped: Broken) -> dict[Path, list[str]]:
    """The points of a stopped command by the state that it was stopped in."""
    found: dict[Path, list[str]] = {}
    for number, (point, state) in enumerate(zip(stopped.points, stopped.states, strict=True), 1):
        found.setdefault(state, []).append(f"{point} at point {number}")
    return found


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
