"""`add-table`: a further table in a domain that exists, its export, its revision."""

from dataclasses import dataclass, replace

from scaffold import naming
from scaffold.dialects import UNQUOTED_TABLES
from scaffold.errors import UsageError
from scaffold.plan import Plan, Revision, Snapshot
from scaffold.schema.changes import AddTable
from scaffold.schema.column import Table
from scaffold.source import answers
from scaffold.source.answers import Answers
from scaffold.source.catalog import EXPORTS, Catalog
from scaffold.source.class_text import class_text
from scaffold.source.exports import add_export
from scaffold.source.imports import Symbol, add_imports, bind
from scaffold.source.module import parse
from scaffold.source.new_columns import new_columns
from scaffold.source.new_tables import (
    Render,
    bases_of,
    check_class_name,
    check_quoting,
    class_of,
    own_columns_of,
    rendered,
)
from scaffold.source.references import referring
from scaffold.source.text import Source


@dataclass(frozen=True, slots=True)
class AddOneTable:
    """What the user asked for.

    Args:
        domain: the module's name.
        table: the table's name.
        fields: in the field language.
        class_name: the model's name; None for the table's singular.
        tenant: whether rows belong to an organization.
        migrate: whether the local database is upgraded.
        allow_generic: whether names such as `data` are let through.
    """

    domain: str
    table: str
    fields: tuple[str, ...]
    class_name: str | None = None
    tenant: bool = True
    migrate: bool = True
    allow_generic: bool = False


def check(request: AddOneTable) -> Table:
    """The table that is asked for, as far as the request alone can be judged.

    Raises:
        UsageError: a name or a field is wrong.
    """
    naming.check_name("table", request.table, allow_generic=request.allow_generic)
    if request.table.startswith("sqlite_") or request.table == "alembic_version":
        raise UsageError(
            f"The table name {request.table!r} is taken by the database itself.",
            wrong=request.table,
            right=f"app_{request.table}",
        )
    check_quoting("table", request.table, UNQUOTED_TABLES)
    columns = own_columns_of(request.fields, tenant=request.tenant, allow_generic=request.allow_generic)
    return Table(request.table, class_of(request.table, request.class_name), columns, request.tenant)


def plan(request: AddOneTable, snapshot: Snapshot, render: Render) -> Plan:
    """What is to be done.

    Raises:
        UsageError: something in the project stands against it.
    """
    table = check(request)
    catalog = Catalog(snapshot)
    file = _file(request, snapshot)
    free = f"{request.domain if request.domain != table.name else 'app'}_{table.name}"
    catalog.check_free(table.name, wrong=table.name, right=free)
    table = replace(table, columns=referring(catalog, table.columns, request.fields, table.name))
    text, kept = _with_class(catalog.text(file).text, table, request, catalog, snapshot, render)
    exports = add_export(
        catalog.text(EXPORTS).text,
        snapshot.package,
        request.domain,
        [table.class_name],
        width=snapshot.line_length,
        path=snapshot.path(EXPORTS),
    )
    return Plan(
        edits=(
            *catalog.edit(file, text),
            answers.edit(snapshot, kept.file, kept),
            *catalog.edit(EXPORTS, exports),
        ),
        revision=Revision(f"create {table.name}", (AddTable(table),)),
        upgrade=request.migrate,
        next_steps=(
            f"from {snapshot.package}.schema import {table.class_name}",
            f"scaffold add-column {table.name} FIELD...",
            "scaffold migrate --remote" if request.migrate else "scaffold migrate",
        ),
    )


def _file(request: AddOneTable, snapshot: Snapshot) -> str:
    if request.domain not in snapshot.domains:
        meant = naming.nearest(request.domain, snapshot.domains)
        command = " ".join(["scaffold new-domain", request.domain, "--table", request.table, *request.fields])
        raise UsageError(
            f"There is no domain {request.domain!r}; the domains are {', '.join(snapshot.domains) or 'none'}.",
            wrong=request.domain if meant else "",
            right=meant or "",
            help="" if meant else f"Make it: {command}",
        )
    return f"tables/{request.domain}.py"


def _with_class(
    text: str, table: Table, request: AddOneTable, catalog: Catalog, snapshot: Snapshot, render: Render
) -> tuple[str, Answers]:
    """The module's text with the class that the template makes, below all that is there, and what made it."""
    path, package, width = snapshot.path(_file(request, snapshot)), snapshot.package, snapshot.line_length
    module = parse(text, path, package=f"{package}.tables")
    bases = bases_of(table, package)
    added = new_columns(module, table.columns, package, extra=bases, class_names=(table.class_name,), width=width)
    check_class_name(table, catalog, set(module.names) | {symbol.local for symbol in added.needed})
    names = bind(module, bases)
    module_text, kept = rendered(
        render,
        request.domain,
        table,
        added,
        [names[base] for base in bases],
        package=package,
        width=width,
        path=path,
        whole=False,
    )
    newline = Source.parse(text, path).newline
    added_class = class_text(module_text, table.class_name).replace("\n", newline)
    grown = text.rstrip("\r\n") + newline * 3 + added_class + newline
    first_party = (package.partition(".")[0],)
    needed: tuple[Symbol, ...] = added.needed
    imported = add_imports(grown, needed, width, first_party=first_party, package=f"{package}.tables", path=path)
    return imported, kept
