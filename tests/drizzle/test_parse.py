"""TypeScript becomes a Schema, or an error that names the line; nothing is dropped in silence."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.drizzle.model import (
    Check,
    Column,
    ColumnType,
    Constant,
    ForeignKey,
    Index,
    IndexPart,
    Now,
    PrimaryKey,
    Reference,
    Schema,
    Sql,
    UniqueKey,
)
from scaffold.drizzle.parse import parse, parse_project
from scaffold.errors import UsageError
from tests.drizzle.kit import GENERATED
from tests.drizzle.people import ANALYTICS, HELPERS, PREFIXED, STYLES


def columns(schema, table):
    return {column.name: column for column in schema.table(table).columns}


@pytest.fixture(scope="module")
def shop():
    found = {schema.path: schema for schema in parse_project({"db/shop.ts": STYLES, "db/helpers.ts": HELPERS})}
    return found["db/shop.ts"]


def test_the_originals_example():
    schema = parse(ANALYTICS, "analytics.table.ts")
    assert (schema.dialect, [table.export_name for table in schema.tables]) == ("sqlite", ["pageViews"])
    assert columns(schema, "page_views")["user_id"] == Column(
        "userId",
        "user_id",
        ColumnType("text"),
        line=13,
        references=Reference("users", "id", "SET NULL", known=False),
    )


def test_builders_from_a_callback_a_namespace_and_a_helper(shop):
    assert list(columns(shop, "shops")) == ["id", "name", "owner"]
    assert columns(shop, "shops")["name"].type == ColumnType("varchar", length=80)
    assert columns(shop, "shops")["id"].default == Sql("gen_random_uuid()")
    assert list(columns(shop, "products"))[:3] == ["id", "created_at", "updated_at"]


def test_enums_of_every_spelling(shop):
    found = columns(shop, "products")
    assert found["colour"].type.values == ("red", "blue")
    assert found["colour"].default == Constant("red")
    assert found["size"].type == ColumnType("varchar", length=2, values=("s", "m"))
    assert found["state"].type == ColumnType("enum", values=("new", "it's"), enum_name="state")


def test_defaults_of_every_kind(shop):
    found = columns(shop, "products")
    assert found["doc"].default == Constant({"a": [1, None, True]})
    assert found["tags"].default == Constant([])
    assert found["at"].default == Now()
    assert found["score"].default == Constant(-1)
    assert found["slug"].default_fn == "slugify()"
    assert found["updated_at"].on_update == "new Date()"


def test_what_belongs_to_a_whole_table(shop):
    products, tagged = shop.table("products"), shop.table("tagged")
    assert products.indexes == (
        Index(
            "products_shop_slug",
            (IndexPart("shop_id"), IndexPart("slug", descending=True)),
            unique=True,
            where="slug is not null",
            line=34,
        ),
        Index("products_lower", (IndexPart(sql="lower(slug)"),), line=35),
    )
    assert products.uniques == (UniqueKey("products_shop_id_colour_unique", ("shop_id", "colour"), 36),)
    assert products.checks == (Check("positive", "price >= 0", 37),)
    assert tagged.primary_key == PrimaryKey("tagged_product_id_shop_id_pk", ("product_id", "shop_id"), 45)
    assert tagged.foreign_keys == (ForeignKey("tagged_fk", ("product_id",), "products", ("id",), "CASCADE", line=46),)


def test_columns_without_names_and_tables_with_prefixes():
    schema = parse(PREFIXED, casing="snake_case")
    assert list(columns(schema, "app_post")) == ["id", "made_by"]
    assert list(columns(parse(PREFIXED), "app_post")) == ["id", "madeBy"]


HEAD = 'import * as d from "drizzle-orm/pg-core";\nimport { sql } from "drizzle-orm";\n'


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("export const v = d.pgView('v').as((q) => q);", "a view can't be represented"),
        ("export const s = d.pgSchema('s');", "a table in a schema of its own can't"),
        ("export const t = d.pgTable('t', { p: d.point('p') });", "has no counterpart in Python"),
        (
            "export const t = d.pgTable('t', { p: d.text().collate('x') });",
            "`.collate()` of a column",
        ),
        ("export const t = d.pgTable('t', { p: d.text({ size: 3 }) });", "the option `size` of a column"),
        ("export const t = d.pgTable('t', { ...elsewhere });", "can't be followed to one"),
        ("export const t = d.pgTable('t', columns());", "an object is expected"),
        ("export const t = d.pgTable(name(), { p: d.text() });", "can't be told without running it"),
        ("export const t = { a: d.pgTable('t', { p: d.text() }) };", "only from `const name = ...`"),
        ("export const t = d.pgTable('t', {});", "has no columns"),
        ("export const t = d.pgTable('t', { p: d.text().default(f()) });", "can't be told without running it"),
        ("export const t = d.pgTable('t', { p: d.text() }, (t) => [d.index('i').on(t.q)]);", "has no column 'q'"),
        ("export const t = d.pgTable('t', { p: d.text() }, (t) => [d.index('i')]);", "an index needs its columns"),
        (
            "export const t = d.pgTable('t', { p: d.text() }, (t) => [d.pgPolicy('i')]);",
            "a policy can't be represented",
        ),
        ("export const t = d.pgTable('t', { p: d.text() }).enableRLS();", "`.enableRLS()`, PostgreSQL's row-level"),
        ("export const t = d.pgTable('t', { p: ", "not valid TypeScript"),
    ],
)
def test_what_cannot_be_represented_is_an_error_with_its_line(line, complaint):
    with pytest.raises(UsageError, match=re.escape("auth.schema.ts:3: ") + ".*" + re.escape(complaint)):
        parse(HEAD + line)


def test_files_for_different_databases_are_refused():
    with pytest.raises(UsageError, match="different databases: postgresql, sqlite"):
        parse_project({"a.ts": ANALYTICS, "shop.ts": STYLES, "helpers.ts": HELPERS})


def a_schema_or_a_usage_error(text):
    try:
        assert isinstance(parse(text), Schema)
    except UsageError:
        return


PIECES = st.sampled_from(re.findall(r"\w+|\s+|[^\w\s]", STYLES + ANALYTICS + HELPERS))


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.lists(PIECES, max_size=60).map("".join)))
def test_arbitrary_text_is_a_schema_or_a_usage_error(text):
    a_schema_or_a_usage_error(text)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([STYLES, PREFIXED, *(path.read_text(encoding="utf-8") for path in GENERATED.values())]), st.data()
)
def test_a_mutilated_schema_is_a_schema_or_a_usage_error(text, data):
    start = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 40))
    a_schema_or_a_usage_error(
        text[:start] + data.draw(st.lists(PIECES, max_size=3).map("".join)) + text[start + length :]
    )


def test_deep_nesting_is_an_error():
    deep = "(" * 5000 + "1" + ")" * 5000
    a_schema_or_a_usage_error(HEAD + f"export const t = d.pgTable('t', {{ p: d.integer().default({deep}) }});")
    a_schema_or_a_usage_error(HEAD + "const a = { ...a };\nexport const t = d.pgTable('t', a);")
