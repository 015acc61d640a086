"""Engines and sessions: where the database is, and how to talk to it."""

import functools
import os
import tomllib
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import URL, Connection, Engine, NullPool, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from appdb import sqlite
from appdb.errors import DatabaseURLError, ForeignKeyViolationsError

ENVIRONMENT = "APPDB_URL"
BUSY_TIMEOUT = 10
"""Seconds that a SQLite connection waits for another one's write."""

DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}
DRIVERS["mariadb"] = "mariadb+pymysql"

sqlite.register()


def create_engine(url: str | URL | None = None, **options: Any) -> Engine:
    """An engine for `url`, else for ``APPDB_URL``, else for the project's local database.

    `options` go to SQLAlchemy. Bound parameters stay out of errors and logs unless ``hide_parameters=False``.
    """
    engine = sa.create_engine(database_url(url), **{"hide_parameters": True} | options)
    if engine.dialect.name == "sqlite":
        _set_pragmas(engine, "foreign_keys=ON", "journal_mode=WAL")
    return engine


def session(url: str | URL | None = None) -> Session:
    """A session on the database: ``with session() as db: db.add(...); db.commit()``.

    There is one engine for each URL, made when first asked for.
    """
    return Session(_shared_engine(database_url(url)))


@contextmanager
def migration_connection(url: str | URL | None = None) -> Generator[Connection]:
    """A connection of its own on which migrations may run; the caller begins and commits.

    On SQLite it is safe for a table rebuild. With foreign keys on, dropping the old table deletes its children, and
    the pragma is ignored inside a transaction: so they are off from the start, the driver stays in autocommit and
    ``BEGIN IMMEDIATE`` is ours, and nothing commits while ``PRAGMA foreign_key_check`` finds an orphan.
    """
    target = database_url(url)
    if target.get_backend_name() == "sqlite":
        engine = _rebuilding_engine(target)
    else:
        engine = sa.create_engine(target, poolclass=NullPool, hide_parameters=True)
    with engine.connect() as connection:
        yield connection


def database_url(url: str | URL | None = None) -> URL:
    """The URL that `url` or its absence means, with a driver."""
    found = url or os.environ.get(ENVIRONMENT) or _local_url()
    try:
        parsed = make_url(found)
    except (ArgumentError, ValueError):
        # "from None": SQLAlchemy's message may quote a part of the password.
        raise DatabaseURLError(
            "the database URL cannot be read; it is written like postgresql://user:password@host:5432/name, "
            "and a / @ : or % in the password as %2F %40 %3A %25"
        ) from None
    return _meant(parsed.set(drivername=DRIVERS.get(parsed.drivername, parsed.drivername)))


def _meant(url: URL) -> URL:
    """`url` with the one file that a name with ``*`` stands for: wrangler names D1's local database after a digest."""
    file = Path(url.database or "")
    if url.get_backend_name() != "sqlite" or "*" not in file.name or file.exists():
        return url
    found = [str(one) for one in file.parent.glob(file.name) if one.name != "metadata.sqlite"]
    if len(found) != 1:
        raise DatabaseURLError(f"the database URL stands for {len(found)} files like {file}, and it takes one")
    return url.set(database=found[0])


def _local_url() -> URL:
    pyproject, settings = _project()
    url = settings.get("targets", {}).get("local", {}).get("url")
    if not url:
        raise DatabaseURLError(
            f"no database is named: set {ENVIRONMENT}, or write in {pyproject}:\n\n"
            '[tool.scaffold.targets.local]\nurl = "sqlite:///local.db"'
        )
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return parsed
    if str(parsed.database).startswith("file:"):
        return parsed
    return parsed.set(database=str(pyproject.parent / str(parsed.database)))


def _project() -> tuple[Path, dict[str, Any]]:
    here = Path(__file__).resolve().parent
    for folder in _upward(here, Path.cwd()):
        pyproject = folder / "pyproject.toml"
        if pyproject.is_file():
            settings = tomllib.loads(pyproject.read_text(encoding="utf-8")).get("tool", {}).get("scaffold")
            if settings is not None:
                return pyproject, settings
    raise DatabaseURLError(
        f"no database is named: set {ENVIRONMENT}, or run this below a pyproject.toml that has [tool.scaffold]"
    )


def _upward(*folders: Path) -> Iterable[Path]:
    for folder in folders:
        yield folder
        yield from folder.parents


@functools.cache
def _shared_engine(url: URL) -> Engine:
    return create_engine(url)


def _rebuilding_engine(url: URL) -> Engine:
    engine = sa.create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args={"isolation_level": None})
    _set_pragmas(engine, "foreign_keys=OFF")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "commit")
    def _check(connection: Connection) -> None:
        _refuse_orphans(connection)

    return engine


def _refuse_orphans(connection: Connection) -> None:
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if orphans:
        places = sorted({f"{child} -> {parent}" for child, _, parent, _ in orphans})
        raise ForeignKeyViolationsError(
            f"{len(orphans)} row(s) would refer to a row that does not exist, so nothing was committed: "
            f"{', '.join(places)}. Delete or repair them first; list them with PRAGMA foreign_key_check"
        )


def _set_pragmas(engine: Engine, *pragmas: str) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        for pragma in (f"busy_timeout={BUSY_TIMEOUT * 1000}", *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
