"""What a migration does on a SQLite connection, seen while it does it."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from scaffold.errors import ScaffoldError
from scaffold.sqlite.asked import Deed
from scaffold.sqlite.tokens import Token, tokenize

if TYPE_CHECKING:
    from alembic.operations.ops import MigrateOperation

_CREATED = {
    sqlite3.SQLITE_CREATE_TABLE: "table",
    sqlite3.SQLITE_CREATE_INDEX: "index",
    sqlite3.SQLITE_CREATE_TRIGGER: "trigger",
    sqlite3.SQLITE_CREATE_VIEW: "view",
}
_DROPPED = {
    sqlite3.SQLITE_DROP_TABLE: "table",
    sqlite3.SQLITE_DROP_INDEX: "index",
    sqlite3.SQLITE_DROP_VIEW: "view",
    sqlite3.SQLITE_DROP_VTABLE: "table",
}
_WRITTEN = {sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE}

_UNEVENTFUL = frozenset({sqlite3.SQLITE_READ, sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_PRAGMA})
"""Most of what SQLite asks leave for."""

_TELLING = re.compile(r"(\s|--[^\n]*\n|/\*.*?\*/)*(ALTER|DROP)\b", re.IGNORECASE | re.DOTALL)

USUAL_CACHE = 64_000
"""KiB of memory for a table that is being copied."""

MID_COMMIT = (
    "A revision would {} in the middle of the migration, so that what failed later could not be rolled back;"
    " it was rolled back as a whole instead."
)


class Watch:
    """Records deeds: of Alembic's operations, and of all SQL that runs outside of one.

    SQLite itself says what a statement will do before it does it, those of triggers included, whoever runs it and by
    whatever call (sqlite.org/c3ref/set_authorizer).

    Args:
        connection: the migration's.
        before_loss: called with a table's name before anything of it is deleted, changed or dropped.
    """

    def __init__(self, connection: sqlite3.Connection, before_loss: Callable[[str], None]) -> None:
        self.deeds: list[Deed] = []
        self.refused: ScaffoldError | None = None
        self._connection = connection
        self._before_loss = before_loss
        self._operations = 0

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch while it lasts."""
        from alembic.operations.base import AbstractOperations

        invoke = AbstractOperations.invoke

        def watched(operations: AbstractOperations, operation: "MigrateOperation") -> Any:
            deeds = deeds_of(operation)
            if deeds is None:
                return invoke(operations, operation)
            with self.operation():
                self.deeds += deeds
                return invoke(operations, operation)

        AbstractOperations.invoke = watched  # type: ignore[assignment, method-assign]
        self._listen()
        try:
            yield
        finally:
            AbstractOperations.invoke = invoke  # type: ignore[method-assign]
            self._deafen()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """While it lasts, nothing that runs is the migration's."""
        self._deafen()
        try:
            yield
        finally:
            self._listen()

    @contextmanager
    def operation(self) -> Iterator[None]:
        """While it lasts, SQL is a means to an operation's end and no deed of its own."""
        self._operations += 1
        try:
            yield
        finally:
            self._operations -= 1

    @property
    def operating(self) -> bool:
        """Whether an operation is under way."""
        return self._operations > 0

    def rewrite(self, table: str) -> None:
        """Called before a table is copied, which may need more memory than there is."""
        self._before_loss(table)
        self._connection.execute(f"PRAGMA cache_size={-USUAL_CACHE}")

    def _listen(self) -> None:
        self._connection.set_authorizer(self._authorize)
        self._connection.set_trace_callback(self._trace)

    def _deafen(self) -> None:
        self._connection.set_authorizer(None)
        self._connection.set_trace_callback(None)

    def _authorize(
        self, action: int, first: str | None, second: str | None, database: str | None, _: str | None
    ) -> int:
        if action in _UNEVENTFUL:
            return sqlite3.SQLITE_OK
        try:
            self._judge(action, first or "", second or "", database or "")
        except ScaffoldError as error:
            # An exception could not pass through SQLite; the statement fails, and the cause is told afterwards.
            self.refused = self.refused or error
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK

    def _judge(self, action: int, first: str, second: str, third: str) -> None:
        if action == sqlite3.SQLITE_TRANSACTION:
            raise ScaffoldError(
                MID_COMMIT.format(first),
                help=f"Leave the {first} out of the revision: all revisions run in one transaction.",
            )
        if first.startswith("sqlite_"):
            return
        if action in _WRITTEN or action == sqlite3.SQLITE_DROP_TABLE:
            self._before_loss(first)
        elif action == sqlite3.SQLITE_ALTER_TABLE and third:
            # Of all ALTERs DROP COLUMN alone names a column, in the database's place: (database, table, column).
            self._before_loss(second)
        if self._operations:
            return
        if action in _WRITTEN:
            self.deeds.append(Deed("write", "table", first))
        elif action in _CREATED:
            self.deeds.append(Deed("create", _CREATED[action], second, first))  # type: ignore[arg-type]
        elif action in _DROPPED:
            kind = _DROPPED[action]
            self.deeds.append(Deed("drop", kind, first if kind == "table" else second, first))  # type: ignore[arg-type]

    def _trace(self, sql: str) -> None:
        if not self._operations and _TELLING.match(sql):
            self.deeds += _told_by([token for token in tokenize(sql) if not token.says(";")])


def deeds_of(operation: "MigrateOperation") -> list[Deed] | None:
    """What an operation asks for; None for one that says so only in its SQL."""
    from alembic.operations import ops

    match operation:
        case ops.DropTableOp():
            return [Deed("drop", "table", operation.table_name)]
        case ops.RenameTableOp():
            return [Deed("rename", "table", operation.table_name, detail=operation.new_table_name)]
        case ops.DropColumnOp():
            return [Deed("drop", "column", operation.table_name, operation.column_name)]
        case ops.AlterColumnOp():
            return list(_alterations(operation))
        case ops.CreatePrimaryKeyOp():
            return [Deed("alter", "key", operation.table_name)]
        case ops.DropConstraintOp():
            dropped = Deed("drop", "constraint", operation.table_name, str(operation.constraint_name))
            key = operation.constraint_type == "primary"
            return [dropped, *([Deed("alter", "key", operation.table_name)] if key else [])]
        case ops.DropIndexOp():
            return [Deed("drop", "index", operation.table_name or "", str(operation.index_name))]
        case ops.ExecuteSQLOp() | ops.BulkInsertOp():
            return None
        case ops.MigrateOperation() if type(operation).__module__ == ops.__name__:
            return []
        case _:
            # A project's own operation (`Operations.register_operation`): what it runs is what it asks for.
            return None


def _alterations(operation: Any) -> Iterator[Deed]:
    table, column = operation.table_name, operation.column_name
    if operation.modify_type is not None:
        yield Deed("alter", "column", table, column, "type")
    if operation.modify_nullable is not None:
        yield Deed("alter", "column", table, column, "null")
    if operation.modify_server_default is not False:
        yield Deed("alter", "column", table, column, "default")
        yield Deed("alter", "column", table, column, "generated")
    if operation.modify_name is not None:
        yield Deed("rename", "column", table, column, operation.modify_name)


def _told_by(tokens: list[Token]) -> list[Deed]:
    """What only a statement's text tells: the authorizer knows no new names, and which triggers go with their table.

    DROP TRIGGER [IF EXISTS] [schema.]name
    ALTER TABLE [schema.]table RENAME TO new | RENAME [COLUMN] a TO b | DROP [COLUMN] a | ADD ...
    """
    if tokens[0].says("DROP"):
        return [Deed("drop", "trigger", "", tokens[-1].name)] if tokens[1].says("TRIGGER") else []
    at = 4 if len(tokens) > 4 and tokens[3].says(".") else 2
    table, words = tokens[at].name, tokens[at + 1 :]
    rest = [token for token in words[1:] if not token.says("COLUMN")] if len(words) > 2 else list(words[1:])
    if words[0].says("RENAME") and rest[0].says("TO"):
        return [Deed("rename", "table", table, detail=rest[1].name)]
    if words[0].says("RENAME"):
        return [Deed("rename", "column", table, rest[0].name, rest[2].name)]
    if words[0].says("DROP"):
        return [Deed("drop", "column", table, rest[0].name)]
    return []
