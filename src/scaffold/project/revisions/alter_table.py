"""Whatever else differs in a table whose columns keep their names, names of constraints and the primary key too."""

from collections.abc import Sequence

from scaffold.project.revisions.filling import filled
from scaffold.project.revisions.follow import follow
from scaffold.project.revisions.keys import Key, Names, batch, keys
from scaffold.project.revisions.reshape import reshape
from scaffold.project.revisions.writer import Steps, Writer
from scaffold.schema.changes import AlterTable


def alter_table(change: AlterTable, writer: Writer) -> Steps:
    """The two ways are mirrors of each other."""
    columns = writer.before.tables[change.table].c
    rows = [
        line for name, fill in change.backfills.items() if name in columns for line in filled(columns[name], fill.value)
    ]
    return Steps(up=_altered(change.table, writer, rows), down=_altered(change.table, writer, back=True))


def _altered(name: str, writer: Writer, rows: Sequence[str] = (), *, back: bool = False) -> tuple[str, ...]:
    old, new = writer.before.tables[name], writer.after.tables[name]
    if back:
        old, new = new, old
    following = follow(writer, Names(), back=back)
    was, now = _primary_key(list(keys(old))), _primary_key(list(keys(new)))
    primary: list[str] = []
    if was and now and was.columns != now.columns:
        made = f"op.create_primary_key(op.f({now.name!r}), {name!r}, {list(now.columns)!r})"
        primary = batch(name, [f"op.drop_constraint(op.f({was.name!r}), {name!r}, type_='primary')", made])
    return (*following.ahead, *following.behind, *reshape(old, new, writer, rows), *primary)


def _primary_key(found: list[Key]) -> Key | None:
    return next((key for key in found if key.kind == "primary" and key.columns), None)
