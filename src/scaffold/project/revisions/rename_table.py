"""A table's new name, natively on every database; foreign keys that point to it go on doing so."""

from scaffold.project.revisions.follow import follow
from scaffold.project.revisions.keys import Names
from scaffold.project.revisions.writer import Steps, Writer
from scaffold.schema.changes import RenameTable


def rename_table(change: RenameTable, writer: Writer) -> Steps:
    """Indexes, keys and CHECKs are called after the table, and other tables' foreign keys too, so they follow."""
    names = Names(tables={change.old: change.new})
    there, back = follow(writer, names), follow(writer, names, back=True)
    return Steps(
        up=(*there.ahead, f"op.rename_table({change.old!r}, {change.new!r})", *there.behind),
        down=(*back.ahead, f"op.rename_table({change.new!r}, {change.old!r})", *back.behind),
    )
