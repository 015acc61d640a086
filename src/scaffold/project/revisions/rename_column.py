"""A column's new name, natively on every database."""

from scaffold.project.revisions.follow import follow
from scaffold.project.revisions.keys import Names, block, on_mysql
from scaffold.project.revisions.writer import Steps, Writer
from scaffold.schema.changes import RenameColumn


def rename_column(change: RenameColumn, writer: Writer) -> Steps:
    """Indexes, foreign keys and CHECKs are called after the column, so they follow."""
    names = Names(columns={(change.table, change.old): change.new})
    return Steps(up=_renamed(change, names, writer), down=_renamed(change, names, writer, back=True))


def _renamed(change: RenameColumn, names: Names, writer: Writer, *, back: bool = False) -> tuple[str, ...]:
    from alembic.operations import ops

    models, old, new = writer.before, change.old, change.new
    if back:
        models, old, new = writer.after, new, old
    column = models.tables[change.table].c[old]
    operation = ops.AlterColumnOp(
        change.table,
        old,
        modify_name=new,
        existing_type=column.type,
        existing_nullable=column.nullable,
        existing_server_default=column.server_default or False,
    )
    following = follow(writer, names, back=back)
    renamed = writer.render(operation)
    if column.computed is not None:
        # Alembic's CHANGE states the column again, and would leave out how it is computed.
        by_itself = f"op.execute({f'ALTER TABLE `{change.table}` RENAME COLUMN `{old}` TO `{new}`'!r})"
        renamed = ["\n".join([*on_mysql([by_itself]), block("else:", renamed)])]
    return (*following.ahead, *renamed, *following.behind)
