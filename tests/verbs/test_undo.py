"""`undo`: what was lost or rewritten comes back from the copy of the SQLite file, if that can be shown to be right."""

import json

import pytest
from alembic.operations.base import AbstractOperations

from tests.projects import TestProject

Row = tuple[object, ...]


@pytest.fixture
def blog(project: TestProject) -> TestProject:
    """Posts, and comments on them, three of each."""
    project.ok("new-domain", "blog", "--table", "posts", "title:text", "views:int:optional", "slug:string=80:unique")
    project.ok("add-table", "blog", "comments", "post:ref=posts", "body:text")
    project.execute("INSERT INTO organizations (id, name, slug, created_at) VALUES ('o', 'o', 'o', 0)")
    for number in "123":
        project.execute(
            "INSERT INTO posts (id, organization_id, created_at, updated_at, title, views, slug)"
            f" VALUES ('{number}', 'o', 0, 0, 'Title {number}', {'NULL' if number == '2' else number}, '{number}')"
        )
        project.execute(
            "INSERT INTO comments (id, organization_id, created_at, updated_at, post_id, body)"
            f" VALUES ('{number}', 'o', 0, 0, '{number}', 'Well.')"
        )
    return project


def posts(project: TestProject) -> list[Row]:
    return project.execute("SELECT id, title, views, slug, created_at FROM posts ORDER BY id")


def comments(project: TestProject) -> list[Row]:
    return project.execute("SELECT id, post_id, body FROM comments ORDER BY id")


def test_the_values_of_dropped_columns_come_back(blog: TestProject) -> None:
    before = posts(blog)
    blog.ok("drop-column", "posts", "title", "views", "slug", "--yes")
    assert "Note: 3 values of posts.title come back from local.db.backup-" in blog.ok("undo", "--dry-run")
    out = blog.ok("undo")
    assert "Note: 2 values of posts.views come back from local.db.backup-" in out
    assert out.endswith("is as before it.\n")
    assert posts(blog) == before


def test_null_comes_back_where_the_default_would_come_instead(blog: TestProject) -> None:
    blog.ok("add-column", "posts", "state:text:optional:default=draft")
    blog.execute("UPDATE posts SET state = NULL")
    blog.ok("drop-column", "posts", "state", "--yes")
    assert "Note: 3 values of posts.state come back from" in blog.ok("undo")
    assert blog.execute("SELECT state FROM posts") == [(None,)] * 3


def test_the_rows_of_a_dropped_table_come_back(blog: TestProject) -> None:
    before = comments(blog)
    blog.ok("drop-table", "comments", "--yes")
    assert "Note: 3 rows of comments come back from" in blog.ok("undo")
    assert comments(blog) == before


def test_so_does_what_a_hand_edit_dropped(blog: TestProject) -> None:
    before = posts(blog)
    module = blog.package / "tables" / "blog.py"
    edited = module.read_text().replace("    views: Mapped[int | None]\n", "").replace("title:", "headline:")
    module.write_text(edited)
    blog.ok("generate", "-m", "no views", "--rename", "posts.title=headline", "--yes")
    assert "Note: 2 values of posts.views come back" in blog.ok("undo")
    assert posts(blog) == before


def test_and_what_was_dropped_later_than_the_verb(blog: TestProject) -> None:
    before = posts(blog)
    blog.ok("drop-column", "posts", "title", "--yes", "--no-migrate")
    blog.ok("migrate")
    assert "Note: the values of posts.title come back from" in blog.ok("undo")
    assert posts(blog) == before


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE posts SET views = 7 WHERE id = '1'",
        "DELETE FROM posts WHERE id = '3'",
        "INSERT INTO posts (id, organization_id, created_at, updated_at, slug) VALUES ('4', 'o', 0, 0, '4')",
        "UPDATE posts SET id = '5' WHERE id = '3'",
    ],
)
def test_values_stay_away_where_rows_have_changed_since(blog: TestProject, sql: str) -> None:
    blog.ok("drop-column", "posts", "title", "--yes")
    blog.execute(sql)
    said = json.loads(blog.ok("undo", "--json"))["notes"]
    [copy] = [file.name for file in blog.root.glob("local.db.backup-*") if file.name in said[0]]
    assert said == [f"3 values of posts.title do not come back: posts has changed since. They are in {copy}."]
    assert {title for _, title, *_ in posts(blog)} == {""}


def test_rows_stay_away_where_what_they_refer_to_is_gone(blog: TestProject) -> None:
    blog.ok("drop-table", "comments", "--yes")
    blog.execute("DELETE FROM posts WHERE id = '1'")
    out = blog.ok("undo")
    assert "Note: 3 rows of comments do not come back: rows that comments refers to are gone since. They are in" in out
    assert out.endswith("has its tables as before it.\n")
    assert comments(blog) == []


def test_values_stay_away_where_a_trigger_would_do_more(blog: TestProject) -> None:
    blog.execute(
        "CREATE TRIGGER stamp AFTER UPDATE ON posts BEGIN UPDATE posts SET updated_at = 9 WHERE id = new.id; END"
    )
    blog.ok("drop-column", "posts", "title", "--yes")
    assert "a trigger of posts would change more than that" in blog.ok("undo")
    assert blog.execute("SELECT DISTINCT title, updated_at FROM posts") == [("", 0)]


def test_values_stay_away_where_the_copy_is_gone_or_of_another_time(blog: TestProject) -> None:
    blog.ok("drop-column", "posts", "title", "--yes")
    for copy in blog.root.glob("local.db.backup-*"):
        copy.rename(copy.with_name("local.db.backup-20260101-000000"))
    assert "3 values of posts.title do not come back: there is no copy" in blog.ok("undo")


def test_the_newest_copy_counts(blog: TestProject) -> None:
    blog.ok("drop-column", "posts", "title", "--yes")
    blog.ok("undo")
    blog.execute("UPDATE posts SET title = 'Better'")
    before = posts(blog)
    blog.ok("drop-column", "posts", "title", "--yes")
    blog.ok("undo")
    assert posts(blog) == before


def test_nothing_is_said_where_nothing_was_lost(blog: TestProject) -> None:
    blog.execute("DELETE FROM comments")
    blog.ok("drop-table", "comments", "--yes")
    assert "Note" not in blog.ok("undo")


@pytest.fixture
def bills(project: TestProject) -> TestProject:
    """Three of them, of the kinds a, b and c, and only the first has a number."""
    project.ok("new-domain", "billing", "--table", "bills", "kind:text", "number:decimal=8.2:optional", "--no-tenant")
    for kind in "abc":
        project.execute(
            "INSERT INTO bills (id, created_at, updated_at, kind, number)"
            f" VALUES ('{kind}', 0, 0, '{kind}', {'1' if kind == 'a' else 'NULL'})"
        )
    return project


def kinds(project: TestProject) -> list[Row]:
    return project.execute("SELECT kind, number FROM bills ORDER BY id")


@pytest.mark.parametrize("first", ["kind:text:index", "kind:enum=a,b,c"])
@pytest.mark.parametrize("default", ["", ":default=b"])
def test_values_that_a_mapping_moved_come_back(bills: TestProject, first: str, default: str) -> None:
    bills.ok("alter-column", "bills", first)
    before = kinds(bills)
    bills.ok("alter-column", "bills", f"kind:enum=b,c{default}", "--map", "a=b")
    assert [kind for kind, _ in kinds(bills)] == ["b", "b", "c"]
    out = bills.ok("undo")
    assert "Note: 1 value of bills.kind comes back from local.db.backup-" in out
    assert out.endswith("is as before it.\n")
    assert kinds(bills) == before


def test_so_do_those_of_several_in_one_place(bills: TestProject) -> None:
    bills.ok("alter-column", "bills", "kind:enum=a,b,c")
    before = kinds(bills)
    bills.ok("alter-column", "bills", "kind:enum=d,c", "--map", "a=d", "--map", "b=d")
    bills.ok("undo")
    assert kinds(bills) == before


def test_and_those_that_changed_places_without_a_copy(bills: TestProject) -> None:
    bills.ok("alter-column", "bills", "kind:enum=a,b,c")
    before = kinds(bills)
    bills.ok("alter-column", "bills", "kind:enum=a,b,c", "--map", "a=b", "--map", "b=a")
    assert [kind for kind, _ in kinds(bills)] == ["b", "a", "c"]
    assert "Note" not in bills.ok("undo")
    assert kinds(bills) == before


def test_null_that_was_filled_comes_back(bills: TestProject) -> None:
    before = kinds(bills)
    bills.ok("alter-column", "bills", "number:decimal=8.2", "--backfill", "2.5")
    assert "Note: 2 values of bills.number come back from" in bills.ok("undo")
    assert kinds(bills) == before


def test_also_where_a_hand_edit_asked_for_it(bills: TestProject) -> None:
    before = kinds(bills)
    module = bills.package / "tables" / "billing.py"
    text = module.read_text()
    module.write_text(text.replace("number: Mapped[Decimal | None]", "sum: Mapped[Decimal]"))
    assert module.read_text() != text
    bills.ok("generate", "-m", "sums", "--rename", "bills.number=sum", "--backfill", "bills.sum=2.50")
    assert bills.execute("SELECT DISTINCT sum FROM bills ORDER BY 1") == [(1,), (2.5,)]
    assert "Note: 2 values of bills.number come back from" in bills.ok("undo")
    assert kinds(bills) == before


def test_moved_values_stay_where_rows_have_changed_since(bills: TestProject) -> None:
    bills.ok("alter-column", "bills", "kind:enum=b,c", "--map", "a=b")
    bills.execute("UPDATE bills SET kind = 'c' WHERE id = 'b'")
    out = bills.ok("undo")
    assert "Note: 1 value of bills.kind stays as the verb left it: bills has changed since. What it was is in" in out
    assert out.endswith("has its tables as before it.\n")
    assert [kind for kind, _ in kinds(bills)] == ["b", "c", "c"]


def test_a_required_column_without_a_filler_comes_back_with_what_hangs_on_it(blog: TestProject) -> None:
    blog.ok("add-table", "blog", "marks", "post:ref=posts:unique", "number:int:unique", "--no-tenant")
    blog.execute("INSERT INTO marks (id, created_at, updated_at, post_id, number) VALUES ('m', 0, 0, '1', 7)")
    made = blog.execute("SELECT name FROM sqlite_master ORDER BY name")
    blog.ok("drop-column", "marks", "post_id", "number", "--yes")
    invoke = AbstractOperations.invoke
    assert blog.ok("undo").endswith("is as before it.\n")
    assert AbstractOperations.invoke is invoke
    assert blog.execute("SELECT post_id, number FROM marks") == [("1", 7)]
    assert blog.execute("SELECT name FROM sqlite_master ORDER BY name") == made
    blog.ok("generate", "--check")
    blog.ok("undo", "--yes")


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("UPDATE comments SET body = 'Ill.'", "comments has changed since"),
        ("DELETE FROM posts WHERE id = '1'", "rows that comments refers to are gone since"),
    ],
)
def test_where_it_can_not_nothing_is_taken_back(blog: TestProject, sql: str, reason: str) -> None:
    blog.ok("drop-column", "comments", "post_id", "--yes")
    blog.execute(sql)
    before = blog.tree()
    refused = blog.run("undo")
    assert (refused.code, blog.tree()) == (1, before)
    assert reason in refused.err, refused.err


def test_a_value_comes_back_in_its_spelling_or_it_is_told(on_any_database: TestProject) -> None:
    project = on_any_database
    project.ok("new-domain", "shop", "--table", "products", "code:text:optional", "--no-tenant")
    now = "1" if project.url.startswith("sqlite") else "NOW()"
    project.execute(f"INSERT INTO products VALUES ('1', '007', {now}, {now})")
    project.ok("alter-column", "products", "code:int:optional")
    out = project.ok("undo", "--yes")
    if project.url.startswith("sqlite"):
        assert project.execute("SELECT code FROM products") == [("007",)]
        assert "is as before it" in out
    else:
        assert "1 value of products.code stays as the verb left" in out
        assert "is as before it" not in out
