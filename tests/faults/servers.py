"""A project's local database on a server, made anew from a model of it for every run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

POSTGRESQL = (
    "SELECT table_name, column_name, data_type, is_nullable, column_default, character_maximum_length"
    " FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
)


@dataclass(frozen=True)
class OnServer:
    """A database that a command is broken on.

    Args:
        model: the URL of the database as it is before the command.
    """

    model: str

    @property
    def url(self) -> sa.URL:
        """Of the copy that is used up."""
        model = sa.make_url(self.model)
        return model.set(database=f"{model.database}_run")

    @property
    def environment(self) -> Mapping[str, str]:
        """Makes it the project's local one."""
        return {"SHOPDB_URL": self.url.render_as_string(hide_password=False)}

    def reset(self) -> None:
        """Make it what the model is."""
        self.drop()
        name, model = self.url.database, sa.make_url(self.model).database
        with _connection(self._administration) as connection:
            if not self.is_mysql:
                connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {model}")
                return
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
            connection.exec_driver_sql("SET FOREIGN_KEY_CHECKS = 0")
            for table, definition in _definitions(connection, str(model)):
                connection.exec_driver_sql(f"USE {name}")
                connection.exec_driver_sql(definition.replace("%", "%%"))
                connection.exec_driver_sql(f"INSERT INTO {table} SELECT * FROM {model}.{table}")

    def drop(self) -> None:
        """Remove it."""
        with _connection(self._administration) as connection:
            force = "" if self.is_mysql else " WITH (FORCE)"
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {self.url.database}{force}")

    def dump(self) -> str:
        """All that it holds, line by line."""
        with _connection(self.url) as connection:
            if self.is_mysql:
                found = dict(_definitions(connection, str(self.url.database)))
                lines = [f"{table}: {line.rstrip(',')}" for table, text in found.items() for line in text.split("\n")]
                tables = list(found)
            else:
                lines = [repr(tuple(row)) for query in POSTGRESQL for row in connection.exec_driver_sql(query)]
                tables = sa.inspect(connection).get_table_names()
            for table in tables:
                # Apart from the rest, as the identifier of a revision would sort anywhere among it.
                lines += [repr(("row", table, *row)) for row in connection.execute(sa.text(f"SELECT * FROM {table}"))]
        return "\n".join(sorted(lines))

    @property
    def is_mysql(self) -> bool:
        """Whether it commits each DDL statement by itself."""
        return self.url.get_backend_name() == "mysql"

    @property
    def _administration(self) -> sa.URL:
        return self.url.set(database="" if self.is_mysql else "postgres")


def _definitions(connection: sa.Connection, database: str) -> Iterator[tuple[str, str]]:
    for table in connection.exec_driver_sql(f"SHOW TABLES FROM {database}").scalars().all():
        yield table, connection.exec_driver_sql(f"SHOW CREATE TABLE {database}.{table}").one()[1]


def _connection(url: sa.URL) -> sa.Connection:
    return sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool).connect()
