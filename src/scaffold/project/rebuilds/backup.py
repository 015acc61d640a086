"""Copies of a SQLite file, made before a migration takes anything away from it."""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from scaffold.errors import ScaffoldError

STAMP = "%Y%m%d-%H%M%S"
"""The time that a copy is named after."""

KEPT = 5
"""How many copies are kept beside a database."""


class Backup:
    """At most one copy of one database file.

    It is read through a connection of its own, which sees what was last committed: whatever the migration has done
    already is not in it, and nobody else can have written, as the migration holds the write lock.

    Args:
        file: the database; None where it is no file.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self.path: Path | None = None

    def make(self) -> None:
        """Copy, once.

        Raises:
            ScaffoldError: there is no room for it, or the folder can't be written.
        """
        if self._file is None or self.path is not None:
            return
        path = _free(self._file)
        partial = path.with_name(f"{path.name}.partial")
        try:
            for left in path.parent.glob(f"{self._file.name}.backup-*.partial"):
                left.unlink()
            _copy(self._file, partial)
            partial.replace(path)
        except (sqlite3.Error, OSError) as error:
            partial.unlink(missing_ok=True)
            raise ScaffoldError(
                f"The migration would drop or rewrite data, and no copy of {self._file} could be made before that:"
                f" {error}; everything was rolled back.",
                help="Free some space beside it, or allow writing there, and run the command again.",
            ) from error
        self.path = path

    def discard(self) -> None:
        """Remove the copy again: the migration was rolled back, and it would only push an older one out."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)
            self.path = None

    def prune(self) -> None:
        """Remove all but the last few."""
        if self._file is None or self.path is None:
            return
        for old in backups(self._file)[:-KEPT]:
            old.unlink(missing_ok=True)


def backups(file: Path) -> list[Path]:
    """The copies of a database that lie beside it, oldest first."""
    pattern = re.compile(re.escape(file.name) + r"\.backup-\d{8}-\d{6}")
    return sorted(path for path in file.parent.iterdir() if pattern.fullmatch(path.name))


def _free(file: Path) -> Path:
    moment = datetime.now(UTC)
    newest = backups(file)[-1:]
    while (path := file.with_name(f"{file.name}.backup-{moment:{STAMP}}")).exists() or [path] < newest:
        moment += timedelta(seconds=1)
    return path


@contextmanager
def committed(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection that reads what was last committed, whatever is under way in another one."""
    with closing(sqlite3.connect(f"file:{quote(str(file.absolute()))}?mode=ro", uri=True, timeout=10)) as connection:
        connection.execute("BEGIN")
        # This takes the read lock: `backup` itself would wait for one without end.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield connection


def _copy(file: Path, target: Path) -> None:
    with committed(file) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    with target.open("rb") as written:
        os.fsync(written.fileno())
