"""What an expression is worth: literals, constants of the project, arrays, objects, SQL templates."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from scaffold.drizzle.files import File, Files
from scaffold.drizzle.model import Sql
from scaffold.drizzle.typescript import Node, string, unescape

ColumnName = Callable[["Place", Node], str | None]
"""The database's name of the column that an expression such as `table.email` means."""


_FUNCTIONS = {"arrow_function", "function", "function_expression", "function_declaration", "method_definition"}


@dataclass(frozen=True, slots=True)
class Place:
    """A piece of a file, with all that its names may mean.

    Args:
        files: of the project.
        file: that it is in.
        node: its syntax tree.
        given: inside a function that is called, what its parameters stand for.
    """

    files: Files
    file: File
    node: Node
    given: "tuple[tuple[str, Place], ...]" = ()

    def at(self, node: Node) -> "Place":
        """Another piece of the same file."""
        return Place(self.files, self.file, node, self.given)

    def target(self) -> "Place":
        """The expression that an identifier is bound to, in whichever file; itself where there is none."""
        place, seen = self.at(self.node.bare()), set[tuple[str, str]]()
        while place.node.kind in ("identifier", "shorthand_property_identifier"):
            bound = dict(place.given).get(place.node.text)
            if bound is not None:
                place = bound.at(bound.node.bare())
                continue
            meaning = self.files.meaning(place.file, place.node.text)
            if meaning.file is None or meaning.node is None or (meaning.file.path, meaning.name) in seen:
                break
            seen.add((meaning.file.path, meaning.name))
            place = Place(self.files, meaning.file, meaning.node.bare())
        return place

    def drizzle_name(self) -> str:
        """The name of the thing of drizzle-orm that an expression means; empty where it is none."""
        node = self.node
        if node.kind == "identifier":
            imported = self.files.meaning(self.file, node.text).imported
            return imported.name if imported and imported.is_drizzle else ""
        if node.kind == "member_expression":
            owner, name = node.field("object"), node.field("property")
            if owner is None or name is None or owner.kind != "identifier":
                return ""
            imported = self.files.meaning(self.file, owner.text).imported
            return name.text if imported and imported.is_drizzle and not imported.name else ""
        return ""


def properties(place: Place) -> dict[str, Place]:
    """The properties of an object, those that are spread into it included.

    Raises:
        UsageError: it is no object whose properties can be told.
    """
    found = place.target()
    if found.node.kind != "object":
        raise place.node.error(f"an object is expected here, and {shortened(place.node)} can't be followed to one.")
    result: dict[str, Place] = {}
    for child in found.node.children:
        result |= _property(found.at(child))
    return result


def _property(place: Place) -> dict[str, Place]:
    match place.node.kind:
        case "pair":
            key, value = place.node.field("key"), place.node.field("value")
            if key is not None and value is not None and (name := property_name(key)) is not None:
                return {name: place.at(value)}
        case "method_definition":
            name_node = place.node.field("name")
            if name_node is not None:
                return {name_node.text: place}
        case "shorthand_property_identifier":
            return {place.node.text: place.at(place.node)}
        case "spread_element":
            return _spread(place.at(place.node.children[0]))
    raise place.node.error(f"{shortened(place.node)} can't be read as a property.")


def _spread(place: Place) -> dict[str, Place]:
    node = place.node.bare()
    if node.kind == "call_expression":
        body = called_body(place.at(node))
        if body is None:
            raise place.node.error(f"{shortened(node)} can't be followed to the columns that it spreads.")
        return properties(body)
    if node.kind == "member_expression":
        owner, name = node.field("object"), node.field("property")
        inner = properties(place.at(owner)).get(name.text) if owner is not None and name is not None else None
        if inner is not None:
            return properties(inner)
    return properties(place.at(node))


def property_name(key: Node) -> str | None:
    """The name of an object's property; None for a computed one."""
    if key.kind == "computed_property_name":
        return string(key.children[0]) if key.children else None
    text = string(key)
    return key.text if text is None else text


def returned(place: Place) -> Place | None:
    """What a function without further statements returns; None for anything else."""
    body = place.node.field("body") if place.node.kind in _FUNCTIONS else None
    if body is None:
        return None
    if body.kind != "statement_block":
        return place.at(body.bare())
    statements = body.children
    if len(statements) == 1 and statements[0].kind == "return_statement" and statements[0].children:
        return place.at(statements[0].children[0].bare())
    return None


def called_body(place: Place) -> Place | None:
    """What a call of one of the project's own functions returns, with its parameters bound; None for any other call."""
    function, arguments = place.node.field("function"), place.node.field("arguments")
    made = place.at(function).target() if function is not None and function.kind == "identifier" else None
    body = returned(made) if made is not None else None
    if made is None or body is None:
        return None
    given = arguments.children if arguments is not None else ()
    bound: list[tuple[str, Place]] = []
    declared = made.node.field("parameters")
    for number, name in enumerate(parameters(made.node)):
        default = declared.children[number].field("value") if declared is not None else None
        if number < len(given):
            bound.append((name.text, place.at(given[number])))
        elif default is not None:
            bound.append((name.text, made.at(default)))
    return Place(body.files, body.file, body.node, tuple(bound))


def parameters(function: Node) -> tuple[Node, ...]:
    """The patterns of a function's parameters."""
    single, several = function.field("parameter"), function.field("parameters")
    if single is not None:
        return (single,)
    patterns = [child.field("pattern") or child for child in several.children] if several is not None else []
    return tuple(patterns)


def elements(place: Place) -> tuple[Place, ...]:
    """The elements of an array.

    Raises:
        UsageError: it is no array.
    """
    found = place.target()
    if found.node.kind != "array":
        raise place.node.error(f"an array is expected here, and {shortened(place.node)} can't be followed to one.")
    return tuple(found.at(child) for child in found.node.children)


def value(place: Place) -> Any:
    """The value of an expression: text, number, boolean, None, `datetime`, list, dict or Sql.

    Raises:
        UsageError: it can't be told without running it.
    """
    found = place.target()
    node = found.node
    text = string(node)
    if text is not None:
        return text
    match node.kind:
        case "number":
            return _number(node)
        case "true" | "false":
            return node.kind == "true"
        case "null" | "undefined":
            return None
        case "unary_expression":
            return _unary(found)
        case "array":
            return [value(element) for element in elements(found)]
        case "object":
            return {name: value(item) for name, item in properties(found).items()}
        case "new_expression":
            return _date(found)
        case "call_expression" | "member_expression":
            return _compound(found)
    imported = found.files.meaning(found.file, node.text).imported if node.kind == "identifier" else None
    if imported is not None:
        raise place.node.error(
            f"the value of {shortened(place.node)} is made in {imported.module!r}, which is none of the files."
        )
    raise place.node.error(f"the value of {shortened(place.node)} can't be told without running it.")


def _number(node: Node) -> int | float:
    text = node.text.replace("_", "").removesuffix("n")
    try:
        return int(text, 0)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        raise node.error(f"{node.text} is no number that can be read.") from None
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _unary(place: Place) -> Any:
    operand = place.node.field("argument")
    worth = value(place.at(operand)) if operand is not None else None
    sign = place.node.text[:1]
    if sign == "!" and isinstance(worth, bool | int):
        return not worth
    if sign in "+-" and isinstance(worth, int | float) and not isinstance(worth, bool):
        return -worth if sign == "-" else worth
    raise place.node.error(f"the value of {shortened(place.node)} can't be told without running it.")


def _date(place: Place) -> datetime:
    arguments = place.node.field("arguments")
    made = place.node.field("constructor")
    if made is not None and made.text == "Date" and arguments is not None and len(arguments.children) == 1:
        when = value(place.at(arguments.children[0]))
        try:
            if isinstance(when, str):
                instant = datetime.fromisoformat(when)
                # ECMAScript: a date alone is UTC, a date with a time and no zone is the machine's own.
                return instant.replace(tzinfo=UTC) if len(when) == len("2026-01-31") else instant.astimezone(UTC)
            if isinstance(when, int | float) and math.isfinite(when):
                return datetime.fromtimestamp(when / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            pass
    raise place.node.error(f"the instant {shortened(place.node)} can't be told without running it.")


def _compound(place: Place) -> Any:
    node = place.node
    if node.kind == "member_expression":
        return _member(place)
    template = sql_template(place)
    if template is not None:
        return Sql(sql_text(template, no_columns))
    function = node.field("function")
    if function is not None and function.text in ("JSON.stringify", "BigInt", "Object.freeze", "Object.values"):
        return _known_call(place, function.text)
    raise node.error(f"the value of {shortened(node)} can't be told without running it.")


def _known_call(place: Place, function: str) -> Any:
    arguments = place.node.field("arguments")
    if arguments is None or len(arguments.children) != 1:
        raise place.node.error(f"the value of {shortened(place.node)} can't be told without running it.")
    if function == "Object.values":
        return list(_members(place.at(arguments.children[0])).values())
    worth = value(place.at(arguments.children[0]))
    if function == "JSON.stringify":
        return json.dumps(worth, ensure_ascii=False, separators=(",", ":"))
    return int(worth) if function == "BigInt" and isinstance(worth, int | str) else worth


def _member(place: Place) -> Any:
    """`Roles.Admin` of an object or of a TypeScript enum; `roles.enumValues` of a PostgreSQL enum."""
    owner, name = place.node.field("object"), place.node.field("property")
    if owner is not None and name is not None:
        if name.text == "enumValues":
            return list(enum_values(place.at(owner)))
        members = _members(place.at(owner))
        if name.text in members:
            return members[name.text]
    raise place.node.error(f"the value of {shortened(place.node)} can't be told without running it.")


def _members(place: Place) -> dict[str, Any]:
    found = place.target()
    if found.node.kind != "enum_declaration":
        return {name: value(item) for name, item in properties(found).items()}
    body = found.node.field("body")
    members: dict[str, Any] = {}
    for child in body.children if body is not None else ():
        name, worth = child.field("name"), child.field("value")
        if child.kind != "enum_assignment" or name is None or worth is None:
            raise child.error("only enums whose members are given as texts can be read.")
        members[property_name(name) or ""] = value(found.at(worth))
    return members


def enum_values(place: Place) -> tuple[str, ...]:
    """The texts of an enum, however it is written: an array, an object, a TypeScript or a PostgreSQL enum.

    Raises:
        UsageError: they can't be told, or are no texts.
    """
    found = place.target()
    if found.node.kind == "call_expression" and (call := called(found)) and call[0] == "pgEnum":
        return enum_values(found.at(call[1][-1]))
    keyed = found.node.kind in ("object", "enum_declaration")
    worth = list(_members(found).values()) if keyed else value(found)
    if not isinstance(worth, list) or not worth or not all(isinstance(item, str) for item in worth):
        raise place.node.error(f"{shortened(place.node)} is no list of texts.")
    return tuple(worth)


def called(place: Place) -> tuple[str, tuple[Node, ...]] | None:
    """The name of the function of drizzle-orm that a call calls, and its arguments; None for any other call."""
    function, arguments = place.node.field("function"), place.node.field("arguments")
    if place.node.kind != "call_expression" or function is None or arguments is None:
        return None
    name = place.at(function).drizzle_name()
    return (name, arguments.children) if name else None


def sql_template(place: Place) -> Place | None:
    """The template of sql`...`, its type arguments and `.as(...)` aside; None for any other expression."""
    node = place.node.bare()
    function, template = node.field("function"), node.field("arguments")
    if node.kind != "call_expression" or function is None or template is None:
        return None
    if template.kind == "template_string":
        return place.at(template) if place.at(function).drizzle_name() == "sql" else None
    if function.kind == "member_expression" and function.text.endswith(".raw") and template.children:
        owner = function.field("object")
        if owner is not None and place.at(owner).drizzle_name() == "sql":
            return place.at(template.children[0])
    return None


def no_columns(place: Place, node: Node) -> str | None:
    """A default can't mention a column."""
    del place, node
    return None


def sql_text(template: Place, column_name: ColumnName) -> str:
    """The SQL that a template stands for; the columns in it by their names in the database.

    Raises:
        UsageError: something in it can't be told.
    """
    text = string(template.node)
    if text is not None:
        return text.strip()
    parts = []
    for child in template.node.children:
        if child.kind == "template_substitution":
            parts.append(_substituted(template.at(child.children[0]), column_name))
        else:
            parts.append(unescape(child.text))
    return "".join(parts).strip()


def _substituted(place: Place, column_name: ColumnName) -> str:
    name = column_name(place, place.node.bare())
    if name is not None:
        return name if name.isascii() and name.isidentifier() and name.islower() else f'"{name}"'
    inner = sql_template(place)
    if inner is not None:
        return sql_text(inner, column_name)
    worth = value(place)
    if isinstance(worth, bool) or worth is None:
        return "null" if worth is None else str(worth).lower()
    if isinstance(worth, int | float):
        return str(worth)
    if isinstance(worth, str):
        return "'" + worth.replace("'", "''") + "'"
    raise place.node.error(f"{shortened(place.node)} can't be read as a part of SQL.")


def shortened(node: Node) -> str:
    """A node's text for a message: one line, not too long."""
    text = " ".join(node.text.split())
    return f"`{text}`" if len(text) <= 60 else f"`{text[:57]}...`"
