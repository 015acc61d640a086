"""What an import leaves out, as notes that name file and line: Python has no place for it."""

from collections.abc import Iterator

from scaffold.drizzle.files import Files
from scaffold.drizzle.mapped_types import Context, python_type
from scaffold.drizzle.model import Column, Schema, Table
from scaffold.drizzle.values import Place
from scaffold.source.layout import flat

_RELATIONS = ("relations", "defineRelations", "defineRelationsPart")
_MODES = {
    "timestamp": ("string",),
    "datetime": ("string",),
    "date": ("date",),
    "bigint": ("bigint",),
    "numeric": ("number", "bigint"),
    "decimal": ("number", "bigint"),
}
"""The modes that an export of the same column does not write: what TypeScript sees, whatever the database stores."""


def unkept_relations(files: Files) -> Iterator[str]:
    """A note for each file with `relations(...)`."""
    for file in files:
        lines = [
            str(node.line)
            for node in file.root.all("call_expression")
            if (function := node.field("function")) is not None
            and Place(files, file, function).drizzle_name() in _RELATIONS
        ]
        if lines:
            yield (
                f"{file.path}:{', '.join(lines)}: relations() says nothing of the database and is left out; where"
                " Python is to follow a foreign key, its model gets a relationship()"
            )


def unkept(schema: Schema, table: Table) -> Iterator[str]:
    """A note for each thing that a table's columns say and its model does not."""
    for column in table.columns:
        for note in _of_column(schema, column):
            yield f"{schema.path}:{column.line}: {table.name}.{column.name}: {note}"


def _of_column(schema: Schema, column: Column) -> Iterator[str]:
    kind = column.type
    made = python_type(column, Context(schema.dialect))
    said = flat(made.annotation) if made is not None else ""
    if column.ts_type and not said.startswith(("list[", "dict[")):
        yield f"`.$type<{' '.join(column.ts_type.split())}>()` is left out; to Python it is {said}"
    if kind.mode in _MODES.get(kind.builder, ()) and not (schema.dialect == "sqlite" and kind.builder == "numeric"):
        yield f"`mode: '{kind.mode}'` is left out, and an export does not write it"
    short = schema.dialect == "mysql" and kind.length == 255
    if kind.values and kind.length is not None and made is not None and made.sqltype is None and not short:
        yield f"the length {kind.length} beside the enum is left out"
