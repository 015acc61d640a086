"""State before or state after: whatever breaks a command, and wherever.

The fast suite breaks each verb at a sample of its points; the slow one at many more, in both journal modes, with a full
disk, while recovering, and on servers. `SCAFFOLD_TEST_FAULTS=some` runs that, `=all` takes every point, and
`python -m tests.faults.soak` kills at random.
"""

import contextlib
import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.databases import skip_unless_ci
from tests.faults.harness import FULL, KILL, Judge, Server, Tally, build_shim
from tests.projects import TestProject

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="faults are made by preloading, which only Linux has")

DOMAIN = ("new-domain", "analytics", "--table", "page_views", "path:text", "user:ref=users:optional")
REBUILD = '''\
"""Rebuild page_views.

Revision ID: 0123456789ab
"""

import sqlalchemy as sa
from alembic import op

revision = "0123456789ab"
down_revision = "{head}"


def upgrade() -> None:
    with op.batch_alter_table("page_views") as batch:
        batch.alter_column("path", new_column_name="url", type_=sa.String(200))
    with op.batch_alter_table("users", recreate="always"):
        pass


def downgrade() -> None:
    pass
'''

NOTHING = REBUILD.partition("    with")[0] + "    pass\n" + REBUILD[REBUILD.index("\n\ndef downgrade") :]


@dataclass(frozen=True)
class Case:
    """A command to break. A new verb joins by one line in CASES.

    Args:
        argv: the command.
        earlier: the commands that make the project that it runs in.
        files: put into `versions/` after these, with the head filled in.
    """

    argv: tuple[str, ...]
    earlier: tuple[tuple[str, ...], ...] = ()
    files: Mapping[str, str] | None = None


CASES = {
    "new-domain in a fresh clone": Case(DOMAIN),
    "new-domain": Case(("new-domain", "billing", "total:decimal"), (DOMAIN,)),
    "new-domain without a migration": Case((*DOMAIN, "--no-migrate")),
    "add-column": Case(("add-column", "page_views", "referrer:text:optional", "by:ref=users:optional"), (DOMAIN,)),
    "add-table": Case(("add-table", "analytics", "visits", "page:ref=page_views"), (DOMAIN,)),
    "add-index": Case(("add-index", "page_views", "path", "created_at"), (DOMAIN,)),
    "alter-column": Case(("alter-column", "page_views", "path:string=200:optional"), (DOMAIN,)),
    "rename-column": Case(("rename-column", "page_views", "path", "url"), (DOMAIN,)),
    "rename-table": Case(("rename-table", "page_views", "page_hits"), (DOMAIN,)),
    "drop-column": Case(("drop-column", "page_views", "path", "--yes"), (DOMAIN,)),
    "drop-table": Case(("drop-table", "page_views", "--yes"), (DOMAIN,)),
    "drop-domain": Case(("drop-domain", "analytics", "--yes"), (DOMAIN,)),
    "undo": Case(("undo", "--yes"), (DOMAIN,)),
    "export d1": Case(("export", "d1", "--out", "d1"), (DOMAIN,)),
    "stamp": Case(("stamp",), (DOMAIN,), {"20300101_000000_nothing.py": NOTHING}),
    "migrate with a rebuild": Case(("migrate",), (DOMAIN,), {"20300101_000000_rebuild.py": REBUILD}),
}


EVERYWHERE = frozenset({"new-domain in a fresh clone", "add-column", "migrate with a rebuild"})
"""Broken at each point; of the others every fourth, unless SCAFFOLD_TEST_FAULTS=all asks for all."""


def stride(name: str, usual: int) -> int:
    """How many points to go on by."""
    return 1 if os.environ.get("SCAFFOLD_TEST_FAULTS") == "all" else usual if name in EVERYWHERE else usual * 4


thorough = pytest.mark.skipif(
    not os.environ.get("SCAFFOLD_TEST_FAULTS"), reason="takes long: SCAFFOLD_TEST_FAULTS=some or =all runs it"
)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if shutil.which("cc") is None:
        skip_unless_ci("the fault shim is C, and there is no C compiler")
    folder = tmp_path_factory.getbasetemp() / "shim"
    with Server(build_shim(folder)) as server:
        yield server


def prepared(case: Case, folder: Path, journal_mode: str = "delete") -> Path:
    """The project in which a case's command is run, with rows that a rebuild could lose."""
    folder.mkdir()
    project = TestProject(folder)
    for argv in case.earlier:
        project.ok(*argv)
    if project.database.exists():
        with contextlib.closing(sqlite3.connect(project.database)) as database:
            database.execute(f"PRAGMA journal_mode={journal_mode}")
            database.execute("INSERT INTO users (id, name, email, created_at, updated_at) VALUES ('u', 'U', 'e', 1, 1)")
            database.execute("INSERT INTO organizations VALUES ('o', 'O', 'o', NULL, 1, NULL)")
            database.execute("INSERT INTO page_views VALUES ('p', '/', 'u', 'o', 1, 1)")
            database.commit()
    for name, text in (case.files or {}).items():
        versions = project.package / "migrations" / "versions"
        newest = sorted(versions.glob("*.py"))[-1].read_text()
        [head] = re.findall(r'^revision: str = "(\w+)"', newest, re.M)
        (versions / name).write_text(text.format(head=head))
    return folder


@pytest.mark.parametrize("name", CASES)
def test_a_kill_leaves_the_state_before_or_the_state_after(name: str, server: Server, tmp_path: Path) -> None:
    judge = Judge(server, prepared(CASES[name], tmp_path / "base"), CASES[name].argv, tmp_path / "work")
    tally = Tally()
    judge.break_everywhere(KILL, tally, every=max(1, len(judge.points) // 6))
    assert not tally.torn, tally.torn[0]
    assert tally.kills >= 6


@thorough
@pytest.mark.slow
@pytest.mark.parametrize("journal_mode", ["delete", "wal"])
@pytest.mark.parametrize("name", CASES)
def test_at_every_point(name: str, journal_mode: str, server: Server, tmp_path: Path) -> None:
    base = prepared(CASES[name], tmp_path / "base", journal_mode)
    judge = Judge(server, base, CASES[name].argv, tmp_path / "work")
    tally = Tally()
    judge.break_everywhere(KILL, tally, every=stride(name, 1 if journal_mode == "delete" else 3))
    print(f"{name}, {journal_mode}, kills: {tally}")
    assert not tally.torn, tally.torn[0]
    assert tally.before + tally.after == tally.kills


@thorough
@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_disk_that_is_full_from_any_point_on(name: str, server: Server, tmp_path: Path) -> None:
    judge = Judge(server, prepared(CASES[name], tmp_path / "base"), CASES[name].argv, tmp_path / "work")
    tally = Tally()
    judge.break_everywhere(FULL, tally, every=stride(name, 3))
    print(f"{name}, full disk: {tally}")
    assert not tally.torn, tally.torn[0]


@thorough
@pytest.mark.slow
@pytest.mark.parametrize("name", ["new-domain in a fresh clone", "add-column"])
def test_a_kill_while_recovering_from_a_kill(name: str, server: Server, tmp_path: Path) -> None:
    judge = Judge(server, prepared(CASES[name], tmp_path / "base"), CASES[name].argv, tmp_path / "work")
    tally = Tally()
    judge.break_everywhere(KILL, tally, every=9, since=3, recoveries=True)
    print(f"{name}, recoveries: {tally}")
    assert not tally.torn, tally.torn[0]


@dataclass(frozen=True)
class OnServer:
    """An empty database that is made anew for every run."""

    url: str

    @property
    def environment(self) -> Mapping[str, str]:
        return {"SHOPDB_URL": self.url}

    def reset(self) -> None:
        parsed = sa.make_url(self.url)
        administration = parsed.set(database="postgres" if parsed.get_backend_name() == "postgresql" else None)
        force = " WITH (FORCE)" if parsed.get_backend_name() == "postgresql" else ""
        engine = sa.create_engine(administration, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {parsed.database}{force}")
            connection.exec_driver_sql(f"CREATE DATABASE {parsed.database}")

    def dump(self) -> str:
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            found = sa.MetaData()
            found.reflect(connection)
            lines = [str(sa.schema.CreateTable(table).compile(engine)) for table in found.sorted_tables]
            lines += sorted(repr((table.name, index.name)) for table in found.sorted_tables for index in table.indexes)
            for table in found.sorted_tables:
                lines += sorted(repr((table.name, *row)) for row in connection.execute(sa.select(table)))
        return "\n".join(lines)


@thorough
@pytest.mark.slow
@pytest.mark.parametrize("database", ["postgresql", "mysql"])
def test_a_kill_between_two_messages_to_a_server(
    database: str, server: Server, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    on_server = OnServer(request.getfixturevalue(f"{database}_url"))
    judge = Judge(server, prepared(Case(DOMAIN), tmp_path / "base"), DOMAIN, tmp_path / "work", on_server)
    tally = Tally()
    judge.break_everywhere(KILL, tally, every=12)
    print(f"new-domain on {database}, kills: {tally}")
    assert not tally.torn, tally.torn[0]
    assert tally.after
