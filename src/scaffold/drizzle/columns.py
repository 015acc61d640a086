"""A column, from the chain of calls that makes it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

from scaffold.drizzle.calls import Call, chain, opening
from scaffold.drizzle.model import Casing, Column, ColumnType, Constant, Dialect, Now, Reference, Sql
from scaffold.drizzle.typescript import string
from scaffold.drizzle.values import (
    Place,
    called,
    called_body,
    enum_values,
    no_columns,
    parameters,
    properties,
    returned,
    shortened,
    sql_template,
    sql_text,
    value,
)

Refer = Callable[[Place], Reference]
"""What table and column an expression such as `users.id` means."""

BUILDERS: Mapping[Dialect, frozenset[str]] = MappingProxyType(
    {
        "sqlite": frozenset({"text", "integer", "real", "blob", "numeric"}),
        "postgresql": frozenset(
            {"text", "varchar", "char", "integer", "smallint", "bigint", "serial", "smallserial", "bigserial"}
            | {"boolean", "real", "doublePrecision", "numeric", "json", "jsonb", "uuid", "date", "time", "timestamp"}
        ),
        "mysql": frozenset(
            {"text", "tinytext", "mediumtext", "longtext", "varchar", "char", "int", "tinyint", "smallint", "mediumint"}
            | {"bigint", "serial", "boolean", "real", "double", "float", "decimal", "json"}
            | {"date", "datetime", "time", "timestamp"}
        ),
    }
)
"""The functions of drizzle-orm that make a column, and that have a counterpart in Python."""

CUSTOM: Mapping[Dialect, frozenset[str]] = MappingProxyType(
    {"sqlite": frozenset(), "postgresql": frozenset({"bytea"}), "mysql": frozenset({"longblob"})}
)
"""What a custom type may be: drizzle-orm has no function for these."""

_ALIASES = {("sqlite", "int"): "integer", ("postgresql", "decimal"): "numeric", ("mysql", "numeric"): "decimal"}
_OPTIONS = {
    "mode": "mode",
    "length": "length",
    "precision": "precision",
    "fsp": "precision",
    "scale": "scale",
    "withTimezone": "with_timezone",
    "unsigned": "unsigned",
}
_SERIALS = frozenset({"serial", "smallserial", "bigserial"})
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reader:
    """What a column's expression is read with.

    Args:
        dialect: of its table.
        table: the table's name in the database.
        casing: what becomes of a property whose column is not named.
        refer: resolves references.
        builders: the parameter of `(t) => ({ id: t.text() })`, whose methods make columns.
    """

    dialect: Dialect
    table: str
    casing: Casing
    refer: Refer
    builders: str = ""

    def column(self, name: str, place: Place) -> Column:
        """The column of a property.

        Raises:
            UsageError: something in it has no place in a Column.
        """
        begin, calls = self._chain(place)
        column = Column(
            property=name,
            name=self._name(name, begin),
            type=self._type(begin),
            line=place.node.line,
            comment=place.node.comment_above(),
        )
        if column.type.builder in _SERIALS:
            column = replace(column, not_null=True, autoincrement=True)
        for call in calls:
            if call.name not in _METHODS:
                raise call.place.node.error(f"the method `.{call.name}()` of a column is not understood.")
            column = _METHODS[call.name](self, column, call)
        return column

    def name(self, name: str, place: Place) -> str:
        """The name in the database of a property's column."""
        return self._name(name, self._chain(place)[0])

    def _chain(self, place: Place) -> tuple[Call, list[Call]]:
        start = place if place.node.kind == "call_expression" else place.target()
        begin, calls = _followed(start)
        return opening(begin), calls

    def _name(self, name: str, begin: Call) -> str:
        given = string(begin.first.target().node) if begin.first else None
        if given is not None:
            return given
        if self.casing == "snake_case":
            return snake_case(name)
        return camel_case(name) if self.casing == "camelCase" else name

    def _type(self, begin: Call) -> ColumnType:
        builder = self._builder(begin)
        arguments = [one for one in begin.arguments if string(one.target().node) is None]
        if builder == "pgEnum":
            function = begin.place.node.field("function")
            made = begin.place.at(function).target() if function is not None else begin.place
            name = value(made.at((called(made) or ("", ()))[1][0]))
            return ColumnType("enum", values=enum_values(made), enum_name=str(name))
        if builder == "mysqlEnum":
            if not arguments:
                raise begin.place.node.error("an enum needs its values.")
            return ColumnType("enum", values=enum_values(arguments[0]))
        if builder == "customType":
            return ColumnType(self._custom(begin))
        builder = _ALIASES.get((self.dialect, builder), builder)
        if builder not in BUILDERS[self.dialect]:
            raise begin.place.node.error(
                f"the column type {shortened(begin.place.node)} has no counterpart in Python; nothing was written."
            )
        options = properties(arguments[0]) if arguments else {}
        return self._with_options(ColumnType(builder), options)

    def _builder(self, begin: Call) -> str:
        """The name of the function that makes the column: `pgEnum` where it is an enum of that kind."""
        function = begin.place.node.field("function")
        if function is None:
            return ""
        owner, name = function.field("object"), function.field("property")
        if self.builders and owner is not None and name is not None and owner.text == self.builders:
            return name.text
        known = begin.place.at(function).drizzle_name()
        if known:
            return known
        made = (called(begin.place.at(function).target()) or ("",))[0]
        return made if made in ("pgEnum", "customType") else ""

    def _custom(self, begin: Call) -> str:
        """The database's name of a custom type, if it is one that is known."""
        function = begin.place.node.field("function")
        made = begin.place.at(function).target() if function is not None else begin.place
        arguments = (called(made) or ("", ()))[1]
        data_type = properties(made.at(arguments[0])).get("dataType") if arguments else None
        body = returned(data_type.target()) if data_type is not None else None
        name = value(body) if body is not None else ""
        if name not in CUSTOM[self.dialect]:
            raise begin.place.node.error(
                f"the custom type {shortened(begin.place.node)} has no counterpart in Python; nothing was written."
            )
        return str(name)

    def _with_options(self, column_type: ColumnType, options: dict[str, Place]) -> ColumnType:
        for name, place in options.items():
            if name == "enum":
                column_type = replace(column_type, values=enum_values(place))
            elif name in _OPTIONS:
                column_type = replace(column_type, **{_OPTIONS[name]: _option(name, place)})
            else:
                raise place.node.error(f"the option `{name}` of a column is not understood.")
        return column_type


def _followed(place: Place) -> tuple[Place, list[Call]]:
    """A chain with those inside of the project's functions: `money("price").notNull()`, where `money` is one."""
    begin, calls = chain(place)
    body = called_body(begin)
    if body is None:
        return begin, calls
    inner, earlier = _followed(body)
    return inner, [*earlier, *calls]


def snake_case(name: str) -> str:
    """drizzle-orm's toSnakeCase."""
    return "_".join(word.lower() for word in _words(name))


def camel_case(name: str) -> str:
    """drizzle-orm's toCamelCase."""
    first, *rest = _words(name) or [""]
    return first.lower() + "".join(word[0].upper() + word[1:] for word in rest)


def _words(name: str) -> list[str]:
    return re.findall(r"[0-9a-z]+|[A-Z]+(?![a-z])|[A-Z][0-9a-z]+", name.replace("'", "").replace("\u2019", ""))


def _option(name: str, place: Place) -> Any:
    worth = value(place)
    wanted: tuple[type, ...] = (bool,) if name in ("withTimezone", "unsigned") else (str,) if name == "mode" else (int,)
    if not isinstance(worth, wanted) or (isinstance(worth, bool) and bool not in wanted):
        raise place.node.error(f"{shortened(place.node)} is no value for the option `{name}`.")
    return worth


def _not_null(_: Reader, column: Column, __: Call) -> Column:
    return replace(column, not_null=True)


def _primary_key(_: Reader, column: Column, call: Call) -> Column:
    options = properties(call.first) if call.first else {}
    counted = "autoIncrement" in options and value(options["autoIncrement"]) is True
    return replace(column, primary_key=True, not_null=True, autoincrement=counted or column.autoincrement)


def _unique(reader: Reader, column: Column, call: Call) -> Column:
    if len(call.arguments) > 1:
        raise call.place.node.error("a unique constraint that compares NULLs has no counterpart on every database.")
    name = str(value(call.first)) if call.first else f"{reader.table}_{column.name}_unique"
    return replace(column, unique=name)


def _default(_: Reader, column: Column, call: Call) -> Column:
    worth = value(call.only())
    return replace(column, default=worth if isinstance(worth, Sql) else Constant(worth))


def _default_now(reader: Reader, column: Column, _: Call) -> Column:
    if reader.dialect == "sqlite":
        # drizzle-orm, sqlite-core/columns/integer: defaultNow() is this expression, whatever the mode.
        return replace(column, default=Sql("(cast((julianday('now') - 2440587.5)*86400000 as integer))"))
    return replace(column, default=Now())


def _default_random(_: Reader, column: Column, __: Call) -> Column:
    return replace(column, default=Sql("gen_random_uuid()"))


def _default_fn(_: Reader, column: Column, call: Call) -> Column:
    return replace(column, default_fn=_function(call))


def _on_update(_: Reader, column: Column, call: Call) -> Column:
    return replace(column, on_update=_function(call))


def _function(call: Call) -> str:
    """A function's text on one line, without comments: what `() => ...` returns, or all of it."""
    place = call.only()
    body = returned(place)
    node = body.node if body is not None and not parameters(place.node) else place.node
    return " ".join(_COMMENT.sub(" ", node.text).split())


def _typed(_: Reader, column: Column, call: Call) -> Column:
    arguments = call.place.node.field("type_arguments")
    return replace(column, ts_type=arguments.text[1:-1].strip()) if arguments is not None else column


def _references(reader: Reader, column: Column, call: Call) -> Column:
    function = call.first.target() if call.first else None
    target = returned(function) if function is not None else None
    if target is None:
        raise call.place.node.error("a reference is written `.references(() => table.column)`.")
    options = {name: str(value(place)).upper() for name, place in actions(call.arguments[1:]).items()}
    reference = replace(
        reader.refer(target), on_delete=options.get("onDelete", ""), on_update=options.get("onUpdate", "")
    )
    return replace(column, references=reference)


def actions(arguments: tuple[Place, ...]) -> dict[str, Place]:
    """The options of a reference."""
    options = properties(arguments[0]) if arguments else {}
    for name, place in options.items():
        if name not in ("onDelete", "onUpdate"):
            raise place.node.error(f"the option `{name}` of a reference is not understood.")
    return options


def _autoincrement(_: Reader, column: Column, __: Call) -> Column:
    return replace(column, autoincrement=True)


def _array(_: Reader, column: Column, call: Call) -> Column:
    if column.type.array or call.arguments:
        raise call.place.node.error("an array of arrays, or one of a fixed length, has no counterpart in Python.")
    return replace(column, type=replace(column.type, array=True))


def _generated(reader: Reader, column: Column, call: Call) -> Column:
    if not call.first:
        raise call.place.node.error("a generated column needs its expression.")
    inner = returned(call.first.target()) or call.first
    template = sql_template(inner)
    text = sql_text(template, no_columns) if template is not None else str(value(inner))
    options = properties(call.arguments[1]) if len(call.arguments) > 1 else {}
    # drizzle-orm, *-core/columns: without a mode it is virtual, except on PostgreSQL, which has stored ones only.
    stored = value(options["mode"]) == "stored" if "mode" in options else reader.dialect == "postgresql"
    return replace(column, generated=text, stored=stored)


def _identity(kind: Literal["always", "by default"]) -> Callable[[Reader, Column, Call], Column]:
    def method(_: Reader, column: Column, call: Call) -> Column:
        if call.arguments:
            raise call.place.node.error("the options of an identity column have no counterpart here.")
        return replace(column, identity=kind, autoincrement=True, not_null=True)

    return method


def _on_update_now(_: Reader, __: Column, call: Call) -> Column:
    raise call.place.node.error(
        "`.onUpdateNow()` lets MySQL change the value by itself, which no other database does; nothing was written.",
        help="Write `.$onUpdate(() => new Date())` instead.",
    )


_METHODS: Mapping[str, Callable[[Reader, Column, Call], Column]] = MappingProxyType(
    {
        "notNull": _not_null,
        "primaryKey": _primary_key,
        "unique": _unique,
        "default": _default,
        "defaultNow": _default_now,
        "defaultRandom": _default_random,
        "$defaultFn": _default_fn,
        "$default": _default_fn,
        "$onUpdate": _on_update,
        "$onUpdateFn": _on_update,
        "$type": _typed,
        "references": _references,
        "autoincrement": _autoincrement,
        "array": _array,
        "generatedAlwaysAs": _generated,
        "generatedAlwaysAsIdentity": _identity("always"),
        "generatedByDefaultAsIdentity": _identity("by default"),
        "onUpdateNow": _on_update_now,
    }
)
