"""A TypeScript file as a syntax tree. The one module that loads the parser, and only when it is asked for one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.errors import UsageError

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_WRAPPERS = {"parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression"}
_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r\n|.)", re.DOTALL)
_UNKNOWN_TYPES = re.compile(
    r"""^[ ]*export[ ]+type[ ]+\*[^;\n]*;?     # export type * from "./other"
      | (?<=[<|&:\s])(?:typeof[ ]+)?import\([ ]*['"][^'"\n]*['"][ ]*\)[ ]*\.(?=[ ]*[A-Z])  # import("./other").Name
    """,
    re.MULTILINE | re.VERBOSE,
)
"""What only types can say, and the parser does not know: no table is made of it."""

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a file's syntax tree.

    Args:
        raw: the parser's own node.
        path: of the file, for messages.
    """

    raw: "SgNode"
    path: str

    @property
    def kind(self) -> str:
        """The parser's name for it."""
        return self.raw.kind()

    @property
    def text(self) -> str:
        """Its text."""
        return self.raw.text()

    @property
    def line(self) -> int:
        """The line that it begins on, from 1."""
        return self.raw.range().start.line + 1

    @property
    def children(self) -> tuple["Node", ...]:
        """The named nodes directly below it, without comments."""
        return tuple(
            Node(child, self.path) for child in self.raw.children() if child.is_named() and child.kind() != "comment"
        )

    def field(self, name: str) -> "Node | None":
        """The node below it that plays a role: `function`, `arguments`, `name`, `value`, ..."""
        found = self.raw.field(name)
        return Node(found, self.path) if found is not None else None

    def all(self, kind: str) -> Iterator["Node"]:
        """Every node of a kind at any depth below it."""
        return (Node(found, self.path) for found in self.raw.find_all(kind=kind))

    def comment_above(self) -> str:
        """What the `/** comment */` above the statement or property that it is in says, on one line."""
        node = self.raw
        while (parent := node.parent()) is not None and parent.kind() in ("pair", "variable_declarator"):
            node = parent
        before = node.prev()
        if before is None or before.kind() != "comment" or not before.text().startswith("/**"):
            return ""
        return " ".join(before.text()[3:-2].replace("*", " ").split())

    def bare(self) -> "Node":
        """The node inside parentheses, `as const`, `satisfies T` and `!`."""
        node = self
        while node.kind in _WRAPPERS and node.children:
            node = node.children[0]
        return node

    def error(self, message: str, *, help: str = "") -> UsageError:
        """An error that names the file and the line."""
        return UsageError(f"{self.path}:{self.line}: {message}", help=help)


def read(text: str, path: str) -> Node:
    """The syntax tree of a file.

    Raises:
        UsageError: it is no TypeScript.
    """
    root = _parsed(text, path)
    broken = next(root.all("ERROR"), None)
    if broken is not None:
        root = _parsed(_UNKNOWN_TYPES.sub(lambda match: _blank(match[0]), text), path)
        broken = next(root.all("ERROR"), None)
    if broken is not None:
        raise broken.error("this is not valid TypeScript; nothing was written.")
    return root


def _parsed(text: str, path: str) -> Node:
    from ast_grep_py import SgRoot

    try:
        return Node(SgRoot(text, "typescript").root(), path)
    except UnicodeEncodeError:
        raise UsageError(f"{path} is not text in UTF-8.") from None


def _blank(text: str) -> str:
    """As much white space, so that everything else stays on its line."""
    return re.sub(r"[^\n]", " ", text)


def string(node: Node) -> str | None:
    """What a string literal says, or a template without `${}`; None for any other node."""
    if node.kind == "string":
        return unescape(node.text[1:-1])
    if node.kind == "template_string" and not any(child.kind == "template_substitution" for child in node.children):
        return unescape(node.text[1:-1])
    return None


def unescape(text: str) -> str:
    """The text that a literal's inside stands for."""
    return _ESCAPE.sub(_unescaped, text)


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) > 1 and code[0] in "ux":
        point = int(code[1:].strip("{}"), 16)
        return chr(point) if point < 0x110000 and not 0xD800 <= point < 0xE000 else "\ufffd"
    return _ESCAPES.get(code, code)


def literal(text: str) -> str:
    """A string literal in single quotes."""
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    if "'" in escaped and '"' not in escaped:
        return f'"{escaped}"'
    return "'" + escaped.replace("'", "\\'") + "'"
