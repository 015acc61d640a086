"""The verbs that change tables which have rows, on three databases."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from tests.projects import TestProject

BLOG = ["blog", "--table", "posts", "title:text", "slug:string=80:unique", "status:enum=draft,published:default=draft"]


@pytest.fixture
def blog(on_any_database: TestProject) -> TestProject:
    """Posts with an optional author, comments on them, and three rows of each."""
    project = on_any_database
    project.ok("new-domain", *BLOG, "author:ref=users:optional", "views:int:optional")
    project.ok("new-domain", "talk", "--table", "comments", "post:ref=posts", "body:text")
    now = 0 if project.url.startswith("sqlite") else dt.datetime(2026, 1, 1)
    stamps = {"created_at": now, "updated_at": now, "organization_id": "o"}
    with project.connect() as connection:
        tables = sa.MetaData()
        tables.reflect(connection)
        organization = {"id": "o", "name": "o", "slug": "o", "created_at": now}
        connection.execute(tables.tables["organizations"].insert().values(organization))
        for number in "123":
            post = {"id": number, "title": number, "slug": number, "status": "draft"}
            connection.execute(tables.tables["posts"].insert().values(post | stamps))
            comment = {"id": number, "post_id": number, "body": "b"}
            connection.execute(tables.tables["comments"].insert().values(comment | stamps))
    return project


def column(project: TestProject, table: str, name: str) -> list[object]:
    return [row[0] for row in project.execute(f"SELECT {name} FROM {table} ORDER BY id")]


def names(project: TestProject, table: str) -> set[str]:
    """The names of what hangs on a table: SQLite does not tell those of its foreign keys."""
    with project.connect() as connection:
        inspector = sa.inspect(connection)
        found = [index["name"] for index in inspector.get_indexes(table)]
        found += [check["name"] for check in inspector.get_check_constraints(table)]
        if connection.dialect.name != "sqlite":
            found += [key["name"] for key in inspector.get_foreign_keys(table)]
    return {str(name) for name in found}


def test_rename_column_keeps_values_and_names_follow(blog: TestProject) -> None:
    blog.ok("rename-column", "posts", "slug", "handle")
    out = blog.ok("rename-column", "posts", "status", "state")
    assert "differed" not in out
    assert column(blog, "posts", "handle") == ["1", "2", "3"]
    assert column(blog, "posts", "state") == ["draft"] * 3
    assert {"posts_handle_idx"} <= names(blog, "posts")
    assert not {name for name in names(blog, "posts") if "slug" in name or "status" in name}
    assert "handle: Mapped[str] = mapped_column(types.String(80), unique=True, index=True)" in blog.table("blog")


def test_rename_table_keeps_rows_and_what_refers_to_it(blog: TestProject) -> None:
    out = blog.ok("rename-table", "posts", "articles")
    assert "differed" not in out
    assert column(blog, "articles", "id") == column(blog, "comments", "post_id")
    assert not {name for name in names(blog, "articles") if name.startswith("posts_")}
    assert 'ForeignKey("articles.id", ondelete="CASCADE")' in blog.table("talk")
    assert "class Article(" in blog.table("blog")
    assert "Article as Article" in (blog.package / "tables" / "__init__.py").read_text()


def test_alter_column_fills_and_refuses(blog: TestProject) -> None:
    before = blog.tree()
    refused = blog.run("alter-column", "posts", "views:int")
    assert (refused.code, refused.err.splitlines()[0]) == (
        2,
        "Error: 3 rows of posts have no views; nothing was written.",
    )
    assert "Try: scaffold alter-column posts views:int --backfill 0" in refused.err
    if blog.url.startswith("sqlite"):
        assert blog.tree() == before
    assert "differed" not in blog.ok("alter-column", "posts", "views:int", "--backfill", "7")
    assert column(blog, "posts", "views") == [7, 7, 7]
    assert "differed" not in blog.ok("alter-column", "posts", "title:int")
    assert column(blog, "posts", "title") == [1, 2, 3]


def test_alter_column_moves_enum_values(blog: TestProject) -> None:
    refused = blog.run("alter-column", "posts", "status:enum=live,published:default=live")
    assert "3 rows of posts hold what status could not: 'draft'" in refused.err
    assert "--map draft=live" in refused.err
    out = blog.ok("alter-column", "posts", "status:enum=live,published:default=live", "--map", "draft=live")
    assert "differed" not in out
    assert column(blog, "posts", "status") == ["live"] * 3
    blog.ok("undo")
    assert column(blog, "posts", "status") == ["draft"] * 3


def test_alter_column_changes_on_delete(blog: TestProject) -> None:
    out = blog.ok("alter-column", "comments", "post:ref=posts:on_delete=restrict")
    assert "differed" not in out
    with blog.connect() as connection:
        keys = sa.inspect(connection).get_foreign_keys("comments")
    [key] = [key for key in keys if key["referred_table"] == "posts"]
    assert key["options"].get("ondelete", "RESTRICT") == "RESTRICT"
    assert column(blog, "comments", "id") == ["1", "2", "3"]


def test_drop_column_needs_a_yes_and_can_be_taken_back(blog: TestProject) -> None:
    module = blog.table("blog")
    refused = blog.run("drop-column", "posts", "title", "status", "author_id")
    assert refused.code == 2
    assert "3 values of posts.title would be lost; 3 values of posts.status would be lost; 0 values of" in refused.err
    assert "Try: scaffold drop-column posts title status author_id --yes" in refused.err
    assert "differed" not in blog.ok("drop-column", "posts", "title", "status", "author_id", "--yes")
    assert column(blog, "comments", "id") == ["1", "2", "3"]
    assert "Literal" not in blog.table("blog")
    out = blog.ok("undo")
    assert blog.table("blog") == module
    if blog.url.startswith("sqlite"):
        assert re.search(r"Note: 3 values of posts\.title come back from \S+\.db\.backup-", out)
        assert column(blog, "posts", "title") == ["1", "2", "3"]
    else:
        reason = "there is no copy of the database from before"
        assert f"Note: 3 values of posts.title do not come back: {reason}.\n" in out
        assert "has its tables as before it.\n" in out
        assert column(blog, "posts", "title") == ["", "", ""]


def test_drop_table_and_domain(blog: TestProject) -> None:
    refused = blog.run("drop-table", "posts", "--yes")
    assert refused.code == 2
    assert "Foreign keys of comments point to posts" in refused.err
    assert "src/shopdb/tables/talk.py:13" in refused.err
    blog.ok("drop-domain", "talk", "--yes")
    assert not (blog.package / "tables" / "talk.py").exists()
    blog.ok("drop-table", "posts", "--yes")
    assert not (blog.package / "tables" / "blog.py").exists()
    blog.ok("undo")
    blog.ok("undo")
    assert column(blog, "comments", "id") == (["1", "2", "3"] if blog.url.startswith("sqlite") else [])


def test_indexes(blog: TestProject) -> None:
    assert "differed" not in blog.ok("add-index", "posts", "title", "status", "--unique")
    assert "posts_title_status_idx" in names(blog, "posts")
    assert 'Index("posts_title_status_idx", "title", "status", unique=True)' in blog.table("blog")
    assert "differed" not in blog.ok("rename-column", "posts", "title", "headline")
    assert "posts_headline_status_idx" in names(blog, "posts")
    assert "differed" not in blog.ok("drop-index", "posts", "posts_headline_status_idx", "--yes")
    assert "__table_args__" not in blog.table("blog")
    refused = blog.run("drop-index", "comments", "comments_post_id_idx", "--yes")
    assert "belongs to the foreign key of post_id" in refused.err


def test_add_table(blog: TestProject) -> None:
    assert "differed" not in blog.ok("add-table", "blog", "tags", "post:ref=posts", "price:decimal=8.2:default=1")
    assert "\n\n\nclass Tag(HasId, InOrganization, HasTimestamps, Base):\n" in blog.table("blog")
    assert blog.execute("SELECT count(*) FROM tags") == [(0,)]


def test_undo_refuses_what_was_edited(blog: TestProject) -> None:
    blog.ok("rename-column", "posts", "slug", "handle")
    module = blog.package / "tables" / "blog.py"
    module.write_text(module.read_text() + "\n\nx = 1\n")
    refused = blog.run("undo")
    assert refused.code == 1
    assert "src/shopdb/tables/blog.py has been edited since; nothing was written." in refused.err


def test_an_enum_whose_name_is_a_reserved_word(on_any_database: TestProject) -> None:
    project = on_any_database
    project.ok("new-domain", "shop", "--table", "items", "--no-tenant", "order:enum=a,b")
    project.ok("add-column", "items", "group:enum=a,b:default=a")
    assert "differed" not in project.ok("alter-column", "items", "order:enum=a,b,c")
    project.python(
        "from shopdb import session; from shopdb.schema import Item\n"
        "with session() as db: db.add(Item(order='c', group='b')); db.commit()"
    )
    assert project.execute("SELECT count(*) FROM items") == [(1,)]


def test_an_enum_value_that_rows_use_is_not_taken_back(blog: TestProject) -> None:
    blog.ok("alter-column", "posts", "status:enum=draft,published,archived:default=draft")
    blog.execute("UPDATE posts SET status = 'archived' WHERE id = '1'")
    before, module = names(blog, "posts"), blog.table("blog")
    refused = blog.run("undo")
    assert refused.code == 1
    assert "posts_status_" in refused.err
    assert (names(blog, "posts"), blog.table("blog")) == (before, module)
    blog.execute("UPDATE posts SET status = 'draft' WHERE id = '1'")
    blog.ok("undo")
    assert blog.ok("generate", "--check")


def test_a_value_that_was_there_before_is_not_mapped_back(blog: TestProject) -> None:
    blog.execute("UPDATE posts SET status = 'published' WHERE id = '1'")
    blog.ok("alter-column", "posts", "status:enum=published,old:default=published", "--map", "draft=published")
    out = blog.ok("undo")
    if blog.url.startswith("sqlite"):
        assert "Note: 2 values of posts.status come back from" in out
        assert column(blog, "posts", "status") == ["published", "draft", "draft"]
    else:
        reason = "there is no copy of the database from before"
        assert f"Note: 2 values of posts.status stay as the verb left them: {reason}.\n" in out
        assert "has its tables as before it.\n" in out
        assert column(blog, "posts", "status") == ["published"] * 3


def test_a_required_reference_comes_back_or_is_refused_before_anything_runs(blog: TestProject) -> None:
    copied = blog.url.startswith("sqlite")
    module, keys = blog.table("talk"), names(blog, "comments")
    warned = blog.run("drop-column", "comments", "post_id").err
    assert ("`undo` could not make the column again while comments has rows, as it is required" in warned) != copied
    blog.ok("drop-column", "comments", "post_id", "--yes")
    if copied:
        assert "Note: 3 values of comments.post_id come back from" in blog.ok("undo")
        assert column(blog, "comments", "post_id") == ["1", "2", "3"]
    else:
        before = blog.tree()
        refused = blog.run("undo")
        assert refused.code == 1
        assert "comments has 3 rows, its column post_id is required, and its values do not come back" in refused.err
        assert "there is no copy of the database from before; nothing was written." in refused.err
        assert blog.tree() == before
        blog.execute("DELETE FROM comments")
        blog.ok("undo")
    assert (blog.table("talk"), names(blog, "comments")) == (module, keys)
    blog.ok("generate", "--check")
