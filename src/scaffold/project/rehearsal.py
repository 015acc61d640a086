"""The SQL of revisions that can't be written without a database: SQLite's rebuilds begin with a look at the table."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.errors import ScaffoldError
from scaffold.history import digest
from scaffold.project import rebuilds
from scaffold.project.databases import Database
from scaffold.project.failures import explain
from scaffold.project.history import History
from scaffold.project.scratch import scratch
from scaffold.sqlite.heard import Heard, bound
from scaffold.sqlite.tokens import Token, tokenize

if TYPE_CHECKING:
    import sqlite3

    import sqlalchemy as sa
    from alembic.script import Script
    from sqlalchemy import MetaData

_CHILDREN = (
    "SELECT DISTINCT m.name FROM sqlite_master m, pragma_foreign_key_list(m.name) k"
    " WHERE m.type = 'table' AND k.\"table\" = ?1 COLLATE NOCASE AND m.name <> ?1 COLLATE NOCASE ORDER BY 1"
)


def needs_rehearsal(script: "Script", database: Database) -> bool:
    """Whether a revision rebuilds a table on a SQLite."""
    text = Path(script.path).read_text(encoding="utf-8")
    return database.dialect.name == "sqlite" and "batch_alter_table" in text


def rehearsed_sql(history: History, script: "Script", database: Database, metadata: "MetaData") -> str:
    """What a revision runs on a SQLite."""
    heard = next(one for one in rehearsed(history, database, metadata) if one.revision == script.revision)
    return "\n\n".join(f"{statement};" for statement in heard.statements)


def rehearsed(history: History, database: Database, metadata: "MetaData | None" = None) -> tuple[Heard, ...]:
    """What each revision runs on a SQLite, heard while all run on a scratch database; in the order that they ran in.

    Args:
        history: the revisions.
        database: a SQLite; nothing of it is read, and it need not exist.
        metadata: handed to `env.py`, so that it need not import every model.

    Raises:
        ScaffoldError: a revision fails.
    """
    ear = _Ear(database.version_table.name)
    try:
        with (
            scratch(database) as made,
            made.migrating(lambda _: None) as connection,
            rebuilds.guarded(connection, None) as guard,
            ear.at(connection, guard),
        ):
            history.upgrade(connection, metadata, on_revision=ear.begin, before_commit=lambda _: ear.end())
    except ScaffoldError:
        raise
    except Exception as error:
        at = Path(ear.parts[-1].script.path).name if ear.parts else "The history"
        raise ScaffoldError(
            f"{at} fails on an empty SQLite: {explain(history.config, error)}; nothing was written."
        ) from error
    return tuple(part.heard(ear.earlier if part is ear.parts[0] else []) for part in ear.parts)


@dataclass(eq=False)
class _Part:
    """One revision, while it is heard."""

    script: "Script"
    statements: list[str] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    orphans: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def heard(self, earlier: list[str]) -> Heard:
        """What was heard of it, and before it."""
        file = Path(self.script.path)
        return Heard(
            self.script.revision,
            file.stem,
            digest(file.read_bytes()),
            (*earlier, *self.statements),
            tuple(self.reads),
            tuple(self.orphans),
        )


class _Ear:
    """Hears the statements of a migration, and to which revision each of them belongs.

    Those of a savepoint that is rolled back are forgotten: an ALTER TABLE that SQLite refuses is tried before a table
    is rebuilt.
    """

    def __init__(self, version_table: str) -> None:
        self._version_table = version_table
        self.parts: list[_Part] = []
        self.earlier: list[str] = []
        """What was run before the first revision: it makes the version table."""
        self._savepoints: dict[str, int] = {}
        self._open = True

    def begin(self, script: "Script") -> None:
        """Called as a revision begins."""
        self.parts.append(_Part(script))

    def end(self) -> None:
        """Called after the last one."""
        self._open = False

    @contextmanager
    def at(self, connection: "sa.Connection", guard: rebuilds.Guard) -> Iterator[None]:
        """Listen while it lasts."""
        from sqlalchemy import event

        driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]

        def before(*arguments: Any) -> None:
            if self._open and self.parts and (dropped := _dropped(arguments[2])):
                children = [name for (name,) in driver.execute(_CHILDREN, (dropped,))]
                self.parts[-1].orphans += [(dropped, tuple(children))] if children else []

        def after(_: Any, cursor: Any, statement: str, values: Any, __: Any, many: bool) -> None:
            if self._open:
                for row in values if many else [values]:
                    self._hear(bound(statement, row).strip().rstrip(";"), cursor.description is not None, guard)

        event.listen(connection, "before_cursor_execute", before)
        event.listen(connection, "after_cursor_execute", after)
        try:
            yield
        finally:
            event.remove(connection, "before_cursor_execute", before)
            event.remove(connection, "after_cursor_execute", after)

    def _hear(self, statement: str, answers: bool, guard: rebuilds.Guard) -> None:
        into = self.parts[-1].statements if self.parts else self.earlier
        tokens = tokenize(statement)
        words = [token.text.upper() for token in tokens[:3]]
        if words[0] == "SAVEPOINT":
            self._savepoints[words[1]] = len(into)
        elif words[0] == "ROLLBACK":
            del into[self._savepoints[words[-1]] :]
        elif words[0] == "RELEASE":
            return
        else:
            # SQLite answers an ALTER TABLE too, where it has a CHECK to look at.
            query = answers and _is_query(tokens)
            into += [] if query else [statement]
            # Alembic's own entry is RETURNING what it was given.
            if (
                (query or (answers and any(token.says("RETURNING") for token in tokens)))
                and self.parts
                and not guard.operating
                and not any(t.name == self._version_table for t in tokens)
            ):
                self.parts[-1].reads.append(statement)


def _is_query(tokens: Sequence[Token]) -> bool:
    """Whether a statement only reads."""
    if tokens[0].says("WITH"):
        return not any(token.says("INSERT", "UPDATE", "DELETE", "REPLACE") for token in tokens)
    return tokens[0].says("SELECT", "VALUES", "PRAGMA", "EXPLAIN")


def _dropped(statement: str) -> str:
    """The table of DROP TABLE [IF EXISTS] [schema.]table; empty for any other statement."""
    tokens = [token for token in tokenize(statement) if not token.says(";")]
    return tokens[-1].name if len(tokens) > 2 and tokens[0].says("DROP") and tokens[1].says("TABLE") else ""
