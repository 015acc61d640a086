"""SQLite's dialect, with foreign keys reflected whole.

SQLAlchemy finds ON DELETE and ON UPDATE by parsing the table's DDL, and only in a table-level FOREIGN KEY whose names
stand bare or in double quotes (`FK_PATTERN` in sqlalchemy/dialects/sqlite/base.py). It loses them in an inline
REFERENCES, which is all that ALTER TABLE ADD COLUMN can write, and in Drizzle's DDL, which quotes with backticks. A
rebuild from such a reflection then drops the cascade. SQLite itself knows: PRAGMA foreign_key_list. It does not tell
what is DEFERRABLE, but lists the keys backwards, so that it is known which REFERENCES of the DDL each of them is.
"""

import re
from typing import Any, TypeAlias

from sqlalchemy import Connection
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.interfaces import ReflectedForeignKeyConstraint

_Key: TypeAlias = tuple[tuple[str, ...], str, tuple[str, ...]]

_QUOTED = re.compile(r"""'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/""", re.DOTALL)
_REFERENCES = re.compile(r"\bREFERENCES\b", re.IGNORECASE)
_DEFERRABLE = re.compile(r"(\bNOT\s+)?\bDEFERRABLE\b(?:\s+INITIALLY\s+(\w+))?", re.IGNORECASE)


class Dialect(SQLiteDialect_pysqlite):
    """pysqlite whose `get_foreign_keys` has the options of every key, however its DDL is written."""

    supports_statement_cache = True

    def get_foreign_keys(
        self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any
    ) -> list[ReflectedForeignKeyConstraint]:
        """Foreign keys of `table_name`, each with ``ondelete``, ``onupdate``, ``deferrable`` and ``initially``."""
        found: Any = super().get_foreign_keys(connection, table_name, schema, **kw)  # type: ignore[no-untyped-call]
        keys: list[ReflectedForeignKeyConstraint] = found
        options = self._options(connection, table_name, schema) if keys else {}
        for key in keys:
            columns, referred = tuple(key["constrained_columns"]), tuple(key["referred_columns"])
            known = options.get((columns, key["referred_table"], referred))
            # No referred column is named where the DDL leaves the parent's primary key to be understood.
            known = known or options.get((columns, key["referred_table"], ()))
            if known is not None:
                kept = {k: v for k, v in key.get("options", {}).items() if k not in {"ondelete", "onupdate"}}
                key["options"] = kept | known
            key["name"] = _by_convention(table_name, key)
        return keys

    def _options(self, connection: Connection, table_name: str, schema: str | None) -> dict[_Key, dict[str, Any]]:
        quote = self.identifier_preparer.quote_identifier
        database = f"{quote(schema)}." if schema else ""
        rows = connection.exec_driver_sql(f"PRAGMA {database}foreign_key_list({quote(table_name)})").all()
        ddl = f"SELECT sql FROM {database}sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE"
        written = _QUOTED.sub(" ", connection.exec_driver_sql(ddl, (table_name,)).scalar() or "")
        references = _REFERENCES.split(written)[:0:-1]
        options: dict[_Key, dict[str, Any]] = {}
        for number in {row.id for row in rows}:
            parts = sorted((row for row in rows if row.id == number), key=lambda row: row.seq)
            columns = tuple(row[3] for row in parts)
            referred = tuple(row.to for row in parts if row.to is not None)
            found = {"ondelete": parts[0].on_delete, "onupdate": parts[0].on_update}
            timing = _timing(references[number]) if number < len(references) else {}
            options[columns, parts[0].table, referred] = {k: v for k, v in found.items() if v != "NO ACTION"} | timing
        return options


def _timing(references: str) -> dict[str, Any]:
    """What stands of DEFERRABLE behind a REFERENCES and before the next one."""
    found = _DEFERRABLE.search(references)
    if found is None:
        return {}
    return {"deferrable": not found[1]} | ({"initially": found[2].upper()} if found[2] else {})


def _by_convention(table: str, key: ReflectedForeignKeyConstraint) -> str:
    """The name that the model's key has: ADD COLUMN gives it none, and RENAME leaves it the one that it had.

    That one had a table, a column, and both of what they refer to in it; a shorter one was chosen.
    """
    columns, referred = key["constrained_columns"], key["referred_columns"]
    found = key["name"]
    if found is None or re.fullmatch(r".+_.+_.+_.+_fk", found):
        return "_".join([table, *columns, key["referred_table"], *referred, "fk"])
    return found


def register() -> None:
    """Make this the dialect of every ``sqlite://`` URL from now on, in whoever's engine."""
    for name in ("sqlite", "sqlite.pysqlite"):
        registry.register(name, "appdb.sqlite", "Dialect")
