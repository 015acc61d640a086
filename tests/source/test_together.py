"""A column with all that it needs, into a module that someone else has written."""

import difflib
from pathlib import Path
from textwrap import dedent

from scaffold.source import Symbol, add_imports, bind, insert_columns, parse
from scaffold.source.layout import call, keyword, statement, subscript, union

from . import ruff

BEFORE = '''\
# Copyright somebody.
"""Analytics tables."""

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import (  # all of the ORM
    Mapped,
    relationship,
)

from appdb.base import Base

if TYPE_CHECKING:
    from .accounts import User


class PageView(Base):
    """One view of one page."""

    __tablename__ = "page_views"

    id: Mapped[int] = mapped_id()  # from the sequence
    path: Mapped[str]
    date: Mapped[str]
    """As the browser has it."""

    # Who it was.
    user: Mapped["User"] = relationship()


class Visit(Base):
    __tablename__ = "visits"
    page_view = relationship("PageView")
'''


def with_column(text: str, table_name: str) -> str:
    """The text with a column `viewed_on`, an optional date."""
    module = parse(text, "analytics.py", package="appdb.tables")
    table = next(table for table in module.tables if table.table_name == table_name)
    mapped, mapped_column = Symbol("sqlalchemy.orm", "Mapped"), Symbol("sqlalchemy.orm", "mapped_column")
    date, now = Symbol("datetime", "date"), Symbol("sqlalchemy", "func")
    local = bind(module, [mapped, mapped_column, date, now], taken={*table.names, "viewed_on"})
    default = keyword("server_default", call(f"{local[now]}.current_date"))
    column = statement(
        "viewed_on",
        subscript(local[mapped], [union([local[date], "None"])]),
        call(local[mapped_column], [default, keyword("index", "True")]),
        width=88,
    )
    text = insert_columns(text, table_name, [column])
    return add_imports(text, local.needed, 88, first_party={"appdb"}, package="appdb.tables")


def test_a_column_and_its_imports(tmp_path: Path) -> None:
    after = with_column(BEFORE, "page_views")
    assert list(difflib.unified_diff(BEFORE.splitlines(), after.splitlines(), n=1, lineterm=""))[2:] == [
        "@@ -3,2 +3,3 @@",
        " ",
        "+from datetime import date as date_",
        " from typing import TYPE_CHECKING",
        "@@ -8,2 +9,3 @@",
        "     Mapped,",
        "+    mapped_column,",
        "     relationship,",
        "@@ -26,2 +28,5 @@",
        '     """As the browser has it."""',
        "+    viewed_on: Mapped[date_ | None] = mapped_column(",
        "+        server_default=sa.func.current_date(), index=True",
        "+    )",
        " ",
    ]
    assert ruff.complaints(tmp_path / "after", [after]) == [""]


def test_the_first_column_of_a_class(tmp_path: Path) -> None:
    after = with_column(BEFORE, "visits")
    assert after.endswith(
        dedent("""\
            class Visit(Base):
                __tablename__ = "visits"

                viewed_on: Mapped[date | None] = mapped_column(
                    server_default=sa.func.current_date(), index=True
                )

                page_view = relationship("PageView")
            """)
    )
    assert ruff.complaints(tmp_path / "after", [after]) == [""]
