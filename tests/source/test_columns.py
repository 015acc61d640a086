import ast
from contextlib import suppress
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.errors import UsageError
from scaffold.source import insert_columns
from scaffold.source.text import Source

from .modules import classes_with_columns

NEW = ["path: Mapped[str]"]


def inserted(body: str, *statements: str, table: str = "A") -> str:
    """A class body with the columns added."""
    header = "class A(Base):\n"
    text = header + "".join(f"    {line}\n" if line else "\n" for line in dedent(body).strip("\n").split("\n"))
    result = insert_columns(text, table, statements or NEW)
    assert result.startswith(header)
    return dedent(result.removeprefix(header))


def test_below_the_last_column() -> None:
    body = '''\
        """A table."""

        __tablename__ = "a"
        __table_args__ = (UniqueConstraint("x"),)

        x: Mapped[int]
        y: Mapped[int] = mapped_column(
            Integer,
        )  # the y

        # About b.
        b: Mapped["B"] = relationship()

        @hybrid_property
        def z(self): ...
        '''
    assert inserted(body) == dedent('''\
        """A table."""

        __tablename__ = "a"
        __table_args__ = (UniqueConstraint("x"),)

        x: Mapped[int]
        y: Mapped[int] = mapped_column(
            Integer,
        )  # the y
        path: Mapped[str]

        # About b.
        b: Mapped["B"] = relationship()

        @hybrid_property
        def z(self): ...
        ''')


def test_above_what_follows_directly() -> None:
    assert (
        inserted("x: Mapped[int]\n__table_args__ = ()\n") == "x: Mapped[int]\npath: Mapped[str]\n__table_args__ = ()\n"
    )
    assert inserted("x: Mapped[int]\n# b\nb = relationship()\n") == (
        "x: Mapped[int]\npath: Mapped[str]\n# b\nb = relationship()\n"
    )


def test_below_the_text_that_documents_the_last_column() -> None:
    assert inserted('x: Mapped[int]\n"""About x."""  # so\ny = 1\n') == (
        'x: Mapped[int]\n"""About x."""  # so\npath: Mapped[str]\ny = 1\n'
    )


def test_legacy_columns() -> None:
    assert inserted("x = Column(Integer)\n\nb = relationship()\n", "y = Column(Text)") == (
        "x = Column(Integer)\ny = Column(Text)\n\nb = relationship()\n"
    )


def test_several_columns_of_several_lines() -> None:
    assert inserted("x: Mapped[int]\n", "y: Mapped[str] = f(\n    1,\n)", "z: Mapped[int]") == (
        "x: Mapped[int]\ny: Mapped[str] = f(\n    1,\n)\nz: Mapped[int]\n"
    )


@pytest.mark.parametrize(
    ("body", "result"),
    [
        ('__tablename__ = "a"', '__tablename__ = "a"\n\npath: Mapped[str]\n'),
        (
            '__tablename__ = "a"\n__table_args__ = (\n    1,\n)\n\nb = relationship()',
            '__tablename__ = "a"\n__table_args__ = (\n    1,\n)\n\npath: Mapped[str]\n\nb = relationship()\n',
        ),
        (
            '__tablename__ = "a"\n# About f.\ndef f(self): ...',
            '__tablename__ = "a"\n\npath: Mapped[str]\n\n# About f.\ndef f(self): ...\n',
        ),
        ('"""A mixin."""', '"""A mixin."""\n\npath: Mapped[str]\n'),
        ("# About f.\n@f\ndef f(self): ...", "path: Mapped[str]\n# About f.\n@f\ndef f(self): ...\n"),
        ("pass", "path: Mapped[str]\npass\n"),
    ],
)
def test_the_first_column(body: str, result: str) -> None:
    assert inserted(body) == result


def test_the_style_of_the_class() -> None:
    text = 'class A(Base):\r\n\t__tablename__ = "a"\r\n\tx: Mapped[int]'
    assert insert_columns(text, "A", ["y: Mapped[int] = f(\n    1,\n)"]) == (
        text + "\r\n\ty: Mapped[int] = f(\r\n\t\t1,\r\n\t)"
    )


def test_by_the_name_of_the_table_or_a_nested_class() -> None:
    text = 'class A:\n  class B(Base):\n    __tablename__ = "bs"\n    x: Mapped[int]\n  y = 1\n'
    result = (
        'class A:\n  class B(Base):\n    __tablename__ = "bs"\n    x: Mapped[int]\n    path: Mapped[str]\n  y = 1\n'
    )
    assert insert_columns(text, "bs", NEW) == insert_columns(text, "A.B", NEW) == result


def test_a_column_class_of_another_name() -> None:
    text = "from sqlalchemy import Column as C\nclass A(Base):\n    x = C(Integer)\n    y = 1\n"
    assert insert_columns(text, "A", NEW).endswith("    x = C(Integer)\n    path: Mapped[str]\n    y = 1\n")


def refused(text: str, table: str = "A") -> tuple[str, str]:
    with pytest.raises(UsageError) as caught:
        insert_columns(text, table, NEW, path="models.py")
    return caught.value.message, caught.value.help


def test_a_class_on_one_line_is_refused() -> None:
    assert refused('class A(Base): __tablename__ = "a"; x = 1\n') == (
        "models.py:1 has the body of A on its header's line, where no column can be added.",
        'Give the body lines of its own:\n\nclass A(Base):\n    __tablename__ = "a"\n    x = 1\n    path: Mapped[str]',
    )
    assert "models.py:1 has the body of A" in refused("class A(Base): \\\n    x = 1\n")[0]


def test_a_core_table_is_refused() -> None:
    by_hand = "Add this by hand:\n\npath: Mapped[str]"
    assert refused('rows = Table("rows", metadata)\n', "rows") == (
        "models.py defines rows as a core Table, which has no class to add a column to.",
        by_hand,
    )
    assert refused('class A(Base):\n    __table__ = Table("a", metadata)\n', "a") == (
        "models.py: the columns of A stand in its __table__, a core Table.",
        by_hand,
    )


def test_an_unknown_class_is_refused() -> None:
    assert refused('class B(Base):\n    __tablename__ = "bs"\n') == (
        "models.py has no table or class named A.",
        "It has B.",
    )


def test_two_classes_of_one_name_are_refused() -> None:
    text = "if x:\n    class A:\n        y = 1\nelse:\n    class A:\n        z = 1\n"
    assert refused(text)[0] == "models.py defines A more than once, on lines 2 and 5."


def target(text: str) -> ast.ClassDef:
    return next(node for node in Source.parse(text).tree.body if isinstance(node, ast.ClassDef) and node.name == "A")


@settings(max_examples=300, deadline=None)
@given(classes_with_columns(), st.sampled_from(["new: Mapped[int]", 'new = Column(\n    "new",\n    Integer,\n)']))
def test_only_the_new_lines_are_new(text: str, statement: str) -> None:
    result = insert_columns(text, "A", [statement])

    added = len(result) - len(text)
    assert any(result[:at] + result[at + added :] == text for at in range(len(text) + 1))

    before, after = target(text).body, target(result).body
    new = [number for number, node in enumerate(after) if ast.unparse(node).startswith("new")]
    assert len(new) == 1
    assert [ast.dump(node) for node in before] == [ast.dump(node) for node in after if node is not after[new[0]]]
    columns = [number for number, node in enumerate(after) if ast.unparse(node).startswith("column_")]
    assert not columns or columns[-1] < new[0]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40), st.sampled_from(["", "class A:\n    x: Mapped[int]\n", "class A: "]))
def test_any_text_gives_a_module_or_an_error(text: str, start: str) -> None:
    with suppress(UsageError):
        Source.parse(insert_columns(start + text, "A", NEW))
