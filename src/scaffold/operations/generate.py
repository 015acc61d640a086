"""`generate`: the revision that leads from the migrations to the models as somebody has edited them."""

import shlex
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter

from scaffold import naming
from scaffold.errors import ScaffoldError, UsageError
from scaffold.plan import Plan, Revision, Snapshot
from scaffold.schema.changes import (
    AddColumn,
    AddTable,
    AlterTable,
    Change,
    DropColumn,
    DropTable,
    RenameColumn,
    RenameTable,
)
from scaffold.schema.column import Column, Table
from scaffold.schema.differences import (
    ColumnDifference,
    ConstraintDifference,
    Difference,
    TableDifference,
    differences,
)
from scaffold.schema.renames import Rename, column_renames, table_renames
from scaffold.schema.shapes import (
    ColumnShape,
    PrimaryKeyShape,
    Shapes,
    UniqueShape,
    renamed_column,
    renamed_table,
)
from scaffold.schema.types import Type
from scaffold.source.catalog import EXPORTS, Catalog
from scaffold.source.exports import exported
from scaffold.source.module import parse


@dataclass(frozen=True, slots=True)
class Generate:
    """What the user asked for.

    Args:
        message: what the revision does.
        renames: `table.old=new` for a column, `old=new` for a table.
        not_renamed: `table.old` or `old`: what is gone and not just called otherwise.
        allow_drop: tables that may be dropped.
        migrate: whether the local database is upgraded.
    """

    message: str
    renames: tuple[str, ...] = ()
    not_renamed: tuple[str, ...] = ()
    allow_drop: tuple[str, ...] = ()
    migrate: bool = True

    def answered(self, question: Rename, *, renamed: bool) -> "Generate":
        """The request with one more answer."""
        if renamed:
            return replace(self, renames=(*self.renames, str(question)))
        return replace(self, not_renamed=(*self.not_renamed, question.subject))

    @property
    def command(self) -> str:
        """The request as a person types it."""
        words = ["scaffold", "generate", "-m", self.message]
        words += [word for name in self.renames for word in ("--rename", name)]
        words += [word for name in self.not_renamed for word in ("--not-renamed", name)]
        words += [word for name in self.allow_drop for word in ("--allow-drop", name)]
        return " ".join(map(shlex.quote, words + ["--no-migrate"] * (not self.migrate)))


def check(request: Generate) -> None:
    """Refuse what can't be right whatever the project holds.

    Raises:
        UsageError: the message is empty, or an answer is not written as one.
    """
    if not request.message.strip():
        raise UsageError("A revision needs a message that says what it does.", append="-m 'describe the change'")
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
        file = f"tables/{domain}.py"
        module = parse(Catalog(snapshot).text(file).text, snapshot.path(file), package=f"{snapshot.package}.tables")
        for table in module.tables:
            class_name = (table.class_name or "").partition(".")[0]
            home = f"{snapshot.package}.tables.{domain}"
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
    settled = {name for name in request.not_renamed if "." not in name} | set(request.allow_drop)
    tables = table_renames(before, after, settled)
    if tables:
        return tables[0]
    for name in sorted(before.keys() & after.keys()):
        answered = {column for table, _, column in (n.rpartition(".") for n in request.not_renamed) if table == name}
        columns = column_renames(before[name], after[name], answered)
        if columns:
            return columns[0]
    return None


def unanswered(request: Generate, asked: Rename) -> UsageError:
    """The error of a question that there is no terminal for."""
    what = "The table" if asked.table is None else "The column"
    new = f"{asked.table}.{asked.new}" if asked.table else asked.new
    no = request.answered(asked, renamed=False)
    if asked.table is None:
        no = replace(no, not_renamed=request.not_renamed, allow_drop=(*request.allow_drop, asked.old))
    return UsageError(
        f"{what} {asked.subject!r} is gone from the models while {new!r} is new: renamed, or dropped with all that is"
        " in it? Nothing was written.",
        help=f"Renamed:  {request.answered(asked, renamed=True).command}\nDropped:  {no.command}",
    )


def plan(request: Generate, snapshot: Snapshot, before: Shapes, after: Shapes) -> Plan | None:
    """What is to be done; None where migrations and models agree.

    Args:
        request: with an answer to every `question`.
        snapshot: of the project.
        before: what the migrations make.
        after: what the models make.

    Raises:
        UsageError: a table would be dropped without leave, or rows stand against it.
    """
    check(request)
    check_exports(snapshot)
    _check_drops(request, before, after)
    renames = _rename_changes(request, before)
    before = _renamed(request, before, after)
    found = differences(before, after)
    _check_rows(request, snapshot, found)
    changes = (*renames, *_changes(found, before, after, Catalog(snapshot)))
    if not changes:
        return None
    dropped = [f"{d.table}.{d.column}" for d in found if isinstance(d, ColumnDifference) and d.after is None]
    tables = [d.table for d in found if isinstance(d, TableDifference) and d.after is None]
    return Plan(
        edits=(),
        revision=Revision(request.message.strip(), changes, compared=True),
        upgrade=request.migrate,
        notes=(
            *(f"the table {table} goes, with all of its rows." for table in tables),
            *(f"the column {column} goes, with all of its values." for column in dropped),
            *(_may_fail(difference) for difference in found if _is_unfilled(difference)),
        ),
        next_steps=("scaffold migrate --remote" if request.migrate else "scaffold migrate",),
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


def _referrers(shapes: Shapes, table: str, column: str | None = None) -> tuple[str, ...]:
    return tuple(
        sorted(
            name
            for name, shape in shapes.items()
            if name != table
            and any(key.table == table and (column is None or column in key.referred) for key in shape.foreign_keys)
        )
    )


def _changes(found: tuple[Difference, ...], before: Shapes, after: Shapes, catalog: Catalog) -> list[Change]:
    new = {d.table for d in found if isinstance(d, TableDifference) and d.before is None}
    gone = {d.table for d in found if isinstance(d, TableDifference) and d.after is None}
    added = [d for d in found if isinstance(d, ColumnDifference) and d.before is None]
    dropped = [d for d in found if isinstance(d, ColumnDifference) and d.after is None]
    computed = [d for d in found if isinstance(d, ColumnDifference) and "computed" in d.parts]
    return [
        *(AddTable(_table(name, catalog)) for name in _in_order(after, new)),
        # No database can change a generated column's expression everywhere; its values are made anew anyway.
        *(change for d in computed for change in (DropColumn(d.table, d.column), _added(d))),
        *(_added(d) for d in _as_in_model(added, after)),
        *(AlterTable(table) for table in sorted({d.table for d in found if _alters(d, before, after)})),
        *(DropColumn(d.table, d.column) for d in dropped),
        *(DropTable(name) for name in reversed(_in_order(before, gone))),
    ]


def _added(difference: ColumnDifference) -> AddColumn:
    # What the column is, its renderer reads from the model; the field language could not say all of it.
    return AddColumn(difference.table, Column(difference.column, Type("text")))


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


def _in_order(shapes: Shapes, names: set[str]) -> list[str]:
    """The tables after those that they refer to."""
    graph = {
        name: {key.table for key in shapes[name].foreign_keys if key.table in names and key.table != name}
        for name in sorted(names)
    }
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        ring = " -> ".join(error.args[1])
        raise UsageError(
            f"The new tables refer to each other in a ring ({ring}), so none of them can be made first;"
            " nothing was written.",
            help="Leave one of these foreign keys out of its model, generate, put it back, and generate again.",
        ) from None


def _is_unfilled(difference: Difference) -> bool:
    """Whether it is a new column that rows get no value for."""
    if not isinstance(difference, ColumnDifference) or difference.before is not None or difference.after is None:
        return False
    column = difference.after
    return not column.nullable and column.default is None and column.computed is None


def _may_fail(difference: Difference) -> str:
    assert isinstance(difference, ColumnDifference)
    return (
        f"{difference.column} is required and has no default, so the migration fails on a database where"
        f" {difference.table} has rows."
    )


def _check_rows(request: Generate, snapshot: Snapshot, found: tuple[Difference, ...]) -> None:
    for difference in found:
        if not isinstance(difference, ColumnDifference) or not request.migrate:
            continue
        if _is_unfilled(difference):
            rows = snapshot.rows[difference.table]
            if rows:
                raise UsageError(
                    f"{difference.table} has {rows:,} row{'s' * (rows != 1)}, and the new required column"
                    f" {difference.column!r} has no value for them; nothing was written.",
                    help="Give it a server_default in its model, or make it optional for now (Mapped[... | None]), fill"
                    " it, and make it required later.",
                )
