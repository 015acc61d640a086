"""What shows that a migration only added something, without an inventory."""

import sqlite3
from collections.abc import Iterable

from scaffold.sqlite.schema import Schema
from scaffold.sqlite.tokens import quote


def schema(connection: sqlite3.Connection) -> Schema:
    """The statements of `connection`'s main database."""
    return Schema(frozenset(connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")))


def refers_well(connection: sqlite3.Connection, tables: Iterable[str]) -> bool:
    """Whether what the rows of some tables refer to is there, and can be referred to."""
    return orphans_of(connection, tables) == ({}, frozenset())


def orphans_of(
    connection: sqlite3.Connection, tables: Iterable[str]
) -> tuple[dict[tuple[str, str], int], frozenset[str]]:
    """How many rows of some tables refer to nothing, by child and parent; and what can't be checked at all."""
    counts: dict[tuple[str, str], int] = {}
    mismatches: set[str] = set()
    for table in tables:
        try:
            for child, _, parent, _ in connection.execute(f"PRAGMA foreign_key_check({quote(table)})"):
                counts[child, parent] = counts.get((child, parent), 0) + 1
        except sqlite3.Error as error:
            # "foreign key mismatch": the parent's columns are not there, or not unique.
            mismatches.add(str(error))
    return counts, frozenset(mismatches)
