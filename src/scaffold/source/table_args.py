"""The indexes in a class's `__table_args__`."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scaffold.errors import UsageError
from scaffold.source.items import add_item, remove_item
from scaffold.source.layout import INDENT, Bracketed, Expression, call, expression, fits, flat, statement
from scaffold.source.module import assigned_text
from scaffold.source.reformat import relaid
from scaffold.source.removal import class_node, remove_statements
from scaffold.source.text import Source


@dataclass(frozen=True, slots=True)
class ListedIndex:
    """An index that `__table_args__` has.

    Args:
        name: as it is written.
        columns: the strings behind its name.
        unique: whether it says so.
        line: of the module.
    """

    name: str
    columns: tuple[str, ...]
    unique: bool
    line: int


def listed_indexes(text: str, class_name: str) -> list[ListedIndex]:
    """The indexes that a class lists with a name."""
    node = class_node(Source.parse(text), class_name)
    found = []
    for item in _items(node):
        match item:
            case ast.Call(function, [ast.Constant(str(name)), *columns], keywords) if _is_index(function):
                strings = [c.value for c in columns if isinstance(c, ast.Constant) and isinstance(c.value, str)]
                unique = any(k.arg == "unique" and ast.unparse(k.value) == "True" for k in keywords)
                found.append(ListedIndex(name, tuple(strings), unique, item.lineno))
    return found


def add_index(text: str, class_name: str, index: Sequence[Expression], *, called: str, width: int, path: str) -> str:
    """The text with an index in a class's `__table_args__`.

    Args:
        text: a module.
        class_name: the class.
        index: the arguments of the index.
        called: what the module calls `Index`.
        width: the line length.
        path: for messages.

    Raises:
        UsageError: `__table_args__` is written in a way that nothing can be added to.
    """
    source = Source.parse(text, path)
    node = class_node(source, class_name)
    existing = _assignment(node)
    made = call(called, index)
    if existing is None:
        named = next((s for s in node.body if assigned_text(s, "__tablename__") is not None), None)
        if named is None:
            raise UsageError(
                f"{path}:{node.lineno} gives {class_name} no literal __tablename__; nothing was written.",
                help=f'Write it out in {class_name}: __tablename__ = "..."',
            )
        line = statement("__table_args__", None, Bracketed("", "()", (made,)), width=width)
        end = source.lines_of(named, node.body)[1]
        return source.insert_lines(end, "\n".join(" " * INDENT + part for part in line.split("\n")))
    value = existing.value
    if not isinstance(value, ast.Tuple) or not value.elts:
        raise UsageError(
            f"{path}:{existing.lineno} has a __table_args__ that is no tuple of constraints; nothing was written.",
            help=f"Add it there by hand:\n\n{flat(made)},",
        )
    at = len(value.elts) - (1 if isinstance(value.elts[-1], ast.Dict) else 0)
    margin = " " * INDENT * 2
    # A comma follows it.
    item = expression(made, width=width - 1, indent=len(margin)).replace("\n", source.newline + margin)
    if value.lineno == value.end_lineno:
        items = [source.segment(element) for element in value.elts]
        items.insert(at, flat(made))
        whole = f"({', '.join(items)})"
        if not fits(source.line(value.lineno).rstrip().replace(source.segment(value), whole), width):
            items[at] = item
            whole = source.newline.join(["(", *(f"{margin}{item}," for item in items), " " * INDENT + ")"])
        return source.replace(source.start(value), source.end(value), whole)
    return add_item(source, value.elts, at, item)


def remove_index(text: str, class_name: str, name: str, *, width: int, path: str) -> str:
    """The text without an index that a class lists."""
    return _laid_out(text, _without(text, class_name, name, path), class_name, width)


def _laid_out(before: str, after: str, class_name: str, width: int) -> str:
    """A `__table_args__` that was laid out by the rules still is."""
    old, new = Source.parse(before), Source.parse(after)
    was, now = (_assignment(class_node(source, class_name)) for source in (old, new))
    if was is None or now is None or new.newline != "\n":
        return after
    margin = "\n" + " " * INDENT
    texts = (old.segment(was).replace(margin, "\n"), new.segment(now).replace(margin, "\n"))
    return new.replace(new.start(now), new.end(now), relaid(*texts, width=width).replace("\n", margin))


def _without(text: str, class_name: str, name: str, path: str) -> str:
    source = Source.parse(text, path)
    node = class_node(source, class_name)
    existing = _assignment(node)
    assert existing is not None
    items = list(_items(node))
    index = next(
        number
        for number, item in enumerate(items)
        if isinstance(item, ast.Call)
        and item.args
        and isinstance(item.args[0], ast.Constant)
        and item.args[0].value == name
    )
    if len(items) == 1:
        return remove_statements(source, [existing], node.body)
    assert isinstance(existing.value, ast.Tuple)
    text = remove_item(source, items, index)
    if len(items) == 2 and index == 1 and existing.value.lineno == existing.value.end_lineno:
        # A tuple of one item needs its comma.
        end = source.end(items[0])
        text = text[:end] + "," + text[end:].lstrip(",")
    return text


def _assignment(node: ast.ClassDef) -> ast.Assign | ast.AnnAssign | None:
    for part in node.body:
        match part:
            case ast.Assign([ast.Name("__table_args__")]) | ast.AnnAssign(ast.Name("__table_args__")):
                return part
    return None


def _items(node: ast.ClassDef) -> Iterator[ast.expr]:
    existing = _assignment(node)
    if existing is not None and isinstance(existing.value, ast.Tuple):
        yield from existing.value.elts


def _is_index(function: ast.expr) -> bool:
    return ast.unparse(function).rpartition(".")[2] == "Index"
