"""What new columns refer to: whether it is there, and of which type its ids are."""

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from scaffold.schema.column import Column
from scaffold.source.catalog import Catalog
from scaffold.source.substitution import Substitution, substitute
from scaffold.source.text import Source

ID_TYPES = ("str", "int")
"""What an id may be in Python."""


def referring(catalog: Catalog, columns: Iterable[Column], fields: Sequence[str], table: str) -> tuple[Column, ...]:
    """The columns, those that refer to a table with the type of its ids.

    Args:
        catalog: the project's tables.
        columns: the new columns.
        fields: the fields that spell them, in the same order, for the corrected command.
        table: the table that gets the columns; it may refer to itself.

    Raises:
        UsageError: with the nearest table that exists, or no migration makes the table.
    """
    found = []
    for column, field in zip(columns, fields, strict=True):
        if column.reference and column.reference.table != table:
            target = column.reference.table
            referred = catalog.require(target, wrong=field, right=field.replace(f"ref={target}", "ref={}", 1))
            catalog.check_made(referred)
            known = {known.name: known.annotation for known in referred.table.columns}
            id_type = "int" if known.get("id") == "Mapped[int]" else "str"
            column = replace(column, reference=replace(column.reference, id_type=id_type))
        found.append(column)
    return tuple(found)


def retyped(text: str, ids: Mapping[str, str], *, width: int, path: str = "<module>") -> str:
    """A module's text, where the columns that refer to some tables are annotated as their ids are.

    Args:
        text: of the module.
        ids: the Python types of the ids, by table.
        width: the line length.
        path: for messages.
    """
    source = Source.parse(text, path)
    pieces = []
    for node in ast.walk(source.tree):
        match node:
            case ast.AnnAssign(_, ast.Subscript(_, inner), ast.expr() as value):
                wanted = next((ids[table] for table in _referred(value) if table in ids), "")
                for name in ast.walk(inner) if wanted in ID_TYPES else ():
                    if isinstance(name, ast.Name) and name.id in ID_TYPES and name.id != wanted:
                        pieces.append(Substitution(source.start(name), source.end(name), wanted))
    return substitute(source, pieces, width=width)


def _referred(value: ast.expr) -> list[str]:
    """The tables whose ids a column's foreign keys point to."""
    calls = [part for part in ast.walk(value) if isinstance(part, ast.Call)]
    keys = [call for call in calls if ast.unparse(call.func).rpartition(".")[2] == "ForeignKey"]
    texts = [key.args[0].value for key in keys if key.args and isinstance(key.args[0], ast.Constant)]
    return [text.removesuffix(".id") for text in texts if isinstance(text, str) and text.endswith(".id")]
