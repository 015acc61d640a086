"""Upgrades that can be taken up again where a database commits every DDL statement by itself.

Each statement of a revision is recorded in a table of the database as it is run, a change of rows within its own
transaction. Whoever comes after a killed upgrade passes over what is recorded as done. One DDL statement may have been
run without a record: it is run again, and the error that it has been done is taken for that.

What a revision executes on `op.get_bind()` itself goes past this, and is run again.
"""

import hashlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from scaffold.errors import ScaffoldError

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import Connection

TABLE = "scaffold_progress"
"""Only there while an upgrade is under way, or was cut off."""

DONE_ALREADY = frozenset({1050, 1051, 1054, 1060, 1061, 1091, 1826, 1146, 1022, 3821, 3822})
"""MySQL's numbers for: it exists already, or it is gone already (dev.mysql.com/doc/mysql-errors, server errors)."""


def begun(connection: "Connection", heads: Collection[str]) -> tuple[str, ...]:
    """The revisions that are applied in part.

    Args:
        connection: to the database.
        heads: the revisions that it is at; their statements are all done.
    """
    import sqlalchemy as sa

    if not sa.inspect(connection).has_table(TABLE):
        return ()
    revision: sa.ColumnClause[str] = sa.column("revision")
    found = sa.select(revision).select_from(sa.table(TABLE, revision)).distinct().order_by(revision)
    return tuple(name for name in connection.execute(found).scalars() if name not in heads)


def tidy(connection: "Connection", done: Collection[str]) -> None:
    """Forget what was recorded of revisions, and remove the table with the last of it.

    Args:
        connection: to the database; it is committed.
        done: the revisions, applied or taken back.
    """
    import sqlalchemy as sa

    if not sa.inspect(connection).has_table(TABLE):
        return
    table = sa.table(TABLE, sa.column("revision"))
    connection.execute(sa.delete(table).where(table.c.revision.in_(done)))
    connection.commit()
    if not begun(connection, ()):
        connection.execute(sa.text(f"DROP TABLE IF EXISTS {TABLE}"))
    connection.commit()


class Progress:
    """What is done of the revisions that are being applied to one database.

    Args:
        context: as `env.py` configured it; its statements are recorded from `recording` on.
    """

    def __init__(self, context: "MigrationContext") -> None:
        import sqlalchemy as sa

        assert context.connection is not None
        self._context = context
        self._connection: Connection = context.connection
        self._table = sa.Table(
            TABLE,
            sa.MetaData(),
            sa.Column("revision", sa.String(32), primary_key=True),
            sa.Column("step", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("digest", sa.String(64), nullable=False),
            sa.Column("done", sa.Boolean, nullable=False),
        )

    def begin(self) -> None:
        """Make sure that the table is there."""
        self._table.create(self._connection, checkfirst=True)
        self._connection.commit()

    def end(self) -> None:
        """Forget the revisions that are applied by now."""
        tidy(self._connection, self._context.get_current_heads())

    def has_begun(self, revision: str) -> bool:
        """Whether a revision is applied in part."""
        return revision in begun(self._connection, self._context.get_current_heads())

    def forget(self, revision: str) -> None:
        """Forget a revision that is taken back."""
        tidy(self._connection, (revision,))

    @contextmanager
    def recording(self, revision: str) -> Iterator[None]:
        """While it lasts, the statements of `revision` are recorded, and those recorded before are passed over."""
        import sqlalchemy as sa

        # What is recorded besides is of the revision before it, which is applied, or of another branch's.
        done = self._table.c.revision.in_(self._context.get_current_heads())
        self._connection.execute(sa.delete(self._table).where(done))
        rows = self._connection.execute(sa.select(self._table).where(self._table.c.revision == revision))
        known = {row.step: row for row in rows}
        execute = self._context.impl._exec
        step = 0

        def recorded(construct: Any, *args: Any, **kwargs: Any) -> Any:
            nonlocal step
            step, number = step + 1, step
            digest = self._digest(construct, args, kwargs)
            before = known.get(number)
            if before is not None and before.digest != digest:
                raise ScaffoldError(
                    f"Revision {revision} was cut off, and its statement {number + 1} is not the one that was run.",
                    help="Give the file back the statements that it had; only those after the failed one may change.",
                )
            if before is not None and before.done:
                return None
            if isinstance(construct, str):
                construct = sa.text(construct)
            if _changes_rows(construct):
                result = execute(construct, *args, **kwargs)
                self._record(revision, number, digest, done=True)
                return result
            if before is None:
                self._record(revision, number, digest, done=False)
            result = self._again(execute, construct, args, kwargs) if before else execute(construct, *args, **kwargs)
            self._finish(revision, number)
            return result

        self._context.impl._exec = recorded  # type: ignore[method-assign]
        try:
            yield
        finally:
            del self._context.impl._exec

    @contextmanager
    def forgiving(self) -> Iterator[None]:
        """While it lasts, a statement whose object is not there, or is there already, does nothing."""
        execute = self._context.impl._exec
        self._context.impl._exec = lambda construct, *args, **kwargs: self._again(  # type: ignore[method-assign]
            execute, construct, args, kwargs
        )
        try:
            yield
        finally:
            del self._context.impl._exec

    def _record(self, revision: str, step: int, digest: str, *, done: bool) -> None:
        values = {"revision": revision, "step": step, "digest": digest, "done": done}
        self._connection.execute(self._table.insert().values(values))

    def _finish(self, revision: str, step: int) -> None:
        table = self._table
        found = (table.c.revision == revision) & (table.c.step == step)
        self._connection.execute(table.update().where(found).values(done=True))

    def _again(self, execute: Any, construct: Any, args: Any, kwargs: Any) -> Any:
        import sqlalchemy as sa

        try:
            return execute(construct, *args, **kwargs)
        except sa.exc.DBAPIError as error:
            if error.orig is not None and _says_done_already(error.orig.args):
                return None
            raise

    def _digest(self, construct: Any, args: Any, kwargs: Any) -> str:
        sql = construct if isinstance(construct, str) else str(construct.compile(dialect=self._connection.dialect))
        return hashlib.sha256(repr((sql, args, sorted(kwargs.items(), key=str))).encode()).hexdigest()


def _says_done_already(arguments: tuple[Any, ...]) -> bool:
    """Whether a driver's error is that what was to be done has been done."""
    number, *text = arguments or (None,)
    # MariaDB, of a foreign key's name (mariadb.com/kb/en/mariadb-error-code-reference, 1005 and errno 121).
    return number in DONE_ALREADY or (number == 1005 and "errno: 121 " in "".join(map(str, text)))


def _changes_rows(construct: Any) -> bool:
    """Whether a statement is one that a transaction can hold: it is no DDL."""
    import sqlalchemy as sa

    if isinstance(construct, sa.TextClause):
        return construct.text.lstrip(" \t\r\n(").partition(" ")[0].upper() in {"INSERT", "UPDATE", "DELETE", "REPLACE"}
    return isinstance(construct, sa.Insert | sa.Update | sa.Delete | sa.Select)
