"""The layout of `ruff format`, at 60 columns for short examples; and ruff itself as the judge of many others."""

from textwrap import dedent

from hypothesis import strategies as st

from scaffold.source.layout import (
    Bracketed,
    Expression,
    array,
    call,
    class_header,
    docstring,
    expression,
    from_import,
    keyword,
    statement,
    subscript,
    union,
)

from . import ruff
from .modules import examples

ENUM = call("Enum", ['"draft"', '"published"', keyword("name", '"status"')])


def test_one_line_if_it_fits() -> None:
    assert statement("path", "Mapped[str]", width=60) == "path: Mapped[str]"
    assert statement("id", "Mapped[int]", call("mapped_column", []), width=60) == "id: Mapped[int] = mapped_column()"


def test_then_the_arguments_together() -> None:
    column = call("mapped_column", [ENUM, keyword("index", "True")])
    assert statement("status", "Mapped[str]", column, width=72) == (
        dedent("""\
            status: Mapped[str] = mapped_column(
                Enum("draft", "published", name="status"), index=True
            )""")
    )


def test_then_one_argument_a_line() -> None:
    column = call("mapped_column", [ENUM, keyword("index", "True")])
    assert statement("status", "Mapped[str]", column, width=60) == (
        dedent("""\
            status: Mapped[str] = mapped_column(
                Enum("draft", "published", name="status"),
                index=True,
            )""")
    )


def test_parentheses_keep_an_annotation_whole() -> None:
    annotation = subscript("Mapped", [subscript("Literal", ['"draft"', '"published"'])])
    assert statement("status", annotation, call("mapped_column", [ENUM]), width=64) == (
        dedent("""\
            status: Mapped[Literal["draft", "published"]] = (
                mapped_column(Enum("draft", "published", name="status"))
            )""")
    )


def test_the_annotation_is_split_last() -> None:
    annotation = subscript("Mapped", [union([subscript("Literal", ['"draft"', '"published"']), "None"])])
    assert statement("status", annotation, call("mapped_column", [ENUM]), width=50) == (
        dedent("""\
            status: Mapped[
                Literal["draft", "published"] | None
            ] = mapped_column(
                Enum("draft", "published", name="status")
            )""")
    )


def test_a_list_gets_no_parentheses() -> None:
    assert statement("status", subscript("Mapped", ["list[str]"]), array([]), width=30) == (
        dedent("""\
            status: Mapped[
                list[str]
            ] = []""")
    )


def test_a_list_has_one_item_a_line() -> None:
    assert expression(keyword("columns", array(['"one"', '"two"'])), width=20) == (
        dedent("""\
            columns=[
                "one",
                "two",
            ]""")
    )


def test_an_import_has_one_name_a_line() -> None:
    assert from_import("sqlalchemy", ["ForeignKey", "Text"], width=80) == "from sqlalchemy import ForeignKey, Text"
    assert from_import("sqlalchemy", ["ForeignKey", "Text"], width=30) == (
        dedent("""\
            from sqlalchemy import (
                ForeignKey,
                Text,
            )""")
    )


names = st.builds(lambda length, letter: "x" + letter * length, st.integers(0, 50), st.sampled_from("abc"))
atoms = st.one_of(names, names.map('"{}"'.format), st.integers(1, 9).map(lambda n: f'"{"出版" * n}"'))


def arguments(values: st.SearchStrategy[Expression]) -> st.SearchStrategy[list[Expression]]:
    def joined(positional: list[Expression], named: list[Expression]) -> list[Expression]:
        return positional + [keyword(f"k{number}", value) for number, value in enumerate(named)]

    return st.builds(joined, st.lists(values, max_size=3), st.lists(values, max_size=3))


def nested(values: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.one_of(st.builds(call, names, arguments(values)), st.lists(values, max_size=4).map(array))


def subscripts(values: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    optional = values.map(lambda value: union([value, "None"]))
    return st.builds(subscript, names, st.lists(st.one_of(values, optional), min_size=1, max_size=3))


expressions: st.SearchStrategy[Expression] = st.recursive(atoms, nested, max_leaves=8)
annotations: st.SearchStrategy[Expression] = st.recursive(names, subscripts, max_leaves=5)
calls: st.SearchStrategy[Bracketed] = st.builds(call, names, arguments(expressions))


def test_ruff_would_not_change_a_thing() -> None:
    statements = st.builds(
        lambda target, annotation, value: statement(target, annotation, value, width=88, indent=4),
        names,
        st.one_of(st.none(), annotations, annotations),
        st.one_of(st.none(), expressions, calls, calls),
    )
    body = "\n".join(examples(statements, 600))
    text = "class A:\n" + "".join(f"    {line}\n" for line in body.split("\n"))
    assert ruff.reformat(text, width=88) == text


def test_a_class_whose_bases_are_too_many() -> None:
    assert class_header("PageView", ["HasId", "Base"], width=60) == "class PageView(HasId, Base):"
    assert class_header("PageView", ["HasId", "Base"], width=24) == "class PageView(\n    HasId, Base\n):"


def test_a_name_that_no_layout_makes_fit() -> None:
    assert from_import("shop.tables.parts", ["Part as Part"], width=30) == (
        "from shop.tables.parts import (  # noqa: E501\n    Part as Part,\n)"
    )


def test_a_docstring_is_wrapped_between_words() -> None:
    assert docstring("add one to two", width=14) == "add one to\ntwo"
    assert docstring("create " + "a" * 30, width=20) == "create\n" + "a" * 30
