"""When a database's default, or its constraint, is the one that the model asks for.

Alembic compares a default's text, and no database gives back the text it was given: PostgreSQL adds a cast, MariaDB
calls false 0 and escapes quotes with backslashes, SQLite drops parentheses. So both sides are read for their meaning.
"""

import datetime as dt
import json
import re
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, DefaultClause, FetchedValue, MetaData, TextClause, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from appdb.portable import PortableDefault
from appdb.types import is_mysql

CAST = re.compile(
    r'::"?[a-z_]\w*"?(?: varying| precision| with(?:out)? time zone)?(?:\(\d+(?:, ?\d+)?\))?(?:\[\])?', re.IGNORECASE
)
QUOTED = re.compile(r"('(?:[^']|'')*')")
MYSQL_QUOTED = re.compile(r"('(?:[^'\\]|\\.|'')*')", re.DOTALL)
MYSQL_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "Z": "\x1a", "b": "\b"}
BEYOND_UTF8MB3 = re.compile("[\U00010000-\U0010ffff]")
"""What MariaDB stores in a default but calls `?` when it is asked: its information schema has no such characters."""
NOW = re.compile(r"(?:now|current_timestamp|localtimestamp|localtime)(?:\(\d*\))?")

OTHERS = re.compile(r"d1_migrations|__drizzle_migrations|_cf_\w+")
"""Tables in which wrangler, drizzle-kit and Cloudflare keep their own records."""


def include_name(name: str | None, kind: str, _: object) -> bool:
    """Whether a name of the database is the models' business (``include_name`` of configure)."""
    return kind != "table" or OTHERS.fullmatch(name or "") is None


def compare_server_default(
    context: MigrationContext,
    inspected_column: Column[Any],
    metadata_column: Column[Any],
    inspected_default: str | None,
    metadata_default: FetchedValue | None,
    rendered_metadata_default: str | None,
) -> bool | None:
    """Whether the two defaults differ; None leaves the answer to Alembic (``compare_server_default`` of configure)."""
    del rendered_metadata_default
    if metadata_default is not None and not isinstance(metadata_default, DefaultClause):
        return None
    found = inspected_default or _unreflected_default(context, inspected_column)
    if found is None or metadata_default is None:
        return not (found is None and metadata_default is None)
    dialect = context.dialect
    wanted = _spelled(metadata_default, dialect)
    if is_mysql(dialect.name):
        found, wanted = (BEYOND_UTF8MB3.sub("?", default) for default in (found, wanted))
    return _meaning(found, metadata_column.type, dialect) != _meaning(wanted, metadata_column.type, dialect)


def include_object(item: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
    """Leave columns that the database counts up or computes to themselves (``include_object`` of configure).

    Alembic compares their defaults as if they were text, and fails.
    """
    del name, reflected
    both = (item, other) if kind == "column" and other is not None else ()
    return all(column.identity is None and column.computed is None for column in both)


def metadata_on(metadata: MetaData, database: str) -> MetaData:
    """`metadata` as it is on `database` (a dialect's name), since Alembic does not ask an item's ``ddl_if``.

    A unique index and a unique constraint of one name are `appdb.constraints.unique`: one of them exists.
    """
    kept = MetaData(schema=metadata.schema, naming_convention=metadata.naming_convention)
    for table in metadata.sorted_tables:
        copy = table.to_metadata(kept)
        indexes = {index.name: index for index in copy.indexes if index.unique}
        constraints = {item.name: item for item in copy.constraints if isinstance(item, UniqueConstraint)}
        for name in (indexes.keys() & constraints.keys()) - {None}:
            if database == "sqlite":
                copy.constraints.remove(constraints[name])
            else:
                copy.indexes.remove(indexes[name])
    return kept


def _spelled(default: DefaultClause, dialect: Dialect) -> str:
    def quote(text: str) -> str:
        return "'" + (text.replace("\\", "\\\\") if is_mysql(dialect.name) else text).replace("'", "''") + "'"

    argument = default.arg
    if isinstance(argument, str):
        return quote(argument)
    if isinstance(argument, PortableDefault):
        return argument.spell(dialect.name, quote)
    if isinstance(argument, TextClause):
        return argument.text.replace("\\:", ":")
    compiled = str(argument.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    return compiled.replace("%%", "%") if dialect.paramstyle in {"format", "pyformat"} else compiled


def _unreflected_default(context: MigrationContext, column: Column[Any]) -> str | None:
    # SQLAlchemy's parser of SHOW CREATE TABLE knows neither MariaDB's \' nor its X'00ff', and reports no default.
    if not getattr(context.dialect, "is_mariadb", False) or context.connection is None:
        return None
    query = sa.text(
        "SELECT column_default FROM information_schema.columns WHERE table_schema = coalesce(:schema, database())"
        " AND table_name = :table AND column_name = :column AND column_default <> 'NULL'"
    )
    named = {"schema": column.table.schema, "table": column.table.name, "column": column.name}
    default: str | None = context.connection.scalar(query, named)
    return default


def _meaning(sql: str, type_: TypeEngine[Any], dialect: Dialect) -> object:
    """A Python value where the default is one, else the expression without what a database may change in it."""
    quoted = MYSQL_QUOTED if is_mysql(dialect.name) else QUOTED
    expression = _expression(sql, quoted)
    text = _unquoted(expression, quoted, is_mysql(dialect.name))
    read = _reader(type_)
    try:
        return read(expression if text is None else text)
    except ValueError:
        return ("expression", expression) if text is None else text


def _expression(sql: str, quoted: re.Pattern[str]) -> str:
    parts = quoted.split(sql.strip())
    # Every second part is a string literal.
    parts[::2] = [re.sub(r"\s+", "", CAST.sub("", part)).casefold() for part in parts[::2]]
    bare = _without_parentheses("".join(parts), quoted).removeprefix("_utf8mb4")
    return "now" if NOW.fullmatch(bare) else bare


def _without_parentheses(sql: str, quoted: re.Pattern[str]) -> str:
    while sql.startswith("(") and sql.endswith(")"):
        depth = 0
        for character in quoted.sub("x", sql)[:-1]:
            depth += {"(": 1, ")": -1}.get(character, 0)
            if depth == 0:
                return sql
        sql = sql[1:-1]
    return sql


def _unquoted(sql: str, quoted: re.Pattern[str], backslashes: bool) -> str | None:
    if not quoted.fullmatch(sql):
        return None
    if not backslashes:
        return sql[1:-1].replace("''", "'")

    def character(match: re.Match[str]) -> str:
        escaped = match[0][1]
        return escaped if match[0][0] == "'" else MYSQL_ESCAPES.get(escaped, escaped)

    return re.sub(r"\\.|''", character, sql[1:-1], flags=re.DOTALL)


def _reader(type_: TypeEngine[Any]) -> Callable[[str], object]:
    generic = type_.impl_instance if isinstance(type_, TypeDecorator) else type_
    for kind, reader in READERS:
        if isinstance(generic, kind):
            return reader
    return _text


def _text(literal: str) -> str:
    # Only a quoted literal is text; the caller falls back to it.
    raise ValueError(literal)


def _truth(literal: str) -> bool:
    if literal in {"true", "t", "1"}:
        return True
    if literal in {"false", "f", "0"}:
        return False
    raise ValueError(literal)


def _number(literal: str) -> Decimal:
    if not re.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", literal):
        raise ValueError(literal)
    return Decimal(literal)


def _instant(literal: str) -> object:
    return int(literal) if re.fullmatch(r"-?\d+", literal) else dt.datetime.fromisoformat(literal)


def _bytes(literal: str) -> bytes:
    match = re.fullmatch(r"(?:x'|0x|\\x)([0-9a-f]*)'?", literal, re.IGNORECASE)
    if match is None:
        raise ValueError(literal)
    return bytes.fromhex(match[1])


READERS: tuple[tuple[type[Any], Callable[[str], object]], ...] = (
    (sa.Boolean, _truth),
    (sa.Integer, _number),
    (sa.Numeric, _number),
    (sa.Float, _number),
    (sa.DateTime, _instant),
    (sa.Date, dt.date.fromisoformat),
    (sa.Time, dt.time.fromisoformat),
    (sa.Uuid, uuid.UUID),
    (sa.JSON, json.loads),
    (sa.LargeBinary, _bytes),
)
