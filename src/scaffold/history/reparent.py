"""A revision put on top of another one: its `down_revision` and its docstring say so, every other byte stays."""

import ast
import re

from scaffold.errors import UsageError
from scaffold.history.revision import assignments
from scaffold.source.text import Source


def reparent(text: str, down: tuple[str, ...], path: str = "<revision>") -> str:
    """The text of a revision that stands on `down`.

    Raises:
        UsageError: its `down_revision` is no plain assignment.
    """
    source = Source.parse(text, path)
    value = assignments(source.tree).get("down_revision")
    if value is None:
        raise UsageError(f"{path} sets no down_revision that could be changed; nothing was written.")
    quote = "'" if source.segment(value).lstrip("([ ").startswith("'") else '"'
    names = [f"{quote}{revision}{quote}" for revision in down]
    written = names[0] if len(names) == 1 else f"({', '.join(names)})" if names else "None"
    text = source.replace(source.start(value), source.end(value), written)
    return _documented(Source.parse(text, path), down)


def _documented(source: Source, down: tuple[str, ...]) -> str:
    match source.tree.body:
        case [ast.Expr(ast.Constant(str())) as docstring, *_]:
            line = re.sub(
                r"^(Revises:)[^\r\n]*",
                lambda match: f"{match[1]} {', '.join(down)}".rstrip(),
                source.segment(docstring),
                count=1,
                flags=re.MULTILINE,
            )
            return source.replace(source.start(docstring), source.end(docstring), line)
    return source.text
