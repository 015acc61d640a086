"""SQL keywords as names: the databases say which there are, and all work but those in UNQUOTED."""

from collections.abc import Iterable, Iterator

import pytest
import sqlalchemy as sa

from scaffold import naming
from scaffold.dialects import UNQUOTED, UNQUOTED_TABLES
from scaffold.errors import UsageError

SQLITE = (
    "abort action add after all alter always analyze and as asc attach autoincrement before begin between by "
    "cascade case cast check collate column commit conflict constraint create cross current current_date "
    "current_time current_timestamp database default deferrable deferred delete desc detach distinct do drop each "
    "else end escape except exclude exclusive exists explain fail filter first following for foreign from full "
    "generated glob group groups having if ignore immediate in index indexed initially inner insert instead "
    "intersect into is isnull join key last left like limit match materialized natural no not nothing notnull null "
    "nulls of offset on or order others outer over partition plan pragma preceding primary query raise range "
    "recursive references regexp reindex release rename replace restrict returning right rollback row rows "
    "savepoint select set table temp temporary then ties to transaction trigger unbounded union unique update using "
    "vacuum values view virtual when where window with without "
)
"""sqlite.org/lang_keywords.html; no query answers this."""


def _keywords(connection: sa.Connection) -> set[str]:
    match connection.dialect.name:
        case "sqlite":
            words = SQLITE.split()
        case "postgresql":
            words = list(connection.exec_driver_sql("SELECT word FROM pg_get_keywords()").scalars())
        case _:
            words = list(connection.exec_driver_sql("SELECT WORD FROM information_schema.KEYWORDS").scalars())
    return {word for word in map(str.lower, words) if _is_name(word)}


def _is_name(word: str) -> bool:
    try:
        naming.check_name("column", word, allow_generic=True)
    except UsageError:
        return False
    return True


def _columns(words: Iterable[str]) -> sa.Table:
    columns = [sa.Column(word, sa.SmallInteger) for word in sorted(words)]
    return sa.Table("notes", sa.MetaData(), *columns, prefixes=["TEMPORARY"])


def _table(word: str) -> sa.Table:
    return sa.Table(word, sa.MetaData(), sa.Column("number", sa.SmallInteger), prefixes=["TEMPORARY"])


def _use(connection: sa.Connection, table: sa.Table) -> None:
    table.create(connection)
    connection.execute(table.insert(), [dict.fromkeys(table.c.keys(), 1)])
    assert connection.execute(table.select().where(*(column == 1 for column in table.c))).one()
    table.drop(connection)


def _fails(connection: sa.Connection, table: sa.Table) -> bool:
    connection.exec_driver_sql("DROP TABLE IF EXISTS notes")
    try:
        _use(connection, table)
    except sa.exc.DBAPIError:
        return True
    return False


@pytest.fixture
def connection(database_url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(database_url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_keywords_work_as_columns(connection: sa.Connection) -> None:
    words = _keywords(connection)
    assert {"order", "group", "default"} <= words
    failing = set() if not _fails(connection, _columns(words - UNQUOTED)) else words
    assert {word for word in failing if _fails(connection, _columns([word]))} <= UNQUOTED


def test_keywords_work_as_tables(connection: sa.Connection) -> None:
    assert {word for word in _keywords(connection) if _fails(connection, _table(word))} <= UNQUOTED_TABLES


def test_what_is_refused_would_fail(connection: sa.Connection) -> None:
    known = {
        "sqlite": {"returning", "nothing"},
        "postgresql": {"lateral", "tablesample", "collation", "concurrently", "system_user"},
        "mysql": set(),
    }
    refused = known[connection.dialect.name]
    assert {word for word in refused if _fails(connection, _columns([word]))} == refused <= UNQUOTED
