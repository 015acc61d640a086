"""A new table in the place of an old one (sqlite.org/lang_altertable, section 7)."""

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from scaffold.errors import ScaffoldError
from scaffold.sqlite.affinity import affinity, storage_classes
from scaffold.sqlite.definition import Column, Definition, index_body
from scaffold.sqlite.tokens import folded, literal, names_in, quote

if TYPE_CHECKING:
    import sqlalchemy as sa


class Swap:
    """Create new, copy, drop old, rename new.

    Args:
        connection: with foreign keys off, in a transaction.
        before: as it is.
        after: as it shall be; what was renamed has its new name in `before` already.
    """

    def __init__(self, connection: "sa.Connection", before: Definition, after: Definition) -> None:
        self._connection = connection
        self._table = before.name
        self._before = before
        self._after = after
        self._new = self._free_name()

    def run(self, without_indexes: Collection[str] = ()) -> None:
        """Do it; indexes and triggers come along, but for those that need a column which is gone."""
        [foreign_keys] = self._all("PRAGMA foreign_keys")
        if foreign_keys[0]:
            raise ScaffoldError(
                f"Foreign keys are on, so dropping the old {self._table} would delete its children; everything was"
                " rolled back."
            )
        indexes, triggers = self._kept(without_indexes)
        sequence = self._sequence(self._table)
        self._create()
        self._copy()
        self._execute(f"DROP TABLE {quote(self._table)}")
        self._rename()
        self._keep_sequence(sequence)
        for statement in (*indexes, *triggers):
            self._execute(statement)

    def _execute(self, sql: str) -> None:
        self._connection.exec_driver_sql(sql)

    def _all(self, sql: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self._connection.exec_driver_sql(sql).all()]

    def _free_name(self) -> str:
        taken = {folded(str(name)) for (name,) in self._all("SELECT name FROM sqlite_master")}
        names = (f"_scaffold_new_{self._table}{number or ''}" for number in range(len(taken) + 1))
        return next(name for name in names if folded(name) not in taken)

    def _kept(self, without_indexes: Collection[str]) -> tuple[list[str], list[str]]:
        unwanted = {folded(name) for name in without_indexes}
        gone = {folded(column.name) for column in self._before.columns if not self._after.column(column.name)}
        rows = self._all(
            "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
            f" AND tbl_name = {literal(self._table)} COLLATE NOCASE ORDER BY rowid"
        )
        indexes = {str(name): str(sql) for kind, name, sql in rows if kind == "index"}
        if missing := unwanted - {folded(name) for name in indexes}:
            raise ScaffoldError(
                f"{self._table} has no index {', '.join(sorted(missing))}; everything was rolled back.",
                help=f"It has these: {', '.join(indexes) or 'none'}.",
            )
        useful = {name: sql for name, sql in indexes.items() if not gone & names_in(index_body(sql))}
        wanted = [sql for name, sql in useful.items() if folded(name) not in unwanted]
        return wanted, [str(sql) for kind, _, sql in rows if kind == "trigger"]

    def _create(self) -> None:
        from sqlalchemy.exc import DatabaseError

        try:
            self._execute(self._after.sql(self._new))
        except DatabaseError as error:
            reason = str(error.orig).replace(self._new, self._table)
            raise ScaffoldError(
                f"SQLite refuses {self._table} as the migration would have it: {reason}; everything was rolled back.",
                help=f"It would be:\n\n{self._after.sql(self._table)}",
            ) from error

    def _copy(self) -> None:
        from sqlalchemy.exc import IntegrityError

        shared = [column for column in self._after.columns if self._is_copied(column)]
        names = [quote(column.name) for column in shared]
        # Without an INTEGER PRIMARY KEY a row's rowid is its only identity, and full-text indexes go by it.
        if self._before.rowid and self._after.rowid == self._before.rowid:
            names.append(self._before.rowid)
        listed = ", ".join(names)
        try:
            self._execute(f"INSERT INTO {quote(self._new)} ({listed}) SELECT {listed} FROM {quote(self._table)}")
        except IntegrityError as error:
            raise self._refused(str(error.orig)) from error
        for column in shared:
            self._check_values(column)

    def _is_copied(self, column: Column) -> bool:
        old = self._before.column(column.name)
        return old is not None and not old.find("generated") and not column.find("generated")

    def _check_values(self, column: Column) -> None:
        """Affinity converts what it can without loss and leaves the rest; Alembic's CAST would make 0 of 'abc'."""
        old = self._before.column(column.name)
        classes = storage_classes(column.type)
        if old is None or not classes or affinity(old.type) == affinity(column.type):
            return
        name, listed = quote(column.name), ", ".join(map(literal, ("null", *classes)))
        [(count, example)] = self._all(
            f"SELECT count(*), min({name}) FROM {quote(self._new)} WHERE typeof({name}) NOT IN ({listed})"
        )
        if count:
            raise ScaffoldError(
                f"{count:,} row(s) of {self._table} have a {column.name} that is no {column.type}, such as {example!r};"
                " everything was rolled back.",
                help=f"Convert them in the revision before the type changes:\n\n"
                f'op.execute("UPDATE {self._table} SET {column.name} = CAST({column.name} AS {column.type})'
                f' WHERE ...")',
            )

    def _refused(self, reason: str) -> ScaffoldError:
        reason = reason.replace(self._new, self._table)
        if match := re.fullmatch(r"NOT NULL constraint failed: .*\.(.*)", reason):
            column = match[1]
            if old := self._before.column(column):
                where = f"{quote(old.name)} IS NULL"
                [(count,)] = self._all(f"SELECT count(*) FROM {quote(self._table)} WHERE {where}")
                return ScaffoldError(
                    f"{count:,} row(s) of {self._table} have no {column}, which the migration makes required;"
                    " everything was rolled back.",
                    help=f"Give them one in the revision before that:\n\n"
                    f'op.execute("UPDATE {self._table} SET {column} = ... WHERE {column} IS NULL")',
                )
            return ScaffoldError(
                f"{self._table} has rows, and the required new column {column} has no default to give them;"
                " everything was rolled back.",
                help=f"Give it one: sa.Column({column!r}, ..., nullable=False, server_default=...)",
            )
        return ScaffoldError(f"The rows of {self._table} don't fit: {reason}; everything was rolled back.")

    def _rename(self) -> None:
        # Legacy, as a rename would else follow the name into triggers and views, and stop at a view of the old table.
        [(legacy,)] = self._all("PRAGMA legacy_alter_table")
        self._execute("PRAGMA legacy_alter_table=ON")
        try:
            self._execute(f"ALTER TABLE {quote(self._new)} RENAME TO {quote(self._table)}")
        finally:
            self._execute(f"PRAGMA legacy_alter_table={legacy}")

    def _sequence(self, table: str) -> int | None:
        """The largest rowid that AUTOINCREMENT ever gave out (sqlite.org/autoinc)."""
        if not self._before.autoincrement:
            return None
        rows = self._all(f"SELECT seq FROM sqlite_sequence WHERE name = {literal(table)}")
        return int(str(rows[0][0])) if rows else None

    def _keep_sequence(self, sequence: int | None) -> None:
        if sequence is None or not self._after.autoincrement:
            return
        name = literal(self._table)
        self._execute(f"DELETE FROM sqlite_sequence WHERE name = {name}")
        self._execute(f"INSERT INTO sqlite_sequence (name, seq) VALUES ({name}, {sequence})")
