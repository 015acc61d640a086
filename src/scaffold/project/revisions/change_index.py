"""Indexes come and go."""

from scaffold.project.revisions.reshape import reshape
from scaffold.project.revisions.writer import Steps, Writer
from scaffold.schema.changes import AddIndex, DropIndex


def change_index(change: AddIndex | DropIndex, writer: Writer) -> Steps:
    """An index that comes or goes."""
    before, after = writer.before.tables[change.table], writer.after.tables[change.table]
    return Steps(up=tuple(reshape(before, after, writer)), down=tuple(reshape(after, before, writer)))
