"""Scratch databases: of the local dialect, empty, and gone afterwards."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from scaffold.dialects.base import connection_to
from scaffold.errors import ScaffoldError
from scaffold.project.databases import Database
from scaffold.project.failures import reason

if TYPE_CHECKING:
    from sqlalchemy import URL

PREFIX = "scaffold_scratch_"
"""What their names begin with, so that a person who finds one after a power cut knows that it may be dropped."""


@contextmanager
def scratch(local: Database) -> Iterator[Database]:
    """An empty database: SQLite in memory, elsewhere a new one on the local server.

    Args:
        local: the local database; nothing of it is read, and it need not exist.

    Raises:
        ScaffoldError: the server can't be reached, or its user may not create databases.
    """
    import sqlalchemy as sa

    made = local.dialect.scratch(local.url, f"{PREFIX}{uuid.uuid4().hex[:12]}")
    if made is None:
        yield replace(local, url=sa.URL.create(local.url.drivername))
        return
    _run(local, made.server, made.create)
    try:
        yield replace(local, url=made.url)
    finally:
        _run(local, made.server, made.drop)


def _run(local: Database, server: "URL", statement: str) -> None:
    import sqlalchemy as sa

    try:
        with connection_to(server, isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(statement)
    except (sa.exc.SQLAlchemyError, ImportError) as error:
        raise ScaffoldError(
            f"There can be no scratch database beside {local}: {reason(error)}; nothing was written.",
            help=f"The user in {local.origin} must be able to reach its server and to create databases there.",
        ) from error
