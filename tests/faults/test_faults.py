"""State before or state after: whatever breaks a command, and wherever.

Every verb is broken here, at points that are found by running it and always the same. `SCAFFOLD_TEST_FAULTS=all` takes
each point where the usual run takes some, and `python -m tests.faults.soak` kills at random.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scaffold.cli import app
from tests.databases import skip_unless_ci
from tests.faults.cases import CASES, MIGRATING, READERS, prepared, verbs
from tests.faults.harness import FULL, KILL, NOBODY, Judge, Server, Tally, build_shim
from tests.faults.servers import OnServer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="faults are made by preloading, which only Linux has"),
]

ALL = os.environ.get("SCAFFOLD_TEST_FAULTS") == "all"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if shutil.which("cc") is None:
        skip_unless_ci("the fault shim is C, and there is no C compiler")
    folder = tmp_path_factory.getbasetemp() / "shim"
    with Server(build_shim(folder)) as server:
        yield server


def judge(name: str, server: Server, folder: Path, journal_mode: str = "delete", on: OnServer | None = None) -> Judge:
    """Of a case, on SQLite or on a server."""
    case = CASES[name]
    base = prepared(case, folder / "base", journal_mode, on and on.model)
    return Judge(server, base, case.argv, folder / "work", on, then=case.then, environment=case.environment)


def some(points: list[int], count: int) -> list[int]:
    """So many of the points, evenly spread; all where all are asked for."""
    if ALL or count >= len(points):
        return points
    return [points[(2 * number + 1) * len(points) // (2 * count)] for number in range(count)]


def test_every_verb_that_writes_is_broken() -> None:
    begun = {" ".join(case.argv[:words]) for case in CASES.values() for words in (1, 2)}
    assert {verb for verb in verbs(app) if verb not in READERS} <= begun


@pytest.mark.parametrize("journal_mode", ["delete", "wal"])
@pytest.mark.parametrize("name", CASES)
def test_what_a_kill_at_any_point_leaves(name: str, journal_mode: str, server: Server, tmp_path: Path) -> None:
    judging, tally = judge(name, server, tmp_path, journal_mode), Tally()
    # Where the next command does the work again, it takes long; the write-ahead log differs in the commit only.
    usual = 10 if judging.then != NOBODY else 3 if journal_mode == "wal" else 1
    judging.stop_everywhere(tally, every=1 if ALL else usual)
    print(f"{name}, {journal_mode}, at every point: {tally}")
    assert not tally.torn, tally.torn[0]
    assert tally.before + tally.after == tally.kills


@pytest.mark.parametrize("name", CASES)
def test_a_real_kill(name: str, server: Server, tmp_path: Path) -> None:
    judging, tally = judge(name, server, tmp_path), Tally()
    judging.break_at(KILL, some(list(judging.numbers()), 3), tally)
    print(f"{name}, real kills: {tally}")
    assert not tally.torn, tally.torn[0]


@pytest.mark.parametrize("name", CASES)
def test_a_disk_that_is_full_from_a_point_on(name: str, server: Server, tmp_path: Path) -> None:
    judging, tally = judge(name, server, tmp_path), Tally()
    judging.break_at(FULL, some(list(judging.numbers()), 5), tally)
    print(f"{name}, full disk: {tally}")
    assert not tally.torn, tally.torn[0]


@pytest.mark.parametrize("name", CASES if ALL else ["new-domain in a fresh clone", "migrate with a rebuild", "undo"])
def test_a_kill_while_recovering_from_a_kill(name: str, server: Server, tmp_path: Path) -> None:
    tally = Tally()
    judge(name, server, tmp_path).stop_everywhere(tally, recoveries=1 if ALL else 6)
    print(f"{name}, recoveries too: {tally}")
    assert not tally.torn, tally.torn[0]


@pytest.mark.parametrize("name", ["new-domain", "undo", "export drizzle"])
def test_what_a_person_edits_between_a_kill_and_the_next_command(name: str, server: Server, tmp_path: Path) -> None:
    """Whatever the kill left: the edit stays, and where the command wrote that file too, its text lies beside."""
    judging = judge(name, server, tmp_path)
    edited = {"new-domain": "tables/__init__.py", "undo": "tables/analytics.py"}.get(name)
    file = judging.project / ("web/src/db/index.ts" if edited is None else f"src/shopdb/{edited}")
    phases = set()
    for half_way in judging.states():
        judging.start_over(half_way)
        if not file.exists():
            continue
        text = file.read_text() + "// mine\n"
        file.write_text(text)
        settled = judging.run(NOBODY)
        assert file.read_text() == text
        beside = file.with_name(f"{file.name}.scaffold")
        told = f"{file.relative_to(judging.project).as_posix()} was edited since and is left as it is" in settled.output
        assert told or not beside.exists()
        assert not (judging.project / ".scaffold" / "work").exists()
        phases.add((beside.exists(), told))
    assert len(phases) > 1 or name == "export drizzle"


@pytest.fixture(params=["postgresql", "mysql"])
def on_server(request: pytest.FixtureRequest) -> Iterator[OnServer]:
    on = OnServer(request.getfixturevalue(f"{request.param}_url"))
    yield on
    on.drop()


@pytest.mark.parametrize("name", MIGRATING)
def test_a_kill_between_two_messages_to_a_server(
    name: str, on_server: OnServer, server: Server, tmp_path: Path
) -> None:
    judging, tally = judge(name, server, tmp_path, on=on_server), Tally()
    sends = list(judging.numbers("send"))
    judging.break_at(KILL, some(sends, 5 if on_server.is_mysql else 3), tally)
    print(f"{name} on {on_server.url.get_backend_name()}, kills: {tally}")
    assert not tally.torn, tally.torn[0]


@pytest.mark.parametrize("name", ["add-column", "undo a column"])
def test_a_kill_while_a_database_is_led_on_or_back(name: str, mysql_url: str, server: Server, tmp_path: Path) -> None:
    on_server = OnServer(mysql_url)
    judging, tally = judge(name, server, tmp_path, on=on_server), Tally()
    sends = list(judging.numbers("send"))
    judging.break_recovery(sends[len(sends) * 3 // 4], lambda points: some(points, 8), tally)
    on_server.drop()
    print(f"{name} on mysql, recoveries: {tally}")
    assert not tally.torn, tally.torn[0]
