"""What is said of the database after a migration that failed is what is there."""

import textwrap

import pytest
import sqlalchemy as sa

from tests.projects import TestProject

FIRST, SECOND = "20990101_000001_first", "20990101_000002_second"
REVISION = """\
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{below}"


def upgrade() -> None:
{body}


def downgrade() -> None:
    pass
"""
TABLE = 'op.create_table("{}", sa.Column("id", sa.Integer(), primary_key=True))'
BLOCK = """
with op.get_context().autocommit_block():
    op.create_index("ones_id", "ones", ["id"], postgresql_concurrently=True)
"""
FAILS = 'op.execute("SELECT 1 FROM nowhere")'
EXITS = "raise SystemExit(3)"
NO_ROLLBACK = "Take the rollback out of it; what may fail is tried within: with op.get_bind().begin_nested():"
EXITED = "line 10, ends the process"
RAISE = "Raise an exception there instead of calling sys.exit()."

RUN = """\
    with context.begin_transaction():
        context.run_migrations()


def write_sql"""
PER_REVISION = ('"render_as_batch": False,', '"render_as_batch": False, "transaction_per_migration": True,')
ONE = ("config = context.config\n", "config = context.config\nONE = __import__('sqlalchemy').text('SELECT 1')\n")
HERE = "    database = connection.dialect.name\n"
BEGINS = (HERE, HERE + "    connection.scalar(ONE)\n")
COMMITS_EACH = (HERE, HERE + '    connection = connection.execution_options(isolation_level="AUTOCOMMIT")\n')
HIDES = (
    RUN,
    """\
    with context.begin_transaction():
        try:
            context.run_migrations()
        except Exception:
            pass


def write_sql""",
)
TAKES_BACK = (RUN, RUN.replace("run_migrations()\n", "run_migrations()\n    connection.rollback()\n", 1))
RUNS_NONE = (RUN, "    pass\n\n\ndef write_sql")


def _edit_env(project: TestProject, *edits: tuple[str, str]) -> None:
    """An `env.py` with some texts in the place of others."""
    file = project.package / "migrations" / "env.py"
    text = file.read_text()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text)


def _write(project: TestProject, first: str, second: str, *env: tuple[str, str]) -> None:
    """Two revisions on the one that is there, and an `env.py` with some edits."""
    _edit_env(project, *env)
    below = "3d1f0c5a9b72"
    for name, revision, body in ((FIRST, "aaaaaaaaaaaa", first), (SECOND, "bbbbbbbbbbbb", second)):
        lines = textwrap.indent(textwrap.dedent(body).strip(), "    ")
        content = REVISION.format(revision=revision, below=below, body=lines)
        project.write(project.package / f"migrations/versions/{name}.py", content)
        below = revision


def _tables(url: str) -> set[str]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    names = set(sa.inspect(engine).get_table_names())
    engine.dispose()
    return names & {"ones", "twos"}


ones, twos = TABLE.format("ones"), TABLE.format("twos")


@pytest.mark.parametrize(
    ("first", "second", "env", "said", "left"),
    [
        (ones, f"{twos}\n{FAILS}", [], "the database is as before.", set()),
        (ones, f"{twos}\n{FAILS}", [BEGINS, ONE], "the database is as before.", set()),
        (
            ones,
            f"{twos}\n{FAILS}",
            [PER_REVISION],
            f"{SECOND} is not applied; {FIRST} stays applied.\n\n"
            "Put that right, and run the command again: it goes on where this one stopped.",
            {"ones"},
        ),
        (
            ones + BLOCK,
            f"{twos}\n{FAILS}",
            [],
            f"{FIRST} may be applied in part, as a transaction ended before it did.\n\n"
            f"Take out of the database what {FIRST} made there, and run the command again.",
            {"ones"},
        ),
        (
            ones,
            f"{twos}\nop.execute('COMMIT')\n{FAILS}",
            [PER_REVISION],
            f"{SECOND} may be applied in part, as a transaction ended before it did; {FIRST} stays applied.\n\n"
            f"Take out of the database what {SECOND} made there, and run the command again.",
            {"ones", "twos"},
        ),
        (
            ones,
            f"{twos}\nraise ValueError(twos)",
            [HIDES],
            f"{FIRST} stays applied.",
            {"ones", "twos"},
        ),
        (ones, f"{twos}\n{EXITS}", [], f"{EXITED}; the database is as before.\n\n{RAISE}\n", set()),
        (
            ones,
            f"{twos}\n{EXITS}",
            [PER_REVISION],
            f"{EXITED}; {SECOND} is not applied; {FIRST} stays applied.\n\n"
            f"{RAISE}\nPut that right, and run the command again: it goes on where this one stopped.",
            {"ones"},
        ),
        (
            ones,
            f"{twos}\nop.execute('COMMIT')\n{EXITS}",
            [],
            f"{SECOND} may be applied in part, as a transaction ended before it did; {FIRST} stays applied.\n\n"
            f"{RAISE}\nTake out of the database what {SECOND} made there, and run the command again.",
            {"ones", "twos"},
        ),
        (
            ones,
            f"op.execute('ROLLBACK')\n{twos}",
            [],
            f"it rolls back what ran before it; the database is as before.\n\n{NO_ROLLBACK}",
            set(),
        ),
        (
            ones,
            f"{twos}\nop.get_bind().connection.rollback()",
            [PER_REVISION],
            f": it rolls back what ran before it; {SECOND} may be applied in part, as a transaction ended before it"
            f" did; {FIRST} stays applied.\n\n{NO_ROLLBACK}\nTake out of the database what {SECOND} made there, and",
            {"ones"},
        ),
        (
            ones + BLOCK,
            f"{twos}\nop.execute('ROLLBACK')",
            [],
            ": it rolls back what ran before it; ",
            {"ones"},
        ),
    ],
    ids=[
        *("whole", "begun before", "each by itself", "a block that commits", "a commit", "hidden"),
        *("exits", "exits, each by itself", "exits after a commit"),
        *("rolls back", "rolls back, each by itself", "rolls back after a block"),
    ],
)
def test_what_is_left_in_a_database_whose_transactions_hold_ddl(
    project: TestProject,
    postgresql_url: str,
    first: str,
    second: str,
    env: list[tuple[str, str]],
    said: str,
    left: set[str],
) -> None:
    project.environment["SHOPDB_URL"] = postgresql_url
    project.ok("migrate")
    _write(project, first, second, *env)
    result = project.run("migrate")
    assert result.code == 1
    assert result.err.startswith(f"Error: {SECOND} failed on PostgreSQL ")
    assert said in result.err
    assert _tables(postgresql_url) == left


def test_a_revision_that_ends_the_process_where_each_statement_is_committed(
    project: TestProject, mysql_url: str
) -> None:
    project.environment["SHOPDB_URL"] = mysql_url
    project.ok("migrate")
    _write(project, ones, f"{twos}\n{EXITS}")
    result = project.run("migrate")
    assert result.code == 1
    assert f"ends the process; {SECOND} is applied in part, as the database commits each statement; " in result.err
    assert f"{FIRST} stays applied.\n\n{RAISE}\nPut that right, and run the command again: it goes" in result.err
    assert _tables(mysql_url) == {"ones", "twos"}
    file = project.package / f"migrations/versions/{SECOND}.py"
    file.write_text(file.read_text().replace(EXITS, ""))
    assert "Done: 1 revision applied." in project.ok("migrate")


def test_a_revision_that_rolls_back_in_a_new_database(project: TestProject, postgresql_url: str) -> None:
    project.environment["SHOPDB_URL"] = postgresql_url
    _write(project, f"{ones}\nop.execute('ROLLBACK')", twos)
    result = project.run("migrate")
    assert result.code == 1
    assert f"Error: {FIRST} failed on PostgreSQL " in result.err
    assert ": it rolls back what ran before it; the database is as before." in result.err
    assert _tables(postgresql_url) == set()


def test_a_revision_that_commits_has_lost_nothing(project: TestProject, postgresql_url: str) -> None:
    project.environment["SHOPDB_URL"] = postgresql_url
    project.ok("migrate")
    _write(project, ones + BLOCK, f"op.execute('COMMIT')\n{twos}")
    assert "Done: 2 revisions applied." in project.ok("migrate")
    assert _tables(postgresql_url) == {"ones", "twos"}


def test_a_revision_that_ends_the_process_on_an_empty_database(project: TestProject) -> None:
    project.ok("migrate")
    _write(project, ones, EXITS)
    result = project.run("generate", "--check")
    assert result.code == 1
    assert f"{SECOND}.py fails on an empty SQLite database: " in result.err
    assert f"{EXITED.replace('10', '9')}; nothing was written.\n\n{RAISE}\n" in result.err


def test_a_downgrade_that_commits_before_it_fails(project: TestProject, postgresql_url: str) -> None:
    project.environment["SHOPDB_URL"] = postgresql_url
    project.ok("new-domain", "shop", "name:text", "--no-tenant")
    project.ok("add-column", "shop", "sku:text:optional:index")
    project.execute("CREATE VIEW skus AS SELECT sku FROM shop")
    _edit_env(project, COMMITS_EACH)
    result = project.run("undo", "--yes")
    assert result.code == 1
    assert "cannot drop column sku" in result.err
    assert " may be taken back in part, as a transaction ended before it did.\n" in result.err
    assert "See what is there, and the way out: scaffold doctor" in result.err


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ([HIDES], "catches it"),
        ([RUNS_NONE], "runs no migrations"),
        ([BEGINS, ONE, TAKES_BACK], "rolls back what was run"),
    ],
    ids=["hides", "runs none", "takes back"],
)
def test_an_env_py_that_does_not_do_its_part(
    project: TestProject, postgresql_url: str, env: list[tuple[str, str]], said: str
) -> None:
    project.environment["SHOPDB_URL"] = postgresql_url
    project.ok("migrate")
    _write(project, ones, FAILS if said == "catches it" else twos, *env)
    result = project.run("migrate")
    file = project.package / "migrations" / "env.py"
    assert result.code == 1
    assert f": {file} {said}; the database is as before.\n\nLet {file} call " in result.err
    assert _tables(postgresql_url) == set()


def test_an_env_py_that_hides_a_failure_does_not_make_half_of_it_stay(project: TestProject) -> None:
    project.ok("migrate")
    _write(project, ones, f"{twos}\nraise ValueError", HIDES)
    result = project.run("migrate")
    assert result.code == 1
    assert f"{SECOND} failed on SQLite " in result.err
    assert "env.py catches it; the database is as before." in result.err
    assert _tables(f"sqlite:///{project.root / 'local.db'}") == set()


def test_an_env_py_that_begins_before_alembic_does_is_committed(project: TestProject, postgresql_url: str) -> None:
    project.environment["SHOPDB_URL"] = postgresql_url
    _write(project, ones, twos, BEGINS, ONE)
    assert "Done: 3 revisions applied." in project.ok("migrate")
    assert _tables(postgresql_url) == {"ones", "twos"}
    assert "Nothing to apply" in project.ok("migrate")


def test_what_is_left_when_it_is_stopped(project: TestProject, postgresql_url: str) -> None:
    project.environment["SHOPDB_URL"] = postgresql_url
    project.ok("migrate")
    _write(project, ones, "raise KeyboardInterrupt")
    assert project.run("migrate").err == "Error: Stopped; nothing was written.\n"
    _edit_env(project, PER_REVISION)
    assert project.run("migrate").err == (
        f"Error: Stopped; {SECOND} is not applied; {FIRST} stays applied.\n\n"
        "Run the command again: it goes on where this one stopped.\n"
    )
    assert _tables(postgresql_url) == {"ones"}
