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
    twins = _twins(table)
    create = ops.CreateTableOp.from_table(table)
    # By identity: columns make an expression of `==`.
    create.columns = [item for item in create.columns if not any(item is one for one in twins.values())]
    indexes = [ops.CreateIndexOp.from_index(index) for index in by_name(table.indexes) if index not in twins]
    up = [*writer.render(create, *indexes), *_uniques(twins, writer)]
    return Steps(up=tuple(up), down=tuple(writer.render(ops.DropTableOp(table.name))))


def _twins(table: "sa.Table") -> "dict[sa.Index, sa.UniqueConstraint]":
    """The unique indexes of SQLite that are a constraint of the same name elsewhere (`appdb.constraints.unique`)."""
    import sqlalchemy as sa

    uniques = {item.name: item for item in table.constraints if isinstance(item, sa.UniqueConstraint) and item.name}
    return {index: uniques[index.name] for index in by_name(table.indexes) if index.unique and index.name in uniques}


def _uniques(twins: "dict[sa.Index, sa.UniqueConstraint]", writer: Writer) -> Iterator[str]:
    from alembic.operations import ops

    for index, constraint in twins.items():
        [on_sqlite] = writer.render(ops.CreateIndexOp.from_index(index))
        [elsewhere] = writer.render(ops.CreateUniqueConstraintOp.from_constraint(constraint))
        yield f'if op.get_context().dialect.name == "sqlite":\n    {on_sqlite}\nelse:\n    {elsewhere}'
