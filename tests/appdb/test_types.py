"""What Python writes comes back the same, and lies in the database as Drizzle would have left it."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from appdb import types
from appdb.errors import InexactDecimalError, NaiveDatetimeError, RefusedValueError, UnknownEnumValueError

INDIA = dt.timezone(dt.timedelta(hours=5, minutes=30))
MOMENT = dt.datetime(2026, 3, 29, 1, 30, 15, 987654, tzinfo=dt.UTC)
SOME_UUID = uuid.UUID("0190a0a0-0000-7000-8000-00000000abcd")

# type, what Python writes, what it reads, and what lies in SQLite, PostgreSQL and MariaDB
ROUND_TRIPS: dict[str, tuple[Any, Any, Any, Any, Any, Any]] = {
    "id": (types.Id(), "x1", "x1", "x1", "x1", "x1"),
    "short text": (types.ShortText(), "é%", "é%", "é%", "é%", "é%"),
    "string": (types.String(80), "ab", "ab", "ab", "ab", "ab"),
    "enum": (types.Enum("a", "b"), "b", "b", "b", "b", "b"),
    "true": (types.Boolean(), True, True, 1, True, 1),
    "false": (types.Boolean(), False, False, 0, False, 0),
    "seconds": (
        types.EpochSeconds(),
        MOMENT,
        {"sqlite": MOMENT.replace(microsecond=0), "mysql": MOMENT.replace(microsecond=987000)},
        1774747815,
        MOMENT.replace(tzinfo=None),
        MOMENT.replace(tzinfo=None, microsecond=987000),
    ),
    "seconds before 1970": (
        types.EpochSeconds(),
        dt.datetime(1969, 12, 31, 23, 59, 59, 500000, tzinfo=dt.UTC),
        {"sqlite": dt.datetime(1969, 12, 31, 23, 59, 59, tzinfo=dt.UTC)},
        -1,
        dt.datetime(1969, 12, 31, 23, 59, 59, 500000),
        dt.datetime(1969, 12, 31, 23, 59, 59, 500000),
    ),
    "seconds after 2038": (
        types.EpochSeconds(),
        dt.datetime(2100, 1, 1, tzinfo=dt.UTC),
        {},
        4102444800,
        dt.datetime(2100, 1, 1),
        dt.datetime(2100, 1, 1),
    ),
    "milliseconds": (
        types.EpochMilliseconds(),
        MOMENT,
        {"sqlite": MOMENT.replace(microsecond=987000), "mysql": MOMENT.replace(microsecond=987000)},
        1774747815987,
        MOMENT.replace(tzinfo=None),
        MOMENT.replace(tzinfo=None, microsecond=987000),
    ),
    "another zone": (
        types.EpochSeconds(),
        dt.datetime(2026, 1, 1, 5, 30, tzinfo=INDIA),
        dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        1767225600,
        dt.datetime(2026, 1, 1),
        dt.datetime(2026, 1, 1),
    ),
    "json": (
        types.Json(),
        {"é": [1, None, "a\\'b"]},
        {"é": [1, None, "a\\'b"]},
        '{"é":[1,null,"a\\\\\'b"]}',
        {"é": [1, None, "a\\'b"]},
        '{"é":[1,null,"a\\\\\'b"]}',
    ),
    "no json": (types.Json(), None, None, None, None, None),
    "date": (types.Date(), dt.date(2026, 2, 1), dt.date(2026, 2, 1), "2026-02-01", dt.date(2026, 2, 1), None),
    "time": (types.Time(), dt.time(12, 30), dt.time(12, 30), "12:30:00", dt.time(12, 30), dt.timedelta(hours=12.5)),
    "uuid": (types.Uuid(), SOME_UUID, SOME_UUID, str(SOME_UUID), SOME_UUID, str(SOME_UUID)),
    "decimal": (types.Decimal(12, 2), Decimal("12.50"), Decimal("12.50"), 12.5, Decimal("12.50"), Decimal("12.50")),
    "whole decimal": (types.Decimal(12, 2), Decimal(7), Decimal("7.00"), 7, Decimal("7.00"), Decimal("7.00")),
    "rounded": (types.Decimal(12, 2), Decimal("-0.125"), Decimal("-0.13"), -0.13, Decimal("-0.13"), Decimal("-0.13")),
    "real": (types.Real(), 0.1, 0.1, 0.1, 0.1, 0.1),
    "bytes": (types.Bytes(), b"\0\xff'", b"\0\xff'", b"\0\xff'", b"\0\xff'", b"\0\xff'"),
}


@pytest.mark.parametrize("database", ["sqlite", "postgresql", "mysql"])
def test_a_value_comes_back_and_lies_there_as_drizzle_stores_it(database, request, engine_of):
    engine = engine_of(request.getfixturevalue(f"{database}_url"))
    columns = [sa.Column(f"c{number}", row[0]) for number, row in enumerate(ROUND_TRIPS.values())]
    table = sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), *columns)
    with engine.begin() as db:
        table.create(db)
        db.execute(table.insert(), {"id": 1} | {f"c{n}": row[1] for n, row in enumerate(ROUND_TRIPS.values())})
        read = db.execute(sa.select(*columns)).one()
        stored = db.exec_driver_sql("SELECT * FROM t").one()[1:]
    for (name, row), came_back, raw in zip(ROUND_TRIPS.items(), read, stored, strict=True):
        _, written, expected, *raws = row
        if isinstance(expected, dict) and not isinstance(written, dict):
            expected = expected.get(database, written)
        assert came_back == expected, name
        assert type(came_back) is type(expected), name
        raw_expected = raws[["sqlite", "postgresql", "mysql"].index(database)]
        assert raw == (dt.date(2026, 2, 1) if name == "date" and database == "mysql" else raw_expected), name
    assert all(value.utcoffset() == dt.timedelta(0) for value in read if isinstance(value, dt.datetime))


@pytest.mark.parametrize("kind", [types.EpochSeconds, types.EpochMilliseconds])
def test_a_naive_datetime_is_refused_with_what_to_write_instead(kind, sqlite_url, engine_of):
    with engine_of(sqlite_url).connect() as db, pytest.raises(NaiveDatetimeError, match=r"write datetime\.now\(timez"):
        db.execute(sa.select(sa.literal(dt.datetime(2026, 1, 1), kind)))


@pytest.mark.parametrize(
    ("type_", "value", "error", "says"),
    [
        (types.Enum("a", "b"), "c", UnknownEnumValueError, "'c' is not one of 'a', 'b'"),
        (types.Decimal(20, 2), Decimal("123456789012345.67"), InexactDecimalError, "more than 15 significant digits"),
        (types.Decimal(4, 2), Decimal("123.45"), InexactDecimalError, r"123\.45 has no place in Decimal\(4, 2\)"),
        (types.Decimal(4, 2), Decimal("NaN"), InexactDecimalError, "NaN"),
        (types.Boolean(), "false", RefusedValueError, "'false' is neither"),
        (types.Time(), dt.time(1, tzinfo=dt.UTC), RefusedValueError, "has a zone"),
    ],
)
def test_a_value_that_would_change_is_refused(type_, value, error, says, sqlite_url, engine_of):
    with engine_of(sqlite_url).connect() as db, pytest.raises(error, match=says):
        db.execute(sa.select(sa.literal(value, type_)))


def test_fifteen_digits_stay_exact_on_sqlite(sqlite_url, engine_of):
    table = sa.Table("t", sa.MetaData(), sa.Column("price", types.Decimal(20, 4)))
    prices = [Decimal("99999999999.9999"), Decimal("0.0001"), Decimal("-12345678901.2345"), Decimal("500000000000000")]
    with engine_of(sqlite_url).begin() as db:
        table.create(db)
        db.execute(table.insert(), [{"price": price} for price in prices])
        assert db.scalars(sa.select(table.c.price)).all() == prices
        for price in prices:
            assert db.scalar(sa.select(sa.func.count()).where(table.c.price == price)) == 1


def test_a_condition_on_a_stored_type_finds_its_rows(engine):
    table = sa.Table(
        "t",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("flag", types.Boolean()),
        sa.Column("at", types.EpochSeconds()),
        sa.Column("about", types.Json()),
    )
    with engine.begin() as db:
        table.create(db)
        db.execute(table.insert(), {"flag": True, "at": MOMENT, "about": {"a": {"b": "c"}}})
        for condition in (
            table.c.flag,
            table.c.flag.is_(True),
            table.c.at > MOMENT - dt.timedelta(seconds=2),
            table.c.at < MOMENT + dt.timedelta(seconds=2),
            table.c.about["a"]["b"].as_string() == "c",
        ):
            assert db.scalar(sa.select(sa.func.count()).where(condition)) == 1
        assert db.scalar(sa.select(sa.func.count()).where(~table.c.flag)) == 0


def test_two_enums_never_share_a_cached_statement(sqlite_url, engine_of):
    with engine_of(sqlite_url).connect() as db:
        assert db.scalar(sa.select(sa.literal("a", types.Enum("a")))) == "a"
        assert db.scalar(sa.select(sa.literal("b", types.Enum("b")))) == "b"


@pytest.mark.parametrize(
    ("default", "source"),
    [
        (types.EpochSeconds.default("2026-01-01T05:30:00+05:30"), "types.EpochSeconds.default('2026-01-01T00:00:00Z')"),
        (types.EpochMilliseconds.default(MOMENT), "types.EpochMilliseconds.default('2026-03-29T01:30:15.987Z')"),
        (types.EpochMilliseconds.now(), "types.EpochMilliseconds.now()"),
        (types.Json.default({"a": 1}), "types.Json.default({'a': 1})"),
        (types.Json.default("[]"), "types.Json.default([])"),
        (types.Json.default('"text"'), "types.Json.default('\"text\"')"),
        (types.Json.default(None), "types.Json.default(None)"),
        (types.Bytes.default("00 FF"), "types.Bytes.default('00ff')"),
    ],
)
def test_a_default_is_printed_as_the_call_that_makes_it(default, source):
    assert default.source == repr(default) == source
    again = eval(source)
    for database in ("sqlite", "postgresql", "mysql"):
        assert again.spell(database, repr) == default.spell(database, repr)


def test_a_default_of_no_instant_or_no_json_is_refused():
    with pytest.raises(NaiveDatetimeError):
        types.EpochSeconds.default("2026-01-01T00:00:00")
    with pytest.raises(RefusedValueError, match="a text inside JSON is written"):
        types.Json.default("hello")
