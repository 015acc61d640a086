"""A table that goes; the way back makes it anew, empty."""

from scaffold.project.revisions.writer import Steps, Writer, by_name
from scaffold.schema.changes import DropTable


def drop_table(change: DropTable, writer: Writer) -> Steps:
    """The mirror of a new table."""
    from alembic.operations import ops

    table = writer.before.tables[change.table]
    indexes = [ops.CreateIndexOp.from_index(index) for index in by_name(table.indexes)]
    made = writer.render(ops.CreateTableOp.from_table(table), *indexes)
    return Steps(up=tuple(writer.render(ops.DropTableOp(table.name))), down=tuple(made))
