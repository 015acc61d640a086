"""`drop-domain`: a domain's module and its exports go, and the revision that drops its tables."""

from dataclasses import dataclass

from scaffold import naming
from scaffold.errors import UsageError
from scaffold.plan import Plan, Revision, Snapshot, losses
from scaffold.schema.changes import DropTable
from scaffold.source import answers
from scaffold.source.catalog import EXPORTS, Catalog, Found
from scaffold.source.mentions import children_first, foreign_keys_to, listed, uses_of_class
from scaffold.source.unexport import remove_export


@dataclass(frozen=True, slots=True)
class DropOneDomain:
    """What the user asked for.

    Args:
        domain: the module's name.
        migrate: whether the local database is upgraded.
    """

    domain: str
    migrate: bool = True


def plan(request: DropOneDomain, snapshot: Snapshot) -> Plan:
    """What is to be done.

    Raises:
        UsageError: there is no such domain, or tables of others refer to its tables.
    """
    catalog = Catalog(snapshot)
    if request.domain not in snapshot.domains:
        raise UsageError(
            f"There is no domain {request.domain!r}; the domains are {', '.join(snapshot.domains) or 'none'}.",
            wrong=request.domain,
            right=(meant := naming.nearest(request.domain, snapshot.domains)) or "",
            help="" if meant else "See what there is: scaffold tables",
        )
    file = f"tables/{request.domain}.py"
    tables = [catalog.own(name) for name in catalog.tables_in(file)]
    _check_unused(tables, catalog, snapshot)
    exports = catalog.text(EXPORTS).text
    for found in tables:
        exports = remove_export(exports, found.table.class_name or "", path=snapshot.path(EXPORTS))
    names = children_first(catalog, [found.table.table_name for found in tables])
    return Plan(
        edits=(catalog.removal(file), *answers.forgotten(snapshot, request.domain), *catalog.edit(EXPORTS, exports)),
        revision=Revision(f"drop the domain {request.domain}", tuple(DropTable(name) for name in names)),
        upgrade=request.migrate,
        next_steps=("scaffold undo", "scaffold migrate --remote" if request.migrate else "scaffold migrate"),
        losses=tuple(losses.of_table(snapshot, name, upgrade=request.migrate) for name in names),
    )


def _check_unused(tables: list[Found], catalog: Catalog, snapshot: Snapshot) -> None:
    own = {found.table.table_name for found in tables}
    keys = [key for found in tables for key in foreign_keys_to(catalog, found.table.table_name) if key.table not in own]
    if keys:
        others = ", ".join(sorted({key.table for key in keys}))
        raise UsageError(
            f"Foreign keys of {others} point to tables of this domain; nothing was written.",
            help=f"Drop these columns or tables first:\n\n{listed(keys, snapshot.folder)}",
        )
    files = tuple({found.file for found in tables})
    uses = [use for found in tables for use in uses_of_class(catalog, found, besides=files)]
    if uses:
        raise UsageError(
            f"Classes of this domain are still used in {len(uses)} place{'s' * (len(uses) != 1)}; nothing was written.",
            help=f"Change these first:\n\n{listed(uses, snapshot.folder)}",
        )
