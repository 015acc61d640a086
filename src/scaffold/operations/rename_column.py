"""`rename-column`: a column's new name in its class and wherever it is meant, and the revision that renames it."""

from dataclasses import dataclass

from scaffold import naming
from scaffold.dialects import UNQUOTED, needs_quotes
from scaffold.errors import UsageError, command_line
from scaffold.plan import FileEdit, Plan, Revision, Snapshot
from scaffold.schema.changes import RenameColumn
from scaffold.source.catalog import Catalog, Found
from scaffold.source.column_names import ColumnRenaming, in_class, in_module, line_of_sql, renamed_attribute
from scaffold.source.mentions import foreign_keys_to
from scaffold.source.unused import without_unused


@dataclass(frozen=True, slots=True)
class RenameOneColumn:
    """What the user asked for.

    Args:
        table: the table's name.
        old: the column's name now.
        new: its new name.
        migrate: whether the local database is upgraded.
        allow_generic: whether names such as `data` are let through.
    """

    table: str
    old: str
    new: str
    migrate: bool = True
    allow_generic: bool = False


def check(request: RenameOneColumn) -> None:
    """Judge the request alone.

    Raises:
        UsageError: the new name can't be one.
    """
    naming.check_name("column", request.new, allow_generic=request.allow_generic)
    if request.new in UNQUOTED:
        raise UsageError(
            f"{request.new!r} is a reserved word that SQLAlchemy does not quote, so SQL with such a column would fail.",
            wrong=request.new,
            right=f"{request.new}_column",
        )


def plan(request: RenameOneColumn, snapshot: Snapshot) -> Plan:
    """What is to be done.

    Raises:
        UsageError: there is no such column, or there is one of the new name.
    """
    check(request)
    catalog = Catalog(snapshot)
    found = catalog.own(request.table)
    column = catalog.own_column(found, request.old)
    existing = catalog.columns(found)
    if request.new in existing:
        raise UsageError(
            f"{request.table} has a column {request.new!r} already, in {snapshot.path(existing[request.new])};"
            " nothing was written.",
            help=f"See them all: {command_line(['show', request.table])}",
        )
    name = found.table.class_name or ""
    _check_sql(request, found, snapshot)
    renaming = ColumnRenaming(
        module=f"{snapshot.package}.{found.file.removesuffix('.py').replace('/', '.')}",
        class_name=name,
        table=request.table,
        old=request.old,
        new=request.new,
        old_attribute=column.attribute,
        new_attribute=renamed_attribute(found.source.text, name, found.table.names, column.attribute, request.new),
    )
    referrers = {key.table for key in foreign_keys_to(catalog, request.table, request.old)}
    return Plan(
        edits=_edits(renaming, catalog, snapshot, found.file),
        revision=Revision(
            f"rename {request.old} of {request.table} to {request.new}",
            (RenameColumn(request.table, request.old, request.new, tuple(sorted(referrers))),),
        ),
        upgrade=request.migrate,
        notes=("Code outside of the database package that uses the old name is yours to change.",),
        next_steps=("scaffold undo", "scaffold migrate --remote" if request.migrate else "scaffold migrate"),
    )


def _check_sql(request: RenameOneColumn, found: Found, snapshot: Snapshot) -> None:
    line = line_of_sql(found.source.text, found.table.class_name or "", request.old)
    if line and needs_quotes(request.new):
        raise UsageError(
            f"{request.new!r} is a reserved word, and the SQL in {snapshot.path(found.file)}:{line} names the column"
            " without quotes, which databases write in different ways; nothing was written.",
            wrong=request.new,
            right=f"{request.new}_column",
        )


def _edits(renaming: ColumnRenaming, catalog: Catalog, snapshot: Snapshot, home: str) -> tuple[FileEdit, ...]:
    edits: list[FileEdit] = []
    for file in catalog.files():
        text, path = catalog.text(file).text, snapshot.path(file)
        width, package = snapshot.line_length, snapshot.package
        if file == home:
            renamed = in_class(text, renaming, width=width, package=package, path=path)
            edits += catalog.edit(file, without_unused(text, renamed, path=path))
        elif not catalog.is_generated(file) and renaming.old in text:
            edits += catalog.edit(file, in_module(text, renaming, width=width, package=package, path=path))
    return tuple(edits)
