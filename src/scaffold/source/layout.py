"""How long statements are split over lines: the rules of black and `ruff format`, for what a column needs.

    index = statement("name", "Mapped[str]", call("mapped_column", [call("String", ["80"])]), width=88, indent=4)

An expression is a text, which is never split, or one of the nodes below. What comes out has no indentation of its
own; `indent` says how many columns the place has, so that a line's room is known.
"""

import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

INDENT = 4


@dataclass(frozen=True, slots=True)
class Bracketed:
    """Something in brackets: a call, a subscript, a list or a dictionary.

    Args:
        head: the text before the opening bracket: a call's function, a keyword with its equals sign, a key with its
            colon.
        brackets: the two characters.
        items: what stands between them.
    """

    head: str
    brackets: str
    items: tuple["Expression", ...]

    @property
    def one_per_line(self) -> bool:
        """A list, a tuple or a dictionary never has its items together on one indented line, as arguments may."""
        return not self.head or self.head.endswith(("=", ": "))

    @property
    def trailing_comma(self) -> str:
        """A lone argument gets none: ruff adds none, and in a subscript it would make a tuple."""
        return "," if self.one_per_line or len(self.items) > 1 else ""


@dataclass(frozen=True, slots=True)
class Union:
    """Alternatives with `|` between them, inside of a bracket."""

    members: tuple["Expression", ...]


Expression: TypeAlias = str | Bracketed | Union


def call(function: str, arguments: Sequence[Expression] = ()) -> Bracketed:
    """`function(arguments)`"""
    return Bracketed(function, "()", tuple(arguments))


def subscript(name: str, items: Sequence[Expression]) -> Bracketed:
    """`name[items]`"""
    return Bracketed(name, "[]", tuple(items))


def array(items: Sequence[Expression]) -> Bracketed:
    """`[items]`"""
    return Bracketed("", "[]", tuple(items))


def dictionary(entries: Iterable[tuple[str, Expression]]) -> Bracketed:
    """`{key: value}`"""
    return Bracketed("", "{}", tuple(prefixed(f"{key}: ", value) for key, value in entries))


def union(members: Sequence[Expression]) -> Union:
    """`member | member`"""
    return Union(tuple(members))


def keyword(name: str, value: Expression) -> Expression:
    """`name=value`; the value of a keyword is no union."""
    return prefixed(f"{name}=", value)


def prefixed(prefix: str, value: Expression) -> Expression:
    """An expression, no union, with a text right before it."""
    if isinstance(value, Bracketed):
        return replace(value, head=prefix + value.head)
    return prefix + flat(value)


def flat(expression: Expression) -> str:
    """An expression on one line, however long."""
    match expression:
        case Bracketed(head, brackets, items):
            lone = "," if expression.one_per_line and brackets == "()" and len(items) == 1 else ""
            return f"{head}{brackets[0]}{', '.join(map(flat, items))}{lone}{brackets[1]}"
        case Union(members):
            return " | ".join(map(flat, members))
    return expression


def statement(
    target: str,
    annotation: Expression | None = None,
    value: Expression | None = None,
    *,
    width: int,
    indent: int = INDENT,
) -> str:
    """`target: annotation = value` in as few lines as fit.

    The value is split first, then parentheses around it are tried, and the annotation is split last.
    """
    room = width - indent
    if value is None:
        return target if annotation is None else _right_side(f"{target}: ", annotation, room)
    left = target if annotation is None else f"{target}: {flat(annotation)}"
    beside = _opening(value) if _is_bare(value) else "("
    if isinstance(annotation, Bracketed) and not fits(f"{left} = {beside}", room):
        left = _split(annotation, room, prefix=f"{target}: ")
    above, newline, last = left.rpartition("\n")
    return above + newline + _right_side(f"{last} = ", value, room, parenthesize=isinstance(annotation, Bracketed))


def expression(node: Expression, *, width: int, indent: int = 0, prefix: str = "", suffix: str = "") -> str:
    """An expression behind a prefix that shares its first line, and before a suffix that shares its last."""
    return _lay_out(node, width - indent, prefix=prefix, suffix=suffix)


def from_import(module: str, members: Sequence[str], *, width: int) -> str:
    """`from module import members`, one a line where they are too long for one.

    Names have up to 63 bytes, so that even then a line may be too long, and there is no shorter way to say it.
    """
    line = f"from {module} import {', '.join(members)}"
    if fits(line, width):
        return line
    lines = split_import(module, members)
    return "\n".join(line if fits(line, width) else f"{line}  # noqa: E501" for line in lines)


def split_import(module: str, members: Sequence[str]) -> list[str]:
    """The lines of `from module import members`, one member a line."""
    return [f"from {module} import (", *(f"{' ' * INDENT}{member}," for member in members), ")"]


def class_header(name: str, bases: Sequence[str], *, width: int) -> str:
    """`class name(bases):`"""
    return expression(call(f"class {name}", bases), width=width, suffix=":")


def docstring(text: str, *, width: int) -> str:
    """What stands between the quotes of a module's docstring, and a full stop behind it, in lines that fit."""
    quotes = " " * len('"""')
    lines = textwrap.wrap(text, width - len("."), initial_indent=quotes, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines).removeprefix(quotes)


def _right_side(prefix: str, node: Expression, room: int, *, parenthesize: bool = False) -> str:
    """What stands right of `:` or `=`: split at its own bracket, or in parentheses where even that is too long.

    Parentheses must make all of it fit, unless they are what keeps the annotation whole.
    """
    if not _is_bare(node) and not fits(prefix + _opening(node), room):
        within = _lay_out(node, room - INDENT)
        gain = parenthesize or all(fits(line, room - INDENT) for line in within.split("\n"))
        if gain and fits(f"{prefix}(", room):
            return "\n".join([f"{prefix}(", _indented(within), ")"])
    return _lay_out(node, room, prefix=prefix)


def _lay_out(node: Expression, room: int, *, prefix: str = "", suffix: str = "") -> str:
    line = f"{prefix}{flat(node)}{suffix}"
    if isinstance(node, str) or fits(line, room):
        return line
    return _split(node, room, prefix=prefix, suffix=suffix)


def _split(node: Bracketed | Union, room: int, *, prefix: str = "", suffix: str = "") -> str:
    if isinstance(node, Union):
        first, *rest = node.members
        lines = [_lay_out(first, room, prefix=prefix), *(_lay_out(member, room, prefix="| ") for member in rest)]
        return "\n".join(lines) + suffix
    if not node.items:
        return f"{prefix}{flat(node)}{suffix}"
    return "\n".join([prefix + _opening(node), _indented(_body(node, room - INDENT)), node.brackets[1] + suffix])


def _body(node: Bracketed, room: int) -> str:
    together = ", ".join(map(flat, node.items))
    if fits(together, room) and not node.one_per_line:
        return together
    return "\n".join(_lay_out(item, room, suffix=node.trailing_comma) for item in node.items)


def _is_bare(node: Expression) -> bool:
    """Whether it is a list or a dictionary with nothing before it: these never get parentheses."""
    return isinstance(node, Bracketed) and not node.head


def _opening(node: Expression) -> str:
    """What must fit on the first line when the node is split."""
    return node.head + node.brackets[0] if isinstance(node, Bracketed) and node.items else flat(node)


def _indented(text: str) -> str:
    return "\n".join(" " * INDENT + line for line in text.split("\n"))


def fits(line: str, room: int) -> bool:
    return _columns(line) <= room


def _columns(line: str) -> int:
    """The columns of a line on a screen, as ruff counts them: a wide character takes two."""
    return len(line) if line.isascii() else sum(map(_character_columns, line))


def _character_columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
