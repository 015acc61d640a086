"""A column as a person would write it in a model: `name: Mapped[type] = mapped_column(...)`.

What a type needs is one entry in SHAPES; what the field language knows of it stands in `scaffold.schema.types`.
"""

import re
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from scaffold.schema.column import Column
from scaffold.source.imports import Symbol
from scaffold.source.layout import Expression, array, call, dictionary, keyword, statement, subscript, union

ANY = Symbol("typing", "Any")
LITERAL = Symbol("typing", "Literal")
DECIMAL = Symbol("decimal", "Decimal")
UUID = Symbol("uuid", "UUID")
DATETIME = Symbol("datetime", None, alias="dt")
MAPPED = Symbol("sqlalchemy.orm", "Mapped")
MAPPED_COLUMN = Symbol("sqlalchemy.orm", "mapped_column")
FOREIGN_KEY = Symbol("sqlalchemy", "ForeignKey")
BIG_INTEGER = Symbol("sqlalchemy", "BigInteger")
TEXT = Symbol("sqlalchemy", "text")

RESERVED = frozenset({"metadata", "registry", "self", "str", "int", "float", "bool", "bytes", "dict", "list"})
"""Attributes that the declarative base reserves, and built-in types that an annotation in the same class would miss."""

Names = Callable[[Symbol], str]
"""Says what a symbol is called in the module at hand."""


class Shape(NamedTuple):
    """How a type is written.

    Args:
        annotation: the Python type inside `Mapped[...]`.
        sqltype: the SQL type, where the annotation does not say it.
        needs: the symbols that these two mention.
    """

    annotation: Callable[[Column, Names], Expression]
    sqltype: Callable[[Column, Names], Expression | None] = lambda _, __: None
    needs: Callable[[Column], tuple[Symbol, ...]] = lambda _: ()


def _always(text: str) -> Callable[[Column, Names], Expression]:
    return lambda _, __: text


def _text_type(column: Column, names: Names) -> Expression | None:
    # MySQL can neither index TEXT nor give it a default; Better Auth writes varchar(255) there as well.
    return f"{names(OWN_TYPES)}.ShortText()" if _is_short(column) else None


def _is_short(column: Column) -> bool:
    return column.keyed or column.default is not None


def _json(column: Column, names: Names) -> Expression:
    if column.default and isinstance(column.default.value, list):
        return f"list[{names(ANY)}]"
    return f"dict[str, {names(ANY)}]"


OWN_TYPES = Symbol("", "types")
"""The package's `types` module; its package is filled in by `symbols`."""

SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "text": Shape(_always("str"), _text_type, lambda c: (OWN_TYPES,) if _is_short(c) else ()),
        "string": Shape(
            _always("str"), lambda c, names: f"{names(OWN_TYPES)}.String({c.type.length})", lambda _: (OWN_TYPES,)
        ),
        "int": Shape(_always("int")),
        "bigint": Shape(_always("int"), lambda _, names: names(BIG_INTEGER), lambda _: (BIG_INTEGER,)),
        "float": Shape(_always("float")),
        "decimal": Shape(
            lambda _, names: names(DECIMAL),
            lambda c, names: f"{names(OWN_TYPES)}.Decimal({c.type.precision}, {c.type.scale})",
            lambda _: (DECIMAL, OWN_TYPES),
        ),
        "bool": Shape(_always("bool")),
        "date": Shape(lambda _, names: f"{names(DATETIME)}.date", needs=lambda _: (DATETIME,)),
        "datetime": Shape(lambda _, names: f"{names(DATETIME)}.datetime", needs=lambda _: (DATETIME,)),
        "time": Shape(lambda _, names: f"{names(DATETIME)}.time", needs=lambda _: (DATETIME,)),
        "json": Shape(_json, needs=lambda _: (ANY,)),
        "uuid": Shape(lambda _, names: names(UUID), needs=lambda _: (UUID,)),
        "bytes": Shape(_always("bytes")),
        "enum": Shape(
            lambda c, names: subscript(names(LITERAL), [quoted(value) for value in c.type.values]),
            needs=lambda _: (LITERAL,),
        ),
        "ref": Shape(lambda c, _: c.reference.id_type if c.reference else "str", needs=lambda _: (FOREIGN_KEY,)),
    }
)


def symbols(column: Column, package: str) -> tuple[Symbol, ...]:
    """What the module must import for `column`."""
    needs = [MAPPED, *SHAPES[column.type.name].needs(column)]
    if _arguments(column, "", lambda symbol: symbol.name or ""):
        needs.append(MAPPED_COLUMN)
    if column.default is not None:
        needs += _default_needs(column.default.value)
    return tuple(Symbol(package, "types") if need == OWN_TYPES else need for need in dict.fromkeys(needs))


def column_lines(column: Column, attribute: str, names: Names, *, width: int) -> list[str]:
    """The lines of the column's statement, without indentation.

    Args:
        column: the column.
        attribute: its name in the class.
        names: what the symbols are called in the module.
        width: how long a line may be, its indentation of four included.
    """
    annotation = SHAPES[column.type.name].annotation(column, names)
    if column.optional:
        annotation = union([annotation, "None"])
    arguments = _arguments(column, attribute, names)
    value = call(names(MAPPED_COLUMN), arguments) if arguments else None
    return statement(attribute, subscript(names(MAPPED), [annotation]), value, width=width).split("\n")


def attribute_name(column: str, taken: frozenset[str]) -> str:
    """The attribute for a column: its name, with `_` behind it as long as that would hide something."""
    attribute = column
    while attribute in RESERVED or attribute in taken:
        attribute += "_"
    return attribute


def quoted(text: str) -> str:
    """A string literal in double quotes, unless single ones take fewer escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    bare = re.sub(r"\\(.)", lambda escape: escape[1] if escape[1] == "'" else escape[0], repr(text)[1:-1])
    return quote + bare.replace(quote, f"\\{quote}") + quote


def literal(value: Any) -> Expression:
    """A JSON value as Python writes it."""
    match value:
        case str():
            return quoted(value)
        case dict():
            return dictionary((quoted(key), literal(item)) for key, item in value.items())
        case list():
            return array([literal(item) for item in value])
        case float():
            return repr(value).replace("e+", "e")
    return repr(value)


def _arguments(column: Column, attribute: str, names: Names) -> list[Expression]:
    arguments: list[Expression] = [quoted(column.name)] if attribute and attribute != column.name else []
    if (sqltype := SHAPES[column.type.name].sqltype(column, names)) is not None:
        arguments.append(sqltype)
    if column.reference:
        target = [quoted(f"{column.reference.table}.id"), keyword("ondelete", quoted(column.reference.on_delete))]
        arguments.append(call(names(FOREIGN_KEY), target))
    if column.unique:
        arguments.append("unique=True")
    if column.indexed:
        arguments.append("index=True")
    if column.default is not None:
        arguments.append(keyword("server_default", _default(column.default.value, names)))
    return arguments


def _default(value: Any, names: Names) -> Expression:
    match value:
        case str():
            return quoted(value)
        case bool():
            return call(names(TEXT), [quoted(str(value).lower())])
        case Decimal():
            return call(names(TEXT), [quoted(f"{value:f}")])
        case int() | float():
            return call(names(TEXT), [quoted(str(value))])
        case datetime():
            return call(f"{names(OWN_TYPES)}.EpochSeconds.default", [quoted(value.isoformat().replace("+00:00", "Z"))])
        case date() | time() | uuid.UUID():
            return quoted(str(value))
        case bytes():
            return call(f"{names(OWN_TYPES)}.Bytes.default", [quoted(value.hex())])
    return call(f"{names(OWN_TYPES)}.Json.default", [literal(value)])


def _default_needs(value: Any) -> list[Symbol]:
    match value:
        case bool() | int() | float() | Decimal():
            return [TEXT]
        case datetime() | bytes() | dict() | list():
            return [OWN_TYPES]
    return []
