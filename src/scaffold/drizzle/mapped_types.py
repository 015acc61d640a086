"""A Drizzle column's type as Python says it: the annotation and, where that does not say enough, the column type.

Sources: drizzle-orm 0.45, *-core/columns; measured storage stands in `appdb.types`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from scaffold.drizzle.model import Column, Dialect
from scaffold.source.imports import Symbol
from scaffold.source.layout import Expression, call, subscript
from scaffold.source.mapped import ANY, BIG_INTEGER, DATETIME, DECIMAL, LITERAL, OWN_TYPES, UUID, quoted

INTEGER = Symbol("sqlalchemy", "Integer")
SMALL_INTEGER = Symbol("sqlalchemy", "SmallInteger")
NUMERIC = Symbol("sqlalchemy", "Numeric")
SQL_ENUM = Symbol("sqlalchemy", "Enum")
SQL_CHAR = Symbol("sqlalchemy", "CHAR")
SQL_JSON = Symbol("sqlalchemy", "JSON")
SQL_REAL = Symbol("sqlalchemy", "REAL")
SQL_FLOAT = Symbol("sqlalchemy", "Float")
MYSQL = Symbol("sqlalchemy.dialects", "mysql")

ID_LENGTH = 36
SHORT_LENGTH = 255
DOCUMENTED = MappingProxyType(
    {"A date.": "date", "A time of day.": "time", "A UUID.": "uuid", "A 64-bit integer.": "bigint"}
)
"""What a comment above a column says where its type can't: SQLite has no dates, no UUIDs and one size of integers."""

_DECIMAL = re.compile(r"A decimal\((\d+), (\d+)\)\.", re.ASCII)


@dataclass(frozen=True, slots=True)
class PythonType:
    """How Python says a column's type.

    Args:
        annotation: inside `Mapped[...]`, without `None`.
        sqltype: the first argument of `mapped_column`; None where the annotation implies it.
        needs: the symbols that both mention.
    """

    annotation: Expression
    sqltype: Expression | None = None
    needs: tuple[Symbol, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What a column's Python type depends on beside the column.

    Args:
        dialect: of its table.
        keyed: whether an index or a constraint holds it.
        sortable: whether Better Auth sorts by it.
        authentic: whether Better Auth owns the table: its timestamps are milliseconds, its enums have no CHECK.
    """

    dialect: Dialect
    keyed: bool = False
    sortable: bool = False
    authentic: bool = False


def python_type(column: Column, context: Context) -> PythonType | None:
    """How Python says the column's type; None where it has no way to."""
    if column.type.array:
        return _array(column, context)
    if column.type.builder == "enum":
        return _native_enum(column)
    documented = _documented(column, context)
    return documented or _RULES[context.dialect][column.type.builder](column, context)


def own(name: str, *arguments: str) -> Expression:
    """A type of the package's own module."""
    return call(f"types.{name}", arguments) if arguments else f"types.{name}"


def _own_type(annotation: Expression, name: str, *arguments: str, needs: tuple[Symbol, ...] = ()) -> PythonType:
    return PythonType(annotation, own(name, *arguments), (OWN_TYPES, *needs))


def _documented(column: Column, context: Context) -> PythonType | None:
    if match := _DECIMAL.fullmatch(column.comment):
        return _own_type("Decimal", "Decimal", match[1], match[2], needs=(DECIMAL,))
    known = DOCUMENTED.get(column.comment, "")
    return _PLAIN[known](column, context) if known else None


def _literal(values: tuple[str, ...]) -> Expression:
    return subscript("Literal", [quoted(value) for value in values])


def _text(column: Column, context: Context) -> PythonType:
    kind = column.type
    if kind.mode == "json" and context.dialect == "sqlite":
        return _json(column, context)
    if kind.values:
        if context.authentic:
            return _own_type(_literal(kind.values), "Choice", *map(quoted, kind.values), needs=(LITERAL,))
        return PythonType(_literal(kind.values), needs=(LITERAL,))
    if kind.length is not None:
        return _own_type("str", "String", str(kind.length))
    if _is_id(column):
        return _own_type("str", "Id")
    # MySQL's own schema says varchar where the text is short; the others do not tell.
    short = context.dialect != "mysql" and (context.keyed or context.sortable or column.default is not None)
    return _short(context) if short else PythonType("str")


def _short(context: Context) -> PythonType:
    return PythonType("str", "types.ShortText" if context.authentic else call("types.ShortText"), (OWN_TYPES,))


def _is_id(column: Column) -> bool:
    return column.primary_key or column.references is not None


def _varchar(column: Column, context: Context) -> PythonType:
    kind = column.type
    if context.dialect == "mysql":
        if kind.values:
            return PythonType(_literal(kind.values), needs=(LITERAL,))
        if kind.length == ID_LENGTH and _is_id(column):
            return _own_type("str", "Id")
        if kind.length == SHORT_LENGTH:
            return _short(context)
    if kind.values:
        return _own_type(_literal(kind.values), "String", str(kind.length or SHORT_LENGTH), needs=(LITERAL,))
    return _own_type("str", "String", str(kind.length)) if kind.length is not None else PythonType("str")


def _char(column: Column, _: Context) -> PythonType:
    return PythonType("str", call("CHAR", [str(column.type.length or 1)]), (SQL_CHAR,))


def _json(column: Column, context: Context) -> PythonType:
    """The document is a mapping or a list where `.$type<...>()` says so."""
    said = column.ts_type.removeprefix("readonly ")
    annotation = "Any"
    if said in ("string[]", "Array<string>", "ReadonlyArray<string>"):
        annotation = "list[str]"
    elif said.endswith("[]") or said.startswith(("Array<", "ReadonlyArray<")):
        annotation = "list[Any]"
    elif said.startswith(("Record<", "{")):
        annotation = "dict[str, Any]"
    if annotation != "Any" and not context.authentic:
        return PythonType(annotation, needs=(ANY,))
    return _own_type(annotation, "Json", needs=(ANY,))


def _plain_json(column: Column, context: Context) -> PythonType:
    found = _json(column, context)
    return PythonType(found.annotation, "JSON", (SQL_JSON, ANY))


def _array(column: Column, context: Context) -> PythonType | None:
    item = {"text": "text", "varchar": "text", "integer": "integer", "bigint": "bigint"}.get(column.type.builder)
    if context.dialect != "postgresql" or item is None or column.type.length is not None:
        return None
    annotation = "list[str]" if item == "text" else "list[int]"
    return _own_type(annotation, "Array", quoted(item))


def _native_enum(column: Column) -> PythonType:
    values = [quoted(value) for value in column.type.values]
    if column.type.enum_name:
        named = call("Enum", [*values, f"name={quoted(column.type.enum_name)}"])
        return PythonType(_literal(column.type.values), named, (SQL_ENUM, LITERAL))
    return _own_type(_literal(column.type.values), "Choice", *values, needs=(LITERAL,))


def _sqlite_integer(column: Column, context: Context) -> PythonType:
    match column.type.mode:
        case "boolean":
            return PythonType("bool")
        case "timestamp":
            return _seconds(column, context)
        case "timestamp_ms":
            return _own_type("dt.datetime", "EpochMilliseconds", needs=(DATETIME,))
    return PythonType("int")


def _sqlite_blob(column: Column, _: Context) -> PythonType | None:
    return PythonType("bytes") if column.type.mode in ("", "buffer") else None


def _seconds(_: Column, context: Context) -> PythonType:
    if context.authentic:
        return _own_type("dt.datetime", "EpochSeconds", needs=(DATETIME,))
    return PythonType("dt.datetime", needs=(DATETIME,))


def _pg_uuid(column: Column, context: Context) -> PythonType:
    """Ids are texts in Python, whatever Better Auth was told to make."""
    if context.authentic and _is_id(column):
        return _own_type("str", "UuidId")
    return PythonType("UUID", needs=(UUID,))


def _pg_timestamp(column: Column, context: Context) -> PythonType:
    kind = column.type
    if kind.precision is None and not kind.with_timezone:
        if context.authentic:
            return _own_type("dt.datetime", "EpochMilliseconds", needs=(DATETIME,))
        return _seconds(column, context)
    return _timestamp(column, context)


def _mysql_timestamp(column: Column, context: Context) -> PythonType:
    if column.type.precision == 3:
        return _own_type("dt.datetime", "EpochMilliseconds", needs=(DATETIME,))
    return _timestamp(column, context)


def _timestamp(column: Column, _: Context) -> PythonType:
    arguments = [] if column.type.precision is None else [str(column.type.precision)]
    arguments += ["zone=True"] if column.type.with_timezone else []
    sqltype = call("types.Timestamp", arguments)
    return PythonType("dt.datetime", sqltype, (OWN_TYPES, DATETIME))


def _mysql_datetime(column: Column, context: Context) -> PythonType | None:
    return _seconds(column, context) if column.type.precision == 3 else None


def _decimal(column: Column, _: Context) -> PythonType:
    kind = column.type
    if kind.precision is None:
        return PythonType("Decimal", "Numeric", (DECIMAL, NUMERIC))
    return _own_type("Decimal", "Decimal", str(kind.precision), str(kind.scale or 0), needs=(DECIMAL,))


def _mysql_decimal(column: Column, context: Context) -> PythonType | None:
    if column.type.unsigned:
        return None
    if column.type.precision is None:
        # MySQL: DECIMAL is DECIMAL(10, 0).
        return _own_type("Decimal", "Decimal", "10", "0", needs=(DECIMAL,))
    return _decimal(column, context)


def _sqlite_numeric(column: Column, _: Context) -> PythonType | None:
    """SQLite's NUMERIC does not say how many digits; the comment that an export writes above it does."""
    return None if column.type.mode == "bigint" else _own_type("Decimal", "Decimal", "15", "6", needs=(DECIMAL,))


def _mysql_number(name: str, plain: PythonType | None = None) -> Callable[[Column, Context], PythonType | None]:
    def rule(column: Column, _: Context) -> PythonType | None:
        if not column.type.unsigned and plain is not None:
            return plain
        arguments = ["unsigned=True"] if column.type.unsigned else []
        return PythonType("int", call(f"mysql.{name}", arguments), (MYSQL,))

    return rule


def _mysql_text(name: str) -> Callable[[Column, Context], PythonType]:
    return lambda _, __: PythonType("str", call(f"mysql.{name}"), (MYSQL,))


def _same(annotation: str, sqltype: str | None = None, *needs: Symbol) -> Callable[[Column, Context], PythonType]:
    return lambda _, __: PythonType(annotation, sqltype, needs)


def _without_precision(rule: Callable[[Column, Context], PythonType]) -> Callable[[Column, Context], PythonType | None]:
    """A time of day has a precision and a zone that the package's type has not."""

    def checked(column: Column, context: Context) -> PythonType | None:
        return None if column.type.precision is not None or column.type.with_timezone else rule(column, context)

    return checked


Rule = Callable[[Column, Context], PythonType | None]

_BIGINT: Rule = _same("int", "BigInteger", BIG_INTEGER)
_DATE: Rule = _same("dt.date", None, DATETIME)
_TIME: Rule = _without_precision(_same("dt.time", None, DATETIME))
_UUID: Rule = _same("UUID", None, UUID)

_PLAIN: Mapping[str, Rule] = {"date": _DATE, "time": _TIME, "uuid": _UUID, "bigint": _BIGINT}

_RULES: Mapping[Dialect, Mapping[str, Rule]] = MappingProxyType(
    {
        "sqlite": {
            "text": _text,
            "integer": _sqlite_integer,
            "real": _same("float"),
            "blob": _sqlite_blob,
            "numeric": _sqlite_numeric,
        },
        "postgresql": {
            "text": _text,
            "varchar": _varchar,
            "char": _char,
            "integer": _same("int"),
            "serial": _same("int"),
            "smallint": _same("int", "SmallInteger", SMALL_INTEGER),
            "smallserial": _same("int", "SmallInteger", SMALL_INTEGER),
            "bigint": _BIGINT,
            "bigserial": _BIGINT,
            "boolean": _same("bool"),
            "real": _same("float", "REAL", SQL_REAL),
            "doublePrecision": _same("float"),
            "numeric": _decimal,
            "json": _plain_json,
            "jsonb": _json,
            "uuid": _pg_uuid,
            "date": _DATE,
            "time": _TIME,
            "timestamp": _pg_timestamp,
            "bytea": _same("bytes"),
        },
        "mysql": {
            "text": _text,
            "tinytext": _mysql_text("TINYTEXT"),
            "mediumtext": _mysql_text("MEDIUMTEXT"),
            "longtext": _mysql_text("LONGTEXT"),
            "varchar": _varchar,
            "char": _char,
            "int": _mysql_number("INTEGER", PythonType("int")),
            "tinyint": _mysql_number("TINYINT"),
            "smallint": _mysql_number("SMALLINT", PythonType("int", "SmallInteger", (SMALL_INTEGER,))),
            "mediumint": _mysql_number("MEDIUMINT"),
            "bigint": _mysql_number("BIGINT", PythonType("int", "BigInteger", (BIG_INTEGER,))),
            "serial": lambda _, __: PythonType("int", call("mysql.BIGINT", ["unsigned=True"]), (MYSQL,)),
            "boolean": _same("bool"),
            "real": _same("float"),
            "double": _same("float"),
            "float": _same("float", "Float", SQL_FLOAT),
            "decimal": _mysql_decimal,
            "json": _json,
            "date": _DATE,
            "datetime": _mysql_datetime,
            "time": _TIME,
            "timestamp": _mysql_timestamp,
            "longblob": _same("bytes"),
        },
    }
)
