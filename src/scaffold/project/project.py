"""A project on the disk: snapshots for the verbs, and plans carried out as one transaction."""

import os
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from scaffold.dialects.base import OnWait
from scaffold.errors import ScaffoldError
from scaffold.plan import FileEdit, Plan, Snapshot
from scaffold.plan.past import Deed, Present
from scaffold.project import config as configuration
from scaffold.project import databases, guard, models, past, rebuilds, revisions, template, transaction
from scaffold.project.compare import Comparison, compare
from scaffold.project.databases import Database
from scaffold.project.drift import drift
from scaffold.project.failures import explain
from scaffold.project.files import Files
from scaffold.project.history import SEE_IN_FULL, History
from scaffold.project.lock import project_lock
from scaffold.project.rehearsal import needs_rehearsal, rehearsed_sql
from scaffold.project.signals import HeldSignals
from scaffold.project.transaction import Settled, Transaction

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import Script
    from sqlalchemy import MetaData

K = TypeVar("K")
V = TypeVar("V")

NO_REVISION = "base"
"""Stands for a database that is at no revision."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a plan did, or would do.

    Args:
        edits: every file edit, the revision's file included.
        revision: the new revision's identifier.
        applied: the revisions that the local database got, in order: file names without `.py`.
        database: the local database for people; None where it was left alone.
        sql: what the upgrade runs; only of a dry run.
        drift: differences between models and database that remain in the touched tables.
        backup: the copy of the local database from before, where the upgrade dropped or rewrote data.
    """

    edits: tuple[FileEdit, ...]
    revision: str
    applied: tuple[str, ...] = ()
    database: str | None = None
    sql: str = ""
    drift: tuple[str, ...] = ()
    backup: str | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """What a migration of a target would run.

    Args:
        database: the target's database.
        revisions: file names without `.py`, oldest first.
    """

    database: Database
    revisions: tuple[str, ...]


class Project:
    """An appdb-shaped project.

    Args:
        config: where its parts are.
        on_wait: called with a sentence when a lock makes a command wait for over a second.
    """

    def __init__(self, config: configuration.Config, on_wait: OnWait = lambda _: None) -> None:
        self.config = config
        self._on_wait = on_wait
        self._comparison: Comparison | None = None
        self.backup: str | None = None
        """The copy that the last migration made of its SQLite file before it dropped or rewrote data."""

    @classmethod
    def find(cls, start: Path, on_wait: OnWait = lambda _: None) -> "Project":
        """The project at or above `start`."""
        return cls(configuration.find(start), on_wait)

    @contextmanager
    def exclusive(self, *, dry_run: bool = False) -> Iterator[Settled | None]:
        """Hold the project's lock, and settle what an interrupted command left behind.

        Raises:
            ScaffoldError: a dry run finds something to settle, which it must not do.
        """
        with project_lock(self.config, self._on_wait):
            if dry_run and transaction.interrupted(self.config):
                raise ScaffoldError(
                    "An interrupted command is to be finished first, and a dry run writes nothing.",
                    help="Finish it with: scaffold migrate",
                )
            yield None if dry_run else self._settle()

    def snapshot(self) -> Snapshot:
        """What verbs may look at."""
        config = self.config
        return Snapshot(
            package=config.package,
            folder=config.folder.relative_to(config.root).as_posix(),
            files=Files(config.folder),
            rows=_Counts(lambda table: databases.local(config).rows(table)),
            line_length=config.line_length,
            filled=_Counts(lambda place: databases.local(config).filled(*place)),
            values=_Counts(lambda place: databases.local(config).values(*place)),
        )

    def compare(self, edits: Iterable[FileEdit] = (), tables: Collection[str] | None = None) -> Comparison:
        """Migrations and models side by side; a plan whose revision is `compared` is made from the last one.

        Args:
            edits: of the package's files, that are not on the disk yet.
            tables: the names to compare; None for all.
        """
        config = self.config
        edited = {config.root / edit.path: edit.after for edit in edits if edit.after is not None}
        with models.importable(config, edited):
            history = History(config)
            _ = history.head
            self._comparison = compare(history, models.metadata(config), databases.local(config), tables)
        return self._comparison

    def render(self, domain: str, answers: Mapping[str, Any]) -> str:
        """The domain template with `answers`."""
        return template.render(self.config, domain, answers)

    def dry_run(self, plan: Plan) -> Outcome:
        """What `carry_out` would do, without writing anything."""
        with self._generated(plan) as (_, script, edits, history):
            database = databases.local(self.config)
            if needs_rehearsal(script, database):
                sql = rehearsed_sql(history, script, database)
            else:
                sql = history.sql(database, script.down_revision)  # type: ignore[arg-type]
            if plan.upgrade:
                history.pending(database.heads())
            return Outcome(edits, script.revision, database=str(database), sql=sql)

    def carry_out(self, plan: Plan, *, on_revision: Callable[[str], None] = lambda _: None) -> Outcome:
        """Do all of `plan`, or nothing.

        Args:
            plan: what is to be done.
            on_revision: called with each revision's name as it begins.

        Raises:
            ScaffoldError: something failed; tree and database are as before.
        """
        with self._generated(plan) as (metadata, script, edits, history):
            kept = past.record(plan.revision, script.revision, script.down_revision, edits)  # type: ignore[arg-type]
            work, signals = Transaction(self.config, (*edits, kept)), HeldSignals()
            if not plan.upgrade:
                with self._settled(work, signals):
                    work.stage()
                    signals.hold()
                    work.promise(None)
                return Outcome(edits, script.revision)
            database = databases.local(self.config)
            applied: list[str] = []
            remaining: list[str] = []

            def before_commit(context: "MigrationContext") -> None:
                remaining.extend(drift(context, metadata, plan.revision.touches))
                if database.dialect.transactional:
                    signals.hold()
                    work.promise(script.revision)

            with self._settled(work, signals):
                history.pending(database.heads())
                work.stage(new_database=database.is_new)
                if not database.dialect.transactional:
                    work.promise(script.revision, forward=True)
                try:
                    self._upgrade(history, database, metadata, applied, on_revision, before_commit)
                except BaseException:
                    if not database.dialect.transactional:
                        self._take_back(history, database, script)
                        work.withdraw()
                    raise
            return Outcome(
                edits, script.revision, tuple(applied), str(database), drift=tuple(remaining), backup=self.backup
            )

    def last_deed(self) -> Deed | None:
        """What the last verb did."""
        return past.last(self.config)

    def present(self, deed: Deed | None) -> Present:
        """What there is of a deed now."""
        if deed is None:
            return Present({})
        config = self.config
        paths = [config.root / path for path in (*(file.path for file in deed.files), deed.record)]
        files = {
            path.relative_to(config.root).as_posix(): path.read_bytes() if path.is_file() else None for path in paths
        }
        with models.importable(config):
            history = History(config)
            later = tuple(_name(script) for script in history.standing_on(deed.revision))
            database = databases.local(config)
            local = deed.revision in history.lineage(database.heads())
            counts = {place: database.filled(*place) if place[1] else database.rows(place[0]) for place in deed.added}
            return Present(files, later, local, tuple(self._elsewhere(history, deed)), counts)

    def go_back(self, deed: Deed, edits: tuple[FileEdit, ...], *, downgrade: bool) -> str | None:
        """Make edits that take a deed back, and downgrade the local database with them, both or neither.

        Returns:
            The database for people, if it went back.

        Raises:
            ScaffoldError: something failed; where the database has transactional DDL, nothing is changed.
        """
        with models.importable(self.config):
            history, work, signals = History(self.config), Transaction(self.config, edits), HeldSignals()
            if not downgrade:
                with self._settled(work, signals):
                    work.stage()
                    signals.hold()
                    work.promise(None)
                return None
            database = databases.local(self.config)

            def before_commit() -> None:
                if database.dialect.transactional:
                    signals.hold()
                    work.promise(deed.down or NO_REVISION)

            with self._settled(work, signals):
                work.stage()
                self._downgrade(history, database, deed, before_commit)
                if not database.dialect.transactional:
                    signals.hold()
                    work.promise(None)
            return str(database)

    def _downgrade(self, history: History, database: Database, deed: Deed, before_commit: Callable[[], None]) -> None:
        def begun(context: "MigrationContext") -> None:
            watching.begin(context)

        def checked(_: "MigrationContext") -> None:
            watching.check()
            before_commit()

        try:
            with (
                database.migrating(self._on_wait) as connection,
                rebuilds.guarded(connection, database.file) as watching,
            ):
                history.downgrade(
                    connection,
                    deed.revision,
                    deed.down,
                    forgiving=not database.dialect.transactional,
                    on_begin=begun,
                    before_commit=checked,
                )
            self.backup = self._shown(watching.backup) if watching.backup else None
        except ScaffoldError:
            raise
        except Exception as error:
            raise _failed(self.config, database, [deed.message], error) from error

    def _elsewhere(self, history: History, deed: Deed) -> Iterator[str]:
        """What has a deed's revision besides the local database, a sentence each."""
        target = self.config.targets["remote"]
        if not (target.env and os.environ.get(target.env)) and not target.url:
            return
        remote = databases.remote(self.config)
        try:
            heads = remote.heads()
        except ScaffoldError as error:
            yield f"whether the remote database has its revision can't be known ({error.message})"
        else:
            if deed.revision in history.lineage(heads):
                yield f"{remote} has its revision"

    def pending(self, target: str) -> Pending:
        """What `migrate` would run on a target."""
        database = databases.local(self.config) if target == "local" else databases.remote(self.config)
        with models.importable(self.config):
            history = History(self.config)
            _ = history.head
            pending = history.pending(database.heads(), target)
            return Pending(database, tuple(_name(script) for script in pending))

    def migrate(self, pending: Pending, *, on_revision: Callable[[str], None] = lambda _: None) -> tuple[str, ...]:
        """Run the pending revisions of a target; returns those that were run.

        Raises:
            ScaffoldError: one failed; where the database has transactional DDL, none is applied.
        """
        with models.importable(self.config):
            history = History(self.config)
            edits = history.records(anew=True)
            if not self._can_record():
                # Where the tree is read-only, as in a container, only the database changes.
                edits = ()
            return self.together(history, edits, pending.database, on_revision=on_revision)

    def record(self) -> tuple[FileEdit, ...]:
        """Let CHECKSUMS and HEAD say what the revision files are, if they don't; what is recorded already stays."""
        with models.importable(self.config):
            history = History(self.config)
            edits = history.records(anew=False) if self._can_record() else ()
            if edits:
                self.together(history, edits, None)
            return edits

    def together(
        self,
        history: History,
        edits: tuple[FileEdit, ...],
        database: Database | None,
        *,
        on_revision: Callable[[str], None] = lambda _: None,
    ) -> tuple[str, ...]:
        """Edit files of the history and upgrade a database to its head, both or neither; returns what was applied.

        Args:
            history: as it is after the edits.
            edits: of its files.
            database: None where only files change. The commit of a remote one comes before the edits, and can't wait
                for them.
            on_revision: called with each revision's name as it begins.
        """
        applied: list[str] = []
        head = history.head if database else None
        local = database is not None and database.target == "local"
        pending = bool(database and history.pending(database.heads(), database.target))
        bound = local and pending and bool(edits)
        whole = database is not None and database.dialect.transactional
        work, signals = Transaction(self.config, edits), HeldSignals()

        def before_commit(_: "MigrationContext") -> None:
            if bound and whole:
                signals.hold()
                work.promise(head)

        with self._settled(work, signals):
            if edits:
                work.stage(new_database=database is not None and local and database.is_new)
            if bound and not whole:
                work.promise(head, forward=True)
            if database and pending:
                try:
                    self._upgrade(history, database, None, applied, on_revision, before_commit)
                except BaseException:
                    if bound and not whole:
                        work.withdraw()
                    raise
            if edits and not bound:
                signals.hold()
                work.promise(None)
        return tuple(applied)

    def _shown(self, path: Path) -> str:
        """A path for people: relative to the project where it lies in it."""
        return path.relative_to(self.config.root).as_posix() if path.is_relative_to(self.config.root) else str(path)

    def _can_record(self) -> bool:
        return all(os.access(folder, os.W_OK) for folder in (self.config.root, guard.versions(self.config)))

    def _upgrade(
        self,
        history: History,
        database: Database,
        metadata: Any,
        applied: list[str],
        on_revision: Callable[[str], None],
        before_commit: "Callable[[MigrationContext], None]",
    ) -> None:
        existed = database.file is None or database.file.exists()

        def begun(context: "MigrationContext") -> None:
            watching.begin(context)

        def announce(script: "Script") -> None:
            applied.append(_name(script))
            on_revision(applied[-1])

        def checked(context: "MigrationContext") -> None:
            watching.check()
            before_commit(context)

        try:
            with (
                database.migrating(self._on_wait) as connection,
                rebuilds.guarded(connection, database.file) as watching,
            ):
                history.upgrade(
                    connection,
                    metadata,
                    target=database.target,
                    resumable=not database.dialect.transactional,
                    on_begin=begun,
                    on_revision=announce,
                    before_commit=checked,
                )
            self.backup = self._shown(watching.backup) if watching.backup else None
        except ScaffoldError:
            raise
        except Exception as error:
            raise _failed(self.config, database, applied, error) from error
        finally:
            if not existed:
                database.remove_if_empty()

    @contextmanager
    def _generated(self, plan: Plan) -> "Iterator[tuple[Any, Script, tuple[FileEdit, ...], History]]":
        """The edited models, and the revision generated from them into a scratch folder."""
        config = self.config
        edited = {config.root / edit.path: edit.after for edit in plan.edits if edit.after is not None}
        comparison = self._comparison if plan.revision.compared else None
        before = None if comparison or not revisions.needs_before(plan.revision) else self._models_on_disk()
        with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch, models.importable(config, edited):
            history = History(config, Path(scratch))
            metadata = models.metadata(config)
            script = revisions.generate(history, plan.revision, metadata, Path(scratch), before, comparison)
            file = Path(script.path)
            path = (history.versions / file.name).relative_to(config.root).as_posix()
            records = history.records(script, anew=plan.upgrade)
            yield metadata, script, (*plan.edits, *records, FileEdit(path, None, file.read_bytes())), history

    def _models_on_disk(self) -> "MetaData":
        with models.importable(self.config):
            return models.metadata(self.config)

    @contextmanager
    def _settled(self, work: Transaction, signals: HeldSignals) -> Iterator[None]:
        """Whether its body returns or raises: the edits follow the database."""
        try:
            yield
        finally:
            work.abandon()
            self._settle()
            signals.release()

    def _settle(self) -> Settled | None:
        """Make the files follow the database, and where that has no commit point, the database the files."""
        if transaction.new_database_left(self.config):
            # Before the mark of it goes, in case this is cut off as well.
            databases.local(self.config).remove_if_empty()
        settled = transaction.settle(self.config, self._has_revision)
        if settled and settled.forward:
            self.migrate(self.pending("local"))
        return settled

    def _take_back(self, history: History, database: Database, script: "Script") -> None:
        if script.revision not in database.heads():
            with database.migrating(self._on_wait) as connection:
                history.take_back(connection, script)

    def _has_revision(self, revision: str) -> bool:
        heads = databases.local(self.config).heads()
        return revision in heads if revision != NO_REVISION else not heads


class _Counts(Mapping[K, V]):
    """What the local database has, asked for one table or column at a time."""

    def __init__(self, ask: Callable[[K], V]) -> None:
        self._ask = ask

    def __getitem__(self, key: K) -> V:
        return self._ask(key)

    def __iter__(self) -> Iterator[K]:
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError


def _failed(config: configuration.Config, database: Database, applied: list[str], error: Exception) -> ScaffoldError:
    at = f"{applied[-1]} failed on {database}" if applied else f"The upgrade of {database} failed"
    whole = (
        "the database is as before"
        if database.dialect.transactional
        else (f"{database.dialect.name} commits each statement, so see what is there before you run it again")
    )
    of_database = getattr(error, "orig", None) is not None
    return ScaffoldError(f"{at}: {explain(config, error)}; {whole}.", help="" if of_database else SEE_IN_FULL)


def _name(script: "Script") -> str:
    return Path(script.path).stem
