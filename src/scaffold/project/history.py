"""The revision files and the upgrade that runs them, through Alembic and the project's own `env.py`."""

import io
import logging
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold import history
from scaffold.errors import ScaffoldError, UsageError
from scaffold.history import runs_only_operations
from scaffold.plan import FileEdit
from scaffold.project import guard, models
from scaffold.project.ahead import Ahead
from scaffold.project.config import Config
from scaffold.project.databases import Database, heads_of
from scaffold.project.failures import EnvFailure, ProcessEnd, explain, misspelled, place_of, way_out
from scaffold.project.failures import reason as reason
from scaffold.project.progress import Progress

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext, RevisionStep
    from alembic.script import Script
    from sqlalchemy import Connection, MetaData

log = logging.getLogger(__name__)

_HOOKS = re.compile(rb"\b(?:event|on_version_apply|cursor|driver_connection|dbapi_connection)\b")
"""What sees in `env.py` how the driver answers."""

SEE_IN_FULL = "See it in full with: scaffold --debug migrate"


class History:
    """A project's revisions; made and used inside `models.importable`, as revisions import the project's types.

    Args:
        config: the project.
        staged: a folder with revision files that are not in the project yet.
        versions: a folder that stands for the project's own one.
        state: of the project's own one, where it was read already.
        tolerated: the codes of findings that may be there.

    Raises:
        UsageError: something is wrong with the files.
    """

    def __init__(
        self,
        config: Config,
        staged: Path | None = None,
        *,
        versions: Path | None = None,
        state: history.State | None = None,
        tolerated: Collection[str] = (),
    ) -> None:
        from alembic.config import Config as AlembicConfig
        from alembic.util import CommandError

        from scaffold.project.scripts import Scripts

        self.config = config
        self.versions = guard.versions(config)
        self.state = state or guard.state(config)
        only = versions is None and not (staged and any(staged.iterdir()))
        self._line = _legal(self.state.line) if only else ()
        if only and self.state.revisions and not self._line:
            log.debug("All revisions are imported: they are not one line, or one has labels or dependencies.")
        guard.refuse(history.of_files(self.state), tolerated)
        self.alembic: AlembicConfig = AlembicConfig(toml_file=config.file)
        self.alembic.set_main_option("script_location", str(config.folder / "migrations").replace("%", "%%"))
        self.scripts: Scripts = Scripts(
            config.folder / "migrations",
            [versions or self.versions, *([staged] if staged else [])],
            {} if versions else {header.name: header for header in self.state.revisions},
            self.state.in_line if self._line else (),
        )
        try:
            with self._importing():
                _ = self.scripts.get_heads() if self._line else self.revisions
        except CommandError as error:
            raise UsageError(
                f"The revisions in {self.versions} can't be read: {error}; nothing was written.",
                help="See what is wrong, and the way out: scaffold doctor",
            ) from error
        except KeyError as error:
            raise UsageError(
                f"A revision in {self.versions} stands on {error}, and no file there has that revision.",
                help="See what is wrong, and the way out: scaffold doctor",
            ) from error

    @cached_property
    def revisions(self) -> "tuple[Script, ...]":
        """What was there from the beginning, oldest first; Alembic has to sort it where it is no line."""
        if self._line:
            return self._between(0)
        return tuple(reversed(list(self.scripts.walk_revisions())))

    def _between(self, begin: int) -> "tuple[Script, ...]":
        """Those of a line from a place on."""
        return tuple(self.scripts.get_revision(revision) for revision in self._line[begin:])

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self._line or (script.revision for script in self.revisions))

    @contextmanager
    def _importing(self) -> Iterator[None]:
        """Explain what revisions raise that are imported meanwhile."""
        from alembic.util import CommandError

        try:
            yield
        except CommandError:
            raise
        except SyntaxError as error:
            raise misspelled(error) from error
        except (Exception, SystemExit) as error:
            if isinstance(error, KeyError) and not place_of(self.config, error):
                raise
            raise UsageError(
                f"A revision can't be imported: {explain(self.config, error)}; nothing was written.", help=SEE_IN_FULL
            ) from error

    @property
    def head(self) -> str | None:
        """The one revision that nothing stands on; None before the first.

        Raises:
            UsageError: there are several.
        """
        heads = self.scripts.get_heads()
        if len(heads) > 1:
            names = ", ".join(Path(self.scripts.get_revision(head).path).name for head in heads)
            raise UsageError(
                f"The revisions have {len(heads)} heads ({names}), so it is not clear what comes next;"
                " nothing was written.",
                help="Join them with: scaffold heads --merge",
            )
        return heads[0] if heads else None

    def file(self, revision: str) -> Path:
        """The file of a revision."""
        script: Script = self.scripts.get_revision(revision)
        return Path(script.path)

    def revision_of(self, name: str) -> str:
        """The revision of a file."""
        [revision] = (script.revision for script in self.revisions if Path(script.path).name == name)
        return revision

    def pending(self, current: Sequence[str], target: str = "local") -> "tuple[Script, ...]":
        """The revisions that a target's database at `current` still needs, oldest first.

        Raises:
            UsageError: the database is at a revision that no file has, or has applied what was edited since.
        """
        guard.refuse(history.of_database(self.state, history.Database(target, tuple(current))))
        if unknown := [revision for revision in current if revision not in self._known]:
            raise UsageError(
                f"The {target} database is at revision {', '.join(unknown)}, which no file in {self.versions} has;"
                " nothing was written.",
                help="See what is wrong, and the way out: scaffold doctor",
            )
        if not self.head:
            return ()
        if self._line:
            pending = self._between(max((self._line.index(revision) + 1 for revision in current), default=0))
        else:
            applied = set(self.lineage(current))
            pending = tuple(script for script in self.revisions if script.revision not in applied)
        with self._importing():
            for script in pending:
                _ = script.module.upgrade
        return pending

    def records(self, script: "Script | None" = None, *, anew: bool) -> tuple[FileEdit, ...]:
        """The edits of CHECKSUMS and HEAD; see `scaffold.history.records`.

        Args:
            script: a new revision, staged.
            anew: whether edited revisions are recorded as they are now.
        """
        file = Path(script.path) if script else None
        added = {file.name: history.digest(file.read_bytes())} if file else {}
        head = script.revision if script else self.head
        return history.records(self.state, head=head, added=added, anew=anew)

    def upgrade(
        self,
        connection: "Connection",
        metadata: "MetaData | None" = None,
        *,
        target: str = "local",
        to: str = "heads",
        resumable: bool = False,
        together: int | None = None,
        without: Callable[[str], bool] = lambda _: False,
        on_begin: "Callable[[MigrationContext], None]" = lambda _: None,
        on_revision: "Callable[[Script], None]" = lambda _: None,
        around: Callable[[], AbstractContextManager[None]] = nullcontext,
        before_commit: "Callable[[MigrationContext], None]" = lambda _: None,
    ) -> None:
        """Run every pending revision, in one transaction where the database has that.

        Args:
            connection: not in a transaction; `env.py` begins and commits one on it.
            metadata: handed to `env.py`; none of its tables are needed to run revisions.
            target: that the connection is to.
            to: the revision to stop at.
            resumable: record each statement, for a database whose transactions don't hold DDL.
            together: how many revisions one transaction gets, where a scratch database has no need of all or nothing.
            without: whether a revision is to do nothing.
            on_begin: called before the first one, inside the transaction.
            on_revision: called as each one begins; for a new database perhaps a second time, up to the one that fails.
            around: entered inside the transaction of each one, and left before it counts as applied; not where
                statements are sent ahead.
            before_commit: called when the last one is done and nothing is committed yet; what it raises rolls back.
        """

        def steps(current: Any, context: "MigrationContext") -> Iterator[Any]:
            if context.connection is None or context.connection.engine is not connection.engine:
                raise UsageError(
                    f"{self.scripts.env_py_location} does not use the connection that it is given, so the upgrade would"
                    " not be all or nothing; nothing was written.",
                    help='In it: connection = context.config.attributes.get("connection")',
                )
            self._check_version_table(context)
            # Whoever held the lock before may have moved on.
            self.pending(context.get_current_heads(), target)
            on_begin(context)
            pending = self._steps(to, current)
            if current or not self._says_all(pending):
                ahead.stop()
            progress = Progress(context) if resumable and pending else None
            if progress:
                progress.begin()
            for number, step in enumerate(pending, 1):
                if together and number % together == 0:
                    with context.autocommit_block():
                        """A block of this kind ends the transaction before it, and begins one after it."""
                if without(str(step.info.up_revision_id)):
                    step.migration_fn = _nothing
                    yield step
                    continue
                on_revision(self.scripts.get_revision(step.info.up_revision_id))  # type: ignore[arg-type]
                if ahead.over:
                    step.migration_fn = _within(around(), step.migration_fn)
                with progress.recording(str(step.info.up_revision_id)) if progress else nullcontext():
                    yield step
            if progress:
                progress.end()
            ahead.settle()
            before_commit(context)

        ahead = Ahead(connection, guard.version_table(self.config).name)
        with ahead.sending():
            try:
                self._run(steps, connection=connection, target_metadata=metadata)
            except ScaffoldError:
                raise
            except Exception as error:
                if not ahead.used or not self._is_new(connection):
                    raise
                log.debug("All is run again, each statement waited for: %s: %s", type(error).__name__, error)
            else:
                return
        # Only where each statement is waited for it is known which of them it was.
        self._run(steps, connection=connection, target_metadata=metadata)

    def _is_new(self, connection: "Connection") -> bool:
        """Whether nothing is left of a run that failed; False where the connection is of no more use."""
        try:
            connection.rollback()  # `env.py` may have begun before Alembic did
            heads = heads_of(connection, guard.version_table(self.config))
            connection.rollback()
        except Exception:  # noqa: BLE001 - what went wrong first is what is told
            return False
        return not heads

    def _says_all(self, steps: "Sequence[RevisionStep]") -> bool:
        """Whether nothing but operations reaches the database: no query, no cursor, no listener of `env.py`'s."""
        if _HOOKS.search((self.config.folder / "migrations" / "env.py").read_bytes()):
            return False
        files = (self.file(str(step.info.up_revision_id)) for step in steps)
        return all(runs_only_operations(file.read_bytes()) for file in files)

    def _steps(self, to: str, current: Any) -> "Sequence[RevisionStep]":
        """What an upgrade runs; Alembic has to sort all revisions where they are no line."""
        from alembic.runtime.migration import MigrationStep

        scripts: list[Script] = []
        below = self.head if to == "heads" and self._line else None
        while isinstance(below, str) and below not in current:
            scripts.append(self.scripts.get_revision(below))
            below = scripts[-1].down_revision  # type: ignore[assignment]
        if not scripts or (below or ()) != (current[0] if len(current) == 1 else ()):
            return self.scripts._upgrade_revs(to, current)
        return [MigrationStep.upgrade_from_script(self.scripts.revision_map, script) for script in reversed(scripts)]

    def stamp(
        self,
        connection: "Connection",
        revision: str,
        *,
        on_begin: "Callable[[MigrationContext], None]" = lambda _: None,
    ) -> None:
        """Write down that a database has a revision and all before it, without running one.

        Args:
            connection: not in a transaction; `env.py` begins and commits one on it.
            revision: the last one that it has.
            on_begin: called before that, inside the transaction; what it raises rolls back.
        """

        def steps(current: Any, context: "MigrationContext") -> Iterator[Any]:
            self._check_version_table(context)
            on_begin(context)
            yield from self.scripts._stamp_revs(revision, current)

        self._run(steps, connection=connection)

    def context(self, connection: "Connection") -> "MigrationContext":
        """How the project's `env.py` looks at a database; nothing is written to it.

        Raises:
            ScaffoldError: `env.py` fails.
        """
        found: list[MigrationContext] = []

        def look(_: Any, context: "MigrationContext") -> Iterator[Any]:
            found.append(context)
            yield from ()

        try:
            self._run(look, connection=connection, dont_mutate=True)
        except Exception as error:
            raise ScaffoldError(
                f"{self.scripts.env_py_location} fails: {explain(self.config, error)}; nothing was written.",
                help=way_out(error, SEE_IN_FULL),
            ) from error
        return found[0]

    def standing_on(self, revision: str) -> "tuple[Script, ...]":
        """The revisions after one, oldest first."""
        below = {revision}
        found = []
        for script in self.revisions:
            if not below.isdisjoint(script._all_down_revisions):
                below.add(script.revision)
                found.append(script)
        return tuple(found)

    def lineage(self, heads: Sequence[str]) -> tuple[str, ...]:
        """Some revisions and all before them, as far as files have them."""
        found: dict[str, None] = {}
        for head in heads:
            if head in self._known and self._line:
                found |= dict.fromkeys(reversed(self._line[: self._line.index(head) + 1]))
                continue
            steps = self.scripts.iterate_revisions(head, "base") if head in self._known else ()
            found |= dict.fromkeys([head, *(script.revision for script in steps)])
        return tuple(found)

    def downgrade(
        self,
        connection: "Connection",
        revision: str,
        down: str | None,
        *,
        on_begin: "Callable[[MigrationContext], None]" = lambda _: None,
        before_commit: "Callable[[MigrationContext], None]" = lambda _: None,
    ) -> None:
        """Take the newest revision back, in one transaction.

        Args:
            connection: not in a transaction; `env.py` begins and commits one on it.
            revision: that the database is at.
            down: the revision before it; None if it is the first.
            on_begin: called before it, inside the transaction.
            before_commit: called when it is done and nothing is committed yet; what it raises rolls back.

        Raises:
            ScaffoldError: the database is at another revision by now.
        """

        def steps(current: Any, context: "MigrationContext") -> Iterator[Any]:
            if tuple(context.get_current_heads()) != (revision,):
                raise ScaffoldError(
                    f"The database is not at revision {revision} any more; nothing was written.",
                    help="See where it is: scaffold doctor",
                )
            on_begin(context)
            yield from self.scripts._downgrade_revs(down or "base", current)
            before_commit(context)

        self._run(steps, connection=connection)

    def take_back(self, connection: "Connection", revision: str) -> None:
        """Undo what was done of a revision on a database that commits each statement, all of it or a part.

        Its downgrade is run, and what was not done, or is undone already, need not be undone.

        Args:
            connection: not in a transaction.
            revision: that may be the newest of the database, applied in part, or not begun.
        """
        script: Script = self.scripts.get_revision(revision)

        def downgrade(current: Any, context: "MigrationContext") -> Iterator[Any]:
            progress = Progress(context)
            with progress.forgiving():
                if revision in context.get_current_heads():
                    yield from self.scripts._downgrade_revs(script.down_revision or "base", current)  # type: ignore[arg-type]
                elif progress.has_begun(revision):
                    script.module.downgrade()
            progress.forget(revision)

        self._run(downgrade, connection=connection)

    def sql(
        self,
        database: Database,
        start: str | None,
        metadata: "MetaData | None" = None,
        *,
        without: Callable[[str], bool] = lambda _: False,
    ) -> str:
        """What upgrading from `start` to the head would run, as SQL of the database's dialect.

        Args:
            database: it is not connected to.
            start: a revision; None for an empty database.
            metadata: handed to `env.py`; none of its tables are needed to run revisions.
            without: whether to leave a revision out; asked when its turn comes.
        """

        def steps(current: Any, _: "MigrationContext") -> Iterator[Any]:
            for step in self.scripts._upgrade_revs("heads", current):
                if not without(str(step.info.up_revision_id)):
                    yield step

        try:
            return self._offline(steps, database, start, metadata)
        except ScaffoldError:
            raise
        except Exception as error:
            raise ScaffoldError(
                f"The SQL can't be shown: {explain(self.config, error)}; nothing was written.",
                help=way_out(error, SEE_IN_FULL),
            ) from error

    def listen(
        self,
        database: Database,
        hear: "Callable[[str, Any], None]",
        *,
        without: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """Have all revisions say what they would run on an empty database; nothing is run.

        Args:
            database: it is not connected to.
            hear: called with a revision and each of its statements, a construct of SQLAlchemy's.
            without: whether a revision is to say nothing.
        """

        def steps(current: Any, context: "MigrationContext") -> Iterator[Any]:
            for step in self._steps("heads", current):
                revision, silent = str(step.info.up_revision_id), context.impl._exec

                def said(construct: Any, *_: Any, revision: str = revision, **__: Any) -> None:
                    about = getattr(construct, "table", None), getattr(construct, "element", None)
                    if not any(one is context._version for one in about):
                        hear(revision, construct)

                if without(revision):
                    step.migration_fn = _nothing
                context.impl._exec = said  # type: ignore[method-assign]
                yield step
                context.impl._exec = silent  # type: ignore[method-assign]

        self._offline(steps, database)

    def _offline(
        self,
        steps: Callable[..., Any],
        database: Database,
        start: str | None = None,
        metadata: "MetaData | None" = None,
    ) -> str:
        """Run steps without a database; returns the SQL that they would run on it."""
        self.alembic.output_buffer = output = io.StringIO()
        self._run(
            steps,
            url=database.url.render_as_string(hide_password=False),
            target_metadata=metadata,
            as_sql=True,
            starting_rev=start or "base",
            destination_rev="heads",
        )
        return output.getvalue()

    def _check_version_table(self, context: "MigrationContext") -> None:
        assumed = guard.version_table(self.config)
        used = guard.VersionTable(context.version_table, context.version_table_schema)
        if used != assumed:
            schema = f", version_table_schema={used.schema!r}" if used.schema else ""
            raise UsageError(
                f"{self.scripts.env_py_location} keeps the database's revision in the table {used.name!r}, and computes"
                " that name, so that it can't be known without running it; nothing was written.",
                help=f"Write it there as it is: context.configure(..., version_table={used.name!r}{schema})",
            )

    def _no_tables(self) -> "MetaData | None":
        """What `env.py` gets where nothing is compared: the convention alone, by which operations name constraints.

        None where it can't be known, so that `env.py` imports all models.
        """
        from sqlalchemy import MetaData

        try:
            base = models.base_metadata(self.config)
        except UsageError:
            return None
        return MetaData(schema=base.schema, naming_convention=base.naming_convention)

    def _run(self, fn: Callable[..., Any], **options: Any) -> None:
        """Run `env.py`.

        Args:
            fn: yields the steps, as Alembic wants them.
            options: for the context, and for its attributes.

        Raises:
            EnvFailure: not all steps were run, and `env.py` did not say so.
            ProcessEnd: something called sys.exit().
        """
        from alembic.runtime.environment import EnvironmentContext

        begun, ended, refused = False, False, None

        def steps(current: Any, context: "MigrationContext") -> Iterator[Any]:
            nonlocal begun, ended, refused
            begun = True
            try:
                yield from fn(current, context)
            except Exception as error:
                refused = error
                raise
            ended = True

        attributes: dict[str, Any] = {
            key: options.pop(key) for key in ("connection", "target_metadata", "url") if key in options
        }
        if attributes.get("target_metadata") is None:
            attributes["target_metadata"] = self._no_tables()
        self.alembic.attributes.update(attributes)
        connection: Connection | None = attributes.get("connection")
        if connection is not None and connection.dialect.name == "sqlite":
            options["transactional_ddl"] = True
        ours = connection is not None and connection.in_transaction()
        with _quiet(), EnvironmentContext(self.alembic, self.scripts, fn=steps, **options):
            try:
                self.scripts.run_env()
            except SystemExit as error:
                raise ProcessEnd(place_of(self.config, error)) from error
        if refused:
            raise refused
        if not ended:
            raise EnvFailure(self.scripts.env_py_location, "catches it" if begun else "runs no migrations")
        if connection is not None and connection.in_transaction() and not ours:
            # A statement of `env.py`'s before Alembic's transaction begins one that Alembic leaves to its caller.
            connection.commit()


def _nothing(**_: Any) -> None:
    """What a revision does that is left out."""


def _within(around: AbstractContextManager[None], upgrade: Callable[..., Any]) -> Callable[..., Any]:
    """What a revision does, within something."""

    @wraps(upgrade)
    def run(**options: Any) -> None:
        with around:
            upgrade(**options)

    return run


def _legal(line: tuple[str, ...]) -> tuple[str, ...]:
    """A line of revisions; empty where Alembic would refuse one for its characters, which it says best itself."""
    from alembic.script import Script
    from alembic.script.revision import RevisionError

    try:
        Script.verify_rev_id("".join(line))
    except RevisionError:
        return ()
    return line


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Alembic's own log lines out of our output."""
    logger = logging.getLogger("alembic")
    level, logger.level = logger.level, logging.WARNING
    try:
        yield
    finally:
        logger.level = level
