"""The databases that the applications run on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.projects import scaffold


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


@dataclass(frozen=True, slots=True)
class PostgreSQL(Database):
    """A server: for each run a copy of a database that was migrated once.

    Args:
        url: of a database in which databases may be created.
    """

    name: str = "PostgreSQL"
    url: str = ""

    @contextmanager
    def of(self, folder: Path, size: int, *, empty: bool = False) -> Iterator[dict[str, str]]:
        import sqlalchemy as sa

        url = sa.make_url(self.url).set(drivername="postgresql+psycopg")
        full, copy = f"scaffold_bench_{size}", f"scaffold_bench_{size}_run"
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        there = sa.text("SELECT count(*) FROM pg_database WHERE datname = :name")
        with engine.connect() as connection:
            if not empty and not connection.scalar(there, {"name": full}):
                connection.exec_driver_sql(f'CREATE DATABASE "{full}"')
                scaffold(folder, "migrate", APPDB_URL=url.set(database=full).render_as_string(hide_password=False))
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
            connection.exec_driver_sql(f'CREATE DATABASE "{copy}"' + ("" if empty else f' TEMPLATE "{full}"'))
            try:
                yield {"APPDB_URL": url.set(database=copy).render_as_string(hide_password=False)}
            finally:
                connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
