"""The foreign keys among tables that go, where these refer to each other in a ring."""

from scaffold.project.revisions.keys import batch, block, create, drop, keys
from scaffold.project.revisions.writer import ELSEWHERE, Steps, Writer
from scaffold.schema.changes import DropReferences


def drop_references(change: DropReferences, writer: Writer) -> Steps:
    """On SQLite they need not go ahead of their table; the way back makes them when both tables are there."""
    table = writer.before.tables[change.table]
    gone = [key for key in keys(table) if key.kind == "foreignkey" and key.item.referred_table.name == change.target]
    made = [create(key, writer) for key in gone]
    return Steps(up=(block(f"if {ELSEWHERE}:", [drop(key) for key in gone]),), down=tuple(batch(table.name, made)))
