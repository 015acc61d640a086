"""Indexes in a class's `__table_args__`, in the layout of ruff."""

from textwrap import dedent

import pytest

from scaffold.source.layout import Expression, call, keyword
from scaffold.source.table_args import add_index
from tests.source import ruff

CLASS = dedent("""\
    class Post(Base):
        __tablename__ = "posts"{}

        title: Mapped[str]
    """)
SHORT: list[Expression] = ['"a"', '"title"']
PARTIAL: list[Expression] = [
    '"posts_organization_id_created_at_idx"',
    '"organization_id"',
    '"created_at"',
    keyword("postgresql_where", call("text", ['"title IS NOT NULL"'])),
    keyword("sqlite_where", call("text", ['"title IS NOT NULL"'])),
]
BEFORE = {
    "none": "",
    "one": '\n    __table_args__ = (CheckConstraint("id > 0"),)',
    "one that fills its line": '\n    __table_args__ = (CheckConstraint("id > 0 AND organization_id > 0 OR id = 1"),)',
    "two": '\n    __table_args__ = (CheckConstraint("id > 0"), Index("t", "title"))',
    "options": '\n    __table_args__ = (CheckConstraint("id > 0"), {"comment": "posts"})',
    "one a line": '\n    __table_args__ = (\n        CheckConstraint("id > 0"),\n        Index("t", "title"),\n    )',
}


@pytest.mark.parametrize("width", [88, 120])
@pytest.mark.parametrize("index", [SHORT, PARTIAL], ids=["short", "partial"])
@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
def test_an_index_is_added_as_ruff_lays_it_out(before: str, index: list[Expression], width: int) -> None:
    text = CLASS.format(before)
    for _ in range(2):
        text = add_index(text, "Post", index, called="Index", width=width, path="posts.py")
        assert ruff.reformat(text, width) == text
