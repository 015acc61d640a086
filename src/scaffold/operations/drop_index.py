"""`drop-index`: an index out of a table's class, and the revision that drops it."""

from dataclasses import dataclass, replace

from scaffold import naming
from scaffold.errors import UsageError, command_line
from scaffold.plan import Plan, Revision, Snapshot
from scaffold.schema.changes import DropIndex
from scaffold.schema.column import Column
from scaffold.source.catalog import Catalog, Found
from scaffold.source.existing import read_column
from scaffold.source.replacing import replace_columns
from scaffold.source.table_args import ListedIndex, listed_indexes, remove_index
from scaffold.source.unused import without_unused


@dataclass(frozen=True, slots=True)
class DropOneIndex:
    """What the user asked for.

    Args:
        table: the table's name.
        index: the index's name.
        migrate: whether the local database is upgraded.
    """

    table: str
    index: str
    migrate: bool = True


def plan(request: DropOneIndex, snapshot: Snapshot) -> Plan:
    """What is to be done.

    Raises:
        UsageError: there is no such index, or a foreign key needs it.
    """
    catalog = Catalog(snapshot)
    found = catalog.own(request.table)
    path, class_name = snapshot.path(found.file), found.table.class_name or ""
    listed = {index.name: index for index in listed_indexes(found.source.text, class_name)}
    lone = {f"{request.table}_{c.name}_idx": c for c in _columns(found) if c.indexed}
    if request.index in listed:
        text, unique = _without_listed(found, listed[request.index], snapshot, path)
    elif request.index in lone:
        column = lone[request.index]
        _check_reference(column, request)
        bare = replace(column, unique=False, index=False)
        text = replace_columns(found, [bare], snapshot.package, width=snapshot.line_length, path=path)
        unique = column.unique
    else:
        raise _unknown(request, [*listed, *lone])
    note = f"{request.table} may hold the same values twice from now on."
    return Plan(
        edits=catalog.edit(found.file, text),
        revision=Revision(
            f"drop the index {request.index} of {request.table}", (DropIndex(request.table, request.index),)
        ),
        upgrade=request.migrate,
        notes=(note,) if unique else (),
        losses=(f"The index {request.index} would be gone" + (", and with it that values are unique" * unique),),
        next_steps=("scaffold undo", "scaffold migrate --remote" if request.migrate else "scaffold migrate"),
    )


def _columns(found: Found) -> list[Column]:
    read = (read_column(found, column.name) for column in found.table.columns)
    return [column for column in read if column is not None]


def _without_listed(found: Found, index: ListedIndex, snapshot: Snapshot, path: str) -> tuple[str, bool]:
    """The text without it; a text column keeps the storage that it has: on MySQL it could lose nothing by that."""
    class_name = found.table.class_name or ""
    text = remove_index(found.source.text, class_name, index.name, width=snapshot.line_length, path=path)
    return without_unused(found.source.text, text, path=path), index.unique


def _check_reference(column: Column, request: DropOneIndex) -> None:
    if column.reference is not None and not column.unique:
        raise UsageError(
            f"{request.index} belongs to the foreign key of {column.name}: MySQL needs it, and without it every change"
            f" of {column.reference.table} would read all of {request.table}; nothing was written.",
            help=f"It goes with its column: scaffold drop-column {request.table} {column.name}",
        )
    if column.reference is not None:
        field = f"{column.name.removesuffix('_id')}:ref={column.reference.table}"
        raise UsageError(
            f"{request.index} belongs to the foreign key of {column.name}, so it can only stop to be unique;"
            " nothing was written.",
            help=f"Try: scaffold alter-column {request.table} {field}{':optional' * column.optional}",
        )


def _unknown(request: DropOneIndex, names: list[str]) -> UsageError:
    nearest = naming.nearest(request.index, names)
    return UsageError(
        f"{request.table} has no index {request.index!r} that can be dropped; it has {', '.join(names) or 'none'}.",
        wrong=request.index,
        right=nearest or "",
        help="" if nearest else f"See what there is: {command_line(['show', request.table])}",
    )
