"""`new-domain`: a module, its table, its export, its revision."""

import shlex
from dataclasses import replace
from typing import NamedTuple

from scaffold import naming
from scaffold.dialects import UNQUOTED_TABLES
from scaffold.errors import UsageError
from scaffold.plan import FileEdit, Plan, Revision, Snapshot
from scaffold.schema.changes import AddTable
from scaffold.schema.column import Table
from scaffold.source import answers
from scaffold.source.catalog import EXPORTS, Catalog
from scaffold.source.exports import add_export
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
from scaffold.source.text import encode


class NewDomain(NamedTuple):
    """What the user asked for.

    Args:
        domain: the module's name.
        fields: in the field language.
        table: the table's name.
        class_name: the model's name; None for the table's singular.
        tenant: whether rows belong to an organization.
        migrate: whether the local database is upgraded.
        allow_generic: whether names such as `data` are let through.
    """

    domain: str
    fields: tuple[str, ...]
    table: str
    class_name: str | None = None
    tenant: bool = True
    migrate: bool = True
    allow_generic: bool = False


def check(request: NewDomain) -> Table:
    """The table that is asked for, as far as the request alone can be judged.

    Raises:
        UsageError: a name or a field is wrong.
    """
    naming.check_name("domain", request.domain, allow_generic=request.allow_generic)
    if request.domain in naming.DEVICES:
        raise UsageError(
            f"Windows keeps the file name {request.domain!r} for a device, so nobody could check the module out there.",
            wrong=request.domain,
            right=f"{request.domain}_records",
        )
    naming.check_name("table", request.table, allow_generic=request.allow_generic)
    if request.table.startswith("sqlite_") or request.table == "alembic_version":
        raise UsageError(
            f"The table name {request.table!r} is taken by the database itself.", append=f"--table app_{request.table}"
        )
    check_quoting("table", request.table, UNQUOTED_TABLES)
    columns = own_columns_of(request.fields, tenant=request.tenant, allow_generic=request.allow_generic)
    return Table(request.table, class_of(request.table, request.class_name), columns, request.tenant)


def plan(request: NewDomain, snapshot: Snapshot, render: Render) -> Plan:
    """What is to be done.

    Raises:
        UsageError: something in the project stands against it.
    """
    table = check(request)
    catalog = Catalog(snapshot)
    table = replace(table, columns=referring(catalog, table.columns, request.fields, table.name))
    _check_domain(request, catalog, snapshot)
    free = f"{request.domain if request.domain != table.name else 'app'}_{table.name}"
    catalog.check_free(table.name, append=f"--table {free}")
    width, package = snapshot.line_length, snapshot.package
    bases = bases_of(table, package)
    added = new_columns(parse(""), table.columns, package, extra=bases, class_names=(table.class_name,), width=width)
    check_class_name(table, catalog, {symbol.local for symbol in added.needed})
    path = f"tables/{request.domain}.py"
    names = [base.name or "" for base in bases]
    text, kept = rendered(
        render,
        request.domain,
        table,
        added,
        names,
        package=package,
        width=width,
        path=snapshot.path(path),
        whole=True,
    )
    exports = catalog.text(EXPORTS)
    exported = add_export(
        exports.text, package, request.domain, [table.class_name], width=width, path=snapshot.path(EXPORTS)
    )
    edits = (
        FileEdit(snapshot.path(path), None, text.encode()),
        answers.edit(snapshot, kept.file, kept),
        FileEdit(snapshot.path(EXPORTS), snapshot.files[EXPORTS], encode(exports.with_text(exported))),
    )
    return Plan(
        edits=tuple(edit for edit in edits if edit.before != edit.after),
        revision=Revision(f"create {table.name}", (AddTable(table),)),
        upgrade=request.migrate,
        next_steps=(
            f"from {package}.schema import {table.class_name}",
            f"scaffold add-column {table.name} FIELD...",
            "scaffold migrate --remote" if request.migrate else "scaffold migrate",
        ),
    )


def _check_domain(request: NewDomain, catalog: Catalog, snapshot: Snapshot) -> None:
    _check_alike(request, snapshot)
    if request.domain in snapshot.domains:
        file = f"tables/{request.domain}.py"
        tables = catalog.tables_in(file)
        fields = " ".join(map(shlex.quote, request.fields)) or "FIELD..."
        raise UsageError(
            f"The domain {request.domain!r} exists already, in {snapshot.path(file)}; nothing was written.",
            help="\n".join(f"Add columns to its table: scaffold add-column {table} {fields}" for table in tables),
        )


def _check_alike(request: NewDomain, snapshot: Snapshot) -> None:
    """Refuse a module that would not be the one that is imported, or checked out, under its name."""
    for other in (*snapshot.domains, *snapshot.packages):
        if other in snapshot.packages and other.casefold() == request.domain:
            why = f"{snapshot.path(f'tables/{other}')} is a package, which Python would import instead of the module"
        elif other.casefold() == request.domain != other:
            why = f"{snapshot.path(f'tables/{other}.py')} differs by case only, and macOS and Windows keep just one"
        else:
            continue
        raise UsageError(f"{why}; nothing was written.", wrong=request.domain, right=f"app_{request.domain}")
