"""A column that goes, and the way back, which has no values for it."""

from typing import TYPE_CHECKING, Any

from scaffold.project.revisions.add_column import adding, dropping
from scaffold.project.revisions.keys import batch
from scaffold.project.revisions.writer import Steps, Writer
from scaffold.schema.changes import DropColumn

if TYPE_CHECKING:
    import sqlalchemy as sa

FILLERS = {
    "Text": "sa.text(\"('')\")",
    "ShortText": "''",
    "String": "''",
    "Integer": "sa.text('0')",
    "BigInteger": "sa.text('0')",
    "Real": "sa.text('0')",
    "Decimal": "sa.text('0')",
    "Boolean": "sa.text('false')",
    "Date": "'1970-01-01'",
    "Time": "'00:00:00'",
    "EpochSeconds": "types.EpochSeconds.default('1970-01-01T00:00:00Z')",
    "Json": "types.Json.default({})",
    "Uuid": "'00000000-0000-0000-0000-000000000000'",
    "Bytes": "types.Bytes.default('')",
}
"""What a required column holds in the rows that are there when it comes back, by the class of its type."""


def drop_column(change: DropColumn, writer: Writer) -> Steps:
    """The mirror of a new column; a required one comes back with a default for a moment, for the rows there are."""
    table = writer.before.tables[change.table]
    column = table.c[change.column]
    filler = _filler(column)
    rows = [*_without_default(column, writer), *_told_apart(column)] if filler else []
    back = adding(table, column, writer, filler=filler, rows=rows)
    return Steps(up=tuple(dropping(table, column)), down=tuple(back))


def _without_default(column: "sa.Column[Any]", writer: Writer) -> list[str]:
    from alembic.operations import ops

    operation = ops.AlterColumnOp(
        column.table.name,
        column.name,
        existing_type=column.type,
        existing_nullable=False,
        modify_server_default=None,
    )
    return batch(column.table.name, writer.render(operation))


def _told_apart(column: "sa.Column[Any]") -> list[str]:
    """A unique column gets the rows' ids."""
    if not _is_unique(column):
        return []
    name = column.name
    return [
        f"rows = sa.table({column.table.name!r}, sa.column('id'), sa.column({name!r}))",
        f"op.execute(rows.update().values({{{name!r}: rows.c.id}}))",
    ]


def _is_unique(column: "sa.Column[Any]") -> bool:
    return any(index.unique and column.name in index.columns for index in column.table.indexes)


def _filler(column: "sa.Column[Any]") -> str:
    """A server default in Python, or nothing where none is needed or none would do: a reference, a unique number."""
    if column.nullable or column.server_default is not None or column.foreign_keys:
        return ""
    if _is_unique(column) and not (type(column.type).__name__ in {"ShortText", "String"} and _holds_ids(column)):
        return ""
    if type(column.type).__name__ == "Enum":
        values: tuple[str, ...] = getattr(column.type, "values", ("",))
        return repr(values[0])
    return FILLERS.get(type(column.type).__name__, "")


def _holds_ids(column: "sa.Column[Any]") -> bool:
    length: int | None = getattr(column.type, "length", None)
    return "id" in column.table.c and (length is None or length >= 36)
