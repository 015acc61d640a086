"""A column that a class has, read back as the field language would say it."""

import ast
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scaffold.errors import UsageError
from scaffold.schema.column import Column, Default, Reference
from scaffold.schema.types import TYPES, BadValue, Type
from scaffold.source.catalog import Found
from scaffold.source.module import Origin, imported_names
from scaffold.source.removal import class_node, column_statement
from scaffold.source.text import Source

PLAIN = {"str": "text", "int": "int", "float": "float", "bool": "bool", "bytes": "bytes", "Decimal": "decimal"}
PLAIN |= {"date": "date", "datetime": "datetime", "time": "time", "UUID": "uuid", "dict": "json", "list": "json"}


def read_column(found: Found, column: str) -> Column | None:
    """The column, or None if it is written in a way that the field language has no words for."""
    source = Source.parse(found.source.text)
    class_name = found.table.class_name or ""
    statement = column_statement(source, class_name, column)
    if not isinstance(statement, ast.AnnAssign):
        return None
    reader = _Reader(source, imported_names(source.tree))
    try:
        read = reader.column(column, statement)
    except (_Unknown, BadValue, UsageError):
        return None
    shared = column in _in_table_args(class_node(source, class_name))
    return replace(read, shared=shared)


class _Unknown(Exception):
    """Something that is no part of a field."""


class _Reader:
    def __init__(self, source: Source, imports: Mapping[str, Origin]) -> None:
        self._source = source
        self._imports = imports

    def column(self, name: str, statement: ast.AnnAssign) -> Column:
        match statement.annotation:
            case ast.Subscript(mapped, inner) if self._called(mapped) == "Mapped":
                pass
            case _:
                raise _Unknown
        optional = False
        match inner:
            case ast.BinOp(left, ast.BitOr(), ast.Constant(None)):
                inner, optional = left, True
        words = self._words(statement.value)
        type_ = self._type(inner, words.pop("type", None))
        reference = words.pop("reference", None)
        if isinstance(reference, Reference):
            type_ = Type("ref")
        unique, index = bool(words.pop("unique", False)), bool(words.pop("index", False))
        default = words.pop("server_default", None)
        if words:
            raise _Unknown
        return Column(
            name,
            type_,
            optional=optional,
            unique=unique,
            index=index and not unique and reference is None,
            default=None if default is None else Default(self._default(type_, default)),
            reference=reference,
        )

    def _words(self, value: ast.expr | None) -> dict[str, Any]:
        if value is None:
            return {}
        if not isinstance(value, ast.Call) or self._called(value.func) != "mapped_column":
            raise _Unknown
        words: dict[str, Any] = {}
        for number, argument in enumerate(value.args):
            match argument:
                case ast.Constant(str()) if number == 0:
                    continue
                case ast.Call(function) if self._called(function) == "ForeignKey":
                    words["reference"] = self._reference(argument)
                case _ if "type" not in words:
                    words["type"] = argument
                case _:
                    raise _Unknown
        for keyword in value.keywords:
            match keyword:
                case ast.keyword("unique" | "index" as word, ast.Constant(bool(flag))):
                    words[word] = flag
                case ast.keyword("server_default", default):
                    words["server_default"] = default
                case _:
                    raise _Unknown
        return words

    def _reference(self, call: ast.Call) -> Reference:
        match call:
            case ast.Call(_, [ast.Constant(str(target))], [ast.keyword("ondelete", ast.Constant(str(action)))]):
                table, _, column = target.rpartition(".")
                if table and column == "id":
                    return Reference(table, action)
        raise _Unknown

    def _type(self, annotation: ast.expr, sqltype: ast.expr | None) -> Type:
        head = annotation.value if isinstance(annotation, ast.Subscript) else annotation
        name = self._called(head)
        if name == "Literal" and isinstance(annotation, ast.Subscript) and sqltype is None:
            items = annotation.slice
            values = items.elts if isinstance(items, ast.Tuple) else [items]
            return Type("enum", values=tuple(self._text(value) for value in values))
        plain = PLAIN.get(name)
        arguments: tuple[int, ...] = ()
        if isinstance(sqltype, ast.Call):
            arguments = tuple(self._number(argument) for argument in sqltype.args)
        own = "" if sqltype is None else self._called(sqltype.func if isinstance(sqltype, ast.Call) else sqltype)
        match plain, own, arguments:
            case "text", "" | "ShortText", ():
                return Type("text")
            case "text", "String", (int(length),):
                return Type("string", length=length)
            case "int", "BigInteger", ():
                return Type("bigint")
            case "decimal", "Decimal", (int(precision), int(scale)):
                return Type("decimal", precision=precision, scale=scale)
            case str(kind), "", () if kind != "decimal":
                return Type(kind)
        raise _Unknown

    def _default(self, type_: Type, node: ast.expr) -> Any:
        match node:
            case ast.Constant(str(text)):
                return TYPES[type_.name].default(type_, text)
            case ast.Call(function, [ast.Constant(str(text))]) if self._called(function) in {"text", "default"}:
                return TYPES[type_.name].default(type_, text)
            case ast.Call(function, [document]) if self._called(function) == "default":
                return ast.literal_eval(document)
        raise _Unknown

    def _called(self, node: ast.expr) -> str:
        """A name as it is called where it is defined."""
        dotted = ast.unparse(node)
        known = self._imports.get(dotted)
        return (known[1] if known and known[1] else dotted).rpartition(".")[2]

    def _text(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        raise _Unknown

    def _number(self, node: ast.expr) -> int:
        if isinstance(node, ast.Constant) and isinstance(node.value, int):
            return node.value
        raise _Unknown


def _in_table_args(node: ast.ClassDef) -> set[str]:
    """The strings in `__table_args__`, the columns of its indexes among them."""
    return {
        part.value
        for statement in node.body
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__table_args__"
        for part in ast.walk(statement)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }
