"""MySQL and MariaDB: every DDL statement commits by itself (dev.mysql.com/doc/refman, implicit commit)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from scaffold.dialects.base import OnWait, Opening, Scratch, acquire, connection_to, is_loopback, values_of

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection


class MySQL:
    """See `scaffold.dialects.base.Dialect`."""

    name = "mysql"
    transactional = False
    most_together: int | None = None

    def url(self, url: "URL") -> "URL":
        return url.set(drivername=f"{url.drivername}+pymysql") if "+" not in url.drivername else url

    def is_local(self, url: "URL") -> bool:
        # An option file can name any host (pymysql.readthedocs.io/en/latest/modules/connections.html).
        if {"read_default_file", "read_default_group"} & url.query.keys():
            return False
        hosts = values_of(url, "host") or ([url.host] if url.host else [])
        return bool(values_of(url, "unix_socket")) or all(is_loopback(host) for host in hosts)

    def __init__(self) -> None:
        self._mariadb: set[tuple[object, ...]] = set()
        """The servers that said so."""

    def product(self, url: "URL") -> str:
        return "MariaDB" if url.drivername.startswith("mariadb") or _server(url) in self._mariadb else "MySQL"

    def meet(self, connection: "Connection") -> None:
        if getattr(connection.dialect, "is_mariadb", False):
            self._mariadb.add(_server(connection.engine.url))

    def describe(self, url: "URL") -> str:
        host = ",".join(values_of(url, "unix_socket", "host")) or url.host or "localhost"
        return f"{self.product(url)} {url.database} on {host}" + (f":{url.port}" if url.port else "")

    def name_of(self, url: "URL") -> str:
        return url.database or ""

    def opening(self, url: "URL") -> None:
        """None: a server has its schema in memory."""

    @contextmanager
    def migrating(self, url: "URL", on_wait: OnWait, opening: Opening | None = None) -> Iterator["Connection"]:  # noqa: ARG002
        """Locked by GET_LOCK on a connection of its own; its names are the server's, so this one names the database
        (dev.mysql.com/doc/refman, "Locking Functions")."""
        import sqlalchemy as sa

        name = f"scaffold:{url.database}"[:64]
        with connection_to(url) as guard, connection_to(url) as connection:

            def attempt() -> bool:
                return bool(guard.execute(sa.select(sa.func.get_lock(name, 0))).scalar())

            acquire(attempt, lambda: _holder(guard, name), on_wait)
            guard.rollback()
            yield connection

    def scratch(self, url: "URL", name: str) -> Scratch:
        create = f"CREATE DATABASE {name} CHARACTER SET utf8mb4"
        return Scratch(url.set(database=name), url.set(database=""), create, f"DROP DATABASE IF EXISTS {name}")

    def transaction(self, connection: "Connection") -> None:
        """None: every statement that defines something ends it."""

    def has_committed(self, connection: "Connection", transaction: int) -> bool:
        raise NotImplementedError

    def check(self, connection: "Connection") -> list[str]:  # noqa: ARG002
        return []


def _server(url: "URL") -> tuple[object, ...]:
    return url.host, url.port, *values_of(url, "unix_socket", "host")


def _holder(connection: "Connection", name: str) -> str:
    import sqlalchemy as sa

    session = connection.execute(sa.select(sa.func.is_used_lock(name))).scalar()
    # The connection that holds it has done nothing else since.
    since = sa.text("DATE_FORMAT(NOW() - INTERVAL time SECOND, '%H:%i:%s') AS since")
    processes = sa.table("processlist", schema="information_schema")
    found: Any = sa.select(sa.column("user"), sa.column("host"), since).select_from(processes)
    row = connection.execute(found.where(sa.column("id") == session)).first()
    return f"{row.user} from {row.host} (server connection {session}), since {row.since}" if row else "another process"
