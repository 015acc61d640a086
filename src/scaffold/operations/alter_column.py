"""`alter-column`: a column's new definition in its class, its rows, and the revision that changes both."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from scaffold import naming
from scaffold.errors import ScaffoldError, UsageError, command_line
from scaffold.plan import Plan, Revision, Snapshot
from scaffold.schema.changes import AlterColumn
from scaffold.schema.column import Column, Default
from scaffold.schema.conversions import converts, is_conversion, mapped_back, misfits
from scaffold.schema.fields import format_field, parse_field
from scaffold.schema.types import TYPES, BadValue, sample
from scaffold.source.catalog import Catalog, Found
from scaffold.source.existing import read_column
from scaffold.source.replacing import replace_columns


@dataclass(frozen=True, slots=True)
class AlterOneColumn:
    """What the user asked for.

    Args:
        table: the table's name.
        field: the column's new definition, whole, in the field language.
        backfill: what NULL becomes, as a field's default is spelled.
        mapped: `old=new` for enum values that go while rows use them.
        migrate: whether the local database is upgraded.
    """

    table: str
    field: str
    backfill: str | None = None
    mapped: tuple[str, ...] = ()
    migrate: bool = True


def check(request: AlterOneColumn) -> Column:
    """The new definition, as far as the request alone can be judged.

    Raises:
        UsageError: the field is wrong, or one of the options does not go with it.
    """
    column = parse_field(request.field, allow_generic=True)
    for pair in request.mapped:
        old, equals, new = pair.partition("=")
        if column.type.name != "enum":
            raise UsageError(
                f"--map goes with an enum, and {column.name!r} is to be {column.type.name}.",
                help=f"Try: {command_line(['alter-column', request.table, request.field])}",
            )
        if not (old and equals):
            raise UsageError(f"{pair!r} is no mapping: it is written old=new.", wrong=pair, right=f"{old or 'old'}=new")
        if new not in column.type.values:
            raise UsageError(
                f"{new!r} is none of the new values {', '.join(column.type.values)}, so nothing can be mapped to it.",
                wrong=pair,
                right=f"{old}={naming.nearest(new, column.type.values) or column.type.values[0]}",
            )
    return column


def plan(request: AlterOneColumn, snapshot: Snapshot) -> Plan:
    """What is to be done.

    Raises:
        UsageError: there is no such column, or rows of the local database stand against it.
    """
    column = check(request)
    catalog = Catalog(snapshot)
    found = catalog.own(request.table)
    path = snapshot.path(found.file)
    old = _existing(found, column, catalog, path, request)
    new = replace(column, shared=old.shared)
    if new == old and not request.mapped:
        raise UsageError(
            f"{request.table}.{old.name} is {format_field(old)} already; nothing was written.",
            help=f"See it: {command_line(['show', request.table])}",
        )
    _check_kind(old, new, request)
    backfill = _backfill(request, new)
    mapped = dict(pair.split("=", 1) for pair in request.mapped)
    _check_rows(old, new, _values(request, new, snapshot), backfill, mapped, request)
    text = replace_columns(found, [new], snapshot.package, width=snapshot.line_length, path=path)
    change = AlterColumn(
        request.table, new, backfill, mapped, mapped_back(mapped, old), converted=is_conversion(old.type, new.type)
    )
    return Plan(
        edits=catalog.edit(found.file, text),
        revision=Revision(f"alter {new.name} of {request.table}", (change,)),
        upgrade=request.migrate,
        notes=tuple(_notes(old, new, backfill)),
        next_steps=("scaffold undo", "scaffold migrate --remote" if request.migrate else "scaffold migrate"),
    )


def _existing(found: Found, column: Column, catalog: Catalog, path: str, request: AlterOneColumn) -> Column:
    definition = catalog.own_column(found, column.name)
    old = read_column(found, column.name)
    if old is None:
        raise UsageError(
            f"{path}:{definition.line} says more of {column.name!r} than a field can; nothing was written.",
            help=f"Change it there by hand, then: scaffold generate -m 'alter {column.name} of {request.table}'",
        )
    return old


def _check_kind(old: Column, new: Column, request: AlterOneColumn) -> None:
    place = f"{request.table}.{old.name}"
    if (old.reference and old.reference.table) != (new.reference and new.reference.table):
        now = f"refers to {old.reference.table}" if old.reference else "is no reference"
        raise UsageError(
            f"{place} {now}, and which table it refers to can't be altered: its values would mean nothing there.",
            help=f"Make a new column: scaffold add-column {request.table} {request.field}",
        )
    if not converts(old.type, new.type):
        name = f"{old.name}_{new.type.name}"
        raise UsageError(
            f"{place} is {old.type.name}, and no database turns that into {new.type.name} as every other does;"
            " nothing was written.",
            help="Take two steps, and fill the new column in between:\n\n"
            f"  scaffold add-column {request.table} {format_field(replace(new, name=name, optional=True))}\n"
            f"  scaffold drop-column {request.table} {old.name}",
        )


def _backfill(request: AlterOneColumn, column: Column) -> Default | None:
    if request.backfill is None:
        return None
    if column.optional:
        raise UsageError(
            f"{column.name!r} is optional, so no NULL has to be filled.",
            wrong=request.field,
            right=request.field.replace(":optional", "", 1),
        )
    try:
        return Default(TYPES[column.type.name].default(column.type, request.backfill))
    except BadValue as error:
        raise UsageError(
            f"{request.backfill!r} is no {column.type.name}: it should be {error}.",
            wrong=request.backfill,
            right=sample(column.type, request.backfill),
        ) from None


def _values(request: AlterOneColumn, column: Column, snapshot: Snapshot) -> Mapping[Any, int]:
    try:
        return snapshot.values[request.table, column.name]
    except ScaffoldError:
        # Without a migration the database need not be there at all.
        if request.migrate:
            raise
        return {}


def _check_rows(
    old: Column,
    new: Column,
    values: Mapping[Any, int],
    backfill: Default | None,
    mapped: Mapping[str, str],
    request: AlterOneColumn,
) -> None:
    place = f"{request.table}.{new.name}"
    unknown = [value for value in mapped if old.type.name == "enum" and value not in old.type.values]
    if unknown:
        raise UsageError(
            f"{unknown[0]!r} is no value of {place}; they are {', '.join(old.type.values)}.",
            wrong=f"{unknown[0]}={mapped[unknown[0]]}",
            right=f"{naming.nearest(unknown[0], old.type.values) or old.type.values[0]}={mapped[unknown[0]]}",
        )
    after = _moved(values, mapped)
    lost = misfits(after, old, new)
    if lost:
        rows = sum(lost.values())
        shown = ", ".join(repr(value) for value in list(lost)[:3]) + (", ..." if len(lost) > 3 else "")
        raise UsageError(
            f"{rows:,} row{'s' * (rows != 1)} of {request.table} hold{'s' * (rows == 1)} what {new.name} could not:"
            f" {shown}; nothing was written.",
            **_way_out(lost, new, request),
        )
    empty = after.get(None, 0)
    if empty and not new.optional and backfill is None:
        raise UsageError(
            f"{empty:,} row{'s' * (empty != 1)} of {request.table} ha{'s' if empty == 1 else 've'} no {new.name};"
            " nothing was written.",
            **({"append": "--backfill VALUE"} if new.reference is None else {"help": _without_null(new, request)}),
        )
    if new.unique and not old.unique:
        _check_unique(after, backfill, new, request)


def _way_out(lost: Mapping[Any, int], new: Column, request: AlterOneColumn) -> dict[str, str]:
    if new.type.name == "enum":
        return {"append": " ".join(f"--map {value}={new.type.values[0]}" for value in lost)}
    if new.type.name == "string":
        longest = max(len(str(value)) for value in lost)
        return {"wrong": request.field, "right": request.field.replace(f"={new.type.length}", f"={longest}", 1)}
    values = ", ".join(f"'{value}'" for value in list(lost)[:3])
    return {"help": f"See them with: SELECT * FROM {request.table} WHERE {new.name} IN ({values})"}


def _without_null(new: Column, request: AlterOneColumn) -> str:
    return f"Give them one first: UPDATE {request.table} SET {new.name} = ... WHERE {new.name} IS NULL"


def _moved(values: Mapping[Any, int], mapped: Mapping[str, str]) -> dict[Any, int]:
    after: dict[Any, int] = {}
    for value, rows in values.items():
        target = mapped.get(value, value) if isinstance(value, str) else value
        after[target] = after.get(target, 0) + rows
    return after


def _check_unique(values: Mapping[Any, int], backfill: Default | None, new: Column, request: AlterOneColumn) -> None:
    twice = [value for value, rows in values.items() if rows > 1 and (value is not None or backfill)]
    if twice:
        raise UsageError(
            f"{twice[0]!r} stands in {values[twice[0]]:,} rows of {request.table}, so {new.name} can't be unique;"
            " nothing was written.",
            wrong=request.field,
            right=request.field.replace(":unique", ":index", 1),
        )


def _notes(old: Column, new: Column, backfill: Default | None) -> list[str]:
    notes = []
    if old.optional and not new.optional and backfill is None:
        notes.append(
            f"The migration fails on a database where a row has no {new.name}; --backfill VALUE would fill it."
        )
    if old.type != new.type:
        notes.append(f"The migration fails on a database where a row holds what {new.name} can't.")
    return notes
