"""Where a class stands in a module's text."""

import ast

from scaffold.source.module import classes
from scaffold.source.text import Source, first_line


def class_span(text: str, class_name: str, path: str = "<module>") -> tuple[int, int] | None:
    """The offsets of a class of the module's own level, with its decorators and the comments right above it, or None.

    Raises:
        UsageError: the text is no Python.
    """
    source = Source.parse(text, path)
    node = dict(classes(source.tree.body)).get(class_name)
    if not isinstance(node, ast.ClassDef):
        return None
    first = first_line(node)
    while source.is_comment(first - 1):
        first -= 1
    return source.starts[first - 1], source.end(node)


def class_text(text: str, class_name: str) -> str:
    """A class that is there, as a module has it, with its decorators and the comments right above it."""
    span = class_span(text, class_name)
    assert span is not None
    return text[slice(*span)]
