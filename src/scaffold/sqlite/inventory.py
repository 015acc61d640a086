"""What a database holds, as values that can be compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scaffold.sqlite.definition import Definition


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key, wherever in the table it was written (PRAGMA foreign_key_list).

    Args:
        columns: of the child.
        parent: the table that it refers to.
        referred: that table's columns, its primary key where none is written.
        on_delete: as SQLite says it; NO ACTION where nothing is written.
        on_update: the same.
        deferred: whether it is checked at the commit only.
    """

    columns: tuple[str, ...]
    parent: str
    referred: tuple[str, ...]
    on_delete: str
    on_update: str
    deferred: bool = False


@dataclass(frozen=True, slots=True)
class Unique:
    """A UNIQUE constraint, each of its columns with its collation (PRAGMA index_xinfo)."""

    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ColumnState:
    """A column.

    Args:
        name: its name.
        type: as declared.
        not_null: whether it is NOT NULL.
        default: the text of its default; None where it has none.
        collate: the text of its COLLATE; None where it has none.
        generated: the text of its GENERATED ALWAYS AS; None for an ordinary column.
    """

    name: str
    type: str
    not_null: bool
    default: str | None = None
    collate: str | None = None
    generated: str | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """A trigger or a view.

    Args:
        name: its name.
        sql: the statement that creates it.
        error: what SQLite says when it compiles it; None where it works.
    """

    name: str
    sql: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class TableState:
    """A table, with all that hangs on it.

    Args:
        name: its name.
        sql: the statement that creates it.
        definition: that statement understood; None for a virtual table.
        columns: in their order.
        primary_key: its columns' names.
        uniques: its UNIQUE constraints.
        foreign_keys: its foreign keys.
        indexes: those that CREATE INDEX made, by name: their SQL.
        triggers: on it.
        rows: how many it has; None where they can't be counted.
        sequence: the largest rowid that AUTOINCREMENT ever gave out; None where it keeps none.
    """

    name: str
    sql: str
    definition: Definition | None
    columns: tuple[ColumnState, ...]
    primary_key: tuple[str, ...] = ()
    uniques: tuple[Unique, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    indexes: Mapping[str, str] = field(default_factory=dict)
    triggers: tuple[Program, ...] = ()
    rows: int | None = 0
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class Inventory:
    """A whole database.

    Args:
        tables: by folded name, SQLite's own left out.
        views: by folded name.
        view_triggers: INSTEAD OF triggers, by the folded name of their view.
        orphans: how many rows of a table refer to rows of another that don't exist, by child and parent.
        mismatches: what keeps SQLite from checking a foreign key at all.
    """

    tables: Mapping[str, TableState]
    views: Mapping[str, Program] = field(default_factory=dict)
    view_triggers: Mapping[str, tuple[Program, ...]] = field(default_factory=dict)
    orphans: Mapping[tuple[str, str], int] = field(default_factory=dict)
    mismatches: frozenset[str] = frozenset()
