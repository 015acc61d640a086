"""A new table, with its indexes."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scaffold.project.revisions.writer import Steps, Writer, by_name
from scaffold.schema.changes import AddTable

if TYPE_CHECKING:
    import sqlalchemy as sa


def add_table(change: AddTable, writer: Writer) -> Steps:
    """Going down there is no DROP INDEX: MySQL refuses it for a foreign key's, and the table takes its own along."""
    from alembic.operations import ops

    table = writer.after.tables[change.table.name]
    create = ops.CreateTableOp.from_table(table)
    create.columns = [item for item in create.columns if getattr(item, "_ddl_if", None) is None]
    indexes = [ops.CreateIndexOp.from_index(index) for index in by_name(table.indexes) if index._ddl_if is None]
    up = [*writer.render(create, *indexes), *_of_some_databases(table, writer)]
    return Steps(up=tuple(up), down=tuple(writer.render(ops.DropTableOp(table.name))))


def _of_some_databases(table: "sa.Table", writer: Writer) -> Iterator[str]:
    """What `ddl_if` keeps to some databases: a unique index on SQLite that is a constraint elsewhere."""
    import sqlalchemy as sa
    from alembic.operations import ops

    uniques = [item for item in table.constraints if isinstance(item, sa.UniqueConstraint)]
    for item in by_name([*table.indexes, *uniques]):
        only = getattr(item._ddl_if, "dialect", None)
        if only is None:
            continue
        made = (
            ops.CreateIndexOp.from_index(item)
            if isinstance(item, sa.Index)
            else ops.CreateUniqueConstraintOp.from_constraint(item)
        )
        test = f"== {only!r}" if isinstance(only, str) else f"in {tuple(only)!r}"
        [statement] = writer.render(made)
        yield f"if op.get_context().dialect.name {test}:\n    {statement}"
