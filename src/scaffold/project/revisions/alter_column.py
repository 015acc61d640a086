"""A column's new definition: its rows follow first, then its type, NULL, default, keys and CHECK."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from scaffold.project.revisions.reshape import reshape
from scaffold.project.revisions.writer import Steps, Writer
from scaffold.schema.changes import AlterColumn

if TYPE_CHECKING:
    import sqlalchemy as sa


def alter_column(change: AlterColumn, writer: Writer) -> Steps:
    """Going back, a value that took another one's place gives it back where it is no value of the column any more."""
    before, after = writer.before.tables[change.table], writer.after.tables[change.table]
    column = after.c[change.column.name]
    old_values: tuple[str, ...] = getattr(before.c[column.name].type, "values", ())
    back = {new: old for old, new in change.mapped.items() if new not in old_values}
    rows = _mapped(column, change.mapped)
    if change.backfill is not None:
        rows += _filled(before.c[column.name], change.backfill.value)
    return Steps(
        up=tuple(reshape(before, after, writer, rows)),
        down=tuple(reshape(after, before, writer, _mapped(column, back))),
    )


def _mapped(column: "sa.Column[Any]", mapped: Mapping[str, str]) -> list[str]:
    """All at once, so that two values may change places."""
    if not mapped:
        return []
    table, name = column.table.name, column.name
    return [
        f"rows = sa.table({table!r}, sa.column({name!r}, sa.Text()))",
        f"moved = sa.case({dict(mapped)!r}, value=rows.c[{name!r}])",
        f"op.execute(rows.update().where(rows.c[{name!r}].in_({list(mapped)!r})).values({{{name!r}: moved}}))",
    ]


def _filled(column: "sa.Column[Any]", value: Any) -> list[str]:
    table, name = column.table.name, column.name
    return [
        f"rows = sa.table({table!r}, sa.column({name!r}))",
        f"op.execute(rows.update().where(rows.c[{name!r}].is_(None)).values({{{name!r}: {_written(value)}}}))",
    ]


def _written(value: Any) -> str:
    """A value as a revision writes it, so that every database takes it for the column's type."""
    match value:
        case bool() | str():
            return repr(value)
        case datetime():
            return f"types.EpochSeconds.default({value.isoformat()!r})"
        case bytes():
            return f"types.Bytes.default({value.hex()!r})"
        case dict() | list():
            return f"types.Json.default({value!r})"
        case date() | time() | uuid.UUID():
            return f"sa.text({f'{str(value)!r}'.replace(':', chr(92) + ':')!r})"
    return f"sa.text({str(value)!r})"
