"""Columns as statements: what each field becomes, and that it says the same to SQLAlchemy."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.schema.column import Column
from scaffold.schema.fields import parse_field
from scaffold.schema.types import TYPES
from scaffold.source.imports import Symbol
from scaffold.source.layout import flat
from scaffold.source.mapped import (
    OWN_TYPES,
    SHAPES,
    attribute_name,
    column_lines,
    literal,
    quoted,
)
from tests.schema.columns import columns, documents
from tests.source.modules import examples
from tests.source.ruff import reformat


def _name(symbol: Symbol) -> str:
    return "types" if symbol == OWN_TYPES else symbol.local


def _statement(column: Column, width: int = 1000) -> str:
    return "\n".join(column_lines(column, attribute_name(column.name, frozenset()), _name, width=width))


@pytest.mark.parametrize(
    ("field", "statement"),
    [
        ("a:text", "a: Mapped[str]"),
        ("a:text:optional", "a: Mapped[str | None]"),
        ("a:text:default=x", 'a: Mapped[str] = mapped_column(types.ShortText(), server_default="x")'),
        ("a:text:index", "a: Mapped[str] = mapped_column(types.ShortText(), index=True)"),
        ("a:string=80:unique", "a: Mapped[str] = mapped_column(types.String(80), unique=True, index=True)"),
        ("a:int:default=-1", 'a: Mapped[int] = mapped_column(server_default=text("-1"))'),
        ("a:bigint", "a: Mapped[int] = mapped_column(BigInteger)"),
        ("a:float", "a: Mapped[float]"),
        (
            "a:decimal=40.30:default=0",
            'a: Mapped[Decimal] = mapped_column(types.Decimal(40, 30), server_default=text("0.' + "0" * 30 + '"))',
        ),
        ("a:bool:default=false", 'a: Mapped[bool] = mapped_column(server_default=text("false"))'),
        ("a:date", "a: Mapped[dt.date]"),
        (
            "a:datetime:default=2026-01-31T09:30:00+02:00",
            'a: Mapped[dt.datetime] = mapped_column(server_default=types.EpochSeconds.default("2026-01-31T07:30:00Z"))',
        ),
        ("a:time:default=09:30", 'a: Mapped[dt.time] = mapped_column(server_default="09:30:00")'),
        ("a:json", "a: Mapped[dict[str, Any]]"),
        ("a:json:default=[]", "a: Mapped[list[Any]] = mapped_column(server_default=types.Json.default([]))"),
        ("a:uuid", "a: Mapped[UUID]"),
        ("a:bytes:default=00FF", 'a: Mapped[bytes] = mapped_column(server_default=types.Bytes.default("00ff"))'),
        ("a:enum=x,y:optional", 'a: Mapped[Literal["x", "y"] | None]'),
        ("a:ref=users", 'a_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)'),
        ("metadata:json:optional", 'metadata_: Mapped[dict[str, Any] | None] = mapped_column("metadata")'),
    ],
)
def test_a_statement(field: str, statement: str) -> None:
    assert _statement(parse_field(field)) == statement


def test_every_type_has_a_shape() -> None:
    assert SHAPES.keys() == TYPES.keys()


@pytest.mark.parametrize("width", [79, 88, 120])
def test_statements_are_laid_out_as_ruff_does(width: int) -> None:
    blocks = []
    for column in examples(columns(), 150):
        lines = column_lines(column, attribute_name(column.name, frozenset()), _name, width=width)
        blocks.append("\n".join(f"    {line}" for line in lines))
    text = "class A:\n" + "\n".join(blocks) + "\n"
    assert reformat(text, width) == text


@settings(deadline=None)
@given(documents)
def test_a_json_value_is_written_as_it_is(value: object) -> None:
    assert ast.literal_eval(flat(literal(value))) == value


@settings(deadline=None)
@given(st.text())
def test_a_text_is_written_as_it_is(text: str) -> None:
    assert ast.literal_eval(quoted(text)) == text


def test_an_attribute_gives_way_as_long_as_it_must() -> None:
    assert attribute_name("metadata", frozenset({"metadata_"})) == "metadata__"
    assert attribute_name("name", frozenset()) == "name"


@given(st.lists(st.text("'\"\\a\n", max_size=8), min_size=20, max_size=40))
@settings(max_examples=5, deadline=None)
def test_quotes_are_those_of_ruff(texts: list[str]) -> None:
    module = "".join(f"x = {quoted(text)}\n" for text in texts)
    assert reformat(module, 88) == module
    assert [ast.literal_eval(line.removeprefix("x = ")) for line in module.splitlines()] == texts
