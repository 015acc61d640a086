"""What a verb took out of a SQLite database, brought back from the copy that was made just before it.

The copy is right for a table if nothing else of the table has changed since: then, with what was lost put back, the
table is row by row what it was. That is compared, before and after; what can't be shown to be right stays as it is.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import zip_longest
from pathlib import Path
from urllib.parse import quote as in_url

from scaffold.errors import ScaffoldError
from scaffold.plan.past import Lost
from scaffold.project.rebuilds.backup import backups
from scaffold.sqlite.tokens import quote

CHANGED = "{} has changed since"
ORPHANED = "rows that {} refers to are gone since"
TRIGGERED = "a trigger of {} would change more than that"


def copy_from(file: Path | None, revision: str | None, since: str, version_table: str) -> Path | None:
    """The copy of a database as it was at a revision.

    Args:
        file: the database; None where it is no file.
        revision: that the database was at then; None for none.
        since: when the drop began, as copies are named; an older one may be of another time at that revision.
        version_table: where a database keeps its revision.
    """
    if file is None:
        return None
    for path in reversed([path for path in backups(file) if path.name[-len(since) :] >= since]):
        with closing(_opened(path)) as copy:
            if _revision(copy, version_table) == revision:
                return path
    return None


def obstacles(now: sqlite3.Connection, copy: Path, lost: Collection[Lost]) -> dict[Lost, str]:
    """Why something can't be brought back, a clause each; nothing of what can.

    Args:
        now: reads the database as it is.
        copy: from `copy_from`.
        lost: what was lost.
    """
    found: dict[Lost, str] = {}
    with closing(_opened(copy)) as before:
        for table, columns in _by_table(lost).items():
            # Columns that the same revision renamed can only be compared when they have their names back.
            others = columns | (_columns(before, table) - _columns(now, table))
            if columns != {""} and not _alike(now, before, table, besides=others):
                found |= {(table, column): CHANGED.format(table) for column in columns}
    return found


def unlike(now: sqlite3.Connection, again: Path, places: Collection[Lost]) -> dict[Lost, str]:
    """Why values that were rewritten can't be brought back, a clause each; nothing of those that can.

    Args:
        now: reads the database as it is.
        again: the copy, on which the same was done once more: where a table is not like there, its rows have changed.
        places: what was rewritten.
    """
    with closing(_opened(again)) as other:
        return {
            (table, column): CHANGED.format(table)
            for table, column in places
            if not _alike(now, other, table, besides=())
        }


def bring_back(connection: sqlite3.Connection, copy: Path, lost: Collection[Lost]) -> dict[Lost, str]:
    """Put back what was lost, in the transaction in which the schema went back.

    Args:
        connection: in that transaction; foreign keys are not enforced on it.
        copy: from `copy_from`.
        lost: what has no obstacle.

    Returns:
        What could not be brought back after all, and why; nothing of that was changed.
    """
    refused: dict[Lost, str] = {}
    with closing(_opened(copy)) as before:
        while True:
            connection.execute("SAVEPOINT bring_back")
            more = _put_all_back(connection, before, _by_table(place for place in lost if place not in refused))
            if more:
                connection.execute("ROLLBACK TO bring_back")
            connection.execute("RELEASE bring_back")
            if not more:
                return refused
            refused |= more


def put_values(connection: sqlite3.Connection, copy: Path, table: str, column: str) -> None:
    """Give the rows of a table what they had in a required column.

    Raises:
        ScaffoldError: what they refer to is gone.
    """
    with closing(_opened(copy)) as before:
        _update(connection, before, table, {column})
    if _orphans(connection, table):
        raise ScaffoldError(
            f"{table}.{column} is required, and its values can't come back: {ORPHANED.format(table)}; everything was"
            " rolled back.",
            help=f"Bring those rows back first, which may be in {copy.name}, and then: scaffold undo",
        )


def _put_all_back(
    connection: sqlite3.Connection, before: sqlite3.Connection, lost: Mapping[str, set[str]]
) -> dict[Lost, str]:
    """What could not be done, and why; a row may refer to one that comes back after it."""
    refused: dict[str, str] = {}
    for table, columns in lost.items():
        if reason := _put_back(connection, before, table, columns):
            refused[table] = reason
    if not refused:
        refused = {table: ORPHANED.format(table) for table in lost if _orphans(connection, table)}
    return {(table, column): reason for table, reason in refused.items() for column in lost[table]}


def _put_back(connection: sqlite3.Connection, before: sqlite3.Connection, table: str, columns: set[str]) -> str:
    """Why it could not be done."""
    whole = columns == {""}
    if _columns(connection, table) != _columns(before, table):
        return CHANGED.format(table)
    if not whole and not _alike(connection, before, table, besides=columns):
        return CHANGED.format(table)
    started = connection.total_changes
    try:
        written = _insert(connection, before, table) if whole else _update(connection, before, table, columns)
    except sqlite3.Error as error:
        return str(error)
    # A trigger's writes count as well.
    if connection.total_changes - started != written or not _alike(connection, before, table, besides=()):
        return TRIGGERED.format(table)
    return ""


def _orphans(connection: sqlite3.Connection, table: str) -> bool:
    return connection.execute(f"PRAGMA foreign_key_check({quote(table)})").fetchone() is not None


def _insert(connection: sqlite3.Connection, before: sqlite3.Connection, table: str) -> int:
    names = _writable(before, table)
    marks = ", ".join("?" * len(names))
    rows = list(_rows(before, table, names))
    connection.executemany(f"INSERT INTO {quote(table)} ({_listed(names)}) VALUES ({marks})", rows)
    return len(rows)


def _update(connection: sqlite3.Connection, before: sqlite3.Connection, table: str, columns: set[str]) -> int:
    names, key = sorted(columns), _key(before, table)
    values = ", ".join(f"{quote(name)} = ?" for name in names)
    where = " AND ".join(f"{quote(name)} IS ?" for name in key)
    rows = list(_rows(before, table, [*names, *key]))
    connection.executemany(f"UPDATE {quote(table)} SET {values} WHERE {where}", rows)
    return len(rows)


def _alike(one: sqlite3.Connection, other: sqlite3.Connection, table: str, *, besides: Collection[str]) -> bool:
    """Whether two databases have the same rows in a table, but for some columns."""
    names = [name for name in _writable(other, table) if name not in besides]
    if not names or not _key(other, table) or not {*names, *_key(other, table)} <= {*_columns(one, table)}:
        return False
    pairs = zip_longest(_rows(one, table, names), _rows(other, table, names))
    return all(ours == theirs for ours, theirs in pairs)


def _rows(connection: sqlite3.Connection, table: str, names: Sequence[str]) -> Iterable[tuple[object, ...]]:
    order = _listed(_key(connection, table))
    return connection.execute(f"SELECT {_listed(names)} FROM {quote(table)}" + (f" ORDER BY {order}" if order else ""))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(quote, names))


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {name for name, _, _ in _info(connection, table)}


def _writable(connection: sqlite3.Connection, table: str) -> list[str]:
    """The columns that are not generated."""
    return [name for name, _, hidden in _info(connection, table) if not hidden]


def _key(connection: sqlite3.Connection, table: str) -> list[str]:
    """The columns of the primary key, in its order."""
    return [name for name, place, _ in sorted(_info(connection, table), key=lambda info: info[1]) if place]


def _info(connection: sqlite3.Connection, table: str) -> Iterator[tuple[str, int, int]]:
    yield from connection.execute("SELECT name, pk, hidden FROM pragma_table_xinfo(?)", (table,))


def _by_table(lost: Iterable[Lost]) -> dict[str, set[str]]:
    tables: dict[str, set[str]] = {}
    for table, column in lost:
        tables.setdefault(table, set()).add(column)
    return tables


def _revision(connection: sqlite3.Connection, version_table: str) -> str | None:
    try:
        rows = connection.execute(f"SELECT version_num FROM {quote(version_table)}").fetchall()
    except sqlite3.Error:
        return None
    return ",".join(sorted(row[0] for row in rows)) or None


def _opened(path: Path) -> sqlite3.Connection:
    # Nobody writes a copy, and SQLite need not leave files beside it to find that out.
    return sqlite3.connect(f"file:{in_url(str(path.absolute()))}?mode=ro&immutable=1", uri=True)
