"""The statements that new columns become, and what they need imported."""

import pytest

from scaffold.schema.fields import parse_fields
from scaffold.source.module import parse
from scaffold.source.new_columns import new_columns


@pytest.mark.parametrize(
    ("field", "statement"),
    [
        ("metadata:json", 'metadata_: Mapped[dict[str, Any]] = mapped_column("metadata")'),
        ("str:text", 'str_: Mapped[str] = mapped_column("str")'),
        ("dt:datetime", 'dt_: Mapped[dt.datetime] = mapped_column("dt")'),
    ],
)
def test_a_column_that_gives_way_keeps_its_name_in_the_database(field: str, statement: str) -> None:
    added = new_columns(parse(""), parse_fields([field]), "shopdb", width=88)
    assert added.statements == (statement,)
    assert "mapped_column" in {symbol.local for symbol in added.needed}


def test_a_column_gives_way_to_the_import_that_another_needed_for_that() -> None:
    added = new_columns(parse(""), parse_fields(["str:text", "mapped_column:text"]), "shopdb", width=88)
    assert added.statements == (
        'str_: Mapped[str] = mapped_column("str")',
        'mapped_column_: Mapped[str] = mapped_column("mapped_column")',
    )
