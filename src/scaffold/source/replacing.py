"""A column's statement written anew, in its place."""

import ast
from collections.abc import Sequence

from scaffold.errors import UsageError
from scaffold.schema.column import Column
from scaffold.source.catalog import Found
from scaffold.source.imports import add_imports
from scaffold.source.module import parse
from scaffold.source.new_columns import new_columns
from scaffold.source.removal import column_statement
from scaffold.source.text import Source
from scaffold.source.unused import without_unused


def replace_columns(found: Found, columns: Sequence[Column], package: str, *, width: int, path: str) -> str:
    """The module's text with new definitions of columns that a class has.

    Args:
        found: the table and its module.
        columns: their new definitions; the names stay.
        package: the import name of the database package.
        width: the line length.
        path: for messages.

    Raises:
        UsageError: an attribute has another name than a verb would give it.
    """
    text = found.source.text
    for column in columns:
        text = _replaced(text, found, column, package, width, path)
    return without_unused(found.source.text, text, path=path)


def _replaced(text: str, found: Found, column: Column, package: str, width: int, path: str) -> str:
    source = Source.parse(text, path)
    class_name = found.table.class_name or ""
    statement = column_statement(source, class_name, column.name)
    attribute = next(known.attribute for known in found.table.columns if known.name == column.name)
    module = parse(text, path, package=f"{package}.tables")
    names = found.table.names - {attribute}
    added = new_columns(module, [column], package, class_names=names, width=width)
    [written] = added.statements
    if not written.startswith(f"{attribute}:") or not isinstance(statement, ast.AnnAssign):
        raise UsageError(
            f"{path}:{statement.lineno} writes the column {column.name!r} by hand; nothing was written.",
            help=f"Change it there to what you mean, for example:\n\n{written}\n\nthen: scaffold generate -m MESSAGE",
        )
    start = source.start(statement)
    margin = source.text[source.starts[statement.lineno - 1] : start]
    text = source.replace(start, source.end(statement), written.replace("\n", source.newline + margin))
    top = package.partition(".")[0]
    return add_imports(text, added.needed, width, first_party=(top,), package=f"{package}.tables", path=path)
