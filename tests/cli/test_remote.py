"""Migrating another database: shown without its password, confirmed by typing its name."""

import os
import pty
import select
import time

import pytest
import sqlalchemy as sa

from tests.projects import TestProject


def _typed(project: TestProject, url: str, answer: str | None, *argv: str) -> tuple[int, str]:
    """`migrate --remote` at a terminal, with what is typed at its question; None is Ctrl-C."""
    leader, follower = pty.openpty()
    process = project.start(
        *argv,
        "migrate",
        "--remote",
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
        env={"SHOPDB_REMOTE_URL": url},
        preexec_fn=_own_terminal,
    )
    os.close(follower)
    shown, asked = b"", False
    give_up = time.monotonic() + 90
    while time.monotonic() < give_up:
        if select.select([leader], [], [], 0.1)[0]:
            try:
                read = os.read(leader, 4096)
            except OSError:
                break
            if not read:
                break
            shown += read
        if not asked and b"to go on" in shown:
            asked = True
            os.write(leader, b"\x03" if answer is None else answer.encode() + b"\n")
    process.wait(timeout=30)
    os.close(leader)
    return process.returncode, shown.decode().replace("\r\n", "\n")


def _own_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _heads(url: str) -> list[str]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        found = sa.inspect(connection).has_table("alembic_version")
        heads = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars() if found else ()
        result = list(heads)
    engine.dispose()
    return result


@pytest.fixture
def remote(postgresql_url: str) -> str:
    """A PostgreSQL database, whose URL has a password that needs escaping."""
    return sa.make_url(postgresql_url).set(password="s3cr%t@/:").render_as_string(hide_password=False)


def test_its_name_is_typed(project: TestProject, remote: str) -> None:
    name = sa.make_url(remote).database
    code, shown = _typed(project, remote, name)
    assert code == 0
    assert f"Remote: PostgreSQL {name} on " in shown
    assert "20260101_000000_create_auth_tables" in shown.partition("Type the database's name")[0]
    assert shown.endswith("Done: 1 revision applied.\n")
    assert _heads(remote) == ["3d1f0c5a9b72"]


@pytest.mark.parametrize("answer", ["yes", "", "y", None])
def test_anything_else_does_nothing(project: TestProject, remote: str, answer: str | None) -> None:
    before = project.tree()
    code, shown = _typed(project, remote, answer, "--debug")
    assert code == 1
    assert ("Stopped; " if answer is None else "that is not what was typed; nothing was done.") in shown
    assert "s3cr" not in shown
    assert _heads(remote) == []
    assert project.tree() == before


@pytest.mark.parametrize("argv", [(), ("--json",)])
def test_without_a_terminal_nothing_happens(project: TestProject, remote: str, argv: tuple[str, ...]) -> None:
    result = project.run("migrate", "--remote", *argv, SHOPDB_REMOTE_URL=remote)
    assert result.code == 2
    assert "there is no terminal to confirm that in; nothing was done" in result.out + result.err
    assert "scaffold migrate --remote" in result.out + result.err
    assert "--yes" in result.out + result.err
    assert "s3cr" not in result.out + result.err
    assert _heads(remote) == []


def test_yes_needs_no_terminal(project: TestProject, database_url: str) -> None:
    project.ok("new-domain", "shop", "name:text:default=100%")
    out = project.ok("migrate", "--remote", "--yes", SHOPDB_REMOTE_URL=database_url)
    assert out.count("  apply ") == 2
    assert project.ok("migrate", "--remote", SHOPDB_REMOTE_URL=database_url).endswith("Nothing to apply.\n")
    assert len(_heads(database_url)) == 1


def test_a_failure_shows_no_password(project: TestProject, remote: str) -> None:
    engine = sa.create_engine(remote, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE VIEW users AS SELECT 1")
    engine.dispose()
    result = project.run("--debug", "migrate", "--remote", "--yes", SHOPDB_REMOTE_URL=remote)
    assert result.code == 1
    assert "20260101_000000_create_auth_tables failed on PostgreSQL " in result.err
    assert "the database is as before" in result.err
    assert "s3cr" not in result.out + result.err


def test_the_local_target_of_a_dry_run_shows_no_password(project: TestProject, remote: str) -> None:
    out = project.ok("new-domain", "shop", "--dry-run", SHOPDB_URL=remote)
    assert "CREATE TABLE shop" in out
    assert "s3cr" not in out


def test_a_database_that_is_ahead(project: TestProject, postgresql_url: str) -> None:
    project.ok("migrate", "--remote", "--yes", SHOPDB_REMOTE_URL=postgresql_url)
    engine = sa.create_engine(postgresql_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'deadbeef0000'")
    engine.dispose()
    result = project.run("migrate", "--remote", "--yes", SHOPDB_REMOTE_URL=postgresql_url)
    assert result.code == 2
    assert "deadbeef0000" in result.err


def test_a_missing_driver(project: TestProject) -> None:
    result = project.run("migrate", "--remote", SHOPDB_REMOTE_URL="postgresql+pg8000://me:s3cr3t@localhost/x")
    assert result.code == 1
    assert "No module named 'pg8000'" in result.err
    assert "s3cr3t" not in result.err
