"""Targets become databases: URLs, connections, and the revision that each database is at."""

import contextlib
import os
import re
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from scaffold.dialects import DIALECTS, dialect_of
from scaffold.dialects.base import Dialect, OnWait, Opening, connection_to
from scaffold.errors import ScaffoldError, UsageError
from scaffold.project import progress, secrets
from scaffold.project.config import Config
from scaffold.project.failures import reason
from scaffold.project.guard import USUAL, VersionTable, version_table

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

URL_EXAMPLE = "postgresql://user:password@host:5432/database"

BUSY_TIMEOUT = 10
"""How long reading waits for a writer, in seconds."""

NO_DATABASE = "metadata.sqlite"
"""A file that lies beside wrangler's local databases and is none."""


@dataclass(frozen=True)
class Database:
    """A target's database.

    Args:
        target: `local` or `remote`.
        url: with its driver, and an absolute path for a file.
        dialect: of the URL.
        origin: where the URL came from, for messages.
        version_table: where Alembic keeps its revision.
    """

    target: str
    url: "URL"
    dialect: Dialect
    origin: str
    version_table: VersionTable = USUAL

    def __str__(self) -> str:
        return self.dialect.describe(self.url)

    def on(self, name: str) -> "Database":
        """The same on a database of another dialect, for what is only written: it can't be connected to."""
        import sqlalchemy as sa

        dialect = DIALECTS[name]
        return replace(self, url=dialect.url(sa.make_url(f"{name}://localhost/scratch")), dialect=dialect)

    @property
    def name(self) -> str:
        """The database's name."""
        return self.dialect.name_of(self.url)

    @property
    def product(self) -> str:
        """What its kind is called: SQLite, PostgreSQL, MySQL or MariaDB."""
        return self.dialect.product(self.url)

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database."""
        return Path(self.url.database) if self.dialect.name == "sqlite" and self.url.database else None

    @property
    def is_new(self) -> bool:
        """Whether it is a SQLite file that does not exist yet."""
        return self.file is not None and not self.file.exists()

    @contextmanager
    def connect(self) -> Iterator["Connection"]:
        """A plain connection.

        Raises:
            ScaffoldError: the database can't be reached.
        """
        with self._reached(connection_to(self.url)) as connection:
            yield connection

    @contextmanager
    def opening(self) -> Iterator[Opening | None]:
        """Begin to open what `migrating` will need, while other things are done; see `Dialect.opening`."""
        opening = self.dialect.opening(self.url)
        try:
            yield opening
        finally:
            if opening:
                opening.close()

    @contextmanager
    def migrating(self, on_wait: OnWait, opening: Opening | None = None) -> Iterator["Connection"]:
        """A connection for migrations, with the database's migration lock; `env.py` begins and ends its transaction.

        Raises:
            ScaffoldError: the database can't be reached, or stays locked.
        """
        with self._reached(self.dialect.migrating(self.url, on_wait, opening)) as connection:
            yield connection

    @contextmanager
    def _reached(self, connecting: "AbstractContextManager[Connection]") -> Iterator["Connection"]:
        import sqlalchemy as sa

        with ExitStack() as stack:
            try:
                connection = stack.enter_context(connecting)
            except (sa.exc.SQLAlchemyError, ImportError, ValueError, TypeError) as error:
                # ValueError: a driver that can't encode a name or a password.
                raise self._unreachable(error) from None
            self.dialect.meet(connection)
            yield connection

    @contextmanager
    def look(self) -> Iterator["Connection | None"]:
        """A connection that reads only and creates nothing; None where a SQLite file does not exist yet."""
        if self.file is None:
            with self.connect() as connection:
                yield connection
            return
        if not self.file.exists() or self.file.stat().st_size == 0:
            yield None
            return
        with self._read_only(self.file) as connection:
            yield connection

    @contextmanager
    def _read_only(self, file: Path) -> Iterator["Connection"]:
        import sqlalchemy as sa

        log, shared, journal = (file.with_name(file.name + end) for end in ("-wal", "-shm", "-journal"))
        with ExitStack() as stack:
            if journal.exists() or (log.exists() and not shared.exists()):
                # Perhaps a crash left these: then reading means recovering, which writes. So it is done to a copy.
                scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scaffold-")))
                for part in (file, log, journal):
                    if part.exists():
                        shutil.copyfile(part, scratch / part.name)
                uri = f"file:{quote(str(scratch / file.name))}"
            else:
                # Without a log nobody is writing, and `immutable` keeps SQLite from creating one (sqlite.org/wal,
                # "Read-Only Databases").
                uri = f"file:{quote(str(file))}?mode=ro" + ("" if log.exists() else "&immutable=1")
            try:
                connecting = connection_to(
                    sa.URL.create("sqlite"), creator=lambda: sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT)
                )
                yield stack.enter_context(connecting)
            except (sa.exc.DatabaseError, sqlite3.DatabaseError) as error:
                raise self._unreachable(error) from None

    def remove_if_empty(self) -> None:
        """Remove a SQLite file without a table: SQLite creates one on connect, whatever becomes of the transaction."""
        if self.file is None or not self.file.exists():
            return
        with contextlib.closing(sqlite3.connect(self.file)) as connection:
            [objects] = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if not objects:
            self.file.unlink()

    def heads(self) -> tuple[str, ...]:
        """The revisions that the database is at; empty where it was never migrated."""
        with self.look() as connection:
            return heads_of(connection, self.version_table) if connection is not None else ()

    def has_committed(self, transaction: int | None) -> bool:
        """Whether a transaction that is over was committed; see `Dialect.transaction`."""
        if transaction is None:
            return False
        with self.connect() as connection:
            return self.dialect.has_committed(connection, transaction)

    def is_rolled_back(self, connection: "Connection", transaction: int | None) -> bool:
        """Whether a transaction is over and was not committed; see `Dialect.transaction`.

        Args:
            connection: that it was begun on.
            transaction: what it is called.
        """
        if transaction is None or self.dialect.transaction(connection) == transaction:
            return False
        return not self.dialect.has_committed(connection, transaction)

    def begun(self) -> tuple[str, ...]:
        """The revisions that are applied in part; there can be none where a transaction holds DDL."""
        if self.dialect.transactional:
            return ()
        with self.look() as connection:
            assert connection is not None
            return progress.begun(connection, heads_of(connection, self.version_table))

    def tidy(self, on_wait: OnWait) -> None:
        """Forget an upgrade that was cut off when all of it was done.

        Args:
            on_wait: as for `migrating`.
        """
        import sqlalchemy as sa

        if self.dialect.transactional:
            return
        with self.connect() as connection:
            if not sa.inspect(connection).has_table(progress.TABLE):
                return
        with self.migrating(on_wait) as connection:
            progress.tidy(connection, heads_of(connection, self.version_table))

    def rows(self, table: str) -> int:
        """The number of rows of `table`; 0 where there is no such table."""
        import sqlalchemy as sa

        with self.look() as connection:
            if connection is None or not sa.inspect(connection).has_table(table):
                return 0
            return connection.execute(sa.select(sa.func.count()).select_from(sa.table(table))).scalar_one()

    def has_table(self, table: str) -> bool:
        """Whether there is a table of this name; False where the database can't be reached."""
        import sqlalchemy as sa

        try:
            with self.look() as connection:
                return connection is not None and sa.inspect(connection).has_table(table)
        except ScaffoldError:
            return False

    def fault_of(self, table: str, condition: str) -> str:
        """What the database has against a condition on the rows of `table`; empty if nothing, or it has no such table.

        Nothing is changed, whatever the condition holds.
        """
        import sqlalchemy as sa

        if ";" in re.sub(r"'(?:[^']|'')*'|\"[^\"]*\"", "", condition):
            return "it is more than one statement"
        if not self.has_table(table):
            return ""
        where = sa.text("(" + condition.replace(":", r"\:") + ")")
        query = sa.select(sa.literal(1)).select_from(sa.table(table)).where(where).limit(0)
        with self.look() as connection:
            if connection is not None:
                try:
                    connection.execute(query)
                except sa.exc.DBAPIError as error:
                    return reason(error)
        return ""

    def filled(self, table: str, column: str) -> int:
        """The number of rows of `table` that have a value in a column; 0 where there is no such column."""
        import sqlalchemy as sa

        with self.look() as connection:
            if connection is None or not _has_column(connection, table, column):
                return 0
            counted = sa.select(sa.func.count(sa.column(column))).select_from(sa.table(table))
            return connection.execute(counted).scalar_one()

    def defaultable(self, table: str, column: str) -> int:
        """The number of rows of `table` that a column's default would fill if the column came anew; 0 without one."""
        import sqlalchemy as sa

        with self.look() as connection:
            if connection is None or not _has_column(connection, table, column):
                return 0
            [found] = [found for found in sa.inspect(connection).get_columns(table) if found["name"] == column]
        return self.rows(table) if found.get("default") is not None and not found.get("computed") else 0

    def values(self, table: str, column: str) -> dict[Any, int]:
        """What a column holds, each value with the number of its rows.

        They are counted here and not by the database: MySQL's collations would take `a` and `A` for one value.
        """
        import sqlalchemy as sa

        with self.look() as connection:
            if connection is None or not _has_column(connection, table, column):
                return {}
            found: Counter[Any] = Counter()
            query: sa.Select[Any] = sa.select(sa.column(column)).select_from(sa.table(table))
            for value in connection.execution_options(yield_per=1000).execute(query).scalars():
                found[value if isinstance(value, Hashable) else repr(value)] += 1
            return dict(found)

    def _unreachable(self, error: Exception) -> ScaffoldError:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        return ScaffoldError(
            f"{self} can't be reached: {secrets.redact(reason)}; nothing was written.",
            help=f"Its URL comes from {self.origin}. It looks like sqlite:///local.db or {URL_EXAMPLE}",
        )


def _has_column(connection: "Connection", table: str, column: str) -> bool:
    import sqlalchemy as sa

    inspector = sa.inspect(connection)
    return inspector.has_table(table) and column in {found["name"] for found in inspector.get_columns(table)}


def heads_of(connection: "Connection", where: VersionTable = USUAL) -> tuple[str, ...]:
    """The revisions in the version table of `connection`'s database."""
    import sqlalchemy as sa

    if not sa.inspect(connection).has_table(where.name, schema=where.schema):
        return ()
    table = sa.table(where.name, sa.column("version_num"), schema=where.schema)
    return tuple(sorted(connection.execute(sa.select(table.c.version_num)).scalars()))


def local(config: Config) -> Database:
    """The local database: what the application itself would open here.

    Raises:
        UsageError: it is not configured, or it is neither a file nor on this machine.
    """
    database = _database(config, "local")
    if not database.dialect.is_local(database.url):
        raise UsageError(
            f"The local target ({database.origin}) is {database}, which is neither a file nor a server on this machine;"
            " only `scaffold migrate --remote` may touch others.",
            help="Unset the variable for this command, or set the url in [tool.scaffold.targets.local] to a file or to"
            " 127.0.0.1.",
        )
    return database


def remote(config: Config) -> Database:
    """The remote database.

    Raises:
        UsageError: the environment variable that the configuration names is not set.
    """
    return _database(config, "remote")


def has_remote(config: Config) -> bool:
    """Whether this environment says where the remote database is."""
    target = config.targets["remote"]
    return bool(target.url or (target.env and os.environ.get(target.env)))


def _database(config: Config, name: str) -> Database:
    import sqlalchemy as sa

    target = config.targets[name]
    text = os.environ.get(target.env, "") if target.env else ""
    origin = target.env if text else f"[tool.scaffold.targets.{name}]"
    text = text or target.url
    if not text:
        raise _unset(config, name, target.env)
    secrets.remember(text)
    try:
        url = sa.make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        url = None
    if url is None or "@" in (url.host or "") or (url.host and "@" in (url.database or "")):
        raise UsageError(
            f"The URL in {origin} can't be understood; nothing was written.",
            help=f"It looks like {URL_EXAMPLE}; in the password, @ is written %40, : is %3A, / is %2F and % is %25.",
        )
    secrets.remember_url(url)
    dialect = dialect_of(url)
    url = dialect.url(url)
    if not url.database or url.database == ":memory:" or "mode=memory" in url.database:
        raise UsageError(
            f"The URL in {origin} names no database that lasts; nothing was written.",
            help=f"It looks like sqlite:///local.db or {URL_EXAMPLE}",
        )
    if dialect.name == "sqlite" and not url.database.startswith("file:"):
        # As the application reads them: what the environment says is relative to where it runs.
        base = Path.cwd() if origin == target.env else config.root
        url = url.set(database=str(_meant((base / url.database).absolute(), origin)))
    return Database(name, url, dialect, origin, version_table(config))


def _meant(file: Path, origin: str) -> Path:
    """The one file that a name with `*` stands for: wrangler names D1's local database after a digest.

    Raises:
        UsageError: there is none, or there are several.
    """
    if "*" not in file.name or file.exists():
        return file
    found = sorted(one for one in file.parent.glob(file.name) if one.name != NO_DATABASE)
    if not found:
        raise UsageError(
            f"The URL in {origin} stands for a file like {file}, and there is none yet; nothing was written.",
            help="If it is wrangler's, let wrangler make it: wrangler d1 execute DATABASE --local --command 'SELECT 1'",
        )
    if len(found) > 1:
        raise UsageError(
            f"The URL in {origin} stands for {len(found)} files, and it takes one:"
            f" {', '.join(one.name for one in found)}; nothing was written.",
            help=f"Write which: sqlite:///{found[0]}",
        )
    return found[0]


def _unset(config: Config, name: str, env: str) -> UsageError:
    if env:
        return UsageError(
            f"There is no {name} database: the environment variable {env} is not set; nothing was done.",
            help=f"Say where it is: {env}={URL_EXAMPLE} scaffold migrate --{name}",
        )
    variable = f"{config.package.replace('.', '_').upper()}_{name.upper()}_URL"
    return UsageError(
        f"There is no {name} database: [tool.scaffold.targets.{name}] has no url and no env; nothing was done.",
        help=f'Add this to {config.file}:\n\n[tool.scaffold.targets.{name}]\nenv = "{variable}"',
    )
