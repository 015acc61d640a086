"""Where a column's value comes from, as arguments of `mapped_column`: from Python, from the database, on an update."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from scaffold.drizzle.mapped_types import Context, PythonType
from scaffold.drizzle.model import Column, Constant, Now, Sql
from scaffold.source.imports import Symbol
from scaffold.source.layout import Bracketed, Expression, call, flat, keyword
from scaffold.source.mapped import OWN_TYPES, TEXT, literal, quoted

NEW_ID = Symbol("defaults", "new_id")
UUID7 = Symbol("defaults", "uuid7")
UTC_NOW = Symbol("defaults", "utc_now")
"""Their module is inside of the package."""

MILLISECONDS_NOW = "(cast(unixepoch('subsecond') * 1000 as integer))"
"""What Better Auth writes as a timestamp's default on SQLite."""

_BIND = re.compile(r"(?<![:\w\\]):(?=\w)")
_RANDOM = re.compile(r"(?:pg_catalog\.)?gen_random_uuid\(\)")
_NOW = re.compile(
    r"""(?:now|current_timestamp|localtimestamp|utc_timestamp)\(\d?\)
      | current_timestamp | localtimestamp | utc_timestamp
      | (?:clock|statement|transaction)_timestamp\(\) | timezone\('utc',now\(\)\) | now\(\)attimezone'utc'
      | unixepoch\((?:'now'|'subsec'|'subsecond'|'now','subsec'|'now','subsecond')?\)
      | strftime\('%s'(?:,'now')?\) | datetime\((?:'now')?\)
      | \(julianday\((?:'now')?\)-2440587\.5\)\*86400(?:000)?(?:\.0)?""",
    re.VERBOSE,
)
"""The current instant in each database, in small letters and without white space."""
_CAST = re.compile(r"cast\((.+)as(?:integer|int|bigint|signed|unsigned|timestamp\w*|datetime)(?:\(\d\))?\)")
_POSTFIX_CAST = re.compile(r"(.+)::(?:int|integer|bigint|timestamp\w*)(?:\(\d\))?")
_ROUNDED = re.compile(r"(?:round|floor)\((.+)\)")
_MILLISECONDS = re.compile(r"(.+)\*1000|1000\*(.+)")
_LITERALS = {"!1": False, "!0": True, "false": False, "true": True, "null": None}


@dataclass(frozen=True, slots=True)
class Values:
    """Where a column's value comes from.

    Args:
        arguments: keywords of `mapped_column`.
        needs: the symbols that they mention.
        notes: what Python can't do as TypeScript does it, a sentence each.
    """

    arguments: tuple[Expression, ...] = ()
    needs: tuple[Symbol, ...] = ()
    notes: tuple[str, ...] = ()


def values(column: Column, made: PythonType, context: Context) -> Values:
    """Where the column's value comes from."""
    python, python_needs, notes = _python_default(column, made, context)
    server, server_needs = _server_default(column, made, context)
    updates = ["onupdate=utc_now"] if _updates(column, made, context) else []
    arguments = [*([keyword("default", python)] if python else []), *updates]
    arguments += [keyword("server_default", server)] if server is not None else []
    return Values(tuple(arguments), (*python_needs, *server_needs, *([UTC_NOW] if updates else [])), notes)


def _is_instant(made: PythonType) -> bool:
    return made.annotation == "dt.datetime"


def _updates(column: Column, made: PythonType, context: Context) -> bool:
    """Better Auth itself sets `updatedAt` where its older versions did not say so."""
    by_better_auth = context.authentic and column.property == "updatedAt" and column.not_null
    return _is_instant(made) and (column.on_update == "new Date()" or by_better_auth)


def _python_default(
    column: Column, made: PythonType, context: Context
) -> tuple[Expression, tuple[Symbol, ...], tuple[str, ...]]:
    notes = tuple(_foreign(column, name, text) for name, text in _unknown(column, made))
    if column.primary_key and not column.references and not column.autoincrement:
        if made.annotation == "str":
            return "new_id", (NEW_ID,), ()
        if made.annotation == "UUID":
            return "uuid7", (UUID7,), ()
    if _is_instant(made) and (_is_now(column, context) or _updates(column, made, context)):
        return "utc_now", (UTC_NOW,), notes
    worth = _constant(column)
    plain = made.annotation in ("str", "int", "bool", "float") or isinstance(made.annotation, Bracketed)
    if isinstance(worth, str | int | float) and plain and (context.authentic or column.default is None):
        return literal(worth), (), notes
    return "", (), notes


def _is_now(column: Column, context: Context) -> bool:
    if "new Date()" in (column.default_fn, column.on_update) or isinstance(column.default, Now):
        return True
    if isinstance(column.default, Sql):
        return says_now(column.default.text)
    return context.authentic and column.not_null and column.property in ("createdAt", "updatedAt")


def says_now(sql: str) -> bool:
    """Whether an expression is the current instant itself, and not one that is computed from it."""
    text = _bare("".join(sql.lower().split()).replace("pg_catalog.", ""))
    seconds = _MILLISECONDS.fullmatch(_cast_aside(text))
    if seconds is not None:
        text = seconds[1] or seconds[2]
    return _NOW.fullmatch(_cast_aside(text)) is not None


def _cast_aside(text: str) -> str:
    """What is cast or rounded to a whole number, or to another type of instants."""
    text = _bare(text)
    for pattern in (_CAST, _POSTFIX_CAST, _ROUNDED):
        if (match := pattern.fullmatch(text)) and _is_balanced(match[1]):
            return _cast_aside(match[1])
    return text


def _bare(text: str) -> str:
    """An expression without the parentheses around all of it."""
    while text.startswith("(") and text.endswith(")") and _is_balanced(text[1:-1]):
        text = text[1:-1]
    return text


def _is_balanced(text: str) -> bool:
    """Whether every parenthesis is closed after it is opened."""
    depth = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return False
    return depth == 0


def _constant(column: Column) -> Any:
    if isinstance(column.default, Constant):
        return column.default.value
    return _returned(column.default_fn)


def _returned(function: str) -> Any:
    """The value of a function that only returns a literal; None for any other."""
    if function in _LITERALS:
        return _LITERALS[function]
    try:
        return json.loads(function.replace("'", '"')) if function else None
    except ValueError:
        return None


def _unknown(column: Column, made: PythonType) -> list[tuple[str, str]]:
    """The functions of TypeScript that have no counterpart in Python, with their names."""
    found = []
    if column.default_fn and column.default_fn != "new Date()" and _returned(column.default_fn) is None:
        found.append(("$defaultFn", column.default_fn))
    if column.on_update and not (_is_instant(made) and column.on_update == "new Date()"):
        found.append(("$onUpdate", column.on_update))
    return found


def _foreign(column: Column, name: str, text: str) -> str:
    return f"{column.name}: TypeScript fills it with {name}({text}); Python code has to bring the value itself"


def _server_default(column: Column, made: PythonType, context: Context) -> tuple[Expression | None, tuple[Symbol, ...]]:
    match column.default:
        case Now() if _is_instant(made):
            return "types.EpochMilliseconds.now()", (OWN_TYPES,)
        case Now():
            return _sql("(now())" if context.dialect == "mysql" else "now()"), (TEXT,)
        case Sql(text) if _RANDOM.fullmatch(text) and made.sqltype == "types.UuidId":
            return "types.UuidId.random()", (OWN_TYPES,)
        case Sql(text) if text == MILLISECONDS_NOW and _is_instant(made):
            return "types.EpochMilliseconds.now()", (OWN_TYPES,)
        case Sql(text) if _is_instant(made) and (instant := _instant(text, column)) is not None:
            return _constant_default(instant, made, context)
        case Sql(text):
            return _sql(text), (TEXT,)
        case Constant(worth) if made.annotation == "Decimal":
            return _sql(_decimal(worth, made)), (TEXT,)
        case Constant(None) | None:
            return None, ()
        case Constant(str(worth)) if context.dialect == "mysql" and made == PythonType("str"):
            # MySQL takes a TEXT's default as an expression only (dev.mysql.com, "BLOB and TEXT Types").
            return _sql("('{}')".format(worth.replace("\\", "\\\\").replace("'", "''"))), (TEXT,)
        case Constant(worth):
            return _constant_default(worth, made, context)
    return None, ()


def _instant(text: str, column: Column) -> datetime | None:
    """The instant that a default is, if it is a plain one: a number of seconds or milliseconds, or a date and time."""
    try:
        if steps := re.fullmatch(r"(?:\(cast\()?(\d+)(?: as integer\)\))?", text, re.ASCII):
            return datetime.fromtimestamp(int(steps[1]) / (1000 if column.type.mode == "timestamp_ms" else 1), UTC)
        quoted_text = text.startswith("'") and text.endswith("'")
        return datetime.fromisoformat(text[1:-1]).replace(tzinfo=UTC) if quoted_text else None
    except (ValueError, OverflowError, OSError):
        return None


def _sql(text: str) -> Expression:
    return call("text", [quoted(_BIND.sub(r"\\:", text))])


def _constant_default(worth: Any, made: PythonType, context: Context) -> tuple[Expression, tuple[Symbol, ...]]:
    sqltype = flat(made.sqltype) if made.sqltype is not None else ""
    if isinstance(worth, list) and sqltype.startswith("types.Array") and context.dialect == "postgresql":
        return _sql(_array_text(worth)), (TEXT,)
    if sqltype.startswith(("types.Json", "types.Array")) or flat(made.annotation).startswith(("dict[", "list[")):
        return call("types.Json.default", [literal(worth)]), (OWN_TYPES,)
    if isinstance(worth, datetime):
        kind = sqltype.removesuffix("()") or "types.EpochSeconds"
        instant = worth.isoformat().replace("+00:00", "Z")
        return call(f"{kind.partition('(')[0]}.default", [quoted(instant)]), (OWN_TYPES,)
    if isinstance(worth, bool):
        return _sql(str(worth).lower()), (TEXT,)
    if isinstance(worth, int | float):
        return _sql(str(worth)), (TEXT,)
    return (quoted(worth) if isinstance(worth, str) else quoted(json.dumps(worth))), ()


def _decimal(worth: Any, made: PythonType) -> str:
    """A decimal with as many digits after the point as its column has."""
    arguments = made.sqltype.items if isinstance(made.sqltype, Bracketed) else ()
    return f"{Decimal(str(worth)):.{arguments[1]}f}" if len(arguments) > 1 else str(worth)


def _array_text(items: list[Any]) -> str:
    """A PostgreSQL array's literal, as drizzle-kit writes it."""
    inner = ",".join(json.dumps(item, ensure_ascii=False) for item in items).replace("'", "''")
    return "'{" + inner + "}'"
