"""Which URLs are this machine, and what is shown of them."""

import pytest
import sqlalchemy as sa

from scaffold.dialects import dialect_of
from scaffold.errors import UsageError

LOCAL = [
    "sqlite:///local.db",
    "sqlite:////var/lib/app.db",
    "sqlite://",
    "sqlite+pysqlite:///x.db",
    "sqlite:///file:x.db?uri=true",
    "postgresql:///app",
    "postgresql://localhost/app",
    "postgresql://LOCALHOST/app",
    "postgresql://127.0.0.1:5432/app",
    "postgresql://127.9.8.7/app",
    "postgresql://[::1]/app",
    "postgresql+psycopg://user:secret@localhost/app",
    "postgresql:///app?host=/var/run/postgresql",
    "postgresql:///app?host=localhost",
    "postgresql://db.example.com/app?host=127.0.0.1",
    "postgresql:///app?host=/tmp,localhost",
    "postgresql://localhost/app?hostaddr=127.0.0.1",
    "mysql:///app",
    "mysql://root@localhost/app",
    "mysql+pymysql://root@127.0.0.1/app",
    "mariadb://root@127.0.0.1/app",
    "mysql:///app?unix_socket=/run/mysqld.sock",
    "mysql://db.example.com/app?unix_socket=/run/mysqld.sock",
]
ELSEWHERE = [
    "sqlite://host/x.db",
    "postgresql://db.example.com/app",
    "postgresql://10.0.0.1/app",
    "postgresql://0.0.0.0/app",
    "postgresql://localhost.example.com/app",
    "postgresql://127.0.0.1.example.com/app",
    "postgresql://127.1/app",
    "postgresql://2130706433/app",
    "postgresql:///app?host=db.example.com",
    "postgresql://localhost/app?host=db.example.com",
    "postgresql://localhost/app?host=localhost,db.example.com",
    "postgresql://localhost/app?host=localhost&host=db.example.com",
    "postgresql://localhost/app?hostaddr=10.0.0.1",
    "postgresql://localhost/app?service=production",
    "postgresql:///app?service=production",
    "postgresql:///app?host=@abstract",
    "mysql://db.example.com/app",
    "mysql://localhost/app?host=db.example.com",
    "mysql://localhost/app?read_default_file=/etc/my.cnf",
    "mysql://localhost/app?read_default_group=production",
    "mysql:///app?read_default_file=~/.my.cnf&unix_socket=/run/mysqld.sock",
]


@pytest.mark.parametrize("url", LOCAL)
def test_this_machine(url: str) -> None:
    made = sa.make_url(url)
    assert dialect_of(made).is_local(made)


@pytest.mark.parametrize("url", ELSEWHERE)
def test_somewhere_else(url: str) -> None:
    made = sa.make_url(url)
    assert not dialect_of(made).is_local(made)


@pytest.mark.parametrize(
    ("name", "value", "local"),
    [
        ("PGHOST", "db.example.com", False),
        ("PGHOST", "/var/run/postgresql", True),
        ("PGHOST", "localhost", True),
        ("PGHOSTADDR", "10.0.0.1", False),
        ("PGHOSTADDR", "127.0.0.1", True),
        ("PGSERVICE", "production", False),
    ],
)
def test_libpq_reads_the_environment(monkeypatch: pytest.MonkeyPatch, name: str, value: str, local: bool) -> None:
    for variable in ("PGHOST", "PGHOSTADDR", "PGSERVICE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv(name, value)
    url = sa.make_url("postgresql:///app")
    assert dialect_of(url).is_local(url) is local


def test_the_environment_gives_way_to_a_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "db.example.com")
    url = sa.make_url("postgresql://localhost/app")
    assert dialect_of(url).is_local(url)


@pytest.mark.parametrize(
    ("url", "shown", "name"),
    [
        ("sqlite:////tmp/local.db", "SQLite /tmp/local.db", "local.db"),
        ("sqlite://", "SQLite in memory", ""),
        ("postgresql://me:secret@db.example.com:6432/app", "PostgreSQL app on db.example.com:6432", "app"),
        ("postgresql://me:secret@/app?host=/run/postgresql", "PostgreSQL app on /run/postgresql", "app"),
        ("postgresql:///app", "PostgreSQL app on the local socket", "app"),
        ("postgresql://me:secret@db.example.com", "PostgreSQL me on db.example.com", "me"),
        ("mysql://me:secret@db.example.com/app", "MySQL app on db.example.com", "app"),
        ("mariadb://me:secret@db.example.com:3307/app", "MariaDB app on db.example.com:3307", "app"),
        ("mysql:///app?unix_socket=/run/mysqld.sock", "MySQL app on /run/mysqld.sock", "app"),
    ],
)
def test_what_people_see(monkeypatch: pytest.MonkeyPatch, url: str, shown: str, name: str) -> None:
    for variable in ("PGHOST", "PGHOSTADDR", "PGSERVICE"):
        monkeypatch.delenv(variable, raising=False)
    made = sa.make_url(url)
    dialect = dialect_of(made)
    assert (dialect.describe(made), dialect.name_of(made)) == (shown, name)


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///x.db", "sqlite"),
        ("postgresql://h/d", "postgresql+psycopg"),
        ("postgres://h/d", "postgresql+psycopg"),
        ("postgresql+psycopg2://h/d", "postgresql+psycopg2"),
        ("mysql://h/d", "mysql+pymysql"),
        ("mariadb://h/d", "mariadb+pymysql"),
    ],
)
def test_the_driver_that_scaffold_installs(url: str, driver: str) -> None:
    made = sa.make_url(url)
    assert dialect_of(made).url(made).drivername == driver


def test_another_database() -> None:
    with pytest.raises(UsageError, match="'oracle' is no database that scaffold knows"):
        dialect_of(sa.make_url("oracle://localhost/x"))


def test_a_libsql_file_is_a_sqlite_file_and_a_libsql_server_is_not_migrated():
    url = sa.make_url("sqlite+libsql:////tmp/x.db")
    assert dialect_of(url).url(url) == sa.make_url("sqlite:////tmp/x.db")
    url = sa.make_url("sqlite+libsql://shop.turso.io?authToken=secret")
    with pytest.raises(UsageError, match=r"^shop\.turso\.io is a libSQL server") as raised:
        dialect_of(url).url(url)
    assert "scaffold export d1 --out sql" in raised.value.help
