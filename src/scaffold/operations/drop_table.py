"""`drop-table`: a table's class and its export go, and the revision that drops it."""

from dataclasses import dataclass

from scaffold.errors import UsageError
from scaffold.plan import FileEdit, Plan, Revision, Snapshot, losses
from scaffold.schema.changes import DropTable
from scaffold.source import answers
from scaffold.source.catalog import EXPORTS, Catalog, Found, domain_of
from scaffold.source.mentions import foreign_keys_to, listed, uses_of_class
from scaffold.source.removal import is_bare, remove_class
from scaffold.source.unexport import remove_export
from scaffold.source.unused import without_unused


@dataclass(frozen=True, slots=True)
class DropOneTable:
    """What the user asked for.

    Args:
        table: the table's name.
        migrate: whether the local database is upgraded.
    """

    table: str
    migrate: bool = True


def plan(request: DropOneTable, snapshot: Snapshot) -> Plan:
    """What is to be done.

    Raises:
        UsageError: there is no such table, or others refer to it.
    """
    catalog = Catalog(snapshot)
    found = catalog.own(request.table)
    name = found.table.class_name or ""
    _check_unused(found, catalog, snapshot)
    text = remove_class(found.source.text, name, path=snapshot.path(found.file))
    text = without_unused(found.source.text, text, path=snapshot.path(found.file))
    bare = is_bare(text)
    module: tuple[FileEdit, ...] = (catalog.removal(found.file),) if bare else catalog.edit(found.file, text)
    forgotten = answers.forgotten(snapshot, domain_of(found.file), None if bare else name)
    exports = remove_export(catalog.text(EXPORTS).text, name, path=snapshot.path(EXPORTS))
    return Plan(
        edits=(*module, *forgotten, *catalog.edit(EXPORTS, exports)),
        revision=Revision(f"drop {request.table}", (DropTable(request.table),)),
        upgrade=request.migrate,
        next_steps=("scaffold undo", "scaffold migrate --remote" if request.migrate else "scaffold migrate"),
        losses=(losses.of_table(snapshot, request.table, upgrade=request.migrate),),
    )


def _check_unused(found: Found, catalog: Catalog, snapshot: Snapshot) -> None:
    table = found.table.table_name
    keys = foreign_keys_to(catalog, table)
    if keys:
        tables = ", ".join(sorted({key.table for key in keys}))
        raise UsageError(
            f"Foreign keys of {tables} point to {table}; nothing was written.",
            help=f"Drop these columns or tables first:\n\n{listed(keys, snapshot.folder)}",
        )
    uses = uses_of_class(catalog, found)
    if uses:
        raise UsageError(
            f"{found.table.class_name} is still used in {len(uses)} place{'s' * (len(uses) != 1)};"
            " nothing was written.",
            help=f"Change these first:\n\n{listed(uses, snapshot.folder)}",
        )
