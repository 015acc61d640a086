"""What a database holds, as values that can be compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile

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
class Schema:
    """The statements that made a database, as SQLite keeps them: all of it but the rows.

    Args:
        statements: SQL by kind and name; indexes that SQLite made itself have none.
    """

    statements: Mapping[tuple[str, str], str]

    def grown_to(self, after: "Schema") -> tuple[str, ...] | None:
        """The tables that are new, or have new columns behind the others; None where anything else is different.

        ALTER TABLE ADD COLUMN puts a comma and the column into the statement, and changes nothing else of it. Where
        there are views or triggers, even that may break one: a name may mean two columns then.
        """
        if any(kind in {"view", "trigger"} for kind, _ in after.statements):
            return None
        grown = [name for kind, name in after.statements if kind == "table" and (kind, name) not in self.statements]
        for key, before in self.statements.items():
            now = after.statements.get(key, "")
            if now == before:
                continue
            if key[0] != "table" or not _has_one_more(before, now):
                return None
            grown.append(key[1])
        return tuple(grown)


def _has_one_more(before: str, after: str) -> bool:
    """Whether `after` is `before` with a piece put in that begins with a comma."""
    longer = len(after) - len(before)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
    # What follows the piece may begin as the piece does, so it may have begun earlier.
    places = range(max(same - longer, 0), same + 1) if longer > 0 else ()
    return any(after[place] == "," and after[place + longer :] == before[place:] for place in places)


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
