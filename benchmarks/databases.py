"""The databases that the applications run on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.projects import scaffold

if TYPE_CHECKING:
    import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Database:
    """SQLite: the file travels with the application."""

    name: str = "SQLite"

    @contextmanager
    def of(self, folder: Path, size: int, *, empty: bool = False) -> Iterator[dict[str, str]]:
        """The variables by which the application in `folder` finds its database, migrated unless it is to be empty."""
        del size
        if empty:
            (folder / "local.db").unlink()
        yield {}

    def clear(self) -> None:
        """Remove what is left of the runs."""


@dataclass(frozen=True, slots=True)
class PostgreSQL(Database):
    """A server: for each run a copy of a database that was migrated once.

    A copy stays until all is measured: for a minute after thousands of files are deleted, ext4 is slow to make new ones
    (`recently_deleted` in its fs/ext4/ialloc.c), which doubled the time of whatever ran next.

    Args:
        url: of a database in which databases may be created.
    """

    name: str = "PostgreSQL"
    url: str = ""

    @contextmanager
    def of(self, folder: Path, size: int, *, empty: bool = False) -> Iterator[dict[str, str]]:
        full, copy = f"scaffold_bench_{size}", f"{_RUN}{next(_NUMBERS)}"
        with self._server() as connection:
            if not empty and not connection.scalar(_databases(), {"name": full}):
                connection.exec_driver_sql(f'CREATE DATABASE "{full}"')
                scaffold(folder, "migrate", APPDB_URL=self._url(full))
            connection.exec_driver_sql(f'CREATE DATABASE "{copy}"' + ("" if empty else f' TEMPLATE "{full}"'))
            connection.exec_driver_sql("CHECKPOINT")  # else whoever drops a database first would wait for this copy's
        yield {"APPDB_URL": self._url(copy)}

    def clear(self) -> None:
        with self._server() as connection:
            for name in connection.scalars(_databases(), {"name": f"{_RUN}%"}).all():
                connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _url(self, database: str | None = None) -> str:
        import sqlalchemy as sa

        url = sa.make_url(self.url).set(drivername="postgresql+psycopg")
        return (url.set(database=database) if database else url).render_as_string(hide_password=False)

    @contextmanager
    def _server(self) -> "Iterator[sa.Connection]":
        import sqlalchemy as sa

        engine = sa.create_engine(self._url(), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            yield connection


_RUN = "scaffold_bench_run"
_NUMBERS = count()


def _databases() -> "sa.TextClause":
    import sqlalchemy as sa

    return sa.text("SELECT datname FROM pg_database WHERE datname LIKE :name")
