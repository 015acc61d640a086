"""A new table, with its indexes."""

from typing import TYPE_CHECKING

from scaffold.project.revisions.keys import create, indexes
from scaffold.project.revisions.writer import Steps, Writer, apart
from scaffold.schema.changes import AddTable

if TYPE_CHECKING:
    import sqlalchemy as sa


def add_table(change: AddTable, writer: Writer) -> Steps:
    """Going down there is no DROP INDEX: MySQL refuses it for a foreign key's, and the table takes its own along."""
    from alembic.operations import ops

    table = writer.after.tables[change.table.name]
    return Steps(up=tuple(making(table, writer)), down=tuple(writer.render(ops.DropTableOp(table.name))))


def making(table: "sa.Table", writer: Writer) -> list[str]:
    """The statements that make a table."""
    from alembic.operations import ops

    keys = indexes(table)
    operation = ops.CreateTableOp.from_table(table)
    operation.columns = [apart(item) for item in operation.columns if all(item is not key.item for key in keys)]
    return [*writer.render(operation), *(create(key, writer, new=True) for key in keys)]
