"""A value for the rows that have none, as a revision writes it."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from scaffold.project.revisions.keys import batch
from scaffold.project.revisions.writer import Writer

if TYPE_CHECKING:
    import sqlalchemy as sa

INSTANTS = frozenset({"EpochMilliseconds", "EpochSeconds", "Timestamp"})
"""The package's types that have an instant as default."""
OLDER_SQLITE = MappingProxyType(
    {
        "unixepoch('subsecond') * 1000": "(julianday('now') - 2440587.5) * 86400000",
        "unixepoch()": "cast(strftime('%s', 'now') as integer)",
    }
)
"""What older versions of SQLite know: unixepoch() came with 3.38, and unixepoch('subsecond') is NULL before 3.42."""


@dataclass(frozen=True, slots=True)
class OwnDefault:
    """What SQLite makes of a column's own default for the rows that are there."""


def sqlite_default(column: "sa.Column[Any]") -> str:
    """The SQL of a column's server default on SQLite; empty for a plain text, or where there is none."""
    default: Any = getattr(column.server_default, "arg", None)
    return str(default.spell("sqlite", _quoted) if hasattr(default, "spell") else getattr(default, "text", ""))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def filled(column: "sa.Column[Any]", value: Any) -> list[str]:
    """The statements that let NULL become `value`."""
    table, name = column.table.name, column.name
    return [
        f"rows = sa.table({table!r}, sa.column({name!r}))",
        f"op.execute(rows.update().where(rows.c[{name!r}].is_(None)).values({{{name!r}: {_written(value, column)}}}))",
    ]


def required(column: "sa.Column[Any]", writer: Writer) -> list[str]:
    """The statements that refuse NULL from now on."""
    from alembic.operations import ops

    operation = ops.AlterColumnOp(
        column.table.name,
        column.name,
        existing_type=column.type,
        existing_nullable=True,
        existing_server_default=False if column.server_default is None else column.server_default,
        modify_nullable=False,
    )
    return batch(column.table.name, writer.render(operation))


def _written(value: Any, column: "sa.Column[Any]") -> str:
    """A value as a revision writes it, so that every database takes it for the column's type."""
    match value:
        case OwnDefault():
            return _default_on_sqlite(column)
        case bool() | str():
            return repr(value)
        case datetime():
            kind = type(column.type).__name__
            return f"types.{kind if kind in INSTANTS else 'EpochSeconds'}.default({value.isoformat()!r})"
        case bytes():
            return f"types.Bytes.default({value.hex()!r})"
        case dict() | list():
            return f"types.Json.default({value!r})"
        case date() | time() | uuid.UUID():
            return f"sa.text({f'{str(value)!r}'.replace(':', chr(92) + ':')!r})"
    return f"sa.text({str(value)!r})"


def _default_on_sqlite(column: "sa.Column[Any]") -> str:
    sql = sqlite_default(column)
    for newer, older in OLDER_SQLITE.items():
        sql = sql.replace(newer, older)
    return f"sa.text({sql.replace(':', chr(92) + ':')!r})"
