"""Imports that an edit left without a use."""

import ast
import re

from scaffold.source.items import remove_item
from scaffold.source.removal import remove_statements
from scaffold.source.text import Source


def without_unused(before: str, after: str, *, path: str = "<module>") -> str:
    """The text after an edit, without the imports that were used before it and are not any more.

    Args:
        before: the module before the edit.
        after: the module after the edit.
        path: for messages.
    """
    old, new = Source.parse(before, path), Source.parse(after, path)
    lost = _used(old) - _used(new)
    for name in sorted(lost):
        after = remove_import(after, name, path=path)
    return after


def remove_import(text: str, name: str, *, path: str = "<module>") -> str:
    """The text without the import of the module's own level that binds a name; the same text if there is none."""
    source = Source.parse(text, path)
    body = source.tree.body
    for statement in body:
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            continue
        bound = [alias.asname or alias.name.partition(".")[0] for alias in statement.names]
        if name not in bound or getattr(statement, "module", None) == "__future__":
            continue
        if len(bound) == 1:
            return remove_statements(source, [statement], body)
        return remove_item(source, statement.names, bound.index(name))
    return text


def _used(source: Source) -> set[str]:
    """The names that anything but an import mentions, in annotations written as text too, and exports."""
    names: set[str] = set()
    for node in ast.walk(source.tree):
        match node:
            case ast.Name(name):
                names.add(name)
            case ast.Constant(str(text)) if len(text) < 200:
                names.update(re.findall(r"[A-Za-z_]\w*", text))
    return names
