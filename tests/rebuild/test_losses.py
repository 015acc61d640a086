"""What is lost without being asked for is named and rolled back; what is asked for is done."""

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.operations import Operations

from scaffold.errors import ScaffoldError
from tests.rebuild.migration import File, Step, batch, execute

TABLES = (
    "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT)",
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE, p_id INT REFERENCES p (id) ON DELETE CASCADE,"
    " CONSTRAINT filled CHECK (a <> ''))",
    "CREATE INDEX i ON t (lower(a))",
    "CREATE TRIGGER g AFTER UPDATE ON t BEGIN SELECT new.a; END",
    "CREATE VIEW v AS SELECT a FROM t",
    "CREATE TRIGGER w INSTEAD OF INSERT ON v BEGIN INSERT INTO t (a) VALUES (new.a); END",
    "CREATE TABLE log (what TEXT)",
    "CREATE TRIGGER l AFTER DELETE ON t BEGIN INSERT INTO log VALUES (old.a); END",
    "INSERT INTO p VALUES (1, 'x'), (2, 'y')",
    "INSERT INTO t VALUES (1, 'one', 1), (2, 'two', 2)",
)
REBUILD_BY_HAND = (
    "CREATE TABLE new (id INTEGER PRIMARY KEY, a TEXT, p_id INT)",
    "INSERT INTO new SELECT id, a, p_id FROM t",
    "DROP TABLE t",
    "ALTER TABLE new RENAME TO t",
)


@pytest.fixture
def full(file: File) -> File:
    file.run(*TABLES)
    return file


def at(call: Callable[[Operations], Any]) -> Step:
    return call


ASKED: dict[str, tuple[Step, ...]] = {
    "raw DELETE": (execute("DELETE FROM t"),),
    "raw DELETE whose trigger writes elsewhere": (execute("DELETE FROM t WHERE id = 1"),),
    "raw UPDATE and INSERT": (execute("UPDATE t SET a = 'z'", "INSERT INTO t (a) VALUES ('new')"),),
    "statements of SQLAlchemy": (at(lambda op: op.get_bind().execute(sa.text("DELETE FROM t"))),),
    "the driver's own cursor": (
        at(lambda op: op.get_bind().connection.driver_connection.execute("DELETE FROM t WHERE id = 2")),
    ),
    "bulk_insert": (at(lambda op: op.bulk_insert(sa.table("t", sa.column("a")), [{"a": "n"}])),),
    "drop_index": (at(lambda op: op.drop_index("i", "t")),),
    "raw DROP": (execute("DROP INDEX i;", "-- not needed\nDROP TRIGGER IF EXISTS g;", "DROP VIEW v;"),),
    "drop_table": (execute("DROP VIEW v"), at(lambda op: op.drop_table("t"))),
    "raw DROP TABLE": (execute("DROP VIEW v", "DROP TABLE t"),),
    "dropped and made anew": (
        execute("DROP VIEW v"),
        at(lambda op: op.drop_table("t")),
        at(lambda op: op.create_table("t", sa.Column("id", sa.Integer))),
    ),
    "rename_table": (at(lambda op: op.rename_table("t", "u")),),
    "raw RENAME and back": (execute("ALTER TABLE t RENAME TO u", "ALTER TABLE u RENAME TO t"),),
    "raw RENAME COLUMN": (
        execute("DROP TRIGGER w", "ALTER TABLE t RENAME a TO b", "ALTER TABLE p RENAME COLUMN id TO key"),
    ),
    "raw DROP COLUMN": (execute("ALTER TABLE p DROP COLUMN a"),),
    "drop_constraint": (batch()(lambda op: op.drop_constraint("filled", type_="check")),),
    "rename, then drop": (
        at(lambda op: op.alter_column("p", "a", new_column_name="b")),
        at(lambda op: op.drop_column("p", "b")),
    ),
    "parents go after their children": (execute("DELETE FROM t", "DELETE FROM p"),),
}


@pytest.mark.parametrize("steps", ASKED.values(), ids=ASKED)
def test_asked_for(full: File, steps: tuple[Step, ...]) -> None:
    before = full.dump()
    full.migrate(*steps)
    assert full.dump() != before or "RENAME and back" in str(steps) or full.names("table") == {"p", "t", "log"}


LOST: dict[str, tuple[Step, str]] = {
    "triggers and indexes of a rebuild by hand": (execute("DROP VIEW v", *REBUILD_BY_HAND), "t has lost the index i"),
    "parents without their children": (
        execute("DELETE FROM p"),
        r"2 row\(s\) of t would refer to rows of p that don't exist",
    ),
    "a parent's table": (at(lambda op: op.drop_table("p")), r"2 row\(s\) of t would refer to rows of p"),
    "a parent's key": (
        execute("CREATE TABLE q (id INT, a TEXT)", "DROP TABLE p", "ALTER TABLE q RENAME TO p"),
        "SQLite would refuse every write",
    ),
    "a view of a dropped table": (at(lambda op: op.drop_table("t")), "the view v would not work any more"),
    "the trigger of a view made anew": (
        execute("DROP VIEW v", "CREATE VIEW v AS SELECT a FROM t"),
        "the trigger w of v is gone",
    ),
    "the schema, written over": (
        execute(
            "PRAGMA writable_schema=ON",
            "UPDATE sqlite_master SET sql = replace(sql, ' COLLATE NOCASE', '') WHERE name = 't'",
            "PRAGMA writable_schema=RESET",
        ),
        "t.a has lost COLLATE NOCASE",
    ),
}


@pytest.mark.parametrize(("step", "message"), LOST.values(), ids=LOST)
def test_lost(full: File, step: Step, message: str) -> None:
    before = full.dump()
    with pytest.raises(ScaffoldError, match=message):
        full.migrate(step)
    assert full.dump() == before


def test_the_message_has_what_is_lost_and_what_to_write(full: File) -> None:
    with pytest.raises(ScaffoldError) as refused:
        full.migrate(execute("DROP VIEW v", *REBUILD_BY_HAND))
    assert refused.value.message == (
        "After the migration t has lost the index i (and 2 more), which no revision asks for;"
        " everything was rolled back."
    )
    first, *_ = refused.value.help.split("\n\n")
    assert first == (
        "T has lost the index i.\n"
        "It was:\n"
        "    CREATE INDEX i ON t (lower(a))\n"
        "To keep it, write in the revision after the step that changes it:\n"
        "    op.execute('CREATE INDEX i ON t (lower(a))')\n"
        "To drop it on purpose, write before that step:\n"
        "    op.drop_index('i', 't')"
    )


@pytest.mark.parametrize(
    "step",
    [
        execute("COMMIT"),
        at(lambda op: op.get_bind().commit()),
        at(lambda op: op.get_bind().connection.driver_connection.executescript("CREATE TABLE x (a)")),
        at(lambda op: op.get_bind().rollback()),
    ],
    ids=["COMMIT", "commit()", "executescript()", "rollback()"],
)
def test_a_revision_can_not_end_the_transaction(full: File, step: Step) -> None:
    before = full.dump()
    with pytest.raises(ScaffoldError, match="in the middle of the migration"):
        full.migrate(execute("DELETE FROM t"), step)
    assert full.dump() == before


def test_nor_can_it_hide_that_it_tried(full: File) -> None:
    def step(op: Operations) -> None:
        try:
            op.get_bind().connection.driver_connection.execute("COMMIT")
        except sqlite3.DatabaseError:
            op.execute("DELETE FROM t")

    before = full.dump()
    with pytest.raises(ScaffoldError, match="in the middle of the migration"):
        full.migrate(step)
    assert full.dump() == before


def test_no_pragma_makes_a_rebuild_delete_children(full: File) -> None:
    def step(op: Operations) -> None:
        with op.get_context().autocommit_block():
            op.execute("PRAGMA foreign_keys=ON")
        with op.batch_alter_table("p") as batch_op:
            batch_op.alter_column("a", nullable=False)

    full.migrate(step)
    assert full.run("SELECT count(*) FROM t") == [(2,)]


def test_what_was_wrong_before_is_not_the_migrations_fault(full: File) -> None:
    full.run("INSERT INTO t VALUES (3, 'three', 99)", "CREATE VIEW broken AS SELECT x FROM nowhere")
    full.migrate(batch()(lambda op: op.alter_column("p_id", type_=sa.BigInteger())))
    with pytest.raises(ScaffoldError, match=r"1 row\(s\) of t would refer"):
        full.migrate(execute("INSERT INTO t VALUES (4, 'four', 98)"))
