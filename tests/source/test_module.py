from contextlib import suppress
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.errors import UsageError
from scaffold.source import ColumnDef, TableClass, mentions_table, parse


def columns(body: str, imports: str = "") -> list[tuple[str, str, str]]:
    text = f"{imports}\nclass A(Base):\n    __tablename__ = 'a'\n" + "".join(
        f"    {line}\n" for line in body.split("\n")
    )
    return [(c.attribute, c.name, c.annotation) for c in parse(text).tables[0].columns]


def test_a_module() -> None:
    module = parse(
        dedent('''\
            """Analytics tables."""

            from sqlalchemy import ForeignKey
            from sqlalchemy.orm import Mapped, mapped_column

            from appdb.base import Base
            from appdb.mixins import HasId as Id

            LIMIT = 10


            class PageView(Id, mixins.HasTimestamps, Base):
                """A view of a page."""

                __tablename__ = "page_views"

                path: Mapped[str]
                user_id: Mapped[str | None] = mapped_column(
                    ForeignKey("users.id"),
                )
            '''),
        "analytics.py",
    )
    assert module.docstring == "Analytics tables."
    assert module.tables == (
        TableClass(
            class_name="PageView",
            table_name="page_views",
            line=12,
            bases=("Id", "mixins.HasTimestamps", "Base"),
            columns=(
                ColumnDef("path", "path", "Mapped[str]", 17),
                ColumnDef("user_id", "user_id", "Mapped[str | None]", 18),
            ),
            names=frozenset({"__tablename__", "path", "user_id"}),
        ),
    )
    assert module.bindings == {
        "ForeignKey": ("sqlalchemy", "ForeignKey"),
        "Mapped": ("sqlalchemy.orm", "Mapped"),
        "mapped_column": ("sqlalchemy.orm", "mapped_column"),
        "Base": ("appdb.base", "Base"),
        "Id": ("appdb.mixins", "HasId"),
    }
    assert module.names == {*module.bindings, "LIMIT", "PageView"}


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("x: Mapped[int]", ("x", "x", "Mapped[int]")),
        ("x: 'Mapped[int]'", ("x", "x", "'Mapped[int]'")),
        ("x: orm.Mapped[int] = orm.mapped_column()", ("x", "x", "orm.Mapped[int]")),
        ("x: Mapped[int] = mapped_column('y', Integer)", ("x", "y", "Mapped[int]")),
        ("x: Mapped[int] = mapped_column(name='y')", ("x", "y", "Mapped[int]")),
        ("x: Mapped[int] = deferred(mapped_column('y'))", ("x", "y", "Mapped[int]")),
        ("x: Mapped[int] = primary_key('sequence')", ("x", "x", "Mapped[int]")),
        ("x: int = mapped_column()", ("x", "x", "int")),
        ("x = Column(Integer)", ("x", "x", "")),
        ("x = sa.Column('y', sa.Integer)", ("x", "y", "")),
        ("x = mapped_column(Integer)", ("x", "x", "")),
        ("x = deferred(Column('y', Text))", ("x", "y", "")),
    ],
)
def test_what_is_a_column(line: str, column: tuple[str, str, str]) -> None:
    assert columns(line) == [column]


@pytest.mark.parametrize(
    "line",
    [
        "x: Mapped['B'] = relationship()",
        "x: Mapped[list['B']] = orm.relationship(back_populates='a')",
        "x: Mapped[int] = column_property(y + 1)",
        "x: Mapped[int] = synonym('y')",
        "x: AssociationProxy[list[str]] = association_proxy('b', 'name')",
        "x: DynamicMapped['B']",
        "x: ClassVar[int] = 3",
        "x: int",
        "x = 3",
        "x = relationship('B')",
        "__table_args__ = (Column('x'),)",
        "def x(self) -> Mapped[int]: ...",
        "class B: x = Column(Integer)",
    ],
)
def test_what_is_no_column(line: str) -> None:
    assert columns(line) == []


def test_a_column_under_another_name() -> None:
    imports = "from sqlalchemy import Column as C\nfrom sqlalchemy.orm import Mapped as M, relationship as rel"
    assert columns("x = C('y')\nz: M[int]\nw: M['B'] = rel()", imports) == [("x", "y", ""), ("z", "z", "M[int]")]


def test_tables_of_any_kind() -> None:
    module = parse(
        dedent("""\
            import sqlalchemy as sa
            from rich.table import Table
            members = sa.Table("members", metadata, sa.Column("id"))
            sa.Table("bare", metadata)
            shown = Table("title", expand)
            class Base: ...
            class Outer:
                class Inner(Base):
                    __tablename__: str = "inner"
            if True:
                class Hybrid(Base):
                    __table__ = sa.Table("hybrid", metadata)
            class Computed(Base):
                __tablename__ = NAME
            def f():
                class Local(Base):
                    __tablename__ = "local"
            """)
    )
    assert [(table.class_name, table.table_name, table.line) for table in module.tables] == [
        (None, "members", 3),
        (None, "bare", 4),
        ("Outer.Inner", "inner", 8),
        ("Hybrid", "hybrid", 11),
    ]


def test_bindings_are_what_a_table_can_rely_on() -> None:
    module = parse(
        dedent("""\
            import datetime as dt, os.path
            import sqlalchemy.orm
            from typing import TYPE_CHECKING, Text
            from ..base import Base
            try:
                import fast
            except ImportError as problem:
                fast = None
            if TYPE_CHECKING:
                from other import Other
            Text = 1
            class A(Base):
                __tablename__ = "a"
            from late import Late
            """),
        package="appdb.tables",
    )
    assert module.bindings == {
        "dt": ("datetime", None),
        "os": ("os", None),
        "os.path": ("os.path", None),
        "sqlalchemy": ("sqlalchemy", None),
        "sqlalchemy.orm": ("sqlalchemy.orm", None),
        "TYPE_CHECKING": ("typing", "TYPE_CHECKING"),
        "Base": ("appdb.base", "Base"),
    }
    assert module.names == {
        *("dt", "os", "sqlalchemy", "TYPE_CHECKING", "Text", "Base"),
        *("fast", "problem", "Other", "A", "Late"),
    }


def test_every_way_to_bind_a_name() -> None:
    module = parse(
        dedent("""\
            a, (b, *c) = d = 1, (2, 3)
            for e in []: f = 1
            with open(g := "x") as h: pass
            match 1:
                case [i, *j] | {"k": i, **j}: pass
                case str() as k: pass
            async def l(): m = 1
            n: int
            o += 1
            del p
            q.r = s[t] = 1
            """)
    )
    assert module.names == set("abcdefghijklnop")


def test_a_syntax_error_names_its_place() -> None:
    with pytest.raises(UsageError) as caught:
        parse("x = 1\nclass A(:\n", "src/appdb/tables/analytics.py")
    assert caught.value.message == (
        "src/appdb/tables/analytics.py:2 is not valid Python (invalid syntax), so nothing can be added to it."
    )
    assert caught.value.help == "Fix line 2 of src/appdb/tables/analytics.py, then run the command again."


def test_mentions_table() -> None:
    assert mentions_table('__tablename__ = "page_views"', "page_views")
    assert mentions_table('views = Table("page_views", metadata)', "page_views")
    assert not mentions_table('__tablename__ = "events"', "page_views")
    assert not mentions_table("# page_views are elsewhere", "page_views")


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=40), st.text("class A(B):\n x=Mapped['\"\\]#", max_size=60)))
def test_any_text_gives_a_module_or_an_error(text: str) -> None:
    with suppress(UsageError):
        assert parse(text).path == "<module>"
