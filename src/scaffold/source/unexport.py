"""An export that goes from `tables/__init__.py`."""

import ast

from scaffold.source.exports import declared, names_in, one_literal
from scaffold.source.items import remove_item
from scaffold.source.text import Source
from scaffold.source.unused import remove_import


def remove_export(text: str, class_name: str, *, path: str = "tables/__init__.py") -> str:
    """The text without the export of a class, its name in `__all__` included; the same text if it has none.

    Args:
        text: of `tables/__init__.py`.
        class_name: the class's.
        path: for messages.
    """
    source = Source.parse(text, path)
    literal = one_literal(declared(source))
    names = names_in(literal)
    if literal is not None and class_name in names:
        index = names.index(class_name)
        if len(names) == 1:
            whole = "[]" if isinstance(literal, ast.List) else "()"
            text = source.replace(source.start(literal), source.end(literal), whole)
        else:
            text = remove_item(source, literal.elts, index)
    return remove_import(text, class_name, path=path)
