"""Statements that are sent before the ones before them are answered: the server works while the next one is made."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Ahead:
    """Sends definitions ahead, where the driver has a pipeline (psycopg.org/psycopg3/docs/advanced/pipeline).

    So it does with the updates of the version, which are Alembic's: it is told that each changes one row, and whether
    that was true is seen later. Whatever else is asked waits for all answers first, and so does the end of a
    transaction; after a commit, nothing is sent ahead any more. An error comes with a later statement than its own: to
    learn where it is from, all has to be run again without this.

    Args:
        connection: that revisions are run on.
        version_table: the name of Alembic's table.
    """

    def __init__(self, connection: "Connection", version_table: str) -> None:
        self._connection = connection
        self._version_table = version_table
        self._pipeline: Any = None
        self._updates: list[Any] = []
        self.over = False
        """Whether each statement is waited for from now on."""
        self.used = False
        """Whether something was sent ahead, and nothing is committed."""

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Send ahead while it lasts."""
        from sqlalchemy import event

        if not _has_pipeline(self._connection):
            self.over = True
            yield
            return
        listeners = {"before_cursor_execute": self._before, "rollback": self._abandon, "commit": self._commit}
        for name, listener in listeners.items():
            event.listen(self._connection, name, listener)
        try:
            yield
        finally:
            self._abandon()
            self.over = True
            for name, listener in listeners.items():
                event.remove(self._connection, name, listener)

    def stop(self) -> None:
        """Send nothing ahead from now on, as in a database that has something to lose.

        Raises:
            Exception: see `settle`.
        """
        self.settle()
        self.over = True

    def settle(self) -> None:
        """Wait for all answers.

        Raises:
            Exception: the database refused a statement, or an update of the version did not change one row.
        """
        pipeline, self._pipeline = self._pipeline, None
        updates, self._updates = self._updates, []
        if pipeline:
            pipeline.__exit__(None, None, None)
        if any(cursor.rowcount != 1 for cursor in updates):
            raise LookupError("The database is not at the revision that Alembic takes it to be at.")

    def _before(self, connection: "Connection", cursor: Any, _: str, __: Any, context: Any, ___: bool) -> None:
        driver: Any = connection.connection.driver_connection
        is_update = self._is_update(context)
        # Without a transaction, a pipeline would be one, and some statements are refused there. What fails in a
        # savepoint may be meant to.
        waits = self.over or driver.autocommit or connection.in_nested_transaction()
        if waits or not (is_update or getattr(context, "isddl", False)):
            self.settle()
            return
        if is_update:
            context._rowcount = 1
            self._updates.append(cursor)
        if not self._pipeline:
            self.used = True
            pipeline = driver.pipeline()
            pipeline.__enter__()
            self._pipeline = pipeline

    def _is_update(self, context: Any) -> bool:
        statement: Any = context.compiled.statement if getattr(context, "isupdate", False) else None
        return getattr(getattr(statement, "table", None), "name", None) == self._version_table

    def _abandon(self, *_: Any) -> None:
        with suppress(Exception):
            self.settle()

    def _commit(self, connection: "Connection") -> None:
        try:
            self.stop()
        except Exception:
            connection.connection.rollback()  # SQLAlchemy takes a transaction for ended whose commit failed
            raise
        self.used = False


def _has_pipeline(connection: "Connection") -> bool:
    if connection.dialect.driver != "psycopg":
        return False
    from psycopg import capabilities

    return capabilities.has_pipeline()
