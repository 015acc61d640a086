"""A new table, with its indexes."""

from scaffold.project.revisions.writer import Steps, Writer, by_name
from scaffold.schema.changes import AddTable


def add_table(change: AddTable, writer: Writer) -> Steps:
    """Going down there is no DROP INDEX: MySQL refuses it for a foreign key's, and the table takes its own along."""
    from alembic.operations import ops

    table = writer.after.tables[change.table.name]
    indexes = [ops.CreateIndexOp.from_index(index) for index in by_name(table.indexes)]
    up = writer.render(ops.CreateTableOp.from_table(table), *indexes)
    return Steps(up=tuple(up), down=tuple(writer.render(ops.DropTableOp(table.name))))
