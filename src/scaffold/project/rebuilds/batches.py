"""Alembic's batch blocks, taken over while a migration runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scaffold.project.rebuilds.watch import Watch

if TYPE_CHECKING:
    import sqlalchemy as sa


@contextmanager
def our_batches(connection: "sa.Connection", watch: Watch) -> Iterator[None]:
    """While it lasts, batch blocks on `connection` run here; others, and those that write SQL, run as ever."""
    from alembic.operations.batch import BatchOperationsImpl

    flush = BatchOperationsImpl.flush

    def ours(batch: BatchOperationsImpl) -> None:
        bind = batch.impl.connection
        with watch.operation():
            if bind is None or bind.engine is not connection.engine or batch.schema not in {None, "main"}:
                flush(batch)
            else:
                from scaffold.project.rebuilds.batch import Batch

                Batch(batch, bind, watch).run()

    BatchOperationsImpl.flush = ours  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        BatchOperationsImpl.flush = flush  # type: ignore[method-assign]
