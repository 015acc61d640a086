"""`add-column`: new columns in a table's class, and the revision that adds them."""

import shlex
from dataclasses import dataclass, replace

from scaffold import naming
from scaffold.dialects import UNQUOTED
from scaffold.errors import ScaffoldError, UsageError, command_line
from scaffold.plan import FileEdit, Plan, Revision, Snapshot
from scaffold.schema.changes import AddColumn
from scaffold.schema.column import Column
from scaffold.schema.fields import format_field, parse_fields
from scaffold.source.catalog import Catalog, Found
from scaffold.source.columns import insert_columns
from scaffold.source.imports import add_imports
from scaffold.source.new_columns import new_columns
from scaffold.source.references import referring
from scaffold.source.text import encode


@dataclass(frozen=True, slots=True)
class AddColumns:
    """What the user asked for.

    Args:
        table: the table's name.
        fields: in the field language.
        migrate: whether the local database is upgraded.
        allow_generic: whether names such as `data` are let through.
    """

    table: str
    fields: tuple[str, ...]
    migrate: bool = True
    allow_generic: bool = False


def check(request: AddColumns) -> tuple[Column, ...]:
    """The columns that are asked for, as far as the request alone can be judged.

    Raises:
        UsageError: a field is wrong.
    """
    columns = parse_fields(request.fields, allow_generic=request.allow_generic)
    for column in columns:
        if column.name in UNQUOTED:
            raise UsageError(
                f"{column.name!r} is a reserved word that SQLAlchemy does not quote, so SQL with such a column would"
                " fail.",
                wrong=column.name,
                right=f"{column.name}_column",
            )
    return columns


def plan(request: AddColumns, snapshot: Snapshot) -> Plan:
    """What is to be done.

    Raises:
        UsageError: something in the project or its local database stands against it.
    """
    columns = check(request)
    catalog = Catalog(snapshot)
    found = catalog.require(request.table, own=True, fields=request.fields)
    _check_table(found, catalog, snapshot, request)
    _check_new(columns, catalog.columns(found), request, snapshot)
    columns = referring(catalog, columns, request.fields, request.table)
    _check_rows(columns, snapshot, request)
    path = snapshot.path(found.file)
    added = new_columns(
        found.module, columns, snapshot.package, class_names=found.table.names, width=snapshot.line_length
    )
    text = insert_columns(found.source.text, found.table.class_name or request.table, added.statements, path=path)
    text = add_imports(
        text,
        added.needed,
        snapshot.line_length,
        first_party=(snapshot.package.partition(".")[0],),
        package=f"{snapshot.package}.tables",
        path=path,
    )
    catalog.check_made(found)
    what = ", ".join(column.name for column in columns) if len(columns) < 4 else f"{len(columns)} columns"
    return Plan(
        edits=(FileEdit(path, snapshot.files[found.file], encode(found.source.with_text(text), path)),),
        revision=Revision(
            f"add {what} to {request.table}", tuple(AddColumn(request.table, column) for column in columns)
        ),
        upgrade=request.migrate,
        notes=_notes([column for column in columns if not column.fills_itself], request.table),
        next_steps=("scaffold migrate --remote" if request.migrate else "scaffold migrate",),
    )


def _check_table(found: Found, catalog: Catalog, snapshot: Snapshot, request: AddColumns) -> None:
    if catalog.is_auth(found):
        raise UsageError(
            f"{request.table!r} is a table of Better Auth, in {snapshot.path(found.file)}: the front end owns it;"
            " nothing was written.",
            help="Keep the column in a table of your own that refers to it:\n\n"
            f"  scaffold new-domain {naming.singular(request.table)}_details"
            f" {naming.singular(request.table)}:ref={request.table}:unique {' '.join(request.fields)}",
        )


def _check_new(columns: tuple[Column, ...], existing: dict[str, str], request: AddColumns, snapshot: Snapshot) -> None:
    for column, field in zip(columns, request.fields, strict=True):
        if column.name in existing:
            own = existing[column.name].startswith("tables/")
            change = command_line(["alter-column" if own else "show", request.table, *([field] if own else [])])
            raise UsageError(
                f"{request.table} has a column {column.name!r} already, in {snapshot.path(existing[column.name])};"
                " nothing was written.",
                drop=field if len(columns) > 1 else "",
                help="" if len(columns) > 1 else f"{'Change it' if own else 'See it'}: {change}",
            )


def _check_rows(columns: tuple[Column, ...], snapshot: Snapshot, request: AddColumns) -> None:
    empty = [column for column in columns if not column.fills_itself]
    same = [column for column in columns if column.unique and column.default is not None]
    if not empty and not same:
        return
    rows = _rows(snapshot, request)
    if empty and rows:
        raise UsageError(
            f"{request.table} has {rows:,} row{'s' * (rows != 1)}, and the required column {empty[0].name!r} has no"
            f" value for {'them' if rows > 1 else 'it'}; nothing was written.",
            help=_three_ways(empty[0], request),
        )
    if same and rows > 1:
        raise UsageError(
            f"{request.table} has {rows:,} rows, and all would get the same default in the unique column"
            f" {same[0].name!r}; nothing was written.",
            help=f"Allow none instead: scaffold add-column {request.table}"
            f" {shlex.quote(format_field(replace(same[0], default=None, optional=True)))}",
        )


def _rows(snapshot: Snapshot, request: AddColumns) -> int:
    try:
        return snapshot.rows[request.table]
    except ScaffoldError:
        # Without a migration the database need not be there at all.
        if request.migrate:
            raise
        return 0


def _three_ways(column: Column, request: AddColumns) -> str:
    field = next(f for f in request.fields if f.partition(":")[0] in {column.name, column.name.removesuffix("_id")})
    command = f"scaffold add-column {request.table}"
    default = [] if column.reference or column.unique else [f"Give a default:        {command} {field}:default=VALUE"]
    return "\n".join(
        [
            *default,
            f"Allow none:            {command} {field}:optional",
            f"Or take two steps:     {command} {field}:optional",
            f"                       scaffold alter-column {request.table} {field} --backfill VALUE",
        ]
    )


def _notes(empty: list[Column], table: str) -> tuple[str, ...]:
    if not empty:
        return ()
    names = ", ".join(column.name for column in empty)
    required = "is required and has" if len(empty) == 1 else "are required and have"
    return (
        f"{names} {required} no default, so the migration fails on a database where {table} has rows;"
        f" {format_field(empty[0])}:optional would not.",
    )
