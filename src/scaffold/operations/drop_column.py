"""`drop-column`: columns out of a table's class, and the revision that drops them."""

from dataclasses import dataclass

from scaffold.errors import UsageError
from scaffold.plan import Plan, Revision, Snapshot, losses
from scaffold.schema.changes import DropColumn
from scaffold.source.catalog import Catalog, Found
from scaffold.source.existing import read_column
from scaffold.source.mentions import foreign_keys_to, listed, uses_of_column
from scaffold.source.removal import remove_column
from scaffold.source.unused import without_unused

ID_LENGTH = 36
"""A unique text of so many characters gets the rows' ids when it comes back."""


@dataclass(frozen=True, slots=True)
class DropColumns:
    """What the user asked for.

    Args:
        table: the table's name.
        columns: their names in the database.
        migrate: whether the local database is upgraded.
    """

    table: str
    columns: tuple[str, ...]
    migrate: bool = True


def plan(request: DropColumns, snapshot: Snapshot) -> Plan:
    """What is to be done.

    Raises:
        UsageError: there is no such column, or something needs it.
    """
    catalog = Catalog(snapshot)
    found = catalog.own(request.table)
    text = found.source.text
    columns = tuple(dict.fromkeys(request.columns))
    for column in columns:
        catalog.own_column(found, column)
        _check_unused(found, column, catalog, snapshot)
        text = remove_column(text, found.table.class_name or "", column, path=snapshot.path(found.file))
    text = without_unused(found.source.text, text, path=snapshot.path(found.file))
    return Plan(
        edits=catalog.edit(found.file, text),
        revision=Revision(
            f"drop {', '.join(columns)} from {request.table}",
            tuple(DropColumn(request.table, column) for column in columns),
        ),
        upgrade=request.migrate,
        next_steps=("scaffold undo", "scaffold migrate --remote" if request.migrate else "scaffold migrate"),
        losses=tuple(
            losses.of_column(snapshot, request.table, name, upgrade=request.migrate, filled=_can_be_filled(found, name))
            for name in columns
        ),
    )


def _can_be_filled(found: Found, name: str) -> bool:
    """Whether the way back has something for the rows that are there: no row refers to nothing in particular."""
    column = read_column(found, name)
    if column is None or column.optional or column.default is not None:
        return True
    told_apart = column.type.name == "text" or column.type.length >= ID_LENGTH
    return column.reference is None and (not column.unique or told_apart)


def _check_unused(found: Found, column: str, catalog: Catalog, snapshot: Snapshot) -> None:
    keys = foreign_keys_to(catalog, found.table.table_name, column)
    if keys:
        tables = ", ".join(sorted({key.table for key in keys}))
        raise UsageError(
            f"Foreign keys of {tables} point to {found.table.table_name}.{column}; nothing was written.",
            help=f"Drop these first:\n\n{listed(keys, snapshot.folder)}",
        )
    uses = uses_of_column(catalog, found, column)
    if uses:
        raise UsageError(
            f"{column!r} of {found.table.table_name} is still used in {len(uses)} place{'s' * (len(uses) != 1)};"
            " nothing was written.",
            help=f"Change these first (an index goes with: scaffold drop-index {found.table.table_name} NAME):\n\n"
            + listed(uses, snapshot.folder),
        )
