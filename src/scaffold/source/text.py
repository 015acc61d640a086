"""A module's bytes as text and back, and the text with the places of its syntax tree.

Sources: docs.python.org/3/library/tokenize (detect_encoding), docs.python.org/3/library/ast (UTF-8 columns).
"""

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from scaffold.errors import UsageError

BOM = "\ufeff"
NEWLINE = re.compile(r"\r\n|\r|\n")
"""What ends a line for Python; `str.splitlines` would also split at a form feed or U+2028."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """A file's text, with its newlines as they are, and the encoding that gives its bytes back.

    Args:
        text: without a byte order mark; what `utf-8-sig` as encoding stands for.
        encoding: from the byte order mark or the cookie, else UTF-8.
    """

    text: str
    encoding: str = "utf-8"

    def with_text(self, text: str) -> "SourceText":
        return replace(self, text=text)


def decode(data: bytes, path: str = "<module>") -> SourceText:
    """Read a module's bytes as Python would, except that every newline stays what it is."""
    try:
        with _no_warnings():
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
            source = SourceText(data.decode(encoding), encoding)
            exact = source.text.encode(encoding) == data
    except (SyntaxError, LookupError, ValueError) as error:
        raise UsageError(f"{path} cannot be decoded: {error}", help="Save the file as UTF-8.") from error
    if not exact:
        raise UsageError(
            f"{path} is written in {encoding}, which would not give the same bytes back.",
            help="Save the file as UTF-8.",
        )
    return source


def encode(source: SourceText, path: str = "<module>") -> bytes:
    """The bytes of a text that `decode` read."""
    try:
        return source.text.encode(source.encoding)
    except UnicodeEncodeError as error:
        character = source.text[error.start]
        raise UsageError(
            f"{path} is written in {source.encoding}, which has no character {character!r}.",
            help="Save the file as UTF-8.",
        ) from error


class Node(Protocol):
    """A syntax tree's node that knows its place: a statement, an expression, an import's alias."""

    @property
    def lineno(self) -> int: ...
    @property
    def col_offset(self) -> int: ...
    @property
    def end_lineno(self) -> int | None: ...
    @property
    def end_col_offset(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Source:
    """A text and its syntax tree, with lines counted from 1 and offsets into the text.

    Args:
        text: may begin with a byte order mark, which then belongs to no line.
        tree: its positions are turned into offsets by `start` and `end`.
        starts: where each line begins, and as the last item where the text ends.
    """

    text: str
    tree: ast.Module
    starts: tuple[int, ...]

    @classmethod
    def parse(cls, text: str, path: str = "<module>") -> "Source":
        """A text, understood.

        Raises:
            UsageError: it is no Python.
        """
        return _parsed(text, path)

    @property
    def last_line(self) -> int:
        return len(self.starts) - 1

    @property
    def newline(self) -> str:
        """The line ending of the text, as its first line has it."""
        match = NEWLINE.search(self.text)
        return match[0] if match else "\n"

    def line(self, number: int) -> str:
        """A line with its ending; empty behind the last one."""
        return self.text[self.starts[number - 1] : self.starts[number]] if 1 <= number <= self.last_line else ""

    def is_blank(self, number: int) -> bool:
        return not self.line(number).strip()

    def is_comment(self, number: int) -> bool:
        return self.line(number).lstrip().startswith("#")

    def start(self, node: Node) -> int:
        return self._offset(node.lineno, node.col_offset)

    def end(self, node: Node) -> int:
        return self._offset(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)

    def segment(self, node: Node) -> str:
        """The text of a node, as it was written."""
        return self.text[self.start(node) : self.end(node)]

    def lines_of(self, statement: ast.stmt, body: Sequence[ast.stmt]) -> tuple[int, int]:
        """The first and the last line that a statement of a body shares with no statement but those on its lines.

        Semicolons put several on one line, decorators begin above a class, and a backslash reaches below the end.
        """
        first = last = 0
        for other in body:
            begin = first_line(other)
            if begin > last:
                if first and last >= statement.lineno:
                    break
                first = begin
            last = self._last_line(other)
        return first, last

    def replace(self, start: int, end: int, text: str) -> str:
        """The whole text with another piece between two offsets."""
        return self.text[:start] + text + self.text[end:]

    def insert_lines(self, after: int, block: str) -> str:
        """The whole text with lines put behind line `after` (0: at the top), in its newline style.

        A text without a newline at its end keeps that style when the lines come last.
        """
        block = block.replace("\n", self.newline)
        position = self.starts[after]
        if after == self.last_line and self._is_open(after):
            return self.replace(position, position, self.newline + block)
        return self.replace(position, position, block + self.newline)

    def _is_open(self, number: int) -> bool:
        """Whether a line would go on with what is put behind it."""
        line = self.line(number)
        content = line.rstrip("\r\n")
        return bool(line) and (content == line or content.endswith("\\"))

    def _last_line(self, statement: ast.stmt) -> int:
        end = self.end(statement)
        line = statement.end_lineno or statement.lineno
        rest = self.text[end : self.starts[line]]
        return line + 1 if rest.strip(" \t\f;\r\n") == "\\" and line < self.last_line else line

    def _offset(self, line: int, column: int) -> int:
        text = self.line(line)
        return self.starts[line - 1] + (column if text.isascii() else len(text.encode()[:column].decode()))


@lru_cache(maxsize=8)
def _parsed(text: str, path: str) -> Source:
    # One verb asks for the same text several times, and nobody changes the tree.
    bom = len(BOM) if text.startswith(BOM) else 0
    starts = [bom, *(match.end() for match in NEWLINE.finditer(text, bom))]
    if starts[-1] < len(text):
        starts.append(len(text))
    return Source(text, syntax_tree(text[bom:], path), tuple(starts))


def first_line(statement: ast.stmt) -> int:
    """Where a statement begins, with its decorators."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def syntax_tree(text: str, path: str = "<module>") -> ast.Module:
    """The syntax tree of a text, silently: a bad escape in a user's module is the user's affair."""
    try:
        with _no_warnings():
            return ast.parse(text)
    except SyntaxError as error:
        raise _unreadable(path, error.lineno or 1, error.msg) from error
    except (ValueError, MemoryError, RecursionError) as error:
        raise _unreadable(path, 1, str(error) or "too deeply nested") from error


def _unreadable(path: str, line: int, reason: str) -> UsageError:
    return UsageError(
        f"{path}:{line} is not valid Python ({reason}), so nothing can be added to it.",
        help=f"Fix line {line} of {path}, then run the command again.",
    )


@contextmanager
def _no_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
