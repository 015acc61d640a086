"""`add-index`: an index on a table's columns, and the revision that makes it."""

from dataclasses import dataclass, replace

from scaffold import naming
from scaffold.errors import ScaffoldError, UsageError, command_line
from scaffold.plan import Plan, Revision, Snapshot
from scaffold.schema.changes import AddIndex
from scaffold.schema.column import Column
from scaffold.schema.conversions import misfits
from scaffold.schema.types import TYPES
from scaffold.source.catalog import Catalog, Found
from scaffold.source.existing import read_column
from scaffold.source.imports import Symbol, add_imports, bind
from scaffold.source.layout import Expression, call, keyword
from scaffold.source.mapped import quoted
from scaffold.source.module import parse
from scaffold.source.replacing import replace_columns
from scaffold.source.table_args import add_index, listed_indexes

INDEX = Symbol("sqlalchemy", "Index")
TEXT = Symbol("sqlalchemy", "text")


@dataclass(frozen=True, slots=True)
class AddOneIndex:
    """What the user asked for.

    Args:
        table: the table's name.
        columns: their names in the database, in the index's order.
        unique: whether no two rows may have the same values.
        name: the index's; None for the convention's.
        where: SQL that chooses the rows that it holds, where the database can do that; MySQL holds all.
        migrate: whether the local database is upgraded.
    """

    table: str
    columns: tuple[str, ...]
    unique: bool = False
    name: str | None = None
    where: str | None = None
    migrate: bool = True

    @property
    def final_name(self) -> str:
        """The index's name."""
        return self.name or f"{self.table}_{'_'.join(self.columns)}_idx"


def check(request: AddOneIndex) -> None:
    """Judge the request alone.

    Raises:
        UsageError: the name can't be one, or a column stands there twice.
    """
    if request.name is not None:
        naming.check_name("index", request.name)
    twice = [column for column in request.columns if request.columns.count(column) > 1]
    if twice:
        raise UsageError(f"The column {twice[0]!r} stands there twice.", drop=twice[0])
    if len(request.final_name) > naming.MAX_BYTES:
        raise UsageError(
            f"The index would be called {request.final_name!r}, which PostgreSQL would cut.",
            append=f"--name {request.final_name[:40].rstrip('_')}_idx",
        )
    if request.unique and request.where:
        raise UsageError(
            "MySQL has no index of some rows, so a unique one would hold all rows there, and refuse what others allow.",
            drop="--unique",
        )


def plan(request: AddOneIndex, snapshot: Snapshot) -> Plan:
    """What is to be done.

    Raises:
        UsageError: a column is not there or can't be indexed, the index is there, or rows stand against it.
    """
    check(request)
    catalog = Catalog(snapshot)
    found = catalog.own(request.table)
    path, name = snapshot.path(found.file), found.table.class_name or ""
    own = {column.name for column in found.table.columns}
    read = {column: _read(found, column, path) for column in request.columns if column in own}
    for column in request.columns:
        if column not in catalog.columns(found):
            catalog.own_column(found, column)
    _check_free(request, found, read)
    _check_rows(request, read, snapshot)
    package, width = snapshot.package, snapshot.line_length
    lone = len(request.columns) == 1 and request.name is None and request.where is None and bool(read)
    changed = []
    for known in read.values():
        if lone:
            changed.append(replace(known, unique=request.unique, index=not request.unique))
        elif known.type.name == "text" and not known.keyed and known.default is None:
            changed.append(replace(known, shared=True))
    text = replace_columns(found, changed, package, width=width, path=path)
    if not lone:
        text = _with_index(text, name, request, package, width=width, path=path)
    return Plan(
        edits=catalog.edit(found.file, text),
        revision=Revision(
            f"add the index {request.final_name} to {request.table}", (AddIndex(request.table, request.final_name),)
        ),
        upgrade=request.migrate,
        next_steps=("scaffold undo", "scaffold migrate --remote" if request.migrate else "scaffold migrate"),
    )


def _read(found: Found, column: str, path: str) -> Column:
    known = read_column(found, column)
    if known is None:
        raise UsageError(
            f"{path} says more of {column!r} than a field can; nothing was written.",
            help="Add the index to the model by hand, then: scaffold generate -m MESSAGE",
        )
    if not TYPES[known.type.name].keyed:
        raise UsageError(
            f"{column!r} is {known.type.name}, and not every database can index that; nothing was written.",
            help=f"See what else there is to index: {command_line(['show', found.table.table_name])}",
        )
    return known


def _check_free(request: AddOneIndex, found: Found, read: dict[str, Column]) -> None:
    names = {index.name: index.columns for index in listed_indexes(found.source.text, found.table.class_name or "")}
    names |= {f"{request.table}_{c.name}_idx": (c.name,) for c in read.values() if c.indexed}
    for name, columns in names.items():
        if name == request.final_name or columns == request.columns:
            raise UsageError(
                f"{request.table} has the index {name} on {', '.join(columns)} already; nothing was written.",
                help=f"Drop it first, if it is to change: {command_line(['drop-index', request.table, name])}",
            )
    if request.columns == ("organization_id",):
        raise UsageError(
            f"{request.table} has an index on organization_id already; nothing was written.",
            help=f"See it: {command_line(['show', request.table])}",
        )


def _check_rows(request: AddOneIndex, read: dict[str, Column], snapshot: Snapshot) -> None:
    for column in read.values():
        if column.type.name == "text" and not column.keyed:
            lost = misfits(_values(request, column.name, snapshot), column, replace(column, shared=True))
            if lost:
                raise UsageError(
                    f"{sum(lost.values()):,} row(s) of {request.table} have more than 255 characters in"
                    f" {column.name}, which MySQL can't index; nothing was written.",
                    help=f"Shorten them, or index a column that is made of it, such as {column.name}_digest",
                )
    if request.unique and len(request.columns) == 1:
        values = _values(request, request.columns[0], snapshot)
        twice = [value for value, rows in values.items() if rows > 1 and value is not None]
        if twice:
            raise UsageError(
                f"{twice[0]!r} stands in {values[twice[0]]:,} rows of {request.table}, so the index can't be unique;"
                " nothing was written.",
                wrong="--unique",
            )


def _values(request: AddOneIndex, column: str, snapshot: Snapshot) -> dict[object, int]:
    try:
        return dict(snapshot.values[request.table, column])
    except ScaffoldError:
        if request.migrate:
            raise
        return {}


def _with_index(text: str, class_name: str, request: AddOneIndex, package: str, *, width: int, path: str) -> str:
    module = parse(text, path, package=f"{package}.tables")
    table = next(table for table in module.tables if table.class_name == class_name)
    wanted = [INDEX, *([TEXT] if request.where else [])]
    binding = bind(module, wanted, taken=table.names)
    arguments: list[Expression] = [quoted(request.final_name), *map(quoted, request.columns)]
    if request.unique:
        arguments.append("unique=True")
    if request.where:
        for database in ("postgresql", "sqlite"):
            arguments.append(keyword(f"{database}_where", call(binding[TEXT], [quoted(request.where)])))
    text = add_index(text, class_name, arguments, called=binding[INDEX], width=width, path=path)
    top = package.partition(".")[0]
    return add_imports(text, binding.needed, width, first_party=(top,), package=f"{package}.tables", path=path)
