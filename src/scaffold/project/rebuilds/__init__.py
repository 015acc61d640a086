"""Migrations on SQLite that lose nothing: batch blocks done from a table's own SQL, an inventory before and after.

`guarded` is all that the rest of the project needs. On other databases it does nothing.
"""

import logging
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.errors import ScaffoldError
from scaffold.plan.past import Lost
from scaffold.project.rebuilds.backup import Backup, committed
from scaffold.project.rebuilds.batches import our_batches
from scaffold.project.rebuilds.growth import refers_well, schema
from scaffold.project.rebuilds.watch import Watch
from scaffold.sqlite.asked import Asked
from scaffold.sqlite.tokens import folded

if TYPE_CHECKING:
    import sqlite3

    import sqlalchemy as sa
    from alembic.runtime.migration import MigrationContext

    from scaffold.sqlite.inventory import Inventory

log = logging.getLogger(__name__)

__all__ = ["Guard", "SQLiteGuard", "guarded"]

AMPLE_CACHE = 4_000_000
"""KiB that a migration may hold in memory before it rewrites a table; they are only taken as they are needed."""


class Guard:
    """What watches over one migration."""

    backup: Path | None = None
    """The copy that was made of the database before it lost something on purpose."""

    @property
    def operating(self) -> bool:
        """Whether what runs right now is a means to an operation's end, and no statement of a revision itself."""
        return False

    def begin(self, context: "MigrationContext") -> None:
        """Called before the first revision."""

    def check(self) -> None:
        """Called after the last revision, before the commit.

        Raises:
            ScaffoldError: something is lost that no revision asked to lose.
        """

    def bring_back(self, copy: Path, lost: Collection[Lost]) -> dict[Lost, str]:
        """Put back from a copy what a drop took, after `check`; returns what could not be put back, and why."""
        del copy
        return dict.fromkeys(lost, "")

    def fill(self, copy: Path, places: Collection[Lost]) -> None:
        """From now on, required columns that come back get their values before they refuse NULL."""

    def unlike(self, again: Path, places: Collection[Lost]) -> dict[Lost, str]:
        """What can't be put back, and why; see `unlike`. To be asked before anything is changed."""
        del again
        return dict.fromkeys(places, "")


class SQLiteGuard(Guard):
    """The guard of a SQLite database.

    Taking the inventory costs time for every table there is. A migration that only adds does without: SQLite says of
    each statement what it will do, and nothing was deleted, changed or dropped.

    Args:
        connection: the migration's, in its transaction.
        file: the database; None where it is no file.
    """

    def __init__(self, connection: "sqlite3.Connection", file: Path | None) -> None:
        self._connection = connection
        self._file = file
        # A full cache is spilled into the file under an exclusive lock, and then the copy could not be read
        # (sqlite.org/pragma, "cache_spill", which itself does nothing in a transaction).
        connection.execute(f"PRAGMA cache_size={-AMPLE_CACHE}")
        self._schema = schema(connection)
        self._before = None if file else _inventory(connection)
        self._copy = Backup(file)
        self._version_table = "alembic_version"
        self.watch = Watch(connection, self._before_loss)
        self.stack = ExitStack()
        """What ends with the migration."""

    @property
    def operating(self) -> bool:
        return self.watch.operating

    def begin(self, context: "MigrationContext") -> None:
        self._version_table = context.version_table

    def check(self) -> None:
        if self.watch.refused:
            raise self.watch.refused
        with self.watch.paused():
            if self._only_grew():
                return
            log.debug("An inventory of all tables is taken: more was done than to add.")
            after = _inventory(self._connection)
        from scaffold.sqlite.advice import refusal
        from scaffold.sqlite.compare import compare

        if lost := compare(self.before, after, Asked(self.watch.deeds)):
            raise refusal(lost)

    def _only_grew(self) -> bool:
        if self._before is not None:
            return False
        grown = self._schema.grown_to(schema(self._connection))
        return grown is not None and refers_well(self._connection, grown)

    @property
    def before(self) -> "Inventory":
        """What was there before, as it was last committed: nobody else can have written since."""
        if self._before is None:
            assert self._file is not None
            with committed(self._file) as connection:
                self._before = _inventory(connection)
        return self._before

    def bring_back(self, copy: Path, lost: Collection[Lost]) -> dict[Lost, str]:
        from scaffold.project.rebuilds.bring_back import bring_back

        with self.watch.paused():
            return bring_back(self._connection, copy, lost)

    def fill(self, copy: Path, places: Collection[Lost]) -> None:
        from scaffold.project.rebuilds.filling import filling

        self.stack.enter_context(filling(self._connection, self.watch, copy, places))

    def unlike(self, again: Path, places: Collection[Lost]) -> dict[Lost, str]:
        from scaffold.project.rebuilds.bring_back import unlike

        with self.watch.paused():
            return unlike(self._connection, again, places)

    def settle(self, *, committed: bool) -> None:
        """Called when the transaction is over."""
        if committed:
            self._copy.prune()
        else:
            self._copy.discard()
        self.backup = self._copy.path

    def _before_loss(self, name: str) -> None:
        if folded(name) == folded(self._version_table):
            return
        table = self.before.tables.get(folded(name))
        if table is not None and table.rows != 0:
            self._copy.make()


def _inventory(connection: "sqlite3.Connection") -> "Inventory":
    from scaffold.project.rebuilds.read import inventory

    return inventory(connection)


@contextmanager
def guarded(connection: "sa.Connection", file: Path | None) -> Iterator[Guard]:
    """One migration on `connection`; on SQLite it is one transaction, which this commits when its body is done.

    `env.py` finds the connection in a transaction and leaves it alone, as Alembic's cookbook has it ("Programmatic API
    use (connection sharing)"), so that no setting of it can commit in between.

    Args:
        connection: not in a transaction.
        file: the SQLite file; None for other databases.
    """
    if connection.dialect.name != "sqlite":
        yield Guard()
        return
    with _settling() as settle, connection.begin():
        driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
        guard = SQLiteGuard(driver, file if file is not None and file.is_file() else None)
        settle.append(guard)
        with guard.watch.watching(), our_batches(connection, guard.watch), _no_autocommit(connection), guard.stack:
            try:
                yield guard
            except ScaffoldError:
                raise
            except Exception as error:
                # A statement that was not let through fails with SQLite's words; this is the cause.
                if guard.watch.refused:
                    raise guard.watch.refused from error
                raise


@contextmanager
def _no_autocommit(connection: "sa.Connection") -> Iterator[None]:
    """SQLite runs every DDL in a transaction, so that a block which PostgreSQL needs is nothing here.

    A commit in the middle would be the end of all or nothing.
    """
    from alembic.runtime.migration import MigrationContext

    theirs = MigrationContext.autocommit_block

    def block(context: MigrationContext) -> AbstractContextManager[None]:
        ours = context.connection is not None and context.connection.engine is connection.engine
        return nullcontext() if ours else theirs(context)

    MigrationContext.autocommit_block = block  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        MigrationContext.autocommit_block = theirs  # type: ignore[method-assign]


@contextmanager
def _settling() -> Iterator[list[SQLiteGuard]]:
    """The copies that were made are kept if the transaction around them was committed."""
    guards: list[SQLiteGuard] = []
    committed = False
    try:
        yield guards
        committed = True
    finally:
        for guard in guards:
            guard.settle(committed=committed)
