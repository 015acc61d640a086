"""Statements that are sent before the ones before them are answered: the server works while the next one is made."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Ahead:
    """Sends definitions ahead, where the driver has a pipeline (psycopg.org/psycopg3/docs/advanced/pipeline).

    Whatever else is asked waits for all answers first, and so does the end of a transaction; after a commit, nothing is
    sent ahead any more. An error comes with a later statement than its own: to learn where it is from, all has to be
    run again without this.

    Args:
        connection: that revisions are run on.
    """

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._pipeline: Any = None
        self._over = False
        self.used = False
        """Whether something was sent ahead, and nothing is committed."""

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Send ahead while it lasts."""
        from sqlalchemy import event

        if self._connection.dialect.driver != "psycopg":
            yield
            return
        listeners = {
            "before_cursor_execute": self._before,
            "rollback": self._abandon,
            "commit": self._commit,
        }
        for name, listener in listeners.items():
            event.listen(self._connection, name, listener)
        try:
            yield
        finally:
            self._abandon()
            for name, listener in listeners.items():
                event.remove(self._connection, name, listener)

    def stop(self) -> None:
        """Send nothing ahead from now on, as in a database that has something to lose.

        Raises:
            Exception: see `settle`.
        """
        self.settle()
        self._over = True

    def settle(self, *_: Any) -> None:
        """Wait for all answers.

        Raises:
            Exception: the database refused a statement.
        """
        pipeline, self._pipeline = self._pipeline, None
        if pipeline:
            pipeline.__exit__(None, None, None)

    def _before(self, connection: "Connection", _: Any, __: str, ___: Any, context: Any, ____: bool) -> None:
        driver: Any = connection.connection.driver_connection
        # Without a transaction, a pipeline would be one, and some statements are refused there. What fails in a
        # savepoint may be meant to.
        waits = self._over or driver.autocommit or connection.in_nested_transaction()
        if waits or not getattr(context, "isddl", False):
            self.settle()
        elif not self._pipeline:
            pipeline = driver.pipeline()
            pipeline.__enter__()
            self._pipeline, self.used = pipeline, True

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
