"""Columns that foreign keys tie together get another type: no key may look while only one side of it has changed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from scaffold.project.revisions.keys import Key, block, create, drop, keys
from scaffold.project.revisions.reshape import reshape
from scaffold.project.revisions.writer import ELSEWHERE, Steps, Writer
from scaffold.schema.changes import RetypeColumns

if TYPE_CHECKING:
    import sqlalchemy as sa


def retype_columns(change: RetypeColumns, writer: Writer) -> Steps:
    """The two ways are mirrors of each other. SQLite looks at no foreign key while it migrates."""
    return Steps(up=tuple(_retyped(change, writer)), down=tuple(_retyped(change, writer, back=True)))


def _retyped(change: RetypeColumns, writer: Writer, *, back: bool = False) -> Iterator[str]:
    old, new = (writer.after, writer.before) if back else (writer.before, writer.after)
    if tied := [drop(key) for key in _tied(old, change)]:
        yield block(f"if {ELSEWHERE}:", tied)
    for table in dict.fromkeys(table for table, _ in change.columns):
        yield from reshape(old.tables[table], new.tables[table], writer)
    if tied := [create(key, writer) for key in _tied(new, change)]:
        yield block(f"if {ELSEWHERE}:", tied)


def _tied(metadata: "sa.MetaData", change: RetypeColumns) -> list[Key]:
    """The foreign keys that have one of the columns at either end."""
    found = [key for name in sorted(metadata.tables) for key in keys(metadata.tables[name])]
    return [key for key in found if key.kind == "foreignkey" and any(end in change.columns for end in _ends(key.item))]


def _ends(key: Any) -> Iterator[tuple[str, str]]:
    for element in key.elements:
        table, _, column = element.target_fullname.rpartition(".")
        yield table, column
        yield element.parent.table.name, element.parent.name
