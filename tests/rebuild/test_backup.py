"""The copy that is made before data is dropped or rewritten."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from scaffold.errors import ScaffoldError
from scaffold.project.rebuilds.backup import KEPT, backups
from tests.rebuild.migration import File, Step, batch, execute

TAKES: dict[str, Step] = {
    "DELETE": execute("DELETE FROM t"),
    "UPDATE": execute("UPDATE t SET a = 'z'"),
    "DROP COLUMN": batch()(lambda op: op.drop_column("a")),
    "a rebuild": batch()(lambda op: op.alter_column("a", nullable=False)),
    "DROP TABLE": lambda op: op.drop_table("t"),
    "the driver's own cursor": lambda op: op.get_bind().connection.driver_connection.execute("DELETE FROM t"),
}
GIVES: dict[str, Step] = {
    "a new column": batch()(lambda op: op.add_column(sa.Column("b", sa.Text))),
    "a new name": batch()(lambda op: op.alter_column("a", new_column_name="b")),
    "a new table, filled and dropped": execute("CREATE TABLE u (a)", "INSERT INTO u VALUES (1)", "DROP TABLE u"),
    "an empty table rebuilt": lambda op: op.drop_table("empty"),
    "a new index": lambda op: op.create_index("i", "t", ["a"]),
}


@pytest.fixture(params=["delete", "wal"])
def filled(file: File, request: pytest.FixtureRequest) -> File:
    file.run(
        f"PRAGMA journal_mode={request.param}",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)",
        "INSERT INTO t (a) VALUES ('x'), ('y')",
        "CREATE TABLE empty (id INTEGER PRIMARY KEY)",
    )
    return file


@pytest.mark.parametrize("step", TAKES.values(), ids=TAKES)
def test_what_takes_something_away_leaves_a_copy_of_before(filled: File, step: Step) -> None:
    before = filled.dump()
    filled.migrate(execute("CREATE TABLE other (a)"), step)
    assert filled.backup is not None
    assert backups(filled.path) == [filled.backup]
    assert re.fullmatch(r"local\.db\.backup-\d{8}-\d{6}", filled.backup.name)
    with closing(sqlite3.connect(filled.backup)) as copy:
        assert list(copy.iterdump()) == before


@pytest.mark.parametrize("step", GIVES.values(), ids=GIVES)
def test_what_takes_nothing_away_leaves_none(filled: File, step: Step) -> None:
    filled.migrate(step)
    assert filled.backup is None
    assert backups(filled.path) == []


def test_a_migration_that_is_rolled_back_leaves_none(filled: File) -> None:
    with pytest.raises(sa.exc.OperationalError):
        filled.migrate(execute("DELETE FROM t", "nonsense"))
    assert backups(filled.path) == []


def test_the_last_few_are_kept(filled: File) -> None:
    for number in range(KEPT + 2):
        filled.migrate(execute(f"UPDATE t SET a = {number}"))
    kept = backups(filled.path)
    assert len(kept) == KEPT
    assert kept[-1] == filled.backup
    with closing(sqlite3.connect(kept[-1])) as copy:
        assert copy.execute("SELECT DISTINCT a FROM t").fetchall() == [(str(KEPT),)]


def test_other_files_are_left_alone(filled: File) -> None:
    mine = [
        filled.path.with_name(name) for name in ("local.db.backup-mine", "local.db.backup", "x.backup-20200101-000000")
    ]
    for path in mine:
        path.write_text("mine")
    for number in range(KEPT + 1):
        filled.migrate(execute(f"UPDATE t SET a = {number}"))
    assert all(path.read_text() == "mine" for path in mine)


def test_without_room_for_it_nothing_happens(filled: File, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("scaffold.project.rebuilds.backup._copy", full)
    before = filled.dump()
    with pytest.raises(ScaffoldError, match=r"could be made before that: .*No space left"):
        filled.migrate(execute("DELETE FROM t"))
    assert filled.dump() == before
    assert not list(filled.path.parent.glob("*backup*"))


def test_a_rebuild_larger_than_the_cache_is_copied_too(filled: File) -> None:
    rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
    filled.run(f"{rows} INSERT INTO t (a) SELECT hex(randomblob(200)) FROM n")
    filled.migrate(
        execute("CREATE TABLE big AS SELECT * FROM t"),
        batch()(lambda op: op.alter_column("a", nullable=False)),
    )
    assert filled.backup is not None
    assert filled.run("SELECT count(*) FROM t") == [(20002,)]
