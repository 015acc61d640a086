"""The field language."""

import uuid
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scaffold.errors import UsageError
from scaffold.schema.column import Column, Default, Reference
from scaffold.schema.fields import MODIFIERS, ON_DELETE, format_field, parse_field, parse_fields
from scaffold.schema.types import TYPES, Type
from tests.schema.columns import columns

TOKEN = uuid.UUID("6f1c8f0e-5d0a-4d51-9a35-3f6d0a1b2c3d")


@pytest.mark.parametrize(
    ("field", "column"),
    [
        ("path:text", Column("path", Type("text"))),
        ("user_agent:text:optional", Column("user_agent", Type("text"), optional=True)),
        ("slug:string=80:unique", Column("slug", Type("string", length=80), unique=True)),
        ("slug:string", Column("slug", Type("string", length=255))),
        ("price:decimal=12.2:default=0", Column("price", Type("decimal", precision=12, scale=2), default=Default(0))),
        ("price:decimal=12,4", Column("price", Type("decimal", precision=12, scale=4))),
        ("price:decimal=5", Column("price", Type("decimal", precision=5))),
        ("price:decimal", Column("price", Type("decimal", precision=12, scale=2))),
        (
            "status:enum=draft,published,archived:default=draft",
            Column("status", Type("enum", values=("draft", "published", "archived")), default=Default("draft")),
        ),
        (
            "user:ref=users:optional",
            Column("user_id", Type("ref"), optional=True, reference=Reference("users", "SET NULL")),
        ),
        ("author:ref=users", Column("author_id", Type("ref"), reference=Reference("users", "CASCADE"))),
        ("author_id:ref=users", Column("author_id", Type("ref"), reference=Reference("users", "CASCADE"))),
        (
            "author:ref=users:on_delete=restrict",
            Column("author_id", Type("ref"), reference=Reference("users", "RESTRICT")),
        ),
        (
            "author:ref=users:on_delete=no-action",
            Column("author_id", Type("ref"), reference=Reference("users", "NO ACTION")),
        ),
        (
            "author:ref=users:on_delete=set_null:optional",
            Column("author_id", Type("ref"), optional=True, reference=Reference("users", "SET NULL")),
        ),
        (
            "profile:ref=profiles:unique",
            Column("profile_id", Type("ref"), unique=True, reference=Reference("profiles", "CASCADE")),
        ),
        ("metadata:json:optional", Column("metadata", Type("json"), optional=True)),
        ("views:bigint:index", Column("views", Type("bigint"), index=True)),
    ],
)
def test_a_field_is_a_column(field: str, column: Column) -> None:
    assert parse_field(field) == column


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("a:text:default=", ""),
        ("a:text:default=it's", "it's"),
        ("a:text:default=a=b", "a=b"),
        ("a:text:default=a::b", "a:b"),
        ("a:text:default=::", ":"),
        ("a:text:default=09:30", "09:30"),
        ("a:text:default=a b", "a b"),
        ("a:text:default=100%", "100%"),
        ("a:text:default=ключ", "ключ"),
        ("a:int:default=-1", -1),
        ("a:int:default=2147483647", 2**31 - 1),
        ("a:bigint:default=-9223372036854775808", -(2**63)),
        ("a:float:default=1.5", 1.5),
        ("a:float:default=-2e-3", -0.002),
        ("a:decimal=4.2:default=99.99", Decimal("99.99")),
        ("a:decimal=4.2:default=-1", Decimal("-1.00")),
        (
            "a:decimal=65.30:default=12345678901234567890123456789012345.5",
            Decimal("12345678901234567890123456789012345.5"),
        ),
        ("a:bool:default=true", True),
        ("a:bool:default=0", False),
        ("a:date:default=2026-01-31", date(2026, 1, 31)),
        ("a:time:default=09:30", time(9, 30)),
        ("a:time:default=09:30:15", time(9, 30, 15)),
        ("a:datetime:default=2026-01-31T09:30:00Z", datetime(2026, 1, 31, 9, 30, tzinfo=UTC)),
        ("a:datetime:default=2026-01-31T09:30:00+02:00", datetime(2026, 1, 31, 7, 30, tzinfo=UTC)),
        ("a:json:default={}", {}),
        ("a:json:default=[]", []),
        ('a:json:default={"a"::[1,null,true,"b::c"]}', {"a": [1, None, True, "b:c"]}),
        (f"a:uuid:default={TOKEN}", TOKEN),
        ("a:bytes:default=00ff", b"\x00\xff"),
        ("a:bytes:default=", b""),
        ("a:enum=x,y z:default=y z", "y z"),
        ("a:enum=09::30,10::30:default=09::30", "09:30"),
    ],
)
def test_a_default_is_a_value_of_its_type(field: str, value: Any) -> None:
    column = parse_field(field)
    assert column.default == Default(value)
    assert type(column.default.value) is type(value)


@pytest.mark.parametrize(
    ("field", "message", "right"),
    [
        ("path", "'path' is no field", "path:text"),
        ("", "'' is no field", "path:text"),
        (":text", "':text' has no name", "path:text"),
        (":decimal=9.2:optional", "has no name", "price:decimal=9.2:optional"),
        ("x : int", "'x : int' has blanks", "x:int"),
        (" x:int:default =1", "has blanks", "x:int:default=1"),
        ("x::int", "'x::int' is no field", "x:int"),
        ("path:", "'path:' is no field", "path:text"),
        ("path:text:", "'path:text:' is no field", "path:text"),
        ("path:text::optional", "'text:optional' is no type", "path:text:optional"),
        ("path:txt", "'txt' is no type; the types are text, string,", "path:text"),
        ("path:varchar=80", "'varchar' is no type", "path:string=80"),
        ("path:number=80", "'number' is no type", "path:int"),
        ("paid:boolean:default=true", "'boolean' is no type", "paid:bool:default=true"),
        ("user:reference", "'reference' is no type", "user:ref=users"),
        ("user:references=users", "'references' is no type", "user:ref=users"),
        ("user:ref", "does not say which table it points to", "user:ref=users"),
        ("user:ref=", "does not say which table it points to", "user:ref=users"),
        ("status:enum", "an enum needs its values", "status:enum=draft,published"),
        ("status:enum=", "an enum needs its values", None),
        ("status:enum=a,b,a:optional", "the value 'a' stands there twice", "status:enum=a,b:optional"),
        ("status:enum=a,,b", "'' is no value", None),
        ("status:enum=a, b", "' b' is no value", None),
        ("path:text=80", "text takes nothing after `=`", "path:string=80"),
        ("slug:string=0", "the length is a whole number from 1 to 16,383", None),
        ("slug:string=x", "the length is a whole number from 1 to 16,383", None),
        ("price:decimal=70.2", "the number of digits is a whole number from 1 to 65", None),
        ("price:decimal=5.6", "the scale is a whole number from 0 to 5", None),
        ("path:text:nullable", "'nullable' is no modifier; the modifiers are", "path:text:optional"),
        ("path:text:required:unique", "'required' is no modifier", "path:text:unique"),
        ("path:text:xyzzy", "'xyzzy' is no modifier", "path:text"),
        ("path:text:default=a:b", "(a colon inside a default is written `::`)", "path:text:default=a::b"),
        ("path:text:uniqe", "'uniqe' is no modifier", "path:text:unique"),
        ("path:text:optional=true", "'optional' takes no value", "path:text:optional"),
        ("path:text:default:optional", "has no value", "path:text:default=:optional"),
        ("paid:bool:default=yes", "The default 'yes' in 'paid:bool:default=yes' is no bool: it should be", None),
        ("paid:bool:default=True", "it should be true or false", None),
        ("n:int:default=1.5", "it should be a whole number from -2,147,483,648 to 2,147,483,647", "n:int:default=0"),
        ("n:int:default=2147483648", "it should be a whole number", None),
        ("n:int:default=1_0", "it should be a whole number", None),
        ("n:float:default=nan", "it should be a number such as 1.5", None),
        ("n:float:default=1e999", "it should be a number such as 1.5", None),
        ("n:decimal=4.2:default=100", "a number of at most 2 digits before the point and 2 after it", None),
        ("n:decimal=4.2:default=1.234", "a number of at most 2 digits before the point and 2 after it", None),
        ("n:decimal:default=NaN", "it should be a number such as 9.90", None),
        ("s:string=3:default=abcd", "it should be a default of at most 3 characters", None),
        ("d:date:default=31.01.2026", "it should be a date such as 2026-01-31", None),
        ("d:date:default=now", "it should be a date such as 2026-01-31", None),
        ("t:time:default=930", "it should be a time of day such as 09:30", None),
        ("t:time:default=25:00", "it should be a time of day such as 09:30", None),
        ("t:datetime:default=2026-01-31", "it should be an instant in whole seconds with its zone", None),
        ("t:datetime:default=2026-01-31T09:30:00", "it should be an instant in whole seconds with its zone", None),
        ("t:datetime:default=now", "it should be an instant in whole seconds with its zone", None),
        ("j:json:default=1", "it should be a JSON object or array", None),
        ("j:json:default=[NaN]", "it should be a JSON object or array", None),
        ("j:json:default=[1e999]", "it should be a JSON object or array", None),
        ('j:json:default=["\\u0000"]', "it should be JSON without NUL", None),
        ("u:uuid:default=1", "it should be a UUID such as", None),
        ("b:bytes:default=0", "it should be bytes in hexadecimal", None),
        ("e:enum=a,b:default=c", "it should be one of a, b", None),
        ("user:ref=users:default=1", "A reference takes no default", "user:ref=users"),
        ("user:ref=users:on_delete=set_null", "'user_id' is required, so ON DELETE SET NULL would always fail",
         "user:ref=users:on_delete=set_null:optional"),
        ("user:ref=users:on_delete=drop", "'drop' is no ON DELETE action", "user:ref=users:on_delete=cascade"),
        ("user:ref=users:on_delete=setnull:optional", "'setnull' is no ON DELETE action",
         "user:ref=users:on_delete=set_null:optional"),
        ("user:ref=users:on_delete", "'' is no ON DELETE action", "user:ref=users:on_delete=cascade"),
        ("path:text:on_delete=cascade", "on_delete goes with a reference, and 'path' is none", "path:text"),
        ("m:json:unique", "Not every database can index a json column", "m:json"),
        ("b:bytes:index:optional", "Not every database can index a bytes column", "b:bytes:optional"),
        ("s:string=1000:unique", "MySQL can't index a string of more than 768 characters", "s:string=768:unique"),
        ("Path:text", "'Path' is no column name", "path"),
        ("class:text", "'class' is a Python keyword", "class_column"),
    ],
)  # fmt: skip
def test_what_is_no_field_says_why(field: str, message: str, right: str | None) -> None:
    with pytest.raises(UsageError) as caught:
        parse_field(field)
    assert message in caught.value.message
    if right is not None:
        assert caught.value.right == right


@pytest.mark.parametrize("type_name", TYPES)
def test_an_example_is_a_field(type_name: str) -> None:
    assert parse_field(TYPES[type_name].example).type.name == type_name


@settings(deadline=None)
@given(columns())
def test_a_column_comes_back_from_its_field(column: Column) -> None:
    assert parse_field(format_field(column)) == column


words = [
    *TYPES,
    *MODIFIERS,
    *ON_DELETE,
    "=",
    ":",
    "::",
    ",",
    ".",
    "-",
    "_",
    "id",
    "users",
    "a",
    "0",
    "9",
    "\x00",
    "1e9",
]
pieces = st.one_of(st.sampled_from(words), st.text(max_size=3))
near_fields = st.builds(
    lambda name, type_, rest: f"{name}:{type_}{''.join(rest)}",
    st.sampled_from(["a", "user", "x1", "A"]),
    st.sampled_from([*TYPES, "decimal=65.30", "decimal=40.30", "enum=a,b", "ref=users", "string=9"]),
    st.lists(st.one_of(pieces, st.sampled_from([":default=", ":default=-", ":default=1e", ":optional"])), max_size=5),
)


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(pieces, max_size=8).map("".join), near_fields))
@example("a:decimal=40.30:default=1234567890.1")
@example("a:decimal=65:default=1e64")
@example("a:decimal=65.30:default=1e-29")
@example("a:json:default=" + "[" * 100_000)
@example("a:json:default=[" + "1" * 5000 + "]")
@example("a:datetime:default=0001-01-01T00:00:00+23:59")
@example("a:datetime:default=2026-01-01T00:00:00+00:00:00.5")
@example("a:datetime:default=9998-12-31T23:59:59-23:59")
@example("a:text:default=\ud800")
@example("a:int:default=" + "9" * 5000)
@example("a:decimal=" + "9" * 5000)
def test_any_text_is_a_field_or_a_usage_error(field: str) -> None:
    try:
        column = parse_field(field)
    except UsageError:
        return
    assert parse_field(format_field(column)) == column


def test_two_fields_make_two_columns() -> None:
    assert [column.name for column in parse_fields(["b:text", "a:text"])] == ["b", "a"]


def test_two_fields_of_one_name() -> None:
    with pytest.raises(UsageError, match="Two fields make the column 'user_id'"):
        parse_fields(["user:ref=users", "user_id:text"])
