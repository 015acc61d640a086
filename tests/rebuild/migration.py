"""A SQLite file, and migrations of it as the tool runs them, without a project around."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from scaffold.dialects import DIALECTS
from scaffold.project.rebuilds import guarded

Step = Callable[[Operations], Any]


class File:
    """A database in a file.

    Args:
        path: of the file; need not be there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.backup: Path | None = None

    def run(self, *statements: str) -> list[Any]:
        """Run statements on a connection of their own; the rows of the last."""
        with closing(sqlite3.connect(self.path)) as connection:
            rows = [connection.execute(statement).fetchall() for statement in statements]
            connection.commit()
        return rows[-1]

    def sql(self, name: str) -> str:
        """The statement that made a table, index, trigger or view."""
        [(sql,)] = self.run(f"SELECT sql FROM sqlite_master WHERE name = '{name}'")
        return " ".join(sql.split())

    def names(self, kind: str) -> set[str]:
        """Of all tables, indexes, triggers or views that somebody made."""
        rows = self.run(f"SELECT name FROM sqlite_master WHERE type = '{kind}' AND sql IS NOT NULL")
        return {name for (name,) in rows if not name.startswith("sqlite_")}

    def dump(self) -> list[str]:
        """Everything in it, as SQL."""
        with closing(sqlite3.connect(self.path)) as connection:
            return list(connection.iterdump())

    def migrate(self, *steps: Step) -> None:
        """Run steps as one migration."""
        url = sa.URL.create("sqlite", database=str(self.path))
        with (
            DIALECTS["sqlite"].migrating(url, lambda _: None) as connection,
            guarded(connection, self.path) as guard,
        ):
            context = MigrationContext.configure(connection, opts={"transactional_ddl": True})
            guard.begin(context)
            with Operations.context(context) as op:
                for step in steps:
                    step(op)
            guard.check()
        self.backup = guard.backup


def batch(**options: Any) -> Callable[[Callable[[Any], Any]], Step]:
    """A step that is one batch block on the table `t`."""

    def made(body: Callable[[Any], Any]) -> Step:
        def step(op: Operations) -> None:
            with op.batch_alter_table("t", **options) as batch_op:
                body(batch_op)

        return step

    return made


def execute(*statements: str) -> Step:
    """A step of raw SQL."""

    def step(op: Operations) -> None:
        for statement in statements:
            op.execute(statement)

    return step


@pytest.fixture
def file(tmp_path: Path) -> File:
    """A database in rollback journal mode, without a table."""
    return File(tmp_path / "local.db")
