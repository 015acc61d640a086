"""SQLite's dialect, with foreign keys reflected whole.

SQLAlchemy finds ON DELETE and ON UPDATE by parsing the table's DDL, and only in a table-level FOREIGN KEY whose names
stand bare or in double quotes (`FK_PATTERN` in sqlalchemy/dialects/sqlite/base.py). It loses them in an inline
REFERENCES, which is all that ALTER TABLE ADD COLUMN can write, and in Drizzle's DDL, which quotes with backticks. A
rebuild from such a reflection then drops the cascade. SQLite itself knows: PRAGMA foreign_key_list.
"""

from typing import Any, TypeAlias

from sqlalchemy import Connection
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.interfaces import ReflectedForeignKeyConstraint

_Key: TypeAlias = tuple[tuple[str, ...], str, tuple[str, ...]]


class Dialect(SQLiteDialect_pysqlite):
    """pysqlite whose `get_foreign_keys` takes the actions from SQLite instead of from the DDL's text."""

    supports_statement_cache = True

    def get_foreign_keys(
        self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any
    ) -> list[ReflectedForeignKeyConstraint]:
        """Foreign keys of `table_name`, each with its ``ondelete`` and ``onupdate``."""
        found: Any = super().get_foreign_keys(connection, table_name, schema, **kw)  # type: ignore[no-untyped-call]
        keys: list[ReflectedForeignKeyConstraint] = found
        actions = self._actions(connection, table_name, schema) if keys else {}
        for key in keys:
            columns, referred = tuple(key["constrained_columns"]), tuple(key["referred_columns"])
            known = actions.get((columns, key["referred_table"], referred))
            # No referred column is named where the DDL leaves the parent's primary key to be understood.
            known = known or actions.get((columns, key["referred_table"], ()))
            if known is not None:
                kept = {k: v for k, v in key.get("options", {}).items() if k not in {"ondelete", "onupdate"}}
                key["options"] = kept | known
            key["name"] = _by_convention(table_name, key)
        return keys

    def _actions(self, connection: Connection, table_name: str, schema: str | None) -> dict[_Key, dict[str, Any]]:
        quote = self.identifier_preparer.quote_identifier
        database = f"{quote(schema)}." if schema else ""
        rows = connection.exec_driver_sql(f"PRAGMA {database}foreign_key_list({quote(table_name)})").all()
        actions: dict[_Key, dict[str, Any]] = {}
        for number in {row.id for row in rows}:
            parts = sorted((row for row in rows if row.id == number), key=lambda row: row.seq)
            columns = tuple(row[3] for row in parts)
            referred = tuple(row.to for row in parts if row.to is not None)
            found = {"ondelete": parts[0].on_delete, "onupdate": parts[0].on_update}
            actions[columns, parts[0].table, referred] = {k: v for k, v in found.items() if v != "NO ACTION"}
        return actions


def _by_convention(table: str, key: ReflectedForeignKeyConstraint) -> str:
    """The name that the model's key has: ADD COLUMN gives it none, and RENAME leaves it the one that it had."""
    columns, referred = key["constrained_columns"], key["referred_columns"]
    name = "_".join([table, *columns, key["referred_table"], *referred, "fk"])
    found = key["name"]
    return name if found is None or found.endswith("_fk") else found


def register() -> None:
    """Make this the dialect of every ``sqlite://`` URL from now on, in whoever's engine."""
    for name in ("sqlite", "sqlite.pysqlite"):
        registry.register(name, "appdb.sqlite", "Dialect")
