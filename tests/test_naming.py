"""Names: what is one, what it becomes, and what is proposed instead."""

import keyword

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold import naming
from scaffold.errors import UsageError

SINGULARS = {
    "page_views": "PageView",
    "categories": "Category",
    "statuses": "Status",
    "analytics": "Analytics",
    "people": "Person",
    "news": "News",
    "boxes": "Box",
    "addresses": "Address",
    "branches": "Branch",
    "processes": "Process",
    "keys": "Key",
    "days": "Day",
    "invoices": "Invoice",
    "houses": "House",
    "courses": "Course",
    "purchases": "Purchase",
    "responses": "Response",
    "caches": "Cache",
    "aliases": "Alias",
    "buses": "Bus",
    "indices": "Index",
    "series": "Series",
    "sms": "Sms",
    "bonus": "Bonus",
    "class_mates": "ClassMate",
    "quizzes": "Quiz",
    "heroes": "Hero",
    "videos": "Video",
    "movies": "Movie",
    "user_2_roles": "User2Role",
    "s": "S",
    "as_s": "AsS",
}


@pytest.mark.parametrize(("table", "class_name"), SINGULARS.items())
def test_a_class_is_named_after_the_singular(table: str, class_name: str) -> None:
    assert naming.class_name(table) == class_name


@settings(deadline=None)
@given(st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True))
def test_a_table_name_always_gives_an_identifier(table: str) -> None:
    assert naming.class_name(table).isidentifier()


@pytest.mark.parametrize("name", ["page_views", "a", "x1", "order", "type", "a" * 63, "double__underscore", "end_"])
def test_these_are_names(name: str) -> None:
    naming.check_name("column", name)


@pytest.mark.parametrize(
    ("name", "message", "better"),
    [
        ("PageViews", "'PageViews' is no table name", "page_views"),
        ("page-views", "'page-views' is no table name", "page_views"),
        ("page views", "'page views' is no table name", "page_views"),
        ("../x", "'../x' is no table name", "x"),
        ("/etc/x", "'/etc/x' is no table name", "etc_x"),
        ("2fast", "'2fast' is no table name", "fast"),
        ("_private", "'_private' is no table name", "private"),
        ("Größe", "'Größe' is no table name", "grosse"),
        ("page_views\n", r"'page_views\n' is no table name", "page_views"),
        ("straße", "'straße' is no table name", "strasse"),
        ("раде", "'раде' is no table name", "page_views"),
        ("", "'' is no table name", "page_views"),
        ("Class", "'Class' is no table name", "class_table"),
        ("class", "'class' is a Python keyword", "class_table"),
        ("a" * 64, f"'{'a' * 64}' has 64 bytes", "a" * 40),
    ],
)
def test_these_are_none(name: str, message: str, better: str) -> None:
    with pytest.raises(UsageError) as caught:
        naming.check_name("table", name)
    assert message in caught.value.message
    assert (caught.value.wrong, caught.value.right) == (name, better)


@settings(deadline=None)
@given(st.text())
def test_what_is_proposed_is_a_name(name: str) -> None:
    try:
        naming.check_name("column", name, allow_generic=True)
    except UsageError as error:
        if error.right:
            naming.check_name("column", error.right, allow_generic=True)
    else:
        assert name.isascii()
        assert name.isidentifier()
        assert not keyword.iskeyword(name)


@pytest.mark.parametrize("name", ["data", "info"])
def test_generic_names_need_a_word(name: str) -> None:
    with pytest.raises(UsageError, match="says nothing about what the domain holds") as caught:
        naming.check_name("domain", name)
    assert caught.value.append == "--force-name"
    naming.check_name("domain", name, allow_generic=True)


@pytest.mark.parametrize("name", ["pageView", "Page_View", "1", "Größe", "Page View"])
def test_a_class_name_is_cap_words(name: str) -> None:
    with pytest.raises(UsageError, match="is no class name"):
        naming.check_class_name(name, ())


@pytest.mark.parametrize("name", ["True", "None", "False"])
def test_a_class_name_is_no_keyword(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        naming.check_class_name(name, ())
    assert caught.value.append == f"--class App{name}"


def test_a_class_name_hides_nothing() -> None:
    with pytest.raises(UsageError, match="'Base' would hide") as caught:
        naming.check_class_name("Base", {"Base"})
    assert caught.value.append == "--class AppBase"


def test_the_nearest_word() -> None:
    assert naming.nearest("strng", ["string", "int"]) == "string"
    assert naming.nearest("zzz", ["string", "int"]) is None
