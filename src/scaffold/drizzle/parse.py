"""TypeScript text to a Schema: what Better Auth's CLI writes, and what people write by hand."""

from collections.abc import Callable, Mapping

from scaffold.drizzle.files import File, Files
from scaffold.drizzle.model import Casing, Dialect, Schema
from scaffold.drizzle.tables import Tables
from scaffold.errors import UsageError


def parse(text: str, path: str = "auth.schema.ts", *, casing: Casing = "") -> Schema:
    """The tables of one file.

    Args:
        text: of the file.
        path: for messages.
        casing: drizzle's option of that name: what becomes of a property whose column is not named.

    Raises:
        UsageError: it is no TypeScript, it has no table, or something in it can't be represented.
    """
    schemas = parse_project({path: text}, casing=casing)
    if not schemas:
        raise UsageError(f"{path} has no table: no sqliteTable(), pgTable() or mysqlTable() of drizzle-orm.")
    return schemas[0]


def parse_project(
    texts: Mapping[str, str], *, casing: Casing = "", look: Callable[[Files], object] = lambda _: None
) -> tuple[Schema, ...]:
    """The tables of several files that import from each other: a Schema for each that has any, in their order.

    Args:
        texts: of the files, by path with `/`.
        casing: as for `parse`.
        look: is shown the files, for what is beside the tables.

    Raises:
        UsageError: as for `parse`, and where the files are for different databases.
    """
    try:
        files = Files(texts)
        tables = Tables(files, casing)
        schemas = tuple(schema for file in files if (schema := _schema(tables, file)) is not None)
        look(files)
    except RecursionError:
        raise UsageError(f"{', '.join(texts)}: something in it is nested too deeply, or refers to itself.") from None
    dialects = {schema.dialect for schema in schemas}
    if len(dialects) > 1:
        raise UsageError(f"The files are for different databases: {', '.join(sorted(dialects))}.")
    return schemas


def _schema(tables: Tables, file: File) -> Schema | None:
    found = tables.of(file)
    dialects: set[Dialect] = {dialect for dialect, _ in found}
    if len(dialects) > 1:
        raise UsageError(f"{file.path} has tables for different databases: {', '.join(sorted(dialects))}.")
    if not found:
        return None
    return Schema(dialects.pop(), tuple(table for _, table in found), file.path)
