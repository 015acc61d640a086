"""Alembic's statements in the layout of ruff."""

import ast

import pytest
from hypothesis import strategies as st

from scaffold.source.reformat import reformat
from tests.source import ruff
from tests.source.modules import examples

names = st.sampled_from(["a", "op.create_table", "sa.Column", "types.Enum", "a_rather_long_name_of_a_function"])
values = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=30).map(repr),
    st.lists(st.text("ab'\"é\\n", min_size=1, max_size=9), min_size=20, max_size=40).map(" ".join).map(repr),
    st.integers().map(repr),
    st.booleans().map(repr),
    st.just("None"),
)


def _call(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def written(name: str, positional: list[str], named: list[str]) -> str:
        return f"{name}({', '.join([*positional, *(f'k{n}={value}' for n, value in enumerate(named))])})"

    return st.builds(written, names, st.lists(inner, max_size=4), st.lists(inner, max_size=3))


def _list(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(inner, max_size=4).map(lambda items: f"[{', '.join(items)}]")


def _dict(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    entries = st.lists(st.tuples(st.text("abc", max_size=9).map(repr), inner), max_size=3)
    return entries.map(lambda pairs: f"{{{', '.join(f'{key}: {value}' for key, value in pairs)}}}")


expressions = st.recursive(values, lambda inner: st.one_of(_call(inner), _list(inner), _dict(inner)), max_leaves=12)
calls = _call(expressions)


@pytest.mark.parametrize("width", [79, 88, 120])
def test_as_ruff_does(width: int) -> None:
    statements = "\n".join(examples(calls, 150))
    laid_out = reformat(statements, width=width)
    text = "def upgrade():\n" + "\n".join(f"    {line}" if line else line for line in laid_out.split("\n")) + "\n"
    assert ruff.reformat(text, width) == text
    assert ast.dump(ast.parse(laid_out)) == ast.dump(ast.parse(statements))


@pytest.mark.parametrize(
    "code",
    [
        'if op.get_context().dialect.name == "sqlite":\n    op.a("x")\nelse:\n    op.b("x")',
        'with op.batch_alter_table("t") as batch_op:\n    batch_op.drop_column("c")',
        'x = sa.table("t", sa.column("a"))',
        'f({"a": 1, "b": [1, None, True]})',
    ],
)
def test_what_it_knows_stays(code: str) -> None:
    assert reformat(code, width=88) == code


def test_an_empty_body() -> None:
    assert reformat("", width=88) == ""
