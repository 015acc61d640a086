"""Column types that store, byte for byte, what Drizzle stores in the same column.

Python always sees aware UTC `datetime`, `bool`, `dict`, `str`, `Decimal`, `date`, `time`, `UUID` and `bytes`. What lies
in the database was measured with drizzle-orm 0.45 and better-auth 1.7:

| type              | SQLite               | PostgreSQL                  | MySQL, MariaDB |
|-------------------|----------------------|-----------------------------|----------------|
| Id                | TEXT                 | TEXT                        | VARCHAR(36)    |
| UuidId            | TEXT                 | UUID                        | VARCHAR(36)    |
| ShortText, Enum   | TEXT                 | TEXT                        | VARCHAR(255)   |
| Choice            | TEXT                 | TEXT                        | ENUM           |
| String(n)         | TEXT(n)              | VARCHAR(n)                  | VARCHAR(n)     |
| EpochSeconds      | INTEGER seconds      | TIMESTAMP WITHOUT TIME ZONE | DATETIME(3)    |
| EpochMilliseconds | INTEGER milliseconds | TIMESTAMP WITHOUT TIME ZONE | TIMESTAMP(3)   |
| Timestamp(p)      | INTEGER milliseconds | TIMESTAMP(p)                | TIMESTAMP(p)   |
| Boolean           | INTEGER 0 or 1       | BOOLEAN                     | BOOL           |
| Json              | TEXT                 | JSONB                       | JSON           |
| Array             | TEXT, JSON           | TEXT[], INTEGER[], BIGINT[] | JSON           |
| Date, Time        | TEXT, ISO 8601       | DATE, TIME                  | DATE, TIME     |
| Uuid              | TEXT                 | UUID                        | VARCHAR(36)    |
| Decimal(p, s)     | NUMERIC              | NUMERIC(p, s)               | NUMERIC(p, s)  |
| Real              | REAL                 | DOUBLE PRECISION            | DOUBLE         |
| Bytes             | BLOB                 | BYTEA                       | LONGBLOB       |

`Text` and `BigInt` are SQLAlchemy's own. A database of another name is taken for a SQLite (Cloudflare's D1 is one).
"""

# ruff: noqa: ARG002 - SQLAlchemy fixes the signatures
import datetime as dt
import decimal
import json
import uuid
from typing import Any, ClassVar, TypeVar

import sqlalchemy as sa
from sqlalchemy import BigInteger as BigInt
from sqlalchemy import Text as Text
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from appdb.errors import InexactDecimalError, NaiveDatetimeError, RefusedValueError, UnknownEnumValueError
from appdb.portable import PortableDefault, Quote

__all__ = [
    "Array",
    "BigInt",
    "Boolean",
    "Bytes",
    "Choice",
    "Date",
    "Decimal",
    "Enum",
    "EpochMilliseconds",
    "EpochSeconds",
    "Id",
    "Json",
    "Real",
    "ShortText",
    "String",
    "Text",
    "Time",
    "Timestamp",
    "Uuid",
    "UuidId",
]

T = TypeVar("T")

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
SQLITE_EXACT_DIGITS = 15
"""NUMERIC affinity keeps a decimal as a double, exact to 15 significant digits (sqlite.org/floatingpoint.html)."""
SQLITE_UUID = (
    "(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-'"
    " || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))"
)
"""A UUID of version 4 (RFC 9562, 5.4); SQLite has no function for it."""


def is_mysql(database: str) -> bool:
    """Whether a dialect's name is MySQL's or MariaDB's."""
    return database in {"mysql", "mariadb"}


class _Stored(TypeDecorator[T]):
    """A type with one storage per database; its `repr` is what a revision writes after ``types.``"""

    cache_ok = True

    def storage(self, database: str) -> TypeEngine[Any]:
        """The column type on `database` (a dialect's name)."""
        raise NotImplementedError

    def arguments(self) -> tuple[object, ...]:
        """What the type was made with."""
        return ()

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        # Not dialect.type_descriptor(...): psycopg's turns TEXT into VARCHAR.
        return self.storage(dialect.name)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.arguments()))})"


class Id(_Stored[str]):
    """A primary key or a reference to one. 36 characters is what Better Auth gives an id on MySQL."""

    impl = sa.Text
    cache_ok = True

    def storage(self, database: str) -> TypeEngine[Any]:
        return sa.String(36) if is_mysql(database) else sa.Text()


class UuidId(Id):
    """A primary key or a reference to one, where Better Auth was told to make UUIDs: PostgreSQL has a type for them."""

    cache_ok = True

    def storage(self, database: str) -> TypeEngine[Any]:
        return postgresql.UUID(as_uuid=False) if database == "postgresql" else super().storage(database)

    @classmethod
    def random(cls) -> PortableDefault:
        """Drizzle's ``defaultRandom()``: an id from the database, for a row that brings none."""

        def spelling(database: str, quote: Quote) -> str:  # noqa: ARG001
            if is_mysql(database):
                return "(uuid())"
            return "gen_random_uuid()" if database == "postgresql" else SQLITE_UUID

        return PortableDefault(f"types.{cls.__name__}.random()", spelling)


class ShortText(_Stored[str]):
    """Text that is unique, indexed or has a default: MySQL can neither key nor default a TEXT."""

    impl = sa.Text
    cache_ok = True

    def storage(self, database: str) -> TypeEngine[Any]:
        return sa.String(255) if is_mysql(database) else sa.Text()


class String(_Stored[str]):
    """Text of at most `length` characters. SQLite does not enforce it; the length is there for Drizzle to see."""

    impl = sa.String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def storage(self, database: str) -> TypeEngine[Any]:
        if is_mysql(database) or database == "postgresql":
            return sa.String(self.length)
        return sa.Text(self.length)

    def arguments(self) -> tuple[object, ...]:
        return (self.length,)


class _OneOf(_Stored[str]):
    """One of a few texts; Python refuses others here."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, *values: str) -> None:
        super().__init__()
        self.values = values

    def arguments(self) -> tuple[object, ...]:
        return self.values

    @property
    def _static_cache_key(self) -> Any:  # pyright: ignore[reportIncompatibleVariableOverride]
        # SQLAlchemy builds the key from named parameters and would take all enums for the same type.
        return (type(self), self.values)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or value in self.values:
            return value
        raise UnknownEnumValueError(f"{value!r} is not one of {', '.join(map(repr, self.values))}")


class Enum(_OneOf):
    """One of a few texts. The database refuses others by the CHECK that `appdb.base.Base` adds."""

    cache_ok = True

    def storage(self, database: str) -> TypeEngine[Any]:
        return sa.String(255) if is_mysql(database) else sa.Text()


class Choice(_OneOf):
    """One of a few texts, as Better Auth stores it: MySQL refuses others by its ENUM, the other databases do not."""

    cache_ok = True

    def storage(self, database: str) -> TypeEngine[Any]:
        return mysql.ENUM(*self.values) if is_mysql(database) else sa.Text()


class _Instant(_Stored[dt.datetime]):
    """An aware UTC datetime. Storing truncates to the column's precision and never rounds into the future."""

    impl = sa.DateTime
    cache_ok = True
    unit: ClassVar[dt.timedelta]
    """What one INTEGER step means on SQLite."""

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        utc = _utc(value)
        if is_mysql(dialect.name):
            return utc.replace(microsecond=utc.microsecond // 1000 * 1000, tzinfo=None)
        if dialect.name == "postgresql":
            return utc.replace(tzinfo=None)
        return (utc - EPOCH) // self.unit

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if isinstance(value, dt.datetime):
            return value.replace(tzinfo=dt.UTC)
        steps: int = value
        return EPOCH + steps * self.unit

    @classmethod
    def default(cls, instant: str | dt.datetime) -> PortableDefault:
        """A server default: an ISO 8601 text with its zone, or an aware datetime."""
        utc = _utc(dt.datetime.fromisoformat(instant) if isinstance(instant, str) else instant)
        text = utc.replace(tzinfo=None).isoformat(sep=" ", timespec="milliseconds").removesuffix(".000")

        def spelling(database: str, quote: Quote) -> str:
            if is_mysql(database) or database == "postgresql":
                return quote(text)
            # Not a bare number, which drizzle-kit takes for another default than its own sql`...`.
            return f"(cast({(utc - EPOCH) // cls.unit} as integer))"

        return PortableDefault(f"types.{cls.__name__}.default({text.replace(' ', 'T') + 'Z'!r})", spelling)


class EpochSeconds(_Instant):
    """A domain table's timestamp, Drizzle's ``integer(..., { mode: 'timestamp' })``.

    DATETIME(3) on MySQL, because TIMESTAMP ends there in 2038.
    """

    cache_ok = True
    unit = dt.timedelta(seconds=1)

    def storage(self, database: str) -> TypeEngine[Any]:
        if is_mysql(database):
            return mysql.DATETIME(fsp=3)
        return sa.TIMESTAMP() if database == "postgresql" else sa.Integer()


class EpochMilliseconds(_Instant):
    """A Better Auth timestamp, Drizzle's ``integer(..., { mode: 'timestamp_ms' })``.

    TIMESTAMP(3) on MySQL, as Better Auth generates it: read and written in the session's time zone, which neither
    Drizzle nor this layer sets, and unable to go past January 2038.
    """

    cache_ok = True
    unit = dt.timedelta(milliseconds=1)

    def storage(self, database: str) -> TypeEngine[Any]:
        if is_mysql(database):
            return mysql.TIMESTAMP(fsp=3)
        return sa.TIMESTAMP() if database == "postgresql" else sa.Integer()

    @classmethod
    def now(cls) -> PortableDefault:
        """Drizzle's ``defaultNow()``. On SQLite before 3.42 it is NULL, so models bring their own value."""

        def spelling(database: str, quote: Quote) -> str:  # noqa: ARG001
            if is_mysql(database):
                return "(now())"
            return "now()" if database == "postgresql" else "(cast(unixepoch('subsecond') * 1000 as integer))"

        return PortableDefault(f"types.{cls.__name__}.now()", spelling)


class Timestamp(EpochMilliseconds):
    """An instant whose precision or time zone is not what Better Auth writes today.

    Args:
        precision: digits of a fraction of a second; None is the database's own default.
        zone: whether PostgreSQL stores it WITH TIME ZONE.
    """

    cache_ok = True

    def __init__(self, precision: int | None = None, *, zone: bool = False) -> None:
        super().__init__()
        self.precision = precision
        self.zone = zone

    def storage(self, database: str) -> TypeEngine[Any]:
        if is_mysql(database):
            return mysql.TIMESTAMP(fsp=self.precision)
        if database == "postgresql":
            return postgresql.TIMESTAMP(timezone=self.zone, precision=self.precision)
        return sa.Integer()

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        if value is not None and self.zone and dialect.name == "postgresql":
            return _utc(value)
        return super().process_bind_param(value, dialect)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        if isinstance(value, dt.datetime) and value.tzinfo is not None:
            return value.astimezone(dt.UTC)
        return super().process_result_value(value, dialect)

    def __repr__(self) -> str:
        parts = [] if self.precision is None else [repr(self.precision)]
        return f"Timestamp({', '.join([*parts, *(['zone=True'] if self.zone else [])])})"


class Boolean(_Stored[bool]):
    """True or false; Drizzle's ``integer(..., { mode: 'boolean' })`` on SQLite."""

    impl = sa.Boolean
    cache_ok = True
    coerce_to_is_types = (type(None), bool)
    """So that ``.is_(True)`` is written IS true, as MySQL demands, and not with a parameter."""

    def storage(self, database: str) -> TypeEngine[Any]:
        return sa.Boolean() if is_mysql(database) or database == "postgresql" else sa.Integer()

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> bool | None:
        if value is None or value in (True, False):
            return value if value is None else bool(value)
        raise RefusedValueError(f"{value!r} is neither True nor False")

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:
        return value if value is None else bool(value)


class _WrittenJson(mysql.JSON):
    """MySQL's JSON for text that is already JSON, spelled as JSON.stringify spells it."""

    def bind_processor(self, dialect: Dialect) -> None:
        return None

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        return None

    def literal_processor(self, dialect: Dialect) -> Any:
        return sa.Text().literal_processor(dialect)  # type: ignore[no-untyped-call]


class Json(_Stored[Any]):
    """A JSON document. None is SQL NULL. SQLAlchemy sees a new value assigned, not a change inside the old one."""

    impl = sa.JSON
    cache_ok = True
    should_evaluate_none = False

    def storage(self, database: str) -> TypeEngine[Any]:
        if is_mysql(database):
            return _WrittenJson()
        return postgresql.JSONB(none_as_null=True) if database == "postgresql" else sa.Text()

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return value if value is None or dialect.name == "postgresql" else _stringify(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return value if value is None or dialect.name == "postgresql" else json.loads(value)

    @classmethod
    def default(cls, document: Any) -> PortableDefault:
        """A server default: a value, or a `str` that is JSON text already."""
        value = _parsed(document) if isinstance(document, str) else document
        text = _stringify(value)

        def spelling(database: str, quote: Quote) -> str:
            return f"({quote(text)})" if is_mysql(database) else quote(text)

        again = text if isinstance(value, str) else value
        return PortableDefault(f"types.{cls.__name__}.default({again!r})", spelling)


class Array(Json):
    """A list of texts or whole numbers: PostgreSQL's own array, and JSON elsewhere.

    Args:
        item: text, integer or bigint.
    """

    cache_ok = True
    items: ClassVar[dict[str, type[TypeEngine[Any]]]] = {
        "text": sa.Text,
        "integer": sa.Integer,
        "bigint": sa.BigInteger,
    }

    def __init__(self, item: str = "text") -> None:
        super().__init__()
        self.item = item

    def storage(self, database: str) -> TypeEngine[Any]:
        return postgresql.ARRAY(self.items[self.item]()) if database == "postgresql" else super().storage(database)

    def arguments(self) -> tuple[object, ...]:
        return (self.item,)


class Date(_Stored[dt.date]):
    """A calendar day."""

    impl = sa.Date
    cache_ok = True

    def storage(self, database: str) -> TypeEngine[Any]:
        return sa.Date() if is_mysql(database) or database == "postgresql" else sa.Text()

    def process_bind_param(self, value: dt.date | None, dialect: Dialect) -> Any:
        if value is None or is_mysql(dialect.name) or dialect.name == "postgresql":
            return value
        return dt.date.isoformat(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.date | None:
        return dt.date.fromisoformat(value) if isinstance(value, str) else value


class Time(_Stored[dt.time]):
    """A time of day on a wall clock, of no zone. MySQL's TIME holds whole seconds."""

    impl = sa.Time
    cache_ok = True

    def storage(self, database: str) -> TypeEngine[Any]:
        return sa.Time() if is_mysql(database) or database == "postgresql" else sa.Text()

    def process_bind_param(self, value: dt.time | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is not None:
            raise RefusedValueError(f"{value!r} has a zone, the column has none; write value.replace(tzinfo=None)")
        if is_mysql(dialect.name):
            return value.replace(microsecond=0)
        return value if dialect.name == "postgresql" else value.isoformat()

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.time | None:
        return dt.time.fromisoformat(value) if isinstance(value, str) else value


class Uuid(_Stored[uuid.UUID]):
    """A UUID that is not an id."""

    impl = sa.Uuid
    cache_ok = True

    def storage(self, database: str) -> TypeEngine[Any]:
        if is_mysql(database):
            return sa.String(36)
        return postgresql.UUID() if database == "postgresql" else sa.Text()

    def process_bind_param(self, value: uuid.UUID | None, dialect: Dialect) -> Any:
        return value if value is None or dialect.name == "postgresql" else str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> uuid.UUID | None:
        return uuid.UUID(value) if isinstance(value, str) else value


class Decimal(_Stored[decimal.Decimal]):
    """A decimal of `precision` digits, `scale` of them after the point; more decimals are rounded half away from zero.

    That is how PostgreSQL and MySQL round. A number that has no place is refused instead of clamped.
    """

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, precision: int = 12, scale: int = 2) -> None:
        super().__init__(precision, scale)
        self.precision = precision
        self.scale = scale

    def storage(self, database: str) -> TypeEngine[Any]:
        if is_mysql(database) or database == "postgresql":
            return sa.Numeric(self.precision, self.scale)
        return sa.Numeric(asdecimal=False)

    def arguments(self) -> tuple[object, ...]:
        return (self.precision, self.scale)

    def process_bind_param(self, value: decimal.Decimal | None, dialect: Dialect) -> decimal.Decimal | None:
        if value is None:
            return None
        with decimal.localcontext(prec=self.precision):
            try:
                rounded = decimal.Decimal(value).quantize(self._step, rounding=decimal.ROUND_HALF_UP)
            except decimal.InvalidOperation:
                rounded = decimal.Decimal("NaN")
        if not rounded.is_finite():
            raise InexactDecimalError(f"{value} has no place in {self!r}")
        if self._is_a_double(dialect) and len(rounded.normalize().as_tuple().digits) > SQLITE_EXACT_DIGITS:
            raise InexactDecimalError(
                f"{value} has more than {SQLITE_EXACT_DIGITS} significant digits, and SQLite would change the last; "
                "store it in a text column"
            )
        return rounded

    def process_result_value(self, value: Any, dialect: Dialect) -> decimal.Decimal | None:
        if value is None or isinstance(value, decimal.Decimal):
            return value
        exact = decimal.Decimal(repr(value) if isinstance(value, float) else value)
        scaled = exact.quantize(self._step)
        return scaled if scaled == exact else exact

    def _is_a_double(self, dialect: Dialect) -> bool:
        return not is_mysql(dialect.name) and dialect.name != "postgresql"

    @property
    def _step(self) -> decimal.Decimal:
        return decimal.Decimal(1).scaleb(-self.scale)


class Real(_Stored[float]):
    """A floating-point number of 8 bytes."""

    impl = sa.Double
    cache_ok = True

    def storage(self, database: str) -> TypeEngine[Any]:
        return sa.Double() if is_mysql(database) or database == "postgresql" else sa.REAL()


class Bytes(_Stored[bytes]):
    """Bytes. LONGBLOB on MySQL, whose BLOB ends at 64 kB."""

    impl = sa.LargeBinary
    cache_ok = True

    def storage(self, database: str) -> TypeEngine[Any]:
        return mysql.LONGBLOB() if is_mysql(database) else sa.LargeBinary()

    @classmethod
    def default(cls, digits: str) -> PortableDefault:
        """A server default, in hexadecimal digits."""
        text = bytes.fromhex(digits).hex()

        def spelling(database: str, quote: Quote) -> str:
            if is_mysql(database):
                return f"(X'{text}')"
            return quote(f"\\x{text}") if database == "postgresql" else f"X'{text}'"

        return PortableDefault(f"types.{cls.__name__}.default({text!r})", spelling)


def _utc(value: dt.datetime) -> dt.datetime:
    if value.utcoffset() is None:
        raise NaiveDatetimeError(
            f"{value!r} has no time zone, so its instant is unknown; write datetime.now(timezone.utc), "
            "or value.replace(tzinfo=timezone.utc) where the value is known to be UTC"
        )
    return value.astimezone(dt.UTC)


def _stringify(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise RefusedValueError(f"{text!r} is not JSON; a text inside JSON is written {json.dumps(text)!r}") from None
