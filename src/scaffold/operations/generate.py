"""`generate`: the revision that leads from the migrations to the models as somebody has edited them."""

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from typing import TypeAlias, TypeGuard

from scaffold import naming
from scaffold.errors import ScaffoldError, UsageError
from scaffold.plan import Plan, Revision, Snapshot, losses
from scaffold.schema import backfills
from scaffold.schema.changes import (
    AddColumn,
    AddTable,
    AlterTable,
    Change,
    DropColumn,
    DropReferences,
    DropTable,
    RenameColumn,
    RenameTable,
    RetypeColumns,
)
from scaffold.schema.column import Column, Default, Table
from scaffold.schema.differences import (
    ColumnDifference,
    ConstraintDifference,
    Difference,
    TableDifference,
    differences,
)
from scaffold.schema.fields import format_field
from scaffold.schema.order import reordered
from scaffold.schema.renames import Rename, column_renames, table_renames
from scaffold.schema.shapes import (
    CheckShape,
    ColumnShape,
    ForeignKeyShape,
    PrimaryKeyShape,
    Shapes,
    UniqueShape,
    renamed_column,
    renamed_table,
)
from scaffold.schema.types import Type
from scaffold.source.catalog import EXPORTS, Catalog
from scaffold.source.existing import read_column
from scaffold.source.exports import exported
from scaffold.source.module import parse

_CLASS = re.compile(r"^[ \t]*class[ \t]+(\w+)", re.MULTILINE)
"""Every class of a module, those of its tables among them."""

Fills: TypeAlias = Mapping[tuple[str, str], Default]
"""What the rows that are there get, by table and column."""


@dataclass(frozen=True, slots=True)
class Generate:
    """What the user asked for.

    Args:
        message: what the revision does.
        renames: `table.old=new` for a column, `old=new` for a table.
        not_renamed: `table.old` or `old`: what is gone and not just called otherwise.
        allow_drop: tables that may be dropped.
        backfills: `table.column=value`: what the rows that are there get in a column that is or becomes required.
        migrate: whether the local database is upgraded.
        denied: like `not_renamed`, but said when asked, before it was known how much is lost.
        words: the command's words that these answers are added to; empty for `generate` itself.
    """

    message: str
    renames: tuple[str, ...] = ()
    not_renamed: tuple[str, ...] = ()
    allow_drop: tuple[str, ...] = ()
    backfills: tuple[str, ...] = ()
    migrate: bool = True
    denied: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def answered(self, question: Rename, *, renamed: bool) -> "Generate":
        """The request with one more answer."""
        if renamed:
            return replace(self, renames=(*self.renames, str(question)))
        return replace(self, denied=(*self.denied, question.subject))

    @property
    def names_tables(self) -> bool:
        """Whether an answer was given already: it may be about a table that is as it was."""
        return bool(self.renames or self.not_renamed or self.allow_drop or self.backfills)

    @property
    def table_renames(self) -> tuple[str, ...]:
        """Those of the renames that are about tables."""
        return tuple(rename for rename in self.renames if "." not in rename.partition("=")[0])

    def knowing(self, renames: tuple[str, ...]) -> "Generate":
        """The request with renames that are certain, but where something else was answered."""
        about = {*(rename.partition("=")[0] for rename in self.renames), *self.not_renamed, *self.denied}
        return replace(self, renames=(*self.renames, *(r for r in renames if r.partition("=")[0] not in about)))

    @property
    def command(self) -> str:
        """The request as a person types it."""
        words = [*(self.words or ("scaffold", "generate", "-m", self.message))]
        words += [word for name in self.renames for word in ("--rename", name)]
        words += [word for name in self.not_renamed for word in ("--not-renamed", name)]
        words += [word for name in self.allow_drop for word in ("--allow-drop", name)]
        words += [word for value in self.backfills for word in ("--backfill", value)]
        return " ".join(map(shlex.quote, words + ["--no-migrate"] * (not self.migrate)))


def check(request: Generate) -> None:
    """Refuse what can't be right whatever the project holds.

    Raises:
        UsageError: the message is empty, or an answer is not written as one.
    """
    if not request.message.strip():
        raise UsageError("A revision needs a message that says what it does.", append="-m 'describe the change'")
    for backfill in request.backfills:
        backfills.split(backfill)
    for rename in request.renames:
        old, equals, new = rename.partition("=")
        table, dot, column = old.rpartition(".")
        if not (old and equals and new) or (dot and not (table and column)) or "." in new:
            better = f"{old or 'table.old'}={new.rpartition('.')[2] or 'new'}"
            raise UsageError(
                f"{rename!r} is no rename: it is written table.old=new for a column, and old=new for a table.",
                wrong=rename,
                right=better,
            )


def check_exports(snapshot: Snapshot) -> None:
    """Refuse to go on while a table's class is not exported: it would be taken for a table to drop.

    Raises:
        UsageError: with the lines to add.
    """
    path = snapshot.path(EXPORTS)
    names = exported(Catalog(snapshot).text(EXPORTS).text, snapshot.package, path=path)
    missing: list[tuple[str, str, str]] = []
    for domain in snapshot.domains:
        file, home = f"tables/{domain}.py", f"{snapshot.package}.tables.{domain}"
        if all(names.get(name) == home for name in _CLASS.findall(Catalog(snapshot).text(file).text)):
            continue
        module = parse(Catalog(snapshot).text(file).text, snapshot.path(file), package=f"{snapshot.package}.tables")
        for table in module.tables:
            class_name = (table.class_name or "").partition(".")[0]
            if class_name and names.get(class_name) != home:
                missing.append(
                    (snapshot.path(file), table.table_name, f"from {home} import {class_name} as {class_name}")
                )
    if missing:
        file, table_name, _ = missing[0]
        more = f", and {len(missing) - 1} more like it" if len(missing) > 1 else ""
        raise UsageError(
            f"The class of the table {table_name!r} in {file} is not exported{more}, so nobody sees it, and if the"
            " migrations have the table, it would be dropped; nothing was written.",
            help=f"Add to {path}:\n\n" + "\n".join(f"  {line}" for *_, line in missing),
        )


def question(request: Generate, before: Shapes, after: Shapes) -> Rename | None:
    """The next rename that nobody has said yes or no to; None where nothing is left to ask.

    Raises:
        UsageError: an answer is about nothing that is gone, or names nothing that is new.
    """
    before = _renamed(request, before, after)
    gone = (*request.not_renamed, *request.denied)
    settled = {name for name in gone if "." not in name} | set(request.allow_drop)
    tables = table_renames(before, after, settled)
    if tables:
        return tables[0]
    for name in sorted(before.keys() & after.keys()):
        answered = {column for table, _, column in (n.rpartition(".") for n in gone) if table == name}
        columns = column_renames(before[name], after[name], answered)
        if columns:
            return columns[0]
    return None


def unanswered(request: Generate, asked: Rename) -> UsageError:
    """The error of a question that there is no terminal for."""
    what = "The table" if asked.table is None else "The column"
    new = f"{asked.table}.{asked.new}" if asked.table else asked.new
    if asked.table is None and not request.words:
        no = replace(request, allow_drop=(*request.allow_drop, asked.old))
    else:
        no = replace(request, not_renamed=(*request.not_renamed, asked.subject))
    return UsageError(
        f"{what} {asked.subject!r} is gone from the models while {new!r} is new: renamed, or dropped with all that is"
        " in it? Nothing was written.",
        help=f"Renamed:  {request.answered(asked, renamed=True).command}\nDropped:  {no.command}",
    )


def plan(request: Generate, snapshot: Snapshot, before: Shapes, after: Shapes) -> Plan | None:
    """What is to be done; None where migrations and models agree. Call `check_exports` first.

    Args:
        request: with an answer to every `question`.
        snapshot: of the project.
        before: what the migrations make.
        after: what the models make.

    Raises:
        UsageError: a table would be dropped without leave, or rows stand against it.
    """
    check(request)
    _check_drops(request, before, after)
    renames = _rename_changes(request, before)
    before = _renamed(request, before, after)
    found = differences(before, after)
    catalog, fills = Catalog(snapshot), _fills(request, found)
    _check_rows(request, snapshot, found, catalog)
    _check_ids(request, snapshot, found, after)
    _check_enums(request, snapshot, found, after, catalog)
    changes = (*renames, *reordered(_changes(found, before, after, catalog, fills), before, after))
    if not changes:
        return None
    return Plan(
        edits=(),
        revision=Revision(request.message.strip(), changes, compared=True),
        upgrade=request.migrate,
        notes=(
            *(note for difference in found for note in _notes(request, difference, fills)),
            *_may_fail(found, fills),
        ),
        next_steps=("scaffold undo", "scaffold migrate --remote" if request.migrate else "scaffold migrate"),
        losses=tuple(_losses(request, snapshot, found, before)),
    )


def disagreement(before: Shapes, after: Shapes) -> ScaffoldError | None:
    """The finding that a revision is missing, for CI; None where migrations and models agree."""
    found = differences(before, after)
    if not found:
        return None
    return ScaffoldError(
        f"The migrations don't make what the models say; {len(found)} difference{'s' * (len(found) != 1)}:\n\n"
        + "\n".join(f"  {difference}" for difference in found),
        help="Write the revision with: scaffold generate -m 'describe the change'",
    )


def _renamed(request: Generate, before: Shapes, after: Shapes) -> Shapes:
    """The tables before, under the names that they have now."""
    for rename in _tables_first(request.renames):
        old, _, new = rename.partition("=")
        table, _, column = old.rpartition(".")
        if not table:
            _check_rename(rename, column, new, before, after)
            before = renamed_table(before, column, new)
            continue
        if table not in before or table not in after:
            known = naming.nearest(table, before.keys() & after.keys()) or table
            raise UsageError(
                f"{rename!r} names no table that migrations and models both have.",
                wrong=rename,
                right=f"{known}.{column}={new}",
            )
        olds, news = ({c.name: c for c in shapes[table].columns} for shapes in (before, after))
        _check_rename(rename, column, new, olds, news, f"{table}.")
        before = renamed_column(before, table, column, new)
    return before


def _check_rename(
    rename: str,
    old: str,
    new: str,
    before: "Shapes | dict[str, ColumnShape]",
    after: "Shapes | dict[str, ColumnShape]",
    where: str = "",
) -> None:
    gone, came = sorted(before.keys() - after.keys()), sorted(after.keys() - before.keys())
    if old not in gone:
        still = "is still there" if old in before and old in after else "is not in the migrations"
        nearest = naming.nearest(old, gone) or (gone[0] if len(gone) == 1 else old)
        raise UsageError(f"{where}{old} {still}, so it was not renamed.", wrong=rename, right=f"{where}{nearest}={new}")
    if new not in came:
        nearest = naming.nearest(new, came) or (came[0] if len(came) == 1 else new)
        raise UsageError(
            f"{where}{new} is not new in the models, so {where}{old} was not renamed to it.",
            wrong=rename,
            right=f"{where}{old}={nearest}",
        )


def _check_drops(request: Generate, before: Shapes, after: Shapes) -> None:
    left = _renamed(request, before, after)
    gone = [name for name in left if name not in after]
    for name in request.allow_drop:
        if name not in gone:
            nearest = naming.nearest(name, gone)
            others = tuple(other for other in request.allow_drop if other != name)
            raise UsageError(
                f"{name!r} is no table that the migrations have and the models have not.",
                help=f"Try: {replace(request, allow_drop=(*others, *filter(None, [nearest]))).command}",
            )
    for name in request.not_renamed:
        table, _, column = name.rpartition(".")
        known = [f"{t}.{c.name}" for t in left if t in after for c in left[t].columns if not after[t].column(c.name)]
        if (table and name not in known) or (not table and column not in gone):
            raise UsageError(
                f"{name!r} is not gone from the models, so there is nothing to say about it.",
                help=f"Try: {_with_nearest(request, name, [*known, *gone]).command}",
            )
    unasked = [name for name in gone if name not in request.allow_drop]
    if unasked:
        raise UsageError(
            f"The migrations make the table {unasked[0]!r} and no model has it any more, so it would be dropped with"
            " all of its rows; nothing was written.",
            append=" ".join(f"--allow-drop {name}" for name in unasked),
        )


def _with_nearest(request: Generate, name: str, known: list[str]) -> Generate:
    """The request with the nearest known name instead of one that was not renamed."""
    others = tuple(other for other in request.not_renamed if other != name)
    return replace(request, not_renamed=(*others, *filter(None, [naming.nearest(name, known)])))


def _rename_changes(request: Generate, before: Shapes) -> list[Change]:
    changes: list[Change] = []
    for rename in _tables_first(request.renames):
        old, _, new = rename.partition("=")
        table, _, column = old.rpartition(".")
        if table:
            before = renamed_column(before, table, column, new)
            changes.append(RenameColumn(table, column, new, _referrers(before, table, new)))
        else:
            changes.append(RenameTable(old, new, _referrers(before, old)))
            before = renamed_table(before, old, new)
    return changes


def _tables_first(renames: tuple[str, ...]) -> list[str]:
    return sorted(renames, key=lambda rename: "." in rename.partition("=")[0])


def _referrers(
    shapes: Shapes, table: str, column: str | None = None, *, among: Shapes | None = None
) -> tuple[str, ...]:
    return tuple(
        sorted(
            name
            for name, shape in shapes.items()
            if name != table
            and (among is None or name in among)
            and any(key.table == table and (column is None or column in key.referred) for key in shape.foreign_keys)
        )
    )


def _changes(
    found: tuple[Difference, ...], before: Shapes, after: Shapes, catalog: Catalog, fills: Fills
) -> list[Change]:
    new = {d.table for d in found if isinstance(d, TableDifference) and d.before is None}
    gone = {d.table for d in found if isinstance(d, TableDifference) and d.after is None}
    added = [d for d in found if isinstance(d, ColumnDifference) and d.before is None]
    dropped = [d for d in found if isinstance(d, ColumnDifference) and d.after is None]
    computed = [d for d in found if isinstance(d, ColumnDifference) and "computed" in d.parts]
    retyped = _retyped(found, before, after)
    # A table that goes must not stand in the way of columns that it refers to.
    early = {name for name in gone if not _referrers(before, name, among=after)} if retyped else set[str]()
    return [
        *_dropped(before, early),
        *retyped,
        *(AddTable(_table(name, catalog)) for name in _in_order(after, new)),
        # No database can change a generated column's expression everywhere; its values are made anew anyway.
        *(change for d in computed for change in (DropColumn(d.table, d.column), _added(d, fills))),
        *(_added(d, fills) for d in _as_in_model(added, after)),
        *(_altered(table, found, fills) for table in sorted({d.table for d in found if _alters(d, before, after)})),
        *(DropColumn(d.table, d.column) for d in dropped),
        *_dropped(before, gone - early),
    ]


def _retyped(found: tuple[Difference, ...], before: Shapes, after: Shapes) -> list[RetypeColumns]:
    """The columns of keys that get another type, where both ends of each foreign key do, and the key stays."""
    changed = {(d.table, d.column) for d in found if isinstance(d, ColumnDifference) and "type" in d.parts}
    keys = [(name, key) for name, shape in before.items() if name in after for key in shape.foreign_keys]
    ends = [({(n, c) for c in key.columns} | {(key.table, c) for c in key.referred}, n, key) for n, key in keys]
    moving = {
        place
        for places, name, key in ends
        if places <= changed and _stays(key, after[name].foreign_keys)
        for place in places
    }
    alone = {(name, column) for name, column in changed if column in after[name].primary_key.columns}
    held = {place for places, *_ in ends for place in places if not places <= moving}
    columns = tuple(sorted((moving | alone) - held))
    referrers = {name for places, name, _ in ends if places & {*columns}}
    return [RetypeColumns(columns, tuple(sorted(referrers)))] if columns else []


def _stays(key: ForeignKeyShape, after: tuple[ForeignKeyShape, ...]) -> bool:
    return any((key.columns, key.table, key.referred) == (k.columns, k.table, k.referred) for k in after)


def _added(difference: ColumnDifference, fills: Fills) -> AddColumn:
    # What the column is, its renderer reads from the model; the field language could not say all of it.
    place = difference.table, difference.column
    return AddColumn(difference.table, Column(difference.column, Type("text")), fills.get(place))


def _altered(table: str, found: Iterable[Difference], fills: Fills) -> AlterTable:
    converted = (d.column for d in found if isinstance(d, ColumnDifference) and d.table == table and _converts(d))
    backfills = {column: value for (within, column), value in fills.items() if within == table}
    return AlterTable(table, backfills, tuple(converted))


def _converts(difference: ColumnDifference) -> bool:
    """Whether values are of another kind by it, so that one may be spelled in another way when it comes back."""
    both = [column for column in (difference.before, difference.after) if column is not None]
    textual = all(re.match(r"(?:VAR)?CHAR|TEXT", name) for column in both for _, name in column.types)
    return "type" in difference.parts and not textual


def _alters(difference: Difference, before: Shapes, after: Shapes) -> bool:
    """Whether it is more than what comes or goes together with a column."""
    match difference:
        case ColumnDifference():
            return bool(difference.parts) and "computed" not in difference.parts
        case ConstraintDifference(table, old, new):
            if (old is not None and new is not None) or isinstance(new or old, PrimaryKeyShape | UniqueShape):
                return True
            constraint, here, there = (new, after, before) if new is not None else (old, before, after)
            assert constraint is not None
            about = here[table].about(constraint)
            return len(about) != 1 or there[table].column(about[0]) is not None
    return False


def _as_in_model(added: list[ColumnDifference], after: Shapes) -> list[ColumnDifference]:
    places = {(t.name, c.name): place for t in after.values() for place, c in enumerate(t.columns)}
    return sorted(added, key=lambda difference: (difference.table, places[difference.table, difference.column]))


def _table(name: str, catalog: Catalog) -> Table:
    found = catalog.find(name)
    return Table(name, (found.table.class_name if found else None) or naming.class_name(name), ())


def _dropped(before: Shapes, names: set[str]) -> Iterator[Change]:
    """Tables go before those that they refer to; of a ring, a reference goes first."""
    graph = _references(before, names)
    while ring := _ring(graph):
        target, table, *_ = ring
        graph[table].remove(target)
        yield DropReferences(table, target)
    yield from (DropTable(name) for name in reversed(list(TopologicalSorter(graph).static_order())))


def _ring(graph: Mapping[str, set[str]]) -> list[str]:
    """Tables that refer to each other, each to the one ahead of it; empty where none do."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        ring: list[str] = error.args[1]
        return ring
    return []


def _references(shapes: Shapes, names: set[str]) -> dict[str, set[str]]:
    """Which of the tables each of them refers to, besides itself."""
    return {
        name: {key.table for key in shapes[name].foreign_keys if key.table in names and key.table != name}
        for name in sorted(names)
    }


def _in_order(shapes: Shapes, names: set[str]) -> list[str]:
    """The tables after those that they refer to."""
    try:
        return list(TopologicalSorter(_references(shapes, names)).static_order())
    except CycleError as error:
        ring = " -> ".join(error.args[1])
        raise UsageError(
            f"The new tables refer to each other in a ring ({ring}), so none of them can be made first;"
            " nothing was written.",
            help="Leave one of these foreign keys out of its model, generate, put it back, and generate again.",
        ) from None


def _losses(request: Generate, snapshot: Snapshot, found: tuple[Difference, ...], before: Shapes) -> Iterator[str]:
    former = _Former(request)
    for difference in found:
        if _goes(difference) and not _is_agreed(request, difference):
            filled = _can_be_filled(difference, before)
            yield losses.of_column(snapshot, *former.column(difference), upgrade=request.migrate, filled=filled)


def _can_be_filled(dropped: ColumnDifference, before: Shapes) -> bool:
    """Whether a column can come back to a table with rows without its values."""
    column = dropped.before
    if column is None or column.nullable or column.default is not None:
        return True
    return not any(dropped.column in key.columns for key in before[dropped.table].foreign_keys)


def _goes(difference: Difference) -> TypeGuard[ColumnDifference]:
    return isinstance(difference, ColumnDifference) and difference.after is None


def _is_agreed(request: Generate, dropped: ColumnDifference) -> bool:
    """Whether the command line says that the column goes; a dropped table always stands there."""
    return f"{dropped.table}.{dropped.column}" in request.not_renamed


def _notes(request: Generate, difference: Difference, fills: Fills) -> Iterator[str]:
    if isinstance(difference, TableDifference) and difference.after is None:
        yield f"the table {difference.table} goes, with all of its rows."
    if _goes(difference) and _is_agreed(request, difference):
        yield f"the column {difference.table}.{difference.column} goes, with all of its values."
    if _wants_values(difference) and (difference.table, difference.column) in fills:
        return
    if _is_required_now(difference) and not _is_unfilled(difference):
        yield f"The migration fails on a database where a row of {difference.table} has no {difference.column}."


def _is_unfilled(difference: Difference) -> TypeGuard[ColumnDifference]:
    """Whether it is a new column that rows get no value for."""
    if not isinstance(difference, ColumnDifference) or difference.before is not None or difference.after is None:
        return False
    column = difference.after
    return not column.nullable and column.default is None and column.computed is None and not column.counted


def _is_required_now(difference: Difference) -> TypeGuard[ColumnDifference]:
    """Whether it is a column that may hold NULL and must not any more."""
    if not isinstance(difference, ColumnDifference) or difference.after is None:
        return False
    return "nullable" in difference.parts and not difference.after.nullable


def _may_fail(found: Iterable[Difference], fills: Fills) -> Iterator[str]:
    unfilled: dict[str, list[str]] = {}
    for difference in found:
        if _is_unfilled(difference) and (difference.table, difference.column) not in fills:
            unfilled.setdefault(difference.table, []).append(difference.column)
    for table, columns in unfilled.items():
        required = "is required and has" if len(columns) == 1 else "are required and have"
        yield (
            f"{', '.join(columns)} {required} no default, so the migration fails on a database where {table} has rows."
        )


def _wants_values(difference: Difference) -> TypeGuard[ColumnDifference]:
    """Whether rows may have no value for a column that is or becomes required."""
    return _is_unfilled(difference) or _is_required_now(difference)


def _fills(request: Generate, found: tuple[Difference, ...]) -> Fills:
    wanting = {(d.table, d.column): d for d in found if _wants_values(d)}
    fills = {}
    for backfill in request.backfills:
        table, column, value = backfills.split(backfill)
        difference = wanting.get((table, column))
        if difference is None or difference.after is None:
            known = sorted(f"{table}.{column}" for table, column in wanting)
            nearest = naming.nearest(f"{table}.{column}", known)
            raise UsageError(
                f"{table}.{column} neither becomes required nor is it a new column without a default, so there is"
                " nothing to fill; nothing was written.",
                wrong=backfill if nearest else "",
                right=f"{nearest}={value}" if nearest else "",
            )
        fills[table, column] = backfills.default(difference.after, value)
    return fills


class _Former:
    """What tables and columns are called in the local database, as it does not have the new names yet."""

    def __init__(self, request: Generate) -> None:
        answers = [(old.rpartition("."), new) for old, _, new in (name.partition("=") for name in request.renames)]
        self._tables = {new: old for (table, _, old), new in answers if not table}
        self._columns = {(table, new): old for (table, _, old), new in answers if table}

    def table(self, difference: ColumnDifference) -> str:
        """The table's name."""
        return self._tables.get(difference.table, difference.table)

    def column(self, difference: ColumnDifference) -> tuple[str, str]:
        """The names of the table and of the column."""
        return self.place(difference.table, difference.column)

    def place(self, table: str, column: str) -> tuple[str, str]:
        """The same for names as they are now."""
        return self._tables.get(table, table), self._columns.get((table, column), column)


def _check_rows(request: Generate, snapshot: Snapshot, found: tuple[Difference, ...], catalog: Catalog) -> None:
    if not request.migrate:
        return
    former, filled = _Former(request), {backfills.split(backfill)[:2] for backfill in request.backfills}
    left = [d for d in found if _wants_values(d) and (d.table, d.column) not in filled]
    empty = [(d, rows) for d in left if (rows := _rows_without(d, former, snapshot))]
    if not empty:
        return
    difference, rows = empty[0]
    table, column = former.column(difference)
    more = tuple(sorted(f"{d.table}.{d.column}=VALUE" for d, _ in empty))
    fill = f"Fill them in:  {replace(request, backfills=(*request.backfills, *more)).command}\n\n"
    if _is_unfilled(difference):
        raise UsageError(
            f"{difference.table} has {rows:,} row{'s' * (rows != 1)}, and the new required column"
            f" {difference.column!r} has no value for them; nothing was written.",
            help=f"{fill}Or give it a server_default in its model, or make it optional for now (Mapped[... | None]),"
            " fill it, and make it required later.",
        )
    raise UsageError(
        f"{rows:,} row{'s' * (rows != 1)} of {table} ha{'s' if rows == 1 else 've'} no {column}; nothing was written.",
        help=fill + _ways_to_fill(difference, table, column, catalog),
    )


def _rows_without(difference: ColumnDifference, former: _Former, snapshot: Snapshot) -> int:
    """The number of rows of the local database that have no value for a column."""
    table, column = former.column(difference)
    rows = snapshot.rows[table]
    return rows - snapshot.filled[table, column] if difference.before is not None and rows else rows


def _check_ids(request: Generate, snapshot: Snapshot, found: tuple[Difference, ...], after: Shapes) -> None:
    """Refuse to make numbers of ids that rows of the local database have."""
    for d in found if request.migrate else ():
        if not isinstance(d, ColumnDifference) or d.before is None or d.after is None or "type" not in d.parts:
            continue
        was, now = (dict(column.types).get("postgresql", "") for column in (d.before, d.after))
        becomes_number = "INT" in now and "INT" not in was
        if becomes_number and d.column in after[d.table].primary_key.columns:
            rows = snapshot.rows[_Former(request).table(d)]
            if rows:
                raise UsageError(
                    f"{d.table}.{d.column} becomes a number, and {rows:,} row{'s have' if rows != 1 else ' has'} an id"
                    " that is none; nothing was written.",
                    help="Ids of another kind are for a database without rows: begin with an empty one, or keep the"
                    " ids as they are.",
                )


def _check_enums(
    request: Generate, snapshot: Snapshot, found: tuple[Difference, ...], after: Shapes, catalog: Catalog
) -> None:
    """Refuse to take values from an enum that rows of the local database have."""
    former = _Former(request)
    for table, name in _narrowed(found, after) if request.migrate else ():
        column = _own_field(catalog, table, name)
        if column is None or column.type.name != "enum":
            continue
        place = former.place(table, name)
        allowed = column.type.values
        held = {
            value: rows for value, rows in snapshot.values[place].items() if value is not None and value not in allowed
        }
        if held:
            rows = sum(held.values())
            shown = ", ".join(repr(value) for value in list(held)[:3]) + (", ..." if len(held) > 3 else "")
            gone = ", ".join("'" + str(value).replace("'", "''") + "'" for value in list(held)[:3])
            by_hand = f"UPDATE {place[0]} SET {place[1]} = ... WHERE {place[1]} IN ({gone})"
            words = ["scaffold", "alter-column", table, format_field(column)]
            words += [word for value in held for word in ("--map", f"{value}={allowed[0]}")]
            by_verb = f"\nOr put the model back, and let the revision move them: {shlex.join(words)}"
            raise UsageError(
                f"{rows:,} row{'s' * (rows != 1)} of {place[0]} hold{'s' * (rows == 1)} what {name} could not: {shown};"
                " nothing was written.",
                help=f"Give them another one first: {by_hand}"
                + (by_verb if not request.words and place == (table, name) else ""),
            )


def _own_field(catalog: Catalog, table: str, column: str) -> Column | None:
    """A column as a field; None where it comes from a mixin, or a field can't say it."""
    model = catalog.find(table)
    own = model is not None and any(candidate.name == column for candidate in model.table.columns)
    return read_column(model, column) if model and own else None


def _narrowed(found: tuple[Difference, ...], after: Shapes) -> Iterator[tuple[str, str]]:
    """The columns whose values may have to be others."""
    places: dict[tuple[str, str], None] = {}
    for difference in found:
        match difference:
            case ColumnDifference(table, before, column) if before and column and "type" in difference.parts:
                places[table, column.name] = None
            case ConstraintDifference(table, _, CheckShape() as check):
                places |= {(table, name): None for name in after[table].about(check)}
    yield from places


def _ways_to_fill(difference: ColumnDifference, table: str, column: str, catalog: Catalog) -> str:
    field = _own_field(catalog, difference.table, difference.column)
    by_hand = f"Give them one first: UPDATE {table} SET {column} = ... WHERE {column} IS NULL"
    if field is None or field.reference or (table, column) != (difference.table, difference.column):
        return by_hand
    command = f"scaffold alter-column {table} {shlex.quote(format_field(field))} --backfill VALUE"
    return f"{by_hand}\nOr put the model back, and let the revision do it: {command}"
