"""What the rows that are there get in a column that is, or becomes, required: `table.column=value`."""

import re

from scaffold.errors import UsageError
from scaffold.schema.column import Default
from scaffold.schema.shapes import ColumnShape
from scaffold.schema.types import MAX_PRECISION, TYPES, BadValue, Type

_KINDS = (
    ("BOOL", "bool"),
    ("INTEGER", "int"),
    ("SMALLINT", "int"),
    ("BIGINT", "bigint"),
    ("NUMERIC", "decimal"),
    ("DOUBLE", "float"),
    ("FLOAT", "float"),
    ("REAL", "float"),
    ("TIMESTAMP", "datetime"),
    ("DATE", "date"),
    ("TIME", "time"),
    ("JSON", "json"),
    ("UUID", "uuid"),
    ("BYTEA", "bytes"),
)
"""The field language's types by the beginning of PostgreSQL's names for them, which tells them all apart."""


def split(backfill: str) -> tuple[str, str, str]:
    """Table, column and value.

    Raises:
        UsageError: it is not written as one.
    """
    place, equals, value = backfill.partition("=")
    table, dot, column = place.rpartition(".")
    if not (equals and dot and table and column):
        raise UsageError(
            f"{backfill!r} is no backfill: it is written table.column=value.",
            wrong=backfill,
            right=f"{table or 'table'}.{column or 'column'}={value or 'value'}",
        )
    return table, column, value


def default(column: ColumnShape, value: str) -> Default:
    """The value for a column, read as a field's default of its type.

    Raises:
        UsageError: it is none of that type.
    """
    spelled = dict(column.types).get("postgresql", "").upper()
    kind = next((name for start, name in _KINDS if spelled.startswith(start)), "text")
    precision, scale, *_ = [*map(int, re.findall(r"\d+", spelled)), MAX_PRECISION, 30]
    try:
        return Default(TYPES[kind].default(Type(kind, precision=precision, scale=scale), value))
    except BadValue as error:
        raise UsageError(f"{value!r} is no value for {column.name}: it should be {error}.") from None
