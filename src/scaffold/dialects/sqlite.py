"""SQLite: a file, transactional DDL if the driver lets it, foreign keys off while tables are rebuilt."""

import fcntl
import os
import sqlite3
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.dialects.base import PATIENCE, OnWait, Opening, acquire, connection_to
from scaffold.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

LIBSQL = "sqlite+libsql"
"""The driver that `sqlalchemy-libsql` brings."""

RESERVED = (0x40000000, 2)
"""The bytes of a database file that a writer locks (sqlite.org/lockingv3; PENDING and RESERVED)."""

WAL_WRITE = (120, 1)
"""The byte of the shared-memory file that a writer locks in WAL mode (sqlite.org/walformat, "WAL Locks")."""

BUSY = ("database is locked", "database table is locked", "database schema is locked")


WAIT = 0.1
"""How long SQLite itself waits for a lock, in seconds; between its attempts we look who has it."""


class _Opening:
    """A connection whose schema is read in a thread.

    SQLite parses the whole schema before a connection's first statement (sqlite.org/fileformat2, "Storage Of The SQL
    Database Schema"), and Python's interpreter is free meanwhile. If it is another one when a transaction begins,
    SQLite reads it again.

    Args:
        file: the database.
    """

    def __init__(self, file: Path) -> None:
        connection = sqlite3.connect(file, isolation_level=None, timeout=WAIT, check_same_thread=False)
        self._connection: sqlite3.Connection | None = connection
        self._thread = threading.Thread(target=self._read, args=[connection], daemon=True)
        self._thread.start()

    @staticmethod
    def _read(connection: sqlite3.Connection) -> None:
        # What is wrong with the file is told when it is needed.
        with suppress(sqlite3.Error), closing(connection.execute("SELECT 1 FROM sqlite_master LIMIT 0")) as cursor:
            cursor.fetchall()

    def taken(self) -> sqlite3.Connection | None:
        self._thread.join()
        connection, self._connection = self._connection, None
        return connection

    def close(self) -> None:
        if connection := self.taken():
            connection.close()


class SQLite:
    """See `scaffold.dialects.base.Dialect`."""

    name = "sqlite"
    transactional = True
    most_together: int | None = None

    def url(self, url: "URL") -> "URL":
        """A libSQL file is a SQLite file, and libSQL's own driver can't say what a statement is about to do."""
        if url.drivername != LIBSQL:
            return url
        if url.host:
            raise UsageError(
                f"{url.host} is a libSQL server, over which scaffold can't see what a migration is about to lose, so it"
                " does not migrate it; nothing was written.",
                help="Write the migrations as SQL and run them there: scaffold export d1 --out sql\n"
                "then, for each new file: turso db shell DATABASE < sql/FILE.sql",
            )
        return url.set(drivername="sqlite", query={})

    def is_local(self, url: "URL") -> bool:
        return not url.host

    def product(self, url: "URL") -> str:  # noqa: ARG002
        return "SQLite"

    def meet(self, connection: "Connection") -> None:
        pass

    def describe(self, url: "URL") -> str:
        return f"{self.product(url)} {url.database or 'in memory'}"

    def name_of(self, url: "URL") -> str:
        return Path(url.database or "").name

    def opening(self, url: "URL") -> Opening | None:
        file = Path(url.database or "")
        # Where something may have crashed, reading writes; and SQLite takes `?` and `file:` for more than a path.
        crashed = any(file.with_name(f"{file.name}{end}").exists() for end in ("-journal", "-wal"))
        plain = not url.query and file.is_absolute() and file.is_file()
        return _Opening(file) if plain and not crashed else None

    @contextmanager
    def migrating(self, url: "URL", on_wait: OnWait, opening: Opening | None = None) -> Iterator["Connection"]:
        """The one order that keeps an upgrade whole and children alive (sqlite.org/lang_altertable, section 7).

        `foreign_keys` has no effect inside a transaction, so it goes off on connect; the driver must not begin
        transactions of its own, so it is put into autocommit; the transaction is IMMEDIATE and so itself the lock: a
        deferred one would fail as soon as it writes, if another process has written since it began.
        """
        from sqlalchemy import event

        arguments: dict[str, Any] = {"connect_args": {"isolation_level": None, "timeout": WAIT}}
        if opening and (opened := opening.taken()):
            arguments = {"creator": lambda: opened}
        with connection_to(url, **arguments) as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.rollback()

            @event.listens_for(connection.engine, "begin")
            def begin(beginning: "Connection") -> None:
                acquire(lambda: _begins(beginning), lambda: _who_writes(Path(str(url.database))), on_wait)
                # From here on only readers can be in the way of the commit, and only without a write-ahead log.
                _execute(beginning, f"PRAGMA busy_timeout={PATIENCE * 1000:.0f}")

            yield connection

    def scratch(self, url: "URL", name: str) -> None:
        """None: a SQLite in memory is gone when its connection is closed."""

    def transaction(self, connection: "Connection") -> None:
        """None: `rebuilds.guarded` lets no statement end it."""

    def has_committed(self, connection: "Connection", transaction: int) -> bool:
        raise NotImplementedError

    def check(self, connection: "Connection") -> list[str]:
        rows = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        counts: dict[tuple[str, str], int] = {}
        for table, _, parent, _ in rows:
            counts[table, parent] = counts.get((table, parent), 0) + 1
        return [
            f"{count} row(s) of {table} refer to rows of {parent} that don't exist"
            for (table, parent), count in counts.items()
        ]


def writer_of(file: Path) -> int | None:
    """The process that is writing to a database, in either journal mode."""
    shared = file.with_name(f"{file.name}-shm")
    return _holder(file, *RESERVED) or _holder(shared, *WAL_WRITE)


def _who_writes(file: Path) -> str:
    """For people: what the process is, and since when it runs."""
    # In a process of its own: closing a file drops all of a process's locks on it, SQLite's too (man 2 fcntl).
    code = "import pathlib, sys, scaffold.dialects.sqlite as s; print(s.writer_of(pathlib.Path(sys.argv[1])))"
    holder = _output(sys.executable, "-c", code, str(file))
    if not holder.isdigit():
        return f"another process that writes to {file}"
    since, command = (_output("ps", "-o", f"{column}=", "-p", holder) for column in ("lstart", "args"))
    return f"process {holder}" + (f" ({command}), which runs since {since}" if command else "")


def _output(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def _holder(file: Path, start: int, length: int) -> int | None:
    """The process that holds a lock on bytes of a file; asking takes none (man 2 fcntl, F_GETLK)."""
    if not file.is_file():
        return None
    linux = sys.platform.startswith("linux")
    layout = "hhqqi4x" if linux else "qqihh"
    kind, whence = fcntl.F_WRLCK, os.SEEK_SET
    wanted = (kind, whence, start, length, 0) if linux else (start, length, 0, kind, whence)
    with file.open("rb") as opened:
        answer = struct.unpack(layout, fcntl.fcntl(opened, fcntl.F_GETLK, struct.pack(layout, *wanted)))
    found, holder = (answer[0], answer[4]) if linux else (answer[3], answer[2])
    return None if found == fcntl.F_UNLCK else int(holder)


def _execute(connection: "Connection", sql: str) -> None:
    # On the driver's own connection: inside of the event, SQLAlchemy would begin once more.
    driver = connection.connection.dbapi_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute(sql)


def _begins(connection: "Connection") -> bool:
    try:
        _execute(connection, "BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if str(error) in BUSY:
            return False
        raise
    return True
