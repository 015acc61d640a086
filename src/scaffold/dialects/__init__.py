"""What each database can, cannot and must not do. A new one is a module here and an entry in DIALECTS."""

from typing import TYPE_CHECKING, Any

from scaffold.dialects.base import Dialect
from scaffold.dialects.mysql import MySQL
from scaffold.dialects.postgresql import PostgreSQL
from scaffold.dialects.sqlite import SQLite
from scaffold.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy import URL

DIALECTS: dict[str, Dialect] = {
    "sqlite": SQLite(),
    "postgresql": PostgreSQL(),
    "postgres": PostgreSQL(),
    "mysql": MySQL(),
    "mariadb": MySQL(),
}

UNQUOTED = frozenset(
    {
        *("returning", "nothing"),  # SQLite
        *("lateral", "tablesample", "collation", "concurrently", "system_user"),  # PostgreSQL
        *("portion", "delete_domain_id", "master_demote_to_replica", "master_demote_to_slave"),  # MariaDB
        *("manual", "external", "library"),  # MySQL 8.4 and 9.4
    }
)
"""Reserved words that SQLAlchemy 2.1 leaves without quotes, so that CREATE TABLE fails."""

UNQUOTED_TABLES = UNQUOTED | {"value"}
"""The same for the name of a table: MySQL and MariaDB read VALUE as VALUES, so INSERT fails."""


def needs_quotes(name: str) -> bool:
    """Whether SQL of some database has to put a column's or a table's name into quotes."""
    from sqlalchemy.dialects import mysql, postgresql, sqlite

    preparers: list[Any] = [module.dialect().identifier_preparer for module in (mysql, postgresql, sqlite)]
    return any(preparer.quote(name) != name for preparer in preparers)


def dialect_of(url: "URL") -> Dialect:
    """The dialect that `url` names.

    Raises:
        UsageError: scaffold does not know it.
    """
    name = url.drivername.partition("+")[0]
    if name not in DIALECTS:
        raise UsageError(
            f"{name!r} is no database that scaffold knows; they are sqlite, postgresql, mysql and mariadb.",
            help="A URL looks like sqlite:///local.db or postgresql://user:password@host:5432/database",
        )
    return DIALECTS[name]
