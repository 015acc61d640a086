"""CREATE TABLE, read as SQLite reads it."""

import sqlite3
from contextlib import closing
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.errors import ScaffoldError
from scaffold.sqlite.definition import index_body, parse
from scaffold.sqlite.tokens import names_in, quote, sameness, tokenize

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8).map(quote)
TYPES = st.sampled_from(["", "INT", "VARCHAR(20)", "DECIMAL(10, 2)", "[odd type]", "unsigned big int", '"q"'])
EXPRESSIONS = st.sampled_from(["1", "length('),(') > 0", "(2 + 3) * 4", "'--' <> \"x\"", "1 /* ,) */"])
ACTIONS = st.sampled_from(
    ["", "ON DELETE CASCADE", "ON DELETE SET NULL ON UPDATE NO ACTION", "on update set default", "ON DELETE RESTRICT"]
)
LITERALS = st.sampled_from(
    ["NULL", "-5", "+1.5e3", "'it''s'", "CURRENT_TIMESTAMP", "(1 + 2)", "x'00'", '"word"', "true"]
)
LABELS = st.sampled_from(["", "CONSTRAINT c ", 'CONSTRAINT "a b" '])
SPACES = st.sampled_from([" ", "\n\t", " -- no, (really\n", " /* , ( */ "])


@st.composite
def columns(draw: st.DrawFn) -> str:
    """A column's definition behind its name."""
    parts = [
        draw(st.sampled_from(["", "NOT NULL", "not null on conflict ignore", "NULL"])),
        draw(st.just("") | LITERALS.map("DEFAULT {}".format)),
        draw(st.just("") | EXPRESSIONS.map("CHECK ({})".format)),
        draw(st.sampled_from(["", "COLLATE NOCASE", "collate 'binary'", "UNIQUE", "UNIQUE ON CONFLICT REPLACE"])),
        draw(
            st.just("")
            | ACTIONS.map("REFERENCES other {}".format)
            | ACTIONS.map('REFERENCES "o t" (id) {} NOT DEFERRABLE INITIALLY DEFERRED'.format)
        ),
    ]
    parts = [draw(LABELS) + part if part and not part.startswith("NULL") else part for part in parts]
    return draw(SPACES).join([draw(TYPES), *draw(st.permutations(parts))])


@st.composite
def tables(draw: st.DrawFn) -> str:
    """A CREATE TABLE that SQLite accepts."""
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique_by=lambda name: name.lower()))
    space = draw(SPACES)
    items = [f"{name}{space}{draw(columns())}" for name in names]
    items += draw(
        st.lists(
            st.sampled_from(
                [
                    f"UNIQUE ({names[0]})",
                    f"CONSTRAINT c FOREIGN KEY ({names[0]}) REFERENCES other (id) ON DELETE CASCADE DEFERRABLE",
                    "CHECK (1 < 2) CHECK (2 < 3)",
                    f"PRIMARY KEY ({names[-1]} COLLATE NOCASE DESC)",
                ]
            ),
            max_size=3,
            unique=True,
        )
    )
    return f"CREATE TABLE t ({space}{f'{space},{space}'.join(items)}{space}){draw(st.sampled_from(['', ' STRICT']))}"


def facts(sql: str) -> tuple[object, ...] | None:
    """What SQLite makes of it; None where it refuses."""
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute(sql)
        except sqlite3.Error:
            return None
        pragmas = ("table_xinfo", "foreign_key_list", "index_list")
        return tuple(connection.execute(f"PRAGMA {pragma}(t)").fetchall() for pragma in pragmas)


@settings(deadline=None)
@given(tables())
def test_it_is_read_as_sqlite_reads_it(sql: str) -> None:
    known = facts(sql)
    if known is None:
        return
    definition = parse(sql)
    xinfo, keys, _ = known
    assert [column.name for column in definition.columns] == [row[1] for row in xinfo]  # type: ignore[attr-defined]
    # In a STRICT table the columns of the key are NOT NULL without saying so.
    not_null = {row[1] for row in xinfo if row[3] and not (definition.strict and row[5])}  # type: ignore[attr-defined]
    said = {column.name for column in definition.columns if column.find("not null")}
    assert not_null <= said <= {row[1] for row in xinfo if row[3]}  # type: ignore[attr-defined]
    assert sorted(definition.primary_key) == sorted(row[1] for row in xinfo if row[5])  # type: ignore[attr-defined]
    parents = [item.parent for _, item in definition.every_constraint if item.parent]
    assert sorted(parents) == sorted(row[2] for row in keys)  # type: ignore[attr-defined]


@settings(deadline=None)
@given(tables())
def test_what_is_written_again_means_the_same(sql: str) -> None:
    known = facts(sql)
    if known is None:
        return
    definition = parse(sql)
    assert facts(definition.sql("t")) == known
    touched = definition
    for column in definition.columns:
        touched = touched.replacing(column, column.with_name(column.name))
    assert facts(touched.sql("t")) == known
    assert sameness(touched.sql("t")) == sameness(definition.sql("t"))


@pytest.mark.parametrize("sql", ["CREATE TABLE t", "CREATE TABLE t (a", "CREATE TABLE t ('a)", "CREATE TABLE t ([a)"])
def test_what_is_no_table_is_told(sql: str) -> None:
    with pytest.raises(ScaffoldError):
        parse(sql)


def test_a_generated_column_keeps_its_expression() -> None:
    definition = parse("CREATE TABLE t (a INT, b TEXT COLLATE NOCASE GENERATED ALWAYS AS (a || ',') STORED NOT NULL)")
    column = definition.column("B")
    assert column is not None
    assert [item.kind for item in column.constraints] == ["collate", "generated", "not null"]
    assert column.constraints[1].text == "GENERATED ALWAYS AS (a || ',') STORED"
    assert column.constraints[1].expression == "a || ','"


def test_options_and_rowid() -> None:
    assert parse("CREATE TABLE t (a TEXT PRIMARY KEY) without /* no */ rowid, STRICT").options == (
        "WITHOUT ROWID",
        "STRICT",
    )
    assert parse("CREATE TABLE t (a TEXT PRIMARY KEY)").rowid == "rowid"
    assert parse("CREATE TABLE t (rowid TEXT)").rowid == "_rowid_"
    assert parse("CREATE TABLE t (a integer primary key)").rowid is None
    assert parse("CREATE TABLE t (a INTEGER, PRIMARY KEY (a))").rowid is None
    assert parse("CREATE TABLE t (a TEXT PRIMARY KEY) WITHOUT ROWID").rowid is None


def test_a_descending_integer_key_is_no_rowid() -> None:
    assert parse("CREATE TABLE t (a INTEGER PRIMARY KEY DESC)").rowid == "rowid"


def test_of_a_composite_key_the_other_columns_remain() -> None:
    definition = parse("CREATE TABLE t (a INT, b INT, CONSTRAINT k PRIMARY KEY (a, b))").without_column("a")
    assert definition.primary_key == ("b",)
    assert definition.constraints[0].name == "k"


def test_names_are_no_functions_strings_or_comments() -> None:
    assert names_in('lower(Name) > \'note\' /* size */ AND "Odd ""one"') == {"name", "and", 'odd "one'}


def test_an_index_is_told_by_what_it_covers() -> None:
    same = (
        "CREATE INDEX i ON t (a, lower(b) DESC) WHERE a > 0",
        'create index "j" on "u" ( "a",lower(b) DESC) where a>0',
    )
    assert len({sameness(index_body(sql).lower()) for sql in same}) == 1
    assert index_body("CREATE UNIQUE INDEX i ON t (a)") == "UNIQUE (a)"


@settings(deadline=None)
@given(st.text(st.sampled_from("ab1'\"`[]()-/*, \n.;xX"), max_size=12))
def test_tokens_leave_nothing_out(sql: str) -> None:
    try:
        tokens = tokenize(sql)
    except ScaffoldError:
        return
    assert all(sql[token.start : token.end] == token.text for token in tokens)
    assert all(first.end <= then.start for first, then in pairwise(tokens))
