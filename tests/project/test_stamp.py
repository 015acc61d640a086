"""A database that was there first is compared with the migrations, and then said to have them."""

import contextlib
import json
import sqlite3

import pytest
import sqlalchemy as sa

from scaffold.drizzle.export import export
from tests.drizzle.kit import differ, load
from tests.drizzle.people import ANALYTICS, PATTERNS
from tests.drizzle.test_export import SHOP, reflected, with_auth
from tests.projects import TestProject

__all__ = ["differ"]

GENERATE = ("generate", "-m", "import the tables of the front end", "--no-migrate")


@pytest.fixture
def first(project: TestProject) -> TestProject:
    """A front end's project: its database with a row, made by drizzle-kit; its tables, just imported."""
    load(project, {}).create_all(engine := sa.create_engine(project.url))
    with contextlib.closing(sqlite3.connect(project.database)) as database:
        database.executescript(DRIZZLES_OWN)
    engine.dispose()
    project.write("web/tables/analytics.table.ts", ANALYTICS)
    project.write("web/tables/posts.table.ts", PATTERNS)
    said = project.ok("import", "drizzle", "web")
    assert said.endswith(
        "Next:\n  scaffold generate -m 'import the tables of the front end' --no-migrate\n  scaffold stamp\n"
    )
    project.ok(*GENERATE)
    return project


DRIZZLES_OWN = """\
CREATE TABLE `page_views` (
	`id` text PRIMARY KEY NOT NULL,
	`path` text NOT NULL,
	`user_agent` text,
	`ip_address` text,
	`user_id` text,
	`organization_id` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`organization_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE cascade
);
CREATE TABLE `posts` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`organization_id` text NOT NULL,
	`status` text DEFAULT 'draft' NOT NULL,
	`metadata` text,
	FOREIGN KEY (`organization_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE cascade
);
CREATE TABLE `__drizzle_migrations` (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric);
INSERT INTO organizations (id, name, slug, created_at) VALUES ('o', 'O', 'o', 1);
INSERT INTO posts VALUES ('p', 1, 1, 'o', 'published', NULL);
"""
"""What drizzle-kit makes of the original's example and patterns, and its own table."""


def test_nothing_is_made_twice(first):
    before = first.tree()
    for command in (["migrate"], ["add-column", "posts", "title:text:optional"], ["migrate", "--remote", "--yes"]):
        result = first.run(*command, SHOPDB_REMOTE_URL=first.url)
        assert (result.code, "no revision, so the migrations would make them once more" in result.err) == (2, True)
    assert first.tree() == before
    assert "unstamped: SQLite" in first.run("doctor").out


def test_what_drizzle_does_not_say_is_added_when_it_is_asked_for(first):
    before = first.tree()
    result = first.run("stamp")
    assert (result.code, result.err.endswith("stamp it: scaffold stamp --complete\n")) == (1, True)
    assert "  posts: new CHECK posts_status_2cef47_check\n" in result.err
    first.ok("stamp", "--complete", "--dry-run")
    assert first.tree() == before
    assert "  stamp   20260101_000000_create_auth_tables\n" in first.ok("stamp", "--complete")
    assert first.ok("migrate").endswith("Nothing to apply.\n")
    assert first.ok("doctor") == "Nothing is wrong.\n"
    assert first.ok("stamp").endswith("has every revision already; there is nothing to stamp.\n")
    first.ok("add-column", "posts", "title:text:optional")
    assert first.execute("SELECT id, status, title FROM posts") == [("p", "published", None)]
    assert first.execute("SELECT count(*) FROM __drizzle_migrations") == [(0,)]
    with pytest.raises(sa.exc.IntegrityError):
        first.execute("UPDATE posts SET status = 'other'")


def test_a_row_that_is_not_as_the_check_would_have_it_stops_it_all(first):
    first.execute("UPDATE posts SET status = 'odd'")
    before = first.tree()
    result = first.run("stamp", "--complete")
    assert (result.code, "CHECK constraint failed" in result.err) == (1, True), str(result)
    assert first.tree() == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ALTER TABLE page_views DROP COLUMN ip_address", "page_views.ip_address: new column"),
        ("ALTER TABLE page_views ADD COLUMN other text", "page_views.other: no such column any more"),
        ("DROP INDEX users_email_unique", "users: new unique index users_email_unique"),
        ("DROP TABLE page_views", "page_views: new table"),
    ],
)
def test_what_differs_is_listed_and_nothing_is_stamped(first, change, said):
    first.execute(change)
    before = first.tree()
    result = first.run("stamp", "--complete")
    assert (result.code, said in result.err) == (1, True), str(result)
    assert first.tree() == before


def test_a_remote_database_gets_the_revision_that_it_has(first, tmp_path):
    remote = f"sqlite:///{tmp_path / 'remote.db'}"
    (tmp_path / "remote.db").write_bytes(first.database.read_bytes())
    first.ok("stamp", "--complete")
    [imported] = [
        line for line in first.revisions()["import_the_tables_of_the_front_end"].splitlines() if "ID:" in line
    ]
    first.ok("add-column", "posts", "title:text:optional")
    result = first.run("stamp", "--remote", SHOPDB_REMOTE_URL=remote)
    assert (result.code, "posts.title: new column" in result.err) == (1, True)
    revision = imported.split()[-1]
    result = first.run("stamp", revision, "--remote", "--complete", SHOPDB_REMOTE_URL=remote)
    assert (result.code, "--yes" in result.err) == (2, True)
    options = (revision, "--remote", "--complete", "--yes", "--json")
    stamped = json.loads(first.ok("stamp", *options, SHOPDB_REMOTE_URL=remote))
    assert len(stamped["stamped"]) == 2
    assert stamped["added"] == ["posts: CHECK posts_status_2cef47_check (status IN ('draft', 'published', 'archived'))"]
    assert "add_title_to_posts" in first.ok("migrate", "--remote", "--yes", SHOPDB_REMOTE_URL=remote)
    assert first.run("stamp", "0123").code == 2
    assert first.run("stamp", "--local", "--remote").code == 2


def test_a_database_that_the_models_made_is_stamped(on_any_database):
    project = on_any_database
    project.ok("new-domain", "shop", "--table", "products", *SHOP, "status:enum=a,b:default=a", "--no-migrate")
    load(project, {}).create_all(engine := sa.create_engine(project.url))
    engine.dispose()
    project.ok("stamp")
    assert project.ok("migrate").endswith("Nothing to apply.\n")
    project.ok("add-column", "products", "extra:text:optional")


@pytest.mark.parametrize("dialect", ["postgresql", "mysql"])
def test_a_database_that_drizzle_made_is_stamped(dialect, request, project, differ):
    url = request.getfixturevalue(f"{dialect}_url")
    project.environment["SHOPDB_URL"] = url
    fields = [field for field in SHOP if not field.startswith("label")]
    project.ok("new-domain", "shop", "--table", "products", *fields, "status:enum=a,b:default=a", "--no-migrate")
    files = with_auth(dialect, export(reflected(project, dialect)))
    differ(url, files, "schema.ts", create=True)
    project.ok("stamp")
    project.ok("add-column", "products", "extra:text:optional")
