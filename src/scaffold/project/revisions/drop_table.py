"""A table that goes; the way back makes it anew, empty."""

from scaffold.project.revisions.add_table import making
from scaffold.project.revisions.writer import Steps, Writer
from scaffold.schema.changes import DropTable


def drop_table(change: DropTable, writer: Writer) -> Steps:
    """The mirror of a new table."""
    from alembic.operations import ops

    table = writer.before.tables[change.table]
    return Steps(up=tuple(writer.render(ops.DropTableOp(table.name))), down=tuple(making(table, writer)))
