"""What is sent ahead to a new PostgreSQL database changes nothing but the time."""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import ProgrammingError

from scaffold.project.ahead import Ahead
from tests.projects import TestProject

settle = Ahead.settle
WIDGETS = sa.Table("widgets", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True))
MAKE = sa.schema.CreateTable(WIDGETS)


@pytest.fixture
def connection(postgresql_url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(postgresql_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _busy(connection: sa.Connection) -> bool:
    return connection.connection.driver_connection._pipeline is not None  # type: ignore[union-attr]


def test_a_query_waits_for_what_was_sent(connection: sa.Connection) -> None:
    ahead = Ahead(connection, "alembic_version")
    with ahead.sending(), connection.begin():
        connection.execute(MAKE)
        assert _busy(connection)
        assert connection.scalar(sa.text("SELECT count(*) FROM widgets")) == 0
        assert not _busy(connection)
        assert ahead.used
    assert not ahead.used
    assert sa.inspect(connection).has_table("widgets")


def test_an_error_comes_before_the_commit(connection: sa.Connection) -> None:
    ahead = Ahead(connection, "alembic_version")
    transaction = connection.begin()
    with ahead.sending():
        connection.execute(MAKE)
        connection.execute(MAKE)
        with pytest.raises(Exception, match="already exists"):
            transaction.commit()
        transaction.rollback()
        assert not _busy(connection)
    assert ahead.used
    assert not sa.inspect(connection).has_table("widgets")


def test_a_savepoint_that_fails_is_rolled_back(connection: sa.Connection) -> None:
    with Ahead(connection, "alembic_version").sending(), connection.begin():
        connection.execute(MAKE)
        with pytest.raises(ProgrammingError, match="already exists"), connection.begin_nested():
            connection.execute(MAKE)
    assert sa.inspect(connection).has_table("widgets")


def test_nothing_is_sent_ahead_after_a_commit_or_without_a_transaction(connection: sa.Connection) -> None:
    with Ahead(connection, "alembic_version").sending():
        with connection.begin():
            connection.execute(MAKE)
        with connection.begin(), pytest.raises(ProgrammingError, match="already exists"):
            connection.execute(MAKE)
    connection.execution_options(isolation_level="AUTOCOMMIT")
    with Ahead(connection, "alembic_version").sending(), pytest.raises(ProgrammingError, match="already exists"):
        connection.execute(MAKE)


def test_an_update_of_the_version_changes_one_row(connection: sa.Connection) -> None:
    version = sa.table("alembic_version", sa.column("version_num", sa.Text()))
    ahead = Ahead(connection, "alembic_version")
    with ahead.sending(), connection.begin():
        connection.exec_driver_sql("CREATE TABLE alembic_version AS SELECT 'a' AS version_num")
        assert (
            connection.execute(version.update().values(version_num="b").where(version.c.version_num == "a")).rowcount
            == 1
        )
        assert _busy(connection)
        ahead.settle()
        assert connection.scalar(sa.select(version.c.version_num)) == "b"
        connection.execute(version.update().values(version_num="c").where(version.c.version_num == "a"))
        with pytest.raises(LookupError, match="revision"):
            ahead.settle()


BODIES = {
    "a query": """
        count = op.get_bind().execute(sa.text("SELECT count(*) FROM things")).scalar_one()
        op.add_column("things", sa.Column(f"found_{count}", sa.Text()))
    """,
    "the driver's own cursor": """
        cursor = op.get_bind().connection.cursor()
        cursor.execute("SELECT count(*) FROM things")
        assert [column.name for column in cursor.description] == ["count"]
        op.add_column("things", sa.Column(f"found_{cursor.fetchone()[0]}", sa.Text()))
    """,
    "what the driver's own cursor did": """
        cursor = op.get_bind().connection.cursor()
        cursor.execute("INSERT INTO things (id) VALUES (1)")
        op.add_column("things", sa.Column("found_0" if cursor.rowcount == 1 else "wrong", sa.Text()))
    """,
    "a savepoint that fails": """
        try:
            with op.get_bind().begin_nested():
                op.drop_index("missing", "things")
        except Exception:
            op.add_column("things", sa.Column("found_0", sa.Text()))
    """,
    "a block that commits": """
        with op.get_context().autocommit_block():
            op.create_index("things_id", "things", ["id"], postgresql_concurrently=True)
        op.add_column("things", sa.Column("found_0", sa.Text()))
    """,
}
THINGS_FILE = "migrations/versions/20261128_000000_things.py"
THINGS = 'op.create_table("things", sa.Column("id", sa.Integer(), primary_key=True))'


def _revision(project: TestProject, body: str) -> None:
    revision = textwrap.dedent("""
        import sqlalchemy as sa
        from alembic import op

        revision = "a1b2c3d4e5f6"
        down_revision = "3d1f0c5a9b72"


        def upgrade() -> None:
            {body}


        def downgrade() -> None:
            raise NotImplementedError
    """)
    lines = "\n    ".join(textwrap.dedent(body).strip().splitlines())
    project.write(project.package / THINGS_FILE, revision.replace("{body}", lines))


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_revision_sees_what_was_made_before(project: TestProject, postgresql_url: str, body: str) -> None:
    _revision(project, f"{THINGS}\n{textwrap.dedent(body).strip()}")
    assert "2 revisions applied" in project.ok("migrate", SHOPDB_URL=postgresql_url)
    engine = sa.create_engine(postgresql_url, poolclass=sa.NullPool)
    assert [column["name"] for column in sa.inspect(engine).get_columns("things")] == ["id", "found_0"]
    engine.dispose()


@pytest.mark.parametrize(
    ("body", "env", "ahead"),
    [
        (THINGS, "", True),
        (f"{THINGS}\nop.get_bind()", "", False),
        (THINGS, "# from sqlalchemy import event\n", False),
    ],
    ids=["operations", "a connection", "a listener"],
)
def test_only_operations_are_sent_ahead(
    project: TestProject, postgresql_url: str, monkeypatch: pytest.MonkeyPatch, body: str, env: str, ahead: bool
) -> None:
    _revision(project, body)
    file = project.package / "migrations" / "env.py"
    file.write_text(file.read_text() + env)
    sent: list[bool] = []
    monkeypatch.setattr(Ahead, "settle", lambda self: (sent.append(self._pipeline is not None), settle(self))[1])
    assert "2 revisions applied" in project.ok("migrate", SHOPDB_URL=postgresql_url)
    assert (sent.count(True) > 1) is ahead


@pytest.mark.parametrize(
    "block",
    ["", "with op.get_context().autocommit_block():\n    op.create_index('a', 'things', ['id'])"],
    ids=["", "a block that commits"],
)
def test_the_revision_that_fails_is_named(project: TestProject, postgresql_url: str, block: str) -> None:
    _revision(project, f"{THINGS}\nop.drop_table('missing')\n{block}")
    first = project.package / THINGS_FILE
    text = first.read_text().replace('\nrevision = "a1b2', '\nrevision = "b2b2').replace("3d1f0c5a9b72", "a1b2c3d4e5f6")
    project.write(project.package / "migrations/versions/20261128_000001_more.py", text.replace("things", "others"))
    err = project.run("migrate", SHOPDB_URL=postgresql_url).err
    assert err.startswith(f"Error: {first.stem} failed on ")
    assert 'table "missing" does not exist' in err


def test_what_is_committed_is_not_run_again(project: TestProject, postgresql_url: str) -> None:
    _revision(project, f"{THINGS}\nop.execute('COM' + 'MIT')\nop.drop_table('missing')")
    assert 'table "missing" does not exist' in project.run("migrate", SHOPDB_URL=postgresql_url).err


def test_a_transaction_that_env_py_began_is_rolled_back_too(project: TestProject, postgresql_url: str) -> None:
    _revision(project, f"{THINGS}\n{THINGS}")
    file = project.package / "migrations" / "env.py"
    text = file.read_text()
    begin = "    database = connection.dialect.name\n"
    assert begin in text
    file.write_text(text.replace(begin, f"{begin}    connection.exec_driver_sql('SET LOCAL lock_timeout = 3000')\n", 1))
    assert 'relation "things" already exists' in project.run("migrate", SHOPDB_URL=postgresql_url).err


def test_a_revision_that_moves_the_database_is_found_out(project: TestProject, postgresql_url: str) -> None:
    _revision(project, f'{THINGS}\nop.execute("DELETE FROM alembic_version")')
    result = project.run("migrate", SHOPDB_URL=postgresql_url)
    assert result.code == 1
    assert "expected to match one row when updating '3d1f0c5a9b72' to 'a1b2c3d4e5f6'" in result.err


def test_the_statement_that_fails_is_named_where_it_is_written(project: TestProject, postgresql_url: str) -> None:
    _revision(project, f'{THINGS}\n{THINGS}\nop.create_index("things_id", "things", ["id"])')
    result = project.run("--debug", "migrate", SHOPDB_URL=postgresql_url)
    assert result.code == 1
    assert re.search(r'relation "things" already exists; the database is as before\.', result.err)
    line = 1 + (project.package / THINGS_FILE).read_text().splitlines().index(f"    {THINGS}")
    assert f"line {line + 1}, in upgrade" in result.err
    assert result.out.splitlines()[1:] == [
        "  apply   20260101_000000_create_auth_tables",
        f"  apply   {Path(THINGS_FILE).stem}",
    ]
    engine = sa.create_engine(postgresql_url, poolclass=sa.NullPool)
    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()
