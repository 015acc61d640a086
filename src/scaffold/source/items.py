"""One item more, or less, in a list of items that someone else has written, in the way in which they wrote it."""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from scaffold.source.text import Node, Source

_COMMA = re.compile(r"[ \t]*,")


def position_among(items: Sequence[str], new: str, *keys: Callable[[str], Any]) -> int:
    """Where a new item belongs: by the first of the keys that the items are sorted by, else at the end."""
    for key in keys:
        values = [key(item) for item in items]
        if values == sorted(values):
            return bisect_right(values, key(new))
    return len(items)


def add_item(source: Source, items: Sequence[Node], index: int, item: str) -> str:
    """The whole text with an item at a place among others: on a line of its own if each has one, else in line."""
    if not all(_begins_its_line(source, node) for node in items):
        return _add_in_line(source, items, index, item)
    first = items[0]
    indentation = source.text[source.starts[first.lineno - 1] : source.start(first)]
    if index == 0:
        return source.insert_lines(_line_above(source, first), f"{indentation}{item},")
    previous = items[index - 1]
    if _COMMA.match(source.text, source.end(previous)):
        return source.insert_lines(previous.end_lineno or previous.lineno, f"{indentation}{item},")
    return _add_in_line(source, items, index, item, before=source.newline + indentation)


def _add_in_line(source: Source, items: Sequence[Node], index: int, item: str, before: str = " ") -> str:
    if index == 0:
        position = source.start(items[0])
        return source.replace(position, position, f"{item}, ")
    position = source.end(items[index - 1])
    return source.replace(position, position, f",{before}{item}")


def _begins_its_line(source: Source, node: Node) -> bool:
    return not source.text[source.starts[node.lineno - 1] : source.start(node)].strip()


def _line_above(source: Source, node: Node) -> int:
    """The last line above an item and the comments that are about it."""
    line = node.lineno - 1
    while source.is_comment(line) or source.is_blank(line):
        line -= 1
    return line


def remove_item(source: Source, items: Sequence[Node], index: int) -> str:
    """The whole text without one of several items, and without its line if it has one of its own."""
    item = items[index]
    if _begins_its_line(source, item) and _ends_its_line(source, item):
        last = item.end_lineno or item.lineno
        first = item.lineno
        while source.is_comment(first - 1) and index > 0:
            first -= 1
        return source.text[: source.starts[first - 1]] + source.text[source.starts[last] :]
    if index + 1 < len(items):
        return source.replace(source.start(item), source.start(items[index + 1]), "")
    return source.replace(source.end(items[index - 1]), source.end(item), "")


def _ends_its_line(source: Source, node: Node) -> bool:
    rest = source.text[source.end(node) : source.starts[node.end_lineno or node.lineno]]
    return re.fullmatch(r"\s*,\s*(#.*)?\s*", rest) is not None
