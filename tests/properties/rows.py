"""Rows for the tables of a random sequence, and the rows that are there."""

import datetime as dt
import decimal
import random
import uuid
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

Rows = dict[str, dict[str, dict[str, Any]]]
"""By table and id."""


def read(connection: sa.Connection) -> Rows:
    """Every row of every table that has an id, as the driver gives it."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    names = [name for name in metadata.tables if "id" in metadata.tables[name].c]
    quote = connection.dialect.identifier_preparer.quote
    return {
        name: {row["id"]: dict(row) for row in connection.exec_driver_sql(f"SELECT * FROM {quote(name)}").mappings()}
        for name in names
    }


def plain(rows: Rows) -> Rows:
    """The rows with numbers in one spelling: NUMERIC of SQLite may turn 1 into 1.0."""
    return {table: {id_: _plain(row) for id_, row in found.items()} for table, found in rows.items()}


def seed(connection: sa.Connection, metadata: sa.MetaData) -> None:
    """The organization and the user that every row may belong to."""
    now = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    organization = {"id": "o", "name": "o", "slug": "o", "created_at": now}
    connection.execute(metadata.tables["organizations"].insert().values(organization))
    user = {"id": "u", "name": "u", "email": "u@x", "created_at": now, "updated_at": now}
    connection.execute(metadata.tables["users"].insert().values(user))


def insert(connection: sa.Connection, metadata: sa.MetaData, tables: Collection[str], chance: random.Random) -> None:
    """A row in each table, as far as its references, keys and conditions let it."""
    for name in tables:
        table = metadata.tables.get(name)
        if table is None:
            continue
        row = {column.name: _value(column, connection, chance) for column in table.columns}
        if all(row[column.name] is not None or column.nullable for column in table.columns):
            with connection.begin_nested():
                connection.execute(table.insert().values(row))


def _value(column: sa.Column[Any], connection: sa.Connection, chance: random.Random) -> Any:
    unique = any(index.unique and column.name in index.columns for index in column.table.indexes)
    if column.foreign_keys:
        [key] = column.foreign_keys
        ids = [] if unique else list(connection.execute(sa.select(key.column)).scalars())
        return chance.choice([*ids, *([None] if column.nullable else [])]) if ids else None
    if column.nullable and chance.random() < 0.4:
        return None
    number = chance.randint(0, 10**6)
    match type(column.type).__name__:
        case "Enum":
            return None if unique else chance.choice(column.type.values)  # type: ignore[attr-defined]
        case "Boolean":
            return None if unique else bool(number % 2)
        case "Id":
            return str(uuid.UUID(int=chance.getrandbits(128)))
        case "Text" | "ShortText" | "String":
            return str(number)
        case "Integer" | "BigInteger":
            return number
        case "Real" | "Float":
            return number / 2
        case "Decimal":
            return decimal.Decimal(number % 10**4) / 10
        case "Date":
            return dt.date(2026, 1, 1) + dt.timedelta(days=number % 9999)
        case "Time":
            return dt.time(number % 24, number % 60)
        case "EpochSeconds":
            return dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=number)
        case "Json":
            return {"n": number}
        case "Uuid":
            return uuid.UUID(int=chance.getrandbits(128))
        case "Bytes":
            return str(number).encode()
        case other:
            raise AssertionError(f"no value for a {other}")


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    numbers = int | float | decimal.Decimal
    return {k: float(v) if isinstance(v, numbers) and not isinstance(v, bool) else v for k, v in row.items()}
