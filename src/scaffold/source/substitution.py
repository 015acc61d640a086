"""Pieces of a text replaced at once, byte for byte around them."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass

from scaffold.source.module import scope
from scaffold.source.reformat import relaid
from scaffold.source.text import Node, Source, first_line

QUOTED = re.compile(r"('(?:[^']|'')*')")


@dataclass(frozen=True, slots=True, order=True)
class Substitution:
    """A piece between two offsets, and what takes its place."""

    start: int
    end: int
    text: str


def substitute(source: Source, substitutions: Iterable[Substitution], *, width: int) -> str:
    """The text with all of them, where a statement that no longer fits, or fits again, is laid out anew."""
    wanted = sorted(set(substitutions), reverse=True)
    if not wanted:
        return source.text
    pieces = list(wanted)
    for statement in _simple_statements(source):
        start, end = source.start(statement), source.end(statement)
        inside = [piece for piece in wanted if start <= piece.start and piece.end <= end]
        if inside:
            indent = start - source.starts[first_line(statement) - 1]
            before = source.text[start:end]
            after = _applied(before, inside, start)
            laid = relaid(_outdented(before, indent), _outdented(after, indent), width=width, indent=indent)
            whole = _indented(laid, indent).replace("\n", source.newline) if "\n" in laid else laid
            pieces = [piece for piece in pieces if piece not in inside]
            kept = source.newline != "\n" or laid == _outdented(after, indent)
            pieces.append(Substitution(start, end, after if kept else whole))
    return _applied(source.text, sorted(pieces, reverse=True), 0)


def text_of(source: Source, node: Node, old: str, new: str) -> Iterable[Substitution]:
    """A string literal with another text in it, in the quotes that it has."""
    segment = source.segment(node)
    changed = segment.replace(old, new)
    try:
        if ast.literal_eval(changed) == ast.literal_eval(segment).replace(old, new):
            yield Substitution(source.start(node), source.end(node), changed)
    except (SyntaxError, ValueError):
        return


def with_identifier(sql: str, old: str, new: str) -> str:
    """SQL with an identifier renamed, outside of its string literals."""
    parts = QUOTED.split(sql)
    parts[::2] = [re.sub(rf"\b{re.escape(old)}\b", new, part) for part in parts[::2]]
    return "".join(parts)


def _simple_statements(source: Source) -> Iterable[ast.stmt]:
    pending: list[list[ast.stmt]] = [source.tree.body]
    while pending:
        for statement in scope(pending.pop()):
            if isinstance(statement, ast.ClassDef):
                pending.append(statement.body)
            elif isinstance(statement, ast.Assign | ast.AnnAssign):
                yield statement


def _applied(text: str, substitutions: Iterable[Substitution], offset: int) -> str:
    for piece in substitutions:
        text = text[: piece.start - offset] + piece.text + text[piece.end - offset :]
    return text


def _outdented(text: str, indent: int) -> str:
    return text.replace("\n" + " " * indent, "\n")


def _indented(text: str, indent: int) -> str:
    return text.replace("\n", "\n" + " " * indent)
