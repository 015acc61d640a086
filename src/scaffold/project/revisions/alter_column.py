"""A column's new definition: its rows follow first, then its type, NULL, default, keys and CHECK."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scaffold.project.revisions.filling import filled
from scaffold.project.revisions.reshape import reshape
from scaffold.project.revisions.writer import Steps, Writer
from scaffold.schema.changes import AlterColumn

if TYPE_CHECKING:
    import sqlalchemy as sa


def alter_column(change: AlterColumn, writer: Writer) -> Steps:
    """Going back, a value that took another one's place gives it back where it is certain which one that was."""
    before, after = writer.before.tables[change.table], writer.after.tables[change.table]
    column = after.c[change.column.name]
    rows = _mapped(column, change.mapped)
    if change.backfill is not None:
        rows += filled(before.c[column.name], change.backfill.value)
    return Steps(
        up=tuple(reshape(before, after, writer, rows)),
        down=tuple(reshape(after, before, writer, _mapped(column, change.back))),
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
