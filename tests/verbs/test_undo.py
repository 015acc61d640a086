"""`undo` of a drop: what was lost comes back from the copy of the SQLite file, if that can be shown to be right."""

import json

import pytest

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
