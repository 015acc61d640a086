"""The SQL of a revision that can't be written without a database: SQLite's rebuilds begin with a look at the table."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.project import rebuilds
from scaffold.project.databases import Database
from scaffold.project.history import History
from scaffold.project.scratch import scratch

if TYPE_CHECKING:
    import sqlite3

    from alembic.script import Script

_READS = re.compile(r"\s*(?:SELECT|PRAGMA|EXPLAIN|SAVEPOINT|RELEASE|BEGIN|COMMIT|ROLLBACK|--)", re.IGNORECASE)


def needs_rehearsal(script: "Script", database: Database) -> bool:
    """Whether a revision rebuilds a table on a SQLite."""
    text = Path(script.path).read_text(encoding="utf-8")
    return database.dialect.name == "sqlite" and "batch_alter_table" in text


def rehearsed_sql(history: History, script: "Script", database: Database) -> str:
    """What a revision runs on a SQLite, heard while it runs on a scratch database."""
    heard: list[str] = []
    with scratch(database) as made, made.migrating(lambda _: None) as connection:
        driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]

        def listen(running: "Script") -> None:
            driver.set_trace_callback(heard.append if running.revision == script.revision else None)

        with rebuilds.guarded(connection, None):
            history.upgrade(connection, on_revision=listen, before_commit=lambda _: driver.set_trace_callback(None))
    return "\n\n".join(f"{statement.strip()};" for statement in heard if not _READS.match(statement))
