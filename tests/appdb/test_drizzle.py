"""The database has two owners: Drizzle finds nothing to change in it, and both read each other's rows alike."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from appdb import types
from appdb.schema import Base
from tests.appdb.revisions import upgrade
from tests.databases import mysql_url
from tests.node.programs import described

FOLDER = Path(__file__).parent / "better_auth"
FILES = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.*ts")}
TABLES = ["users", "organizations", "sessions", "accounts", "verifications", "members", "invitations"]


@pytest.fixture
def drizzle_on(node):
    """Run the Drizzle program on a database."""

    def run(database_url: str, task: str, **more: Any) -> Any:
        return node(FILES, "drizzle.mts", {"database": described(database_url), "task": task, **more})

    return run


@pytest.fixture
def drizzle(drizzle_on, database_url):
    """Run the Drizzle program on the test's database."""
    return partial(drizzle_on, database_url)


def rows() -> dict[str, list[dict[str, Any]]]:
    """One row for each table, with an instant of its own in each timestamp."""
    instant = datetime(2026, 3, 29, 1, 30, 15, 987000, tzinfo=UTC)
    made: dict[str, list[dict[str, Any]]] = {}
    for name in TABLES:
        row: dict[str, Any] = {}
        for column in Base.metadata.tables[name].columns:
            if isinstance(column.type, types.EpochMilliseconds):
                instant += timedelta(days=17, milliseconds=1)
                row[column.name] = instant
            elif isinstance(column.type, types.Boolean):
                row[column.name] = True
            elif column.foreign_keys:
                row[column.name] = f"{next(iter(column.foreign_keys)).column.table.name} id"
            else:
                row[column.name] = f"{name} {column.name}"
        made[name] = [row]
    return made


def as_text(found: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Rows as JSON has them: an instant is what JavaScript's Date prints."""

    def text(value: Any) -> Any:
        if isinstance(value, datetime):
            assert value.utcoffset() == timedelta(0)
            return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return value

    return {name: [{key: text(value) for key, value in row.items()} for row in found[name]] for name in TABLES}


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_drizzle_kit_finds_nothing_to_change_and_would_see_a_change(database, request, engine_of, drizzle_on):
    url = request.getfixturevalue(f"{database}_url")
    upgrade(url)
    with engine_of(url).begin() as db:
        # drizzle-kit would drop it; in a project, tablesFilter keeps it.
        db.exec_driver_sql("DROP TABLE alembic_version")
    assert drizzle_on(url, "diff") == {"statements": [], "warnings": []}
    with engine_of(url).begin() as db:
        db.exec_driver_sql("ALTER TABLE accounts DROP COLUMN scope")
    assert [s for s in drizzle_on(url, "diff")["statements"] if "scope" in s]


mysql_url_of_drizzles_own = mysql_url


def test_drizzle_kit_finds_on_mysql_what_it_finds_in_its_own_database(
    mysql_url, mysql_url_of_drizzles_own, engine_of, drizzle_on
):
    # It is never silent on MariaDB, whose catalogue spells defaults unlike MySQL's.
    upgrade(mysql_url)
    drizzle_on(mysql_url_of_drizzles_own, "create on MySQL")
    own = drizzle_on(mysql_url_of_drizzles_own, "diff")
    assert drizzle_on(mysql_url, "diff") == own
    with engine_of(mysql_url).begin() as db:
        db.exec_driver_sql("ALTER TABLE accounts DROP COLUMN scope")
    assert drizzle_on(mysql_url, "diff") != own


def test_drizzle_reads_what_python_wrote(database_url, engine_of, drizzle):
    upgrade(database_url)
    with engine_of(database_url).begin() as db:
        for name in TABLES:
            db.execute(sa.insert(Base.metadata.tables[name]), rows()[name])
    assert drizzle("read", tables=TABLES) == as_text(rows())


def test_python_reads_what_drizzle_wrote(database_url, engine_of, drizzle):
    upgrade(database_url)
    drizzle("write", tables=TABLES, rows=as_text(rows()))
    with engine_of(database_url).connect() as db:
        found = {name: db.execute(sa.select(Base.metadata.tables[name])).mappings().all() for name in TABLES}
    assert found == rows()


def test_a_row_from_python_needs_no_default_of_the_database(database_url, engine_of, drizzle):
    upgrade(database_url)
    before = datetime.now(UTC) - timedelta(seconds=1)
    with engine_of(database_url).begin() as db:
        db.execute(sa.insert(Base.metadata.tables["users"]), {"name": "Ada", "email": "ada@example.org"})
    (user,) = drizzle("read", tables=["users"])["users"]
    assert user["email_verified"] is False
    for column in ("created_at", "updated_at"):
        assert before < datetime.fromisoformat(user[column]) < datetime.now(UTC) + timedelta(seconds=1)
