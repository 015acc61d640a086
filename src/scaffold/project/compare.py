"""What differs between two of these: the database that the migrations make, the one that the models make, a live one.

Both sides are read back from databases of the same kind, so a default or a condition has the same spelling wherever it
means the same. What the local database can't tell apart (a boolean from an integer on SQLite) is seen all the same:
the revisions are listened to while they run, and name the types that every database gets.
"""

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from scaffold.errors import ScaffoldError
from scaffold.history import is_unconditional
from scaffold.project import rebuilds, statements
from scaffold.project.aside import Helper
from scaffold.project.databases import Database
from scaffold.project.failures import reason, way_out
from scaffold.project.history import History
from scaffold.project.portable import portable
from scaffold.project.reflection import Reflected, reflect, spelled
from scaffold.project.replay import Recording, recorded
from scaffold.project.scratch import scratch
from scaffold.project.statements import NAMES, Statements, Unclear, plain_dialect
from scaffold.schema.differences import Difference, differences
from scaffold.schema.shapes import ColumnShape, Shapes, TableShape, plain

if TYPE_CHECKING:
    import sqlalchemy as sa
    from alembic.runtime.migration import MigrationContext
    from alembic.script import Script

log = logging.getLogger(__name__)

Types = Mapping[tuple[str, str], Any]
"""SQLAlchemy's types, by table and column."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Migrations and models side by side.

    Args:
        before: what the migrations make.
        after: what the models make.
        found: what the replayed migrations have made, as the local database tells it.
        recording: what the revisions said meanwhile.
        elsewhere: what they say on other databases.
    """

    before: Shapes
    after: Shapes
    found: Reflected
    recording: Recording
    elsewhere: tuple[Recording, ...]

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What it takes to come from the migrations to the models."""
        return differences(self.before, self.after)

    def portable(self, models: "sa.MetaData") -> "sa.MetaData":
        """What the migrations make, as metadata in the words of the revisions; for renderers."""
        return portable(self.found, self.recording, self.elsewhere, models)


def compare(
    history: History,
    models: "Callable[[], sa.MetaData]",
    local: Database,
    meanwhile: Callable[[], None] = lambda: None,
    *,
    whole: bool = False,
) -> Comparison:
    """Replay the migrations and make the models, each on a scratch database; call it inside `models.importable`.

    The models are imported and made in a fork of this process, and here only where a question is left. Where the same
    statements would make a table on both sides, it is left out: it has no differences, and nothing else is asked of it.

    Args:
        history: the revisions.
        models: brings their metadata.
        local: the local database, whose kind the scratch databases are of; it need not exist.
        meanwhile: called when the fork is under way; what it raises is raised.
        whole: whether tables that are the same are wanted too, as somebody may have named one.

    Raises:
        ScaffoldError: a revision fails, or the models can't be made.
    """
    others = [name for name in NAMES if name != local.dialect.name]
    modelling = Helper(_Modelling(models, local, others))
    try:
        listening = None if whole else modelling.begin(_LISTEN, more=True)
        meanwhile()
        left = _left(history, local, listening) if listening else None
    except BaseException:
        modelling.dismiss()
        raise
    if left and not left.tables:
        modelling.dismiss()
        return Comparison({}, {}, Reflected({}, {}), Recording(), ())
    tables, revisions = left or (None, None)
    making = modelling.begin(tables)
    found, wanted = Reflected({}, {}), dict[str, TableShape]()

    def look(context: "MigrationContext") -> None:
        nonlocal found, wanted
        assert context.connection is not None
        made, shapes = making()
        found = reflect(context.connection, tables, made)
        defaults = _Defaults(context, found, models)
        wanted = {name: defaults.settled(table) for name, table in shapes.items()}

    with recorded() as recording, scratch(local) as database:
        _replay(history, None, database, look, on_revision=recording.begin, revisions=revisions)
    recordings = _elsewhere(history, local, others, recording)
    said = {name: _types(elsewhere.columns) for name, elsewhere in recordings.items()}
    return Comparison(
        before=_on_all_dialects(found.shapes, said),
        after=wanted,
        found=found,
        recording=recording,
        elsewhere=tuple(recordings.values()),
    )


_LISTEN = ""
"""Stands for the question what the models would run; no table has this name."""


class _Modelling:
    """What is done with the models, which are imported once.

    Args:
        models: brings them.
        local: the local database.
        others: the names of the other dialects.
    """

    def __init__(self, models: "Callable[[], sa.MetaData]", local: Database, others: list[str]) -> None:
        self._models, self._local, self._others = cache(models), local, others

    def __call__(self, tables: Collection[str] | None) -> Any:
        """What the models would run, where `tables` is `_LISTEN`; else what they make of these tables."""
        return statements.of_models(self._models(), self._local) if tables == _LISTEN else self._wanted(tables)

    def _wanted(self, tables: Collection[str] | None) -> tuple[Reflected, Shapes]:
        """The tables that the models make, as they are, and with what their types are called on all databases."""
        found = self._models()
        types = _types({table.name: table.columns for table in found.tables.values()})
        made = reflect_models(self._local, found, tables)
        return made, _on_all_dialects(made.shapes, dict.fromkeys(self._others, types))


class _Left(NamedTuple):
    """What is left to compare when the statements are.

    Args:
        tables: their names.
        revisions: the revisions that they need.
    """

    tables: frozenset[str]
    revisions: frozenset[str]


def _left(history: History, local: Database, models: "Callable[[], Statements | None]") -> _Left | None:
    """What has to be compared on databases; None for everything."""
    try:
        ours, about = statements.of_revisions(history, local)
    except Unclear as reason:
        log.debug("All tables are made on databases: %s.", reason)
        models()  # the answer to this question comes before that to the next one
        return None
    theirs = models()
    if theirs is None:
        log.debug("All tables are made on databases: the models do not say without one what they would run.")
        return None
    tables = statements.with_targets(ours.unlike(theirs), [ours, theirs])
    return _Left(tables, statements.needed(tables, ours, about))


def reflect_models(local: Database, models: "sa.MetaData", tables: Collection[str] | None = None) -> Reflected:
    """The tables that the models make on a scratch database of the local kind.

    Raises:
        ScaffoldError: the database refuses them.
    """
    import sqlalchemy as sa

    with scratch(local) as database, database.connect() as connection:
        try:
            if database.dialect.most_together:
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            some = None if tables is None else [table for table in models.tables.values() if table.name in tables]
            models.create_all(connection, some, checkfirst=False)
            connection.commit()
        except sa.exc.SQLAlchemyError as error:
            raise ScaffoldError(
                f"{local.product} refuses the tables of the models: {reason(error)}; nothing was written.",
                help="Repair the models; this judges them without a database: scaffold check",
            ) from error
        return reflect(connection, tables)


def lacking(history: History, models: "sa.MetaData", live: Database, to: str = "heads") -> tuple[Difference, ...]:
    """What it takes to come from a database as it is to what the migrations make; tables that only it has don't count.

    Args:
        history: the revisions.
        models: their metadata; by it, two defaults of other spellings are compared.
        live: the database; nothing is written to it.
        to: the last revision that counts.

    Raises:
        ScaffoldError: a revision fails on an empty database of this kind.
    """
    with live.look() as connection:
        found = Reflected({}, {}) if connection is None else reflect(connection)
    made: Shapes = {}

    def look(context: "MigrationContext") -> None:
        nonlocal made
        assert context.connection is not None
        defaults = _Defaults(context, found, lambda: models)
        made = {name: defaults.settled(table) for name, table in reflect(context.connection).shapes.items()}

    with scratch(live) as database:
        _replay(history, models, database, look, to)
    return differences({name: table for name, table in found.shapes.items() if name in made}, made)


def live_differences(history: History, models: "sa.MetaData", local: Database) -> tuple[Difference, ...] | None:
    """What it takes to come from the local database as it is to the models; call it inside `models.importable`.

    Nothing is written to it, and only the tables of the models are looked at.

    Args:
        history: the revisions, whose `env.py` compares defaults.
        models: their metadata.
        local: the local database.

    Returns:
        None where there is no such database.
    """
    wanted = reflect_models(local, models).shapes
    with local.look() as connection:
        if connection is None:
            return None
        found = reflect(connection, models.tables)
        defaults = _Defaults(history.context(connection), found, lambda: models)
        settled = {name: defaults.settled(table) for name, table in wanted.items()}
        return differences(found.shapes, settled)


def standing(
    context: "MigrationContext", models: "sa.MetaData", tables: Collection[str], local: Database
) -> tuple[Difference, ...]:
    """What it takes to come from some tables of the local database to what the models make of them.

    Args:
        context: of the project's `env.py`, perhaps in the midst of a transaction of the local database.
        models: their metadata; it need not have other tables than these and those that they refer to.
        tables: their names.
        local: the local database.

    Raises:
        ScaffoldError: the models' tables can't be made.
    """
    assert context.connection is not None
    wanted = reflect_models(local, models, _with_targets(models, tables)).shapes
    found = reflect(context.connection, tables)
    defaults = _Defaults(context, found, lambda: models)
    return differences(
        found.shapes, {name: defaults.settled(table) for name, table in wanted.items() if name in tables}
    )


def _with_targets(models: "sa.MetaData", tables: Collection[str]) -> set[str]:
    """Some tables, and all that they refer to."""
    found: set[str] = set()
    waiting = [name for name in tables if name in models.tables]
    while waiting:
        name = waiting.pop()
        found.add(name)
        targets = {key.target_fullname.rpartition(".")[0] for key in models.tables[name].foreign_keys}
        waiting += (targets & models.tables.keys()) - found
    return found


def _replay(
    history: History,
    models: "sa.MetaData | None",
    database: Database,
    look: "Callable[[MigrationContext], None]",
    to: str = "heads",
    *,
    on_revision: Callable[[str], None] = lambda _: None,
    revisions: Collection[str] | None = None,
) -> None:
    began: list[str] = []

    def begin(script: "Script") -> None:
        began.append(Path(script.path).name)
        on_revision(script.revision)

    try:
        with database.migrating(lambda _: None) as connection, rebuilds.guarded(connection, None):
            history.upgrade(
                connection,
                models,
                to=to,
                together=database.dialect.most_together,
                without=lambda revision: revisions is not None and revision not in revisions,
                on_revision=begin,
                before_commit=look,
            )
    except ScaffoldError:
        raise
    except Exception as error:
        at = f"{began[-1]} fails" if began else "The migrations fail"
        raise ScaffoldError(
            f"{at} on an empty {database.product} database: {reason(error)}; nothing was written.",
            help=way_out(
                error, "A new database could not be made with these migrations either; repair that revision first."
            ),
        ) from error


class _Defaults:
    """Asks the project's own `env.py` whether two defaults differ that are not spelled alike."""

    def __init__(self, context: "MigrationContext", found: Reflected, models: "Callable[[], sa.MetaData]") -> None:
        self._context, self._found, self._models = context, found, models

    def settled(self, table: TableShape) -> TableShape:
        """A table of the models, with the found spelling of each default that means the same."""
        before = self._found.shapes.get(table.name)
        if before is None:
            return table
        return replace(table, columns=tuple(self._column(before, column) for column in table.columns))

    def _column(self, table: TableShape, new: ColumnShape) -> ColumnShape:
        import sqlalchemy as sa

        old, compare = table.column(new.name), self._context.opts.get("compare_server_default")
        if old is None or plain(old.default) == plain(new.default) or not callable(compare):
            return new
        known = self._models().tables.get(table.name)
        if known is None or new.name not in known.c:
            return new
        model = known.c[new.name]
        inspected: sa.Column[Any] = sa.Column(old.name, self._found.types[table.name, old.name])
        sa.Table(table.name, sa.MetaData(), inspected)
        answer = compare(self._context, inspected, model, old.default, model.server_default, new.default)
        return replace(new, default=old.default) if answer is False else new


def _elsewhere(history: History, local: Database, names: list[str], here: Recording) -> dict[str, Recording]:
    """What the revisions say on other databases, as far as they can be run without one.

    Args:
        history: the revisions.
        local: the local database.
        names: of the others.
        here: what they said on the local one; where a revision can say nothing else, it is not run again.
    """

    same = {script.revision for script in history.revisions if is_unconditional(Path(script.path).read_bytes())}
    if len(same) == len(history.revisions):
        return dict.fromkeys(names, here)

    def written_for(name: str) -> Recording:
        def is_known(revision: str) -> bool:
            if revision in same:
                for operation in here.operations.get(revision, ()):
                    recording.note(operation)
            return revision in same

        with recorded() as recording:
            try:
                history.sql(local.on(name), None, without=is_known)
            except ScaffoldError:
                return Recording()
        return recording

    return {name: written_for(name) for name in names}


def _types(tables: "Mapping[str, Any]") -> Types:
    return {(table, name): column.type for table, columns in tables.items() for name, column in dict(columns).items()}


def _on_all_dialects(shapes: Shapes, types: Mapping[str, Types]) -> Shapes:
    """The shapes with what each column's type is called elsewhere, as far as it is known.

    Args:
        shapes: of the local database.
        types: for each other dialect, of the columns.
    """
    dialects = {name: plain_dialect(name) for name in NAMES}
    result: dict[str, TableShape] = {}
    for name, table in shapes.items():
        columns = []
        for column in table.columns:
            known = {
                dialect: spelled(types[dialect][name, column.name], dialects[dialect])
                for dialect in types
                if (name, column.name) in types[dialect]
            }
            found = dict(column.types) | {dialect: text for dialect, text in known.items() if text}
            columns.append(replace(column, types=tuple(sorted(found.items()))))
        result[name] = replace(table, columns=tuple(columns))
    return result
