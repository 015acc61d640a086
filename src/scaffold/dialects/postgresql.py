"""PostgreSQL: transactional DDL, native types."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from getpass import getuser
from typing import TYPE_CHECKING

from scaffold.dialects.base import OnWait, Opening, Scratch, acquire, connection_to, is_loopback, values_of

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

LOCK = int.from_bytes(b"scaffold")
"""The key of our advisory lock: one migration at a time in a database."""


class PostgreSQL:
    """See `scaffold.dialects.base.Dialect`."""

    name = "postgresql"
    transactional = True
    most_together: int | None = 50
    """Each table that a transaction makes takes some locks, and by default there are 6,400 in all
    (postgresql.org/docs/current/runtime-config-locks, max_locks_per_transaction)."""

    def url(self, url: "URL") -> "URL":
        return url.set(drivername="postgresql+psycopg") if "+" not in url.drivername else url

    def is_local(self, url: "URL") -> bool:
        # A service file can name any host, and a path is a Unix socket (postgresql.org/docs/current/libpq-connect).
        service = "service" in url.query or "PGSERVICE" in os.environ
        return not service and all(is_loopback(host) or host.startswith("/") for host in _hosts(url))

    def product(self, url: "URL") -> str:  # noqa: ARG002
        return "PostgreSQL"

    def meet(self, connection: "Connection") -> None:
        pass

    def describe(self, url: "URL") -> str:
        host = ",".join(_hosts(url)) or "the local socket"
        return f"{self.product(url)} {self.name_of(url)} on {host}" + (f":{url.port}" if url.port else "")

    def name_of(self, url: "URL") -> str:
        return url.database or os.environ.get("PGDATABASE") or url.username or os.environ.get("PGUSER") or getuser()

    def opening(self, url: "URL") -> None:
        """None: a server has its schema in memory."""

    @contextmanager
    def migrating(self, url: "URL", on_wait: OnWait, opening: Opening | None = None) -> Iterator["Connection"]:  # noqa: ARG002
        """Locked by a session's advisory lock on a connection of its own: a transaction's would end at a revision's
        autocommit block (postgresql.org/docs/current/explicit-locking, "Advisory Locks")."""
        with _named(url) as guard, _named(url) as connection:

            def attempt() -> bool:
                return bool(guard.exec_driver_sql(f"SELECT pg_try_advisory_lock({LOCK})").scalar())

            acquire(attempt, lambda: _holder(guard), on_wait)
            guard.rollback()
            yield connection

    def scratch(self, url: "URL", name: str) -> Scratch:
        # From the database that every server has: the project's own need not exist yet.
        drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
        return Scratch(url.set(database=name), url.set(database="postgres"), f"CREATE DATABASE {name}", drop)

    def transaction(self, connection: "Connection") -> int:
        """An autocommit block ends it, or a setting of `env.py`'s
        (postgresql.org/docs/current/functions-info, "Transaction ID and Snapshot Information")."""
        return int(connection.exec_driver_sql("SELECT txid_current()").scalar_one())

    def has_committed(self, connection: "Connection", transaction: int) -> bool:
        return bool(connection.exec_driver_sql(f"SELECT txid_status({transaction})").scalar() == "committed")

    def check(self, connection: "Connection") -> list[str]:  # noqa: ARG002
        return []


def _hosts(url: "URL") -> list[str]:
    """Every host that libpq may connect to: the query goes before the host, and that before the environment."""
    hosts = values_of(url, "host") or [url.host or os.environ.get("PGHOST", "")]
    addresses = values_of(url, "hostaddr") or [os.environ.get("PGHOSTADDR", "")]
    return [host for host in (*hosts, *addresses) if host]


def _named(url: "URL") -> "AbstractContextManager[Connection]":
    # So that whoever waits for this connection's lock can say what holds it.
    return connection_to(url.update_query_dict({"application_name": "scaffold migrate"}))


def _holder(connection: "Connection") -> str:
    row = connection.exec_driver_sql(
        "SELECT a.pid, a.application_name, coalesce(host(a.client_addr), 'this machine'), a.backend_start"
        " FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
        f" WHERE l.locktype = 'advisory' AND l.granted AND (l.classid::bigint << 32 | l.objid::bigint) = {LOCK}"
    ).first()
    if row is None:
        return "another process"
    pid, name, host, since = row
    return f"{name or 'process'} from {host} (server process {pid}), since {since:%H:%M:%S %Z}"
