"""A required column that comes back to a table with rows: SQLite adds none without a value for them."""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.plan.past import Lost
from scaffold.project.rebuilds.bring_back import put_values
from scaffold.project.rebuilds.watch import Watch

if TYPE_CHECKING:
    from alembic.operations.ops import MigrateOperation


@contextmanager
def filling(connection: sqlite3.Connection, watch: Watch, copy: Path, places: Collection[Lost]) -> Iterator[None]:
    """While it lasts, such a column allows NULL until it has its values from a copy.

    Args:
        connection: the migration's.
        watch: over it.
        copy: from `copy_from`.
        places: the columns whose values can be brought back.
    """
    from alembic.operations import Operations
    from alembic.operations.base import AbstractOperations
    from alembic.operations.ops import AddColumnOp

    invoke = AbstractOperations.invoke

    def filled(operations: AbstractOperations, operation: "MigrateOperation") -> Any:
        if not isinstance(operation, AddColumnOp) or not isinstance(operations, Operations):
            return invoke(operations, operation)
        table, column = operation.table_name, operation.column
        if (table, column.name) not in places or column.nullable or column.server_default is not None:
            return invoke(operations, operation)
        column.nullable = True
        done = invoke(operations, operation)
        with watch.paused():
            put_values(connection, copy, table, column.name)
        with operations.batch_alter_table(table) as batch:
            batch.alter_column(column.name, existing_type=column.type, existing_nullable=True, nullable=False)
        return done

    AbstractOperations.invoke = filled  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        AbstractOperations.invoke = invoke  # type: ignore[method-assign]
