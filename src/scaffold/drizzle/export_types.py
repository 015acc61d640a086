"""The types of `appdb` and of SQLAlchemy in the words of Drizzle, by their class names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from scaffold.drizzle.model import ColumnType, Dialect


@dataclass(frozen=True, slots=True)
class Kind:
    """A column type of a model.

    Args:
        name: of its class: `ShortText`, `BigInteger`, ...
        length: characters.
        precision: digits.
        scale: digits after the point.
        values: of an enum.
        enum_name: of an enum that is a type of the database.
        zone: whether a timestamp has a time zone.
        item: of an array.
        unsigned: whether a number has no sign.
    """

    name: str
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    values: tuple[str, ...] = ()
    enum_name: str = ""
    zone: bool = False
    item: str = ""
    unsigned: bool = False


@dataclass(frozen=True, slots=True)
class Spelled:
    """A type in Drizzle's words, and a comment that says what these words leave out."""

    type: ColumnType
    comment: str = ""


def spelled(kind: Kind, dialect: Dialect) -> Spelled | None:
    """The type in the words of a dialect; None where Drizzle has no word for it."""
    rule = _RULES.get(kind.name, {}).get(dialect)
    return rule(kind) if rule is not None else None


Rule = Callable[[Kind], Spelled | None]


def _plain(builder: str, comment: str = "", **options: Any) -> Rule:
    return lambda _: Spelled(ColumnType(builder, **options), comment)


def _sized(builder: str) -> Rule:
    return lambda kind: Spelled(ColumnType(builder, length=kind.length))


def _valued(builder: str, length: int | None = None) -> Rule:
    return lambda kind: Spelled(ColumnType(builder, length=length, values=kind.values))


def _pg_enum(kind: Kind) -> Spelled | None:
    return Spelled(ColumnType("enum", values=kind.values, enum_name=kind.enum_name)) if kind.enum_name else None


def _timestamp(builder: str) -> Rule:
    return lambda kind: Spelled(ColumnType(builder, precision=kind.precision, with_timezone=kind.zone))


def _number(builder: str) -> Rule:
    return lambda kind: Spelled(ColumnType(builder, precision=kind.precision, scale=kind.scale))


def _integer(builder: str, mode: str = "") -> Rule:
    return lambda kind: Spelled(ColumnType(builder, mode=mode, unsigned=kind.unsigned))


def _sqlite_decimal(kind: Kind) -> Spelled:
    # A number in TypeScript too: SQLite keeps no more than that.
    return Spelled(ColumnType("numeric", mode="number"), f"A decimal({kind.precision}, {kind.scale}).")


def _pg_array(kind: Kind) -> Spelled:
    mode = "number" if kind.item == "bigint" else ""
    return Spelled(ColumnType(kind.item, mode=mode, array=True))


def _everywhere(rule: Rule) -> Mapping[Dialect, Rule]:
    return {"sqlite": rule, "postgresql": rule, "mysql": rule}


def _each(sqlite: Rule, postgresql: Rule, mysql: Rule) -> Mapping[Dialect, Rule]:
    return {"sqlite": sqlite, "postgresql": postgresql, "mysql": mysql}


_TEXT = _plain("text")

_RULES: Mapping[str, Mapping[Dialect, Rule]] = MappingProxyType(
    {
        "Id": _each(_TEXT, _TEXT, _plain("varchar", length=36)),
        "ShortText": _each(_TEXT, _TEXT, _plain("varchar", length=255)),
        "Text": _everywhere(_TEXT),
        "String": _each(_sized("text"), _sized("varchar"), _sized("varchar")),
        "Enum": _each(_valued("text"), _valued("text"), _valued("varchar", 255)),
        "NativeEnum": _each(_valued("text"), _pg_enum, _valued("enum")),
        "Choice": _each(_valued("text"), _valued("text"), _valued("enum")),
        "EpochSeconds": _each(
            _plain("integer", mode="timestamp"), _plain("timestamp"), _plain("datetime", precision=3)
        ),
        "EpochMilliseconds": _each(
            _plain("integer", mode="timestamp_ms"), _plain("timestamp"), _plain("timestamp", precision=3)
        ),
        "Timestamp": _each(_plain("integer", mode="timestamp_ms"), _timestamp("timestamp"), _timestamp("timestamp")),
        "Boolean": _each(_plain("integer", mode="boolean"), _plain("boolean"), _plain("boolean")),
        "Json": _each(_plain("text", mode="json"), _plain("jsonb"), _plain("json")),
        "Array": _each(_plain("text", mode="json"), _pg_array, _plain("json")),
        "Date": _each(_plain("text", "A date."), _plain("date"), _plain("date", mode="string")),
        "Time": _each(_plain("text", "A time of day."), _plain("time"), _plain("time")),
        "Uuid": _each(_plain("text", "A UUID."), _plain("uuid"), _plain("varchar", "A UUID.", length=36)),
        "Decimal": _each(_sqlite_decimal, _number("numeric"), _number("decimal")),
        "Numeric": _each(_plain("numeric", mode="number"), _number("numeric"), _number("decimal")),
        "Real": _each(_plain("real"), _plain("doublePrecision"), _plain("double")),
        "Bytes": _each(_plain("blob", mode="buffer"), _plain("bytea"), _plain("longblob")),
        "Integer": _each(_plain("integer"), _plain("integer"), _integer("int")),
        "BigInteger": _each(
            _plain("integer", "A 64-bit integer."), _plain("bigint", mode="number"), _integer("bigint", "number")
        ),
        "SmallInteger": _each(_plain("integer"), _plain("smallint"), _integer("smallint")),
        # Those that `import drizzle` takes from one database only.
        "JSON": {"postgresql": _plain("json")},
        "REAL": {"postgresql": _plain("real")},
        "Float": {"mysql": _plain("float")},
        "CHAR": {"postgresql": _sized("char"), "mysql": _sized("char")},
        "TINYINT": {"mysql": _integer("tinyint")},
        "MEDIUMINT": {"mysql": _integer("mediumint")},
        "TINYTEXT": {"mysql": _plain("tinytext")},
        "MEDIUMTEXT": {"mysql": _plain("mediumtext")},
        "LONGTEXT": {"mysql": _plain("longtext")},
    }
)
