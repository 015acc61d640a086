"""A project on the disk: snapshots for the verbs, and plans carried out as one transaction."""

import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from scaffold.dialects import DIALECTS
from scaffold.dialects.base import OnWait, Opening
from scaffold.errors import ScaffoldError, UsageError, command_line
from scaffold.history import required_again
from scaffold.plan import FileEdit, Plan, Rendering, Snapshot
from scaffold.plan.past import Deed, Lost, Present
from scaffold.project import config as configuration
from scaffold.project import databases, guard, leftovers, models, past, touched, transaction
from scaffold.project.adoption import refuse_unstamped
from scaffold.project.aside import Helper
from scaffold.project.databases import Database
from scaffold.project.failures import EnvFailure, Rollback, explain, misspelled, way_out
from scaffold.project.files import Files, packages_in
from scaffold.project.history import SEE_IN_FULL, History
from scaffold.project.leftovers import SEE_IN_DOCTOR, MigrationFailure
from scaffold.project.lock import project_lock
from scaffold.project.reading import Reading
from scaffold.project.signals import HeldSignals
from scaffold.project.transaction import Settled, Transaction
from scaffold.schema.changes import (
    AddColumn,
    AlterColumn,
    AlterTable,
    DropColumn,
    DropTable,
    RenameColumn,
    RenameTable,
)

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import Script
    from sqlalchemy import Connection, MetaData

    from scaffold.project.compare import Comparison
    from scaffold.project.rebuilds import Guard
    from scaffold.project.template import Asked
    from scaffold.schema.differences import Difference
    from scaffold.source.answers import Answers
    from scaffold.sqlite.heard import Heard

K = TypeVar("K")
V = TypeVar("V")

NO_REVISION = "base"
"""Stands for a database that is at no revision."""


class Outcome(NamedTuple):
    """What a plan did, or would do.

    Args:
        edits: every file edit, the revision's file included.
        revision: the new revision's identifier; empty where there is none.
        applied: the revisions that the local database got, in order: file names without `.py`.
        database: the local database for people; None where it was left alone.
        sql: what the upgrade runs; only of a dry run.
        drift: differences between models and database that remain in the touched tables.
        backup: the copy of the local database from before, where the upgrade dropped or rewrote data.
        pending: the revisions that the local database would get before the new one; only of a dry run.
    """

    edits: tuple[FileEdit, ...]
    revision: str = ""
    applied: tuple[str, ...] = ()
    database: str | None = None
    sql: str = ""
    drift: tuple[str, ...] = ()
    backup: str | None = None
    pending: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Returned:
    """What taking a deed back did.

    Args:
        database: the local database for people; None where it was left alone.
        refused: what of the rows and values that were to come back did not, and why.
    """

    database: str | None
    refused: Mapping[Lost, str] = field(default_factory=dict)


class Pending(NamedTuple):
    """What a migration of a target would run.

    Args:
        database: the target's database.
        revisions: file names without `.py`, oldest first.
        missing: the edits of CHECKSUMS and HEAD that make up for what they don't say, where nothing is pending.
    """

    database: Database
    revisions: tuple[str, ...]
    missing: tuple[FileEdit, ...] = ()


class Project:
    """An appdb-shaped project.

    Args:
        config: where its parts are.
        on_wait: called with a sentence when a lock makes a command wait for over a second.
        renderer: renders once, aside; see `template.ahead`.
    """

    def __init__(
        self,
        config: configuration.Config,
        on_wait: OnWait = lambda _: None,
        renderer: "Helper[Asked, Rendering] | None" = None,
    ) -> None:
        self.config = config
        self._on_wait = on_wait
        self._renderer = renderer
        self._comparison: Comparison | None = None
        self._arrived: dict[str, tuple[str, ...]] = {}
        """The heads of each target that this command has migrated."""
        self._reading: Reading | None = None
        self._opened: Opening | None = None
        self.backup: str | None = None
        """The copy that the last migration made of its SQLite file before it dropped or rewrote data."""

    @classmethod
    def find(
        cls,
        start: Path,
        on_wait: OnWait = lambda _: None,
        renderer: "Helper[Asked, Rendering] | None" = None,
    ) -> "Project":
        """The project at or above `start`."""
        return cls(configuration.find(start), on_wait, renderer)

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

    def snapshot(self, *, all_models: bool = False) -> Snapshot:
        """What verbs may look at.

        Args:
            all_models: whether all of them will be imported anyway.
        """
        from scaffold.source.answers import FOLDER as ANSWERS

        config = self.config
        self._reading = reading = Reading(config, ahead=not all_models)
        return Snapshot(
            package=config.package,
            folder=config.folder.relative_to(config.root).as_posix(),
            files=reading.files,
            rows=_Asked(lambda table: databases.local(config).rows(table)),
            line_length=config.line_length,
            packages=packages_in(config.folder / "tables"),
            made=_Asked(reading.makes),
            there=_Asked(lambda table: databases.local(config).has_table(table)),
            filled=_Asked(lambda place: databases.local(config).filled(*place)),
            values=_Asked(lambda place: databases.local(config).values(*place)),
            answers=Files(config.folder, ((f"{ANSWERS}/", ".json"),)),
            copied=lambda: databases.local(config).file is not None,
        )

    def compare(
        self,
        edits: Iterable[FileEdit] = (),
        meanwhile: Callable[[], None] = lambda: None,
        *,
        whole: bool = False,
    ) -> "Comparison":
        """Migrations and models side by side; a plan whose revision is `compared` is made from the last one.

        Args:
            edits: of the package's files, that are not on the disk yet.
            meanwhile: called while the second core is at work; what it raises is raised.
            whole: whether tables that are the same on both sides are wanted too.
        """
        from scaffold.project.compare import compare

        config = self.config
        edited = {config.root / edit.path: edit.after for edit in edits if edit.after is not None}
        with models.importable(config, edited):
            history = History(config)
            _ = history.head
            self._comparison = compare(
                history, partial(models.metadata, config), databases.local(config), meanwhile, whole=whole
            )
        return self._comparison

    def live_differences(self, module: str, edits: Iterable[FileEdit]) -> "tuple[Difference, ...] | None":
        """What it takes to come from the local database to what a module of the package says; None where there is none.

        Args:
            module: its name inside of the package; no other is looked at.
            edits: of the package's files, that are not on the disk yet.
        """
        from scaffold.project.compare import live_differences

        config = self.config
        edited = {config.root / edit.path: edit.after for edit in edits if edit.after is not None}
        with models.importable(config, edited):
            found = models.metadata(config, module)
            return live_differences(History(config), found, databases.local(config))

    def render(self, domain: str, answers: Mapping[str, Any]) -> Rendering:
        """The domain template with `answers`."""
        if self._renderer is None:
            from scaffold.project import template

            return template.render(self.config, domain, answers)
        rendering = self._renderer.begin((self.config, domain, answers))
        models.import_libraries()
        return rendering()

    def render_again(self, answers: "Answers") -> str | None:
        """What the domain template made of answers when it was at their version; None where that is not known."""
        from scaffold.project import template

        return template.render_again(self.config, answers)

    def dry_run(self, plan: Plan) -> Outcome:
        """What `carry_out` would do, without writing anything."""
        if plan.revision is None:
            return Outcome(plan.edits)
        with self._generated(plan) as (metadata, script, edits, history):
            database = databases.local(self.config)
            from scaffold.project.rehearsal import needs_rehearsal, rehearsed_sql

            if needs_rehearsal(script, database):
                sql = rehearsed_sql(history, script, database, metadata)
            else:
                sql = history.sql(database, script.down_revision, metadata)  # type: ignore[arg-type]
            pending = history.pending(database.heads()) if plan.upgrade else ()
            return Outcome(edits, script.revision, pending=tuple(map(_name, pending)), database=str(database), sql=sql)

    def rehearsed(self) -> "tuple[Heard, ...]":
        """What each revision runs on a SQLite, whatever the local database is, in the order that they run in."""
        import sqlalchemy as sa

        from scaffold.project.rehearsal import rehearsed

        with models.importable(self.config):
            history = History(self.config)
            _ = history.head
            table = guard.version_table(self.config)
            return rehearsed(history, Database("local", sa.URL.create("sqlite"), DIALECTS["sqlite"], "", table))

    def record_on_d1(self, table: str, held: Callable[[Collection[str]], Sequence[str]]) -> tuple[str, ...]:
        """Write down in wrangler's table which of its files the local database needs no more; see `wrangler.record`.

        Args:
            table: wrangler's.
            held: the files that hold nothing but some revisions.
        """
        database = databases.local(self.config)
        if database.file is None:
            return ()
        with models.importable(self.config):
            applied = History(self.config).lineage(database.heads())
        from scaffold.project import wrangler

        return wrangler.record(database, table, held(applied), self._on_wait)

    def carry_out(self, plan: Plan, *, on_revision: Callable[[str], None] = lambda _: None) -> Outcome:
        """Do all of `plan`, or nothing.

        Args:
            plan: what is to be done.
            on_revision: called with each revision's name as it begins.

        Raises:
            ScaffoldError: something failed; tree and database are as before.
        """
        if plan.revision is None:
            self._write(plan.edits)
            return Outcome(plan.edits)
        revision = plan.revision
        database = databases.local(self.config) if plan.upgrade else None
        heads = self._heads_ahead(database) if database else None
        with self._opening(database), self._generated(plan) as (metadata, script, edits, history):
            lost, rewritten = self._lost(plan), self._rewritten(plan)
            kept = past.record(revision, script.revision, script.down_revision, edits, lost, rewritten)  # type: ignore[arg-type]
            if database is None:
                self._write((*edits, kept))
                return Outcome(edits, script.revision)
            work, signals = Transaction(self.config, (*edits, kept)), HeldSignals()
            applied: list[str] = []
            remaining: list[str] = []

            def before_commit(context: "MigrationContext") -> None:
                from scaffold.project.drift import drift

                remaining.extend(drift(context, metadata, revision.touches, database))
                signals.hold()
                if database.dialect.transactional:
                    work.promise(script.revision)

            with self._settled(work, signals):
                if heads is not None:
                    history.pending(heads)
                work.stage(new_database=database.is_new)
                try:
                    if not database.dialect.transactional:
                        work.promise_gain(script.revision)
                    self._upgrade(history, database, metadata, applied, on_revision, before_commit, taken_back=True)
                except BaseException:
                    signals.hold()
                    if not applied:
                        work.withdraw()
                    elif not database.dialect.transactional:
                        work.promise_loss(Path(script.path), edits=False)
                    raise
            return Outcome(
                edits, script.revision, tuple(applied), str(database), drift=tuple(remaining), backup=self.backup
            )

    def _heads_ahead(self, database: Database) -> tuple[str, ...] | None:
        """Where a database is whose journal is written before the upgrade; None where that asks in its transaction."""
        if database.dialect.transactional:
            return None
        heads = database.heads()
        refuse_unstamped(self.config, database, heads)
        return heads

    def check_condition(self, table: str, sql: str) -> None:
        """Let the local database judge a condition on a table's rows, as far as it has the table.

        Raises:
            UsageError: the condition is none.
        """
        if fault := databases.local(self.config).fault_of(table, sql):
            raise UsageError(
                f"{sql!r} is no condition on the rows of {table}: {fault}; nothing was written.",
                help=f"It is what stands behind WHERE, and names columns of {table}: {command_line(['show', table])}",
            )

    def rewrite(self, message: str, edits: tuple[FileEdit, ...]) -> None:
        """Make edits that need no revision, all or none, so that they can be taken back.

        Args:
            message: what is done, in the imperative.
            edits: of files.
        """
        self._write((*edits, past.record_edits(self.config, message, edits)))

    def changed_tables(self, edits: Iterable[FileEdit]) -> tuple[str, ...]:
        """The names of the tables that edits of modules change for the database.

        Raises:
            ScaffoldError: the edited modules can't be imported.
        """
        from scaffold.project.declared import declared

        edited = {self.config.root / edit.path: edit.after for edit in edits if edit.after is not None}
        before, after = ({model.name: model for model in declared(self.config, files)} for files in (None, edited))
        return tuple(sorted(name for name in before | after if before.get(name) != after.get(name)))

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
        if deed.revision is None:
            return Present(files, local=False)
        with models.importable(config):
            history = History(config)
            later = tuple(_name(script) for script in history.standing_on(deed.revision))
            database = databases.local(config)
            local = deed.revision in {*history.lineage(database.heads()), *database.begun()}
            counts = {place: database.filled(*place) if place[1] else database.rows(place[0]) for place in deed.added}
            copy = _copy_from_before(database, deed) if local else None
            obstacles = self._obstacles(database, deed, copy) if copy else {}
            return Present(
                files,
                later,
                local,
                tuple(self._elsewhere(history, deed)),
                counts,
                self._shown(copy) if copy else "",
                obstacles,
                {place: database.rows(place[0]) for place in _required_again(history, deed)} if local else {},
            )

    def go_back(
        self, deed: Deed, edits: tuple[FileEdit, ...], *, downgrade: bool, restores: Collection[Lost] = ()
    ) -> Returned:
        """Make edits that take a deed back, and downgrade the local database with them, both or neither.

        Args:
            deed: the last one.
            edits: of its files.
            downgrade: whether the local database has its revision.
            restores: what of the rows and values that it took is to come back from the copy from before.

        Raises:
            ScaffoldError: something failed; where the database has transactional DDL, nothing is changed.
        """
        if not downgrade or deed.revision is None:
            self._write(edits)
            return Returned(None)
        with models.importable(self.config):
            history, work, signals = History(self.config), Transaction(self.config, edits), HeldSignals()
            database = databases.local(self.config)
            copy = _copy_from_before(database, deed) if restores else None
            rewritten = _of_rewritten_tables(deed, restores)
            refused: dict[Lost, str] = {}

            def on_begin(watching: "Guard") -> None:
                if again:
                    refused.update(watching.unlike(again, rewritten))
                if copy:
                    watching.fill(copy, restores)

            def before_commit(watching: "Guard") -> None:
                if copy:
                    refused.update(watching.bring_back(copy, [place for place in restores if place not in refused]))
                for table, column in refused.keys() & _required_again(history, deed):
                    raise ScaffoldError(
                        f"`{deed.message}` can't be taken back: {table}.{column} is required, and its values do not"
                        f" come back: {refused[table, column]}; nothing was written.",
                        help=f"What they were is in {self._shown(copy)}." if copy else "",
                    )
                signals.hold()
                work.promise(deed.down or NO_REVISION)

            with self._settled(work, signals), ExitStack() as stack:
                again = stack.enter_context(self._done_again(database, deed, copy)) if copy and rewritten else None
                work.stage()
                if database.dialect.transactional:
                    self._downgrade(history, database, deed, on_begin, before_commit)
                else:
                    signals.hold()
                    work.promise_loss(history.file(deed.revision), edits=True)
            return Returned(str(database), refused)

    def _lost(self, plan: Plan) -> dict[Lost, int | None]:
        """What a plan drops, and how much of it the local database has."""
        changes = plan.revision.changes if plan.revision else ()
        drops = (change for change in changes if isinstance(change, DropTable | DropColumn))
        remade = {(change.table, change.column.name) for change in changes if isinstance(change, AddColumn)}
        places = [(change.table, change.column if isinstance(change, DropColumn) else "") for change in drops]
        places = [place for place in places if place not in remade]
        if not plan.upgrade:
            return dict.fromkeys(places)
        database = databases.local(self.config)
        # Where no row has a value, the way back would give each the default instead of NULL.
        return {
            (table, column): database.filled(table, column) or database.defaultable(table, column)
            if column
            else database.rows(table)
            for table, column in places
        }

    def _rewritten(self, plan: Plan) -> dict[Lost, int | None]:
        """What a plan gives other values that going back leaves, and how many rows of the local database have that."""
        found: dict[Lost, int | None] = {}
        database = databases.local(self.config)
        for table, column, values, filled in _rewriting(plan):
            if not plan.upgrade:
                found[table, column] = None
                continue
            there = database.filled(table, column)
            held = database.values(table, column) if values else {}
            changed = there if values is None else sum(held.get(value, 0) for value in values)
            if rows := changed + (database.rows(table) - there if filled else 0):
                found[table, column] = rows
        return found

    def _obstacles(self, database: Database, deed: Deed, copy: Path) -> dict[Lost, str]:
        """Why something that a deed took can't be brought back from the copy from before it."""
        from scaffold.project.rebuilds import bring_back

        again = _of_rewritten_tables(deed, deed.taken)
        others = [place for place in deed.lost if place not in again]
        with database.look() as connection:
            assert connection is not None
            now: Any = connection.connection.driver_connection
            found = bring_back.obstacles(now, copy, others)
            if again:
                try:
                    with self._done_again(database, deed, copy) as file:
                        found |= bring_back.unlike(now, file, again)
                except Exception as error:  # noqa: BLE001 - a revision can raise anything
                    reason = f"the migration does not run again on the copy ({explain(self.config, error)})"
                    found |= dict.fromkeys(again, reason)
            return found

    @contextmanager
    def _done_again(self, database: Database, deed: Deed, copy: Path) -> Iterator[Path]:
        """A copy of the copy of the local database from before a deed, on which its migration has run."""
        import sqlalchemy as sa

        from scaffold.project import rebuilds

        assert deed.revision is not None
        with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch:
            file = Path(shutil.copyfile(copy, Path(scratch) / "again.db"))
            there = replace(database, url=sa.URL.create(database.url.drivername, database=str(file)))
            with there.migrating(self._on_wait) as connection, rebuilds.guarded(connection, None):
                History(self.config).upgrade(connection, to=deed.revision)
            yield file

    def _downgrade(
        self,
        history: History,
        database: Database,
        deed: Deed,
        on_begin: "Callable[[Guard], None]",
        before_commit: "Callable[[Guard], None]",
    ) -> None:
        assert deed.revision is not None
        transaction: int | None = None

        def begun(context: "MigrationContext") -> None:
            nonlocal transaction
            watching.begin(context)
            transaction = database.dialect.transaction(connection)
            on_begin(watching)

        def checked(_: "MigrationContext") -> None:
            watching.check()
            before_commit(watching)

        try:
            with self._migrating(database) as (connection, watching):
                history.downgrade(
                    connection,
                    deed.revision,
                    deed.down,
                    on_begin=begun,
                    before_commit=checked,
                )
        except ScaffoldError:
            raise
        except Exception as error:
            rows = "Where rows stand against it, change them first, and then: scaffold undo"
            what = f"Taking back `{deed.message}` failed on {database}: {explain(self.config, error)}"
            left = leftovers.of_downgrade(database, deed.revision, transaction)
            raise MigrationFailure(what, left.state, help=_ways_on(error, left.help) or rows) from error

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
        heads = database.heads()
        refuse_unstamped(self.config, database, heads)
        with models.importable(self.config):
            history = History(self.config)
            _ = history.head
            pending = history.pending(heads, target)
            missing = () if pending else history.records(anew=False)
            return Pending(database, tuple(_name(script) for script in pending), missing)

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

    def tidy(self, pending: Pending) -> tuple[FileEdit, ...]:
        """Make up for what is missing where nothing is pending.

        CHECKSUMS and HEAD get to say what the revision files are, if they don't; what is recorded already stays. A
        database forgets the upgrade that was cut off after its last statement.

        Returns:
            The edits that were made.
        """
        pending.database.tidy(self._on_wait)
        if pending.database.target != "local" or not self._can_record():
            return ()
        if pending.missing:
            self._write(pending.missing)
        return pending.missing

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
        head = (history.head if database else None) or NO_REVISION
        local = database is not None and database.target == "local"
        pending = bool(database and history.pending(database.heads(), database.target))
        bound = local and pending and bool(edits)
        whole = database is not None and database.dialect.transactional
        work, signals = Transaction(self.config, edits), HeldSignals()

        def before_commit(_: "MigrationContext") -> None:
            signals.hold()
            if bound and whole:
                work.promise(head)

        with self._settled(work, signals):
            if edits or (local and pending and self._can_record()):
                work.stage(new_database=database is not None and local and database.is_new)
            if database and pending:
                try:
                    if bound and not whole:
                        work.promise_gain(head)
                    self._upgrade(history, database, None, applied, on_revision, before_commit)
                except BaseException:
                    if bound and not whole and not self.has(head):
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
        *,
        taken_back: bool = False,
    ) -> None:
        """Upgrade a database to the head.

        Args:
            history: with the head.
            database: any target's.
            metadata: see `History.upgrade`.
            applied: gets the names of the revisions as they begin.
            on_revision: called with each of them.
            before_commit: see `History.upgrade`.
            taken_back: whether the caller takes the last revision back where this fails half-way.
        """
        existed = database.file is None or database.file.exists()
        told: set[str] = set()
        transaction: int | None = None

        def begun(context: "MigrationContext") -> None:
            nonlocal transaction
            refuse_unstamped(self.config, database, context.get_current_heads())
            watching.begin(context)
            transaction = database.dialect.transaction(connection)

        def announce(script: "Script") -> None:
            name = _name(script)
            if name in applied:
                # All of it is run again, to learn which one fails.
                del applied[applied.index(name) :]
            applied.append(name)
            if name not in told:
                on_revision(name)
            told.add(name)

        @contextmanager
        def whole() -> Iterator[None]:
            own = database.dialect.transaction(connection)
            yield
            if database.is_rolled_back(connection, own):
                raise Rollback("it")

        def checked(context: "MigrationContext") -> None:
            if database.is_rolled_back(connection, transaction):
                raise Rollback
            watching.check()
            before_commit(context)

        try:
            with self._migrating(database) as (connection, watching):
                history.upgrade(
                    connection,
                    metadata,
                    target=database.target,
                    resumable=not database.dialect.transactional,
                    on_begin=begun,
                    on_revision=announce,
                    around=whole,
                    before_commit=checked,
                )
            if history.head and history.head not in self._arrived.get(database.target, (history.head,)):
                raise EnvFailure(history.scripts.env_py_location, "rolls back what was run")
        except ScaffoldError:
            raise
        except (Exception, KeyboardInterrupt) as error:
            failure = self._failed(history, database, applied, transaction, error, taken_back=taken_back)
            if isinstance(error, KeyboardInterrupt) and getattr(failure, "state", "") == leftovers.AS_BEFORE:
                raise
            raise failure from error
        finally:
            if not existed:
                database.remove_if_empty()

    @contextmanager
    def _opening(self, database: Database | None) -> Iterator[None]:
        """The next migration of a database finds it open."""
        with database.opening() if database else nullcontext() as opened:
            self._opened = opened
            try:
                yield
            finally:
                self._opened = None

    @contextmanager
    def _migrating(self, database: Database) -> "Iterator[tuple[Connection, Guard]]":
        """A watched connection for migrations; where they lead the database to is remembered."""
        from scaffold.project import rebuilds

        self._arrived.clear()
        with database.migrating(self._on_wait, self._opened) as connection:
            with rebuilds.guarded(connection, database.file) as watching:
                yield connection, watching
            self.backup = self._shown(watching.backup) if watching.backup else None
            # It is committed: a connection that breaks only now is no failure of the migration.
            with suppress(Exception):
                self._arrived[database.target] = databases.heads_of(connection, database.version_table)

    @contextmanager
    def _generated(self, plan: Plan) -> "Iterator[tuple[Any, Script, tuple[FileEdit, ...], History]]":
        """The edited models, and the revision generated from them into a scratch folder."""
        from scaffold.project import revisions

        config, revision = self.config, plan.revision
        assert revision is not None
        edited = {config.root / edit.path: edit.after for edit in plan.edits if edit.after is not None}
        comparison = self._comparison if revision.compared else None
        before = None if comparison or not revisions.needs_before(revision) else self._models_on_disk(revision.touches)
        with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch, models.importable(config, edited):
            reading, self._reading = self._reading or Reading(config), None
            looked, state = reading.looked()
            history = History(config, Path(scratch), state=state)
            if comparison:
                metadata = models.metadata(config)
            else:
                metadata = touched.metadata(config, plan.edits, revision.touches, reading.files, looked)
            script = revisions.generate(history, revision, metadata, Path(scratch), before, comparison)
            file = Path(script.path)
            path = (history.versions / file.name).relative_to(config.root).as_posix()
            records = history.records(script, anew=plan.upgrade)
            yield metadata, script, (*plan.edits, *records, FileEdit(path, None, file.read_bytes())), history

    def _models_on_disk(self, tables: Collection[str]) -> "MetaData":
        with models.importable(self.config):
            return touched.metadata(self.config, (), tables)

    def _write(self, edits: tuple[FileEdit, ...]) -> None:
        """Make edits in which no database takes part, all or none."""
        work, signals = Transaction(self.config, edits), HeldSignals()
        with self._settled(work, signals):
            work.stage()
            signals.hold()
            work.promise(None)

    @contextmanager
    def _settled(self, work: Transaction, signals: HeldSignals) -> Iterator[None]:
        """Whether its body returns or raises: the edits follow the database."""
        failure: BaseException | None = None
        try:
            yield
        except BaseException as error:
            failure = error
            raise
        finally:
            try:
                work.abandon()
                self._settle()
            except ScaffoldError as error:
                raise _unsettled(failure, error) from error
            finally:
                signals.release()

    def _settle(self) -> Settled | None:
        """Make the files follow the database, and where that has no commit point, the database the files."""
        if transaction.left_behind(self.config):
            # Only tidiness: the database may be out of reach of a command that leaves it alone.
            with suppress(ScaffoldError):
                databases.local(self.config).tidy(self._on_wait)
        if transaction.new_database_left(self.config):
            # Before the mark of it goes, in case this is cut off as well.
            databases.local(self.config).remove_if_empty()
        return transaction.settle(self.config, self)

    def has(self, revision: str) -> bool:
        """See `transaction.Local`."""
        heads = self._arrived["local"] if "local" in self._arrived else databases.local(self.config).heads()
        return revision in heads if revision != NO_REVISION else not heads

    def gain(self, revision: str) -> None:  # noqa: ARG002
        """See `transaction.Local`."""
        with models.importable(self.config):
            try:
                self._upgrade(
                    History(self.config), databases.local(self.config), None, [], lambda _: None, lambda _: None
                )
            except MigrationFailure:
                transaction.forget(self.config)
                raise

    def lose(self, file: Path) -> None:
        """See `transaction.Local`."""
        self._arrived.clear()
        in_place = (guard.versions(self.config) / file.name).exists()
        database = databases.local(self.config)
        with models.importable(self.config):
            history = History(self.config, None if in_place else file.parent)
            try:
                with database.migrating(self._on_wait) as connection:
                    history.take_back(connection, history.revision_of(file.name))
            except ScaffoldError:
                raise
            except Exception as error:
                transaction.forget(self.config)
                what = f"{file.stem} could not be taken back from {database}: {explain(self.config, error)}"
                raise MigrationFailure(what, "it is applied in part", help=SEE_IN_DOCTOR) from error

    def _failed(
        self,
        history: History,
        database: Database,
        applied: list[str],
        transaction: int | None,
        error: BaseException,
        *,
        taken_back: bool,
    ) -> ScaffoldError:
        if isinstance(error, SyntaxError):
            return misspelled(error)
        at = f"{applied[-1]} failed on {database}" if applied else f"The upgrade of {database} failed"
        stopped = isinstance(error, KeyboardInterrupt)
        what = "Stopped" if stopped else f"{at}: {explain(self.config, error)}"
        left = leftovers.of_upgrade(history, database, applied, transaction, taken_back=taken_back, stopped=stopped)
        go_on = left.help or leftovers.unlocking(database)
        return MigrationFailure(what, left.state, help=go_on if stopped else _ways_on(error, go_on))


def _ways_on(error: BaseException, go_on: str) -> str:
    """What to do about a migration that failed.

    Args:
        error: that it failed with.
        go_on: the way on from what it has left; else this says where there is more to see, if there is.
    """
    said_all = getattr(error, "orig", None) is not None
    mend = way_out(error, "" if said_all or go_on else SEE_IN_FULL)
    return "\n".join(filter(None, [mend, go_on]))


def _rewriting(plan: Plan) -> Iterator[tuple[str, str, Collection[str] | None, bool]]:
    """The columns that a plan rewrites: table, column, the values that go for good (None: all), if NULL is filled."""
    changes = plan.revision.changes if plan.revision else ()
    tables = {change.new: change.old for change in changes if isinstance(change, RenameTable)}
    columns = {(change.table, change.new): change.old for change in changes if isinstance(change, RenameColumn)}
    for change in changes:
        match change:
            case AlterColumn(table, column, backfill) if backfill or change.moved_for_good or change.converted:
                values: Collection[str] | None = None if change.converted else change.moved_for_good
                yield table, column.name, values, backfill is not None
            case AlterTable(table, backfills, converted):
                for name in dict.fromkeys([*backfills, *converted]):
                    values = None if name in converted else ()
                    yield tables.get(table, table), columns.get((table, name), name), values, name in backfills


def _copy_from_before(database: Database, deed: Deed) -> Path | None:
    """The copy of the local database from before a deed that took something."""
    if not deed.taken:
        return None
    from scaffold.project.rebuilds.bring_back import copy_from

    return copy_from(database.file, deed.down, deed.began, database.version_table.name)


def _required_again(history: History, deed: Deed) -> frozenset[Lost]:
    """The columns that come back as required ones without a value for the rows that are there."""
    assert deed.revision is not None
    return required_again(history.file(deed.revision).read_bytes())


def _of_rewritten_tables(deed: Deed, places: Iterable[Lost]) -> list[Lost]:
    tables = {table for table, _ in deed.rewritten}
    return [(table, column) for table, column in places if table in tables]


class _Asked(Mapping[K, V]):
    """What there is of a table or a column, asked for one at a time."""

    def __init__(self, ask: Callable[[K], V]) -> None:
        self._ask = ask

    def __getitem__(self, key: K) -> V:
        return self._ask(key)

    def __iter__(self) -> Iterator[K]:
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError


def _unsettled(failure: BaseException | None, error: ScaffoldError) -> ScaffoldError:
    """What to say where the database can't be asked, or can't be led, to where the files are to follow it."""
    if isinstance(error, MigrationFailure):
        return error
    said = f"{failure.what}. " if isinstance(failure, MigrationFailure) else ""
    reason = error.message.replace("; nothing was written", "").removesuffix(".")
    return ScaffoldError(
        f"{said}Whether the command took effect is not known yet: {reason}.",
        help="This finishes it, or takes it back, as soon as the database answers: scaffold migrate",
    )


def _name(script: "Script") -> str:
    return Path(script.path).stem
