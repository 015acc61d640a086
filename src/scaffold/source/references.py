"""Whether the tables that new columns refer to are there."""

from collections.abc import Iterable, Sequence

from scaffold.schema.column import Column
from scaffold.source.catalog import Catalog


def check_references(catalog: Catalog, columns: Iterable[Column], fields: Sequence[str], table: str) -> None:
    """Refuse a reference to a table that does not exist.

    Args:
        catalog: the project's tables.
        columns: the new columns.
        fields: the fields that spell them, in the same order, for the corrected command.
        table: the table that gets the columns; it may refer to itself.

    Raises:
        UsageError: with the nearest table that exists.
    """
    for column, field in zip(columns, fields, strict=True):
        if column.reference and column.reference.table != table:
            target = column.reference.table
            catalog.require(target, wrong=field, right=field.replace(f"ref={target}", "ref={}", 1))
