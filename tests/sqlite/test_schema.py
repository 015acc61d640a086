"""Whether a database only grew, told from its statements alone; SQLite itself makes them here."""

import sqlite3

import pytest

from scaffold.project.rebuilds.growth import schema

TABLES = """
CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT);
CREATE TABLE posts (id TEXT, title TEXT, CONSTRAINT k PRIMARY KEY (id), CHECK (title <> ''));
CREATE INDEX posts_title ON posts (title);
"""


@pytest.mark.parametrize(
    ("statement", "grown"),
    [
        ("CREATE TABLE tags (id TEXT)", {"tags"}),
        ("CREATE INDEX users_name ON users (name)", set()),
        ("ALTER TABLE users ADD COLUMN title TEXT", {"users"}),
        ("ALTER TABLE posts ADD COLUMN title2 TEXT DEFAULT ', x' REFERENCES users (id)", {"posts"}),
        ("ALTER TABLE posts ADD COLUMN c INT; ALTER TABLE posts ADD COLUMN c2 INT", {"posts"}),
        ("ALTER TABLE users RENAME COLUMN name TO title", None),
        ("ALTER TABLE users RENAME TO people", None),
        ("ALTER TABLE users DROP COLUMN name", None),
        ("DROP INDEX posts_title", None),
        ("DROP TABLE posts", None),
        ("DROP INDEX posts_title; CREATE INDEX posts_title ON posts (title DESC)", None),
        ("DROP TABLE users; CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT NOT NULL)", None),
        ("CREATE VIEW v AS SELECT * FROM users", None),
    ],
)
def test_growing(statement: str, grown: set[str] | None) -> None:
    connection = sqlite3.connect(":memory:")
    connection.executescript(TABLES)
    before = schema(connection)
    connection.executescript(statement)
    found = before.grown_to(schema(connection))
    assert (None if found is None else set(found)) == grown
