"""The statements that new columns become, and what they need imported."""

import ast
import builtins

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scaffold.schema.column import Column
from scaffold.schema.fields import parse_fields
from scaffold.source.module import parse
from scaffold.source.new_columns import new_columns
from tests.schema.columns import columns


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


@settings(max_examples=200, deadline=None)
@given(st.lists(columns(), min_size=1, max_size=3, unique_by=lambda column: column.name))
@example(parse_fields(["str:bool"]))
@example(parse_fields(["types:text:default=x", "text:int:default=1", "mapped_column:text", "str_:text", "str:text"]))
def test_what_statements_mention_is_imported_and_not_hidden(wanted: list[Column]) -> None:
    added = new_columns(parse(""), wanted, "shopdb", width=1000)
    attributes, mentioned = set(), set()
    for text in added.statements:
        [statement] = ast.parse(text).body
        assert isinstance(statement, ast.AnnAssign)
        assert isinstance(statement.target, ast.Name)
        attributes.add(statement.target.id)
        said = [statement.annotation, *([statement.value] if statement.value else [])]
        mentioned |= {node.id for part in said for node in ast.walk(part) if isinstance(node, ast.Name)}
    assert len(attributes) == len(wanted)
    assert mentioned - set(dir(builtins)) == {symbol.local for symbol in added.needed}
    assert not mentioned & attributes
