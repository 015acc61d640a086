"""Databases that were there before their migrations: compared, and stamped instead of migrated."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.dialects.base import OnWait
from scaffold.errors import ScaffoldError, UsageError
from scaffold.project import databases, guard, models
from scaffold.project.config import Config
from scaffold.project.databases import Database
from scaffold.project.failures import explain, way_out
from scaffold.project.history import History
from scaffold.project.progress import TABLE as PROGRESS

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext

    from scaffold.schema.differences import Difference


class Adoption:
    """A database that is to be stamped.

    Args:
        config: the project.
        target: `local` or `remote`.
        on_wait: called when the database is locked.
    """

    def __init__(self, config: Config, target: str, on_wait: OnWait) -> None:
        self._config, self._on_wait = config, on_wait
        self.database: Database = databases.local(config) if target == "local" else databases.remote(config)
        self.backup: str | None = None
        """The copy that was made of a SQLite file before it was changed."""

    def pending(self, revision: str) -> tuple[str, ...]:
        """The revisions up to one that the database has not, oldest first: file names without `.py`.

        Raises:
            UsageError: the project has no such revision.
        """
        with models.importable(self._config):
            history = History(self._config)
            head = history.head
            known = [script.revision for script in history.revisions]
            if revision not in (*known, "heads"):
                raise UsageError(
                    f"{revision!r} is no revision of the project; they are {', '.join(known)}; nothing was written."
                )
            wanted = history.lineage([head if revision == "heads" and head else revision])
            pending = history.pending(self.database.heads(), self.database.target)
            return tuple(Path(script.path).stem for script in pending if script.revision in wanted)

    def lacking(self, revision: str) -> "tuple[Difference, ...]":
        """What it takes to come from the database to what the migrations make up to a revision."""
        from scaffold.project.compare import lacking

        with models.importable(self._config):
            return lacking(History(self._config), models.metadata(self._config), self.database, revision)

    def stamp(self, revision: str, checks: Sequence[tuple[str, str, str]]) -> None:
        """Add CHECKs and write down the revision, both or neither where the database has transactional DDL.

        Args:
            revision: the last one that the database has.
            checks: table, name and condition of each.

        Raises:
            ScaffoldError: a row is not as a CHECK would have it, or the database can't be written.
        """

        from scaffold.project import rebuilds

        def complete(context: "MigrationContext") -> None:
            from alembic.operations import Operations

            watching.begin(context)
            operations = Operations(context)
            for table, name, condition in checks:
                with operations.batch_alter_table(table) as batch:
                    batch.create_check_constraint(operations.f(name), condition)
            watching.check()

        try:
            with (
                models.importable(self._config),
                self.database.migrating(self._on_wait) as connection,
                rebuilds.guarded(connection, self.database.file) as watching,
            ):
                History(self._config).stamp(connection, revision, on_begin=complete)
            self.backup = str(watching.backup) if watching.backup else None
        except ScaffoldError:
            raise
        except Exception as error:
            whole = "nothing was written" if self.database.dialect.transactional else "run it again when that is mended"
            raise ScaffoldError(
                f"{self.database} can't be stamped: {explain(self._config, error)}; {whole}.", help=way_out(error)
            ) from error


def unstamped(config: Config, database: Database) -> tuple[str, ...]:
    """The models' tables that a database without a revision has already; none where it was migrated or is empty."""
    return () if database.heads() else _already_there(config, database)


def _already_there(config: Config, database: Database) -> tuple[str, ...]:
    import sqlalchemy as sa

    # Where it can't be known which table has the revision, the upgrade itself finds out.
    if guard.computes_version_table(config):
        return ()
    from scaffold.project.reflection import INTERNAL

    with database.look() as connection:
        names = set(sa.inspect(connection).get_table_names()) if connection is not None else set()
    # A migration that was cut off on a database without transactional DDL is taken up again.
    if PROGRESS in names or all(INTERNAL.fullmatch(name) for name in names):
        return ()
    with models.importable(config):
        return tuple(sorted(names & set(models.metadata(config).tables)))


def is_there(config: Config, tables: Sequence[str]) -> bool:
    """Whether the local database has one of these tables, without a revision that could have made it."""
    import sqlalchemy as sa

    database = databases.local(config)
    with database.look() as connection:
        there = sa.inspect(connection).get_table_names() if connection is not None else []
    return bool(set(tables) & set(there)) and not database.heads()


def refuse_unstamped(config: Config, database: Database, heads: Collection[str]) -> None:
    """Refuse to run migrations that would make tables once more.

    Args:
        config: the project.
        database: that is to be migrated.
        heads: the revisions that it is at.

    Raises:
        UsageError: the database has tables of the models and no revision.
    """
    if not heads and (found := _already_there(config, database)):
        raise UsageError(
            f"{database} has tables of the models ({shortened(found)}) and no revision, so the migrations would make"
            " them once more; nothing was written.",
            help=f"Compare it with the migrations, and say that it has them: {stamp_command(database)}",
        )


def shortened(names: Sequence[str]) -> str:
    """Names in a sentence, not too many."""
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def stamp_command(database: Database) -> str:
    """The command that stamps a target."""
    return f"scaffold stamp{' --remote' if database.target == 'remote' else ''}"
