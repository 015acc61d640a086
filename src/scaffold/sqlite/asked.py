"""What a migration asked for: its deeds in order, understood in the names that things had before it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from scaffold.sqlite.tokens import folded

Verb = Literal["create", "drop", "rename", "alter", "write"]
Object = Literal["table", "column", "constraint", "references", "check", "index", "trigger", "view", "key"]

SEPARATOR = "\x1f"
"""Between the columns of a foreign key that has no name."""


class Deed(NamedTuple):
    """One thing that a migration did on purpose.

    Args:
        verb: what it did.
        kind: to what; the rows of a table are its kind too.
        table: the table's name at that moment; empty for a view.
        name: of the column, constraint, index, trigger or view; of an unnamed CHECK its text, of an unnamed foreign key
            its columns.
        detail: the new name, or which side of a column was altered: type, null or default.
    """

    verb: Verb
    kind: Object
    table: str
    name: str = ""
    detail: str = ""


@dataclass(slots=True)
class Asked:
    """Deeds, looked up by the names from before; all names are folded.

    Args:
        deeds: in the order in which they were done.
    """

    deeds: Iterable[Deed] = ()
    dropped: set[str] = field(default_factory=set)
    remade: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    _objects: set[tuple[str, str, str]] = field(default_factory=set)
    _altered: set[tuple[str, str, str]] = field(default_factory=set)
    _tables: dict[str, str] = field(default_factory=dict)
    _columns: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for deed in self.deeds:
            self._take(deed)

    def table(self, name: str) -> str:
        """What a table of before is called now."""
        return next((now for now, before in self._tables.items() if before == folded(name)), folded(name))

    def column(self, table: str, column: str) -> str:
        """What a column of before is called now."""
        key = folded(table), folded(column)
        return next((now for (t, now), before in self._columns.items() if (t, before) == key), folded(column))

    def renames(self, table: str) -> dict[str, set[str]]:
        """New names of tables and of the table's columns, by old name; for texts in which either may stand."""
        found: dict[str, set[str]] = {}
        for now, before in self._tables.items():
            found.setdefault(before, set()).add(now)
        for (owner, now), before in self._columns.items():
            if owner == folded(table):
                found.setdefault(before, set()).add(now)
        return found

    def every_rename(self) -> dict[str, set[str]]:
        """New names of tables and of any table's columns, by old name."""
        found = self.renames("")
        for (_, now), before in self._columns.items():
            found.setdefault(before, set()).add(now)
        return found

    def drops(self, kind: Object, table: str, name: str) -> bool:
        """Whether something was dropped on purpose."""
        return (kind, "" if kind in {"index", "trigger", "view"} else folded(table), folded(name)) in self._objects

    def alters(self, table: str, column: str, side: str) -> bool:
        """Whether one side of a column was altered on purpose: type, null or default."""
        return (folded(table), folded(column), side) in self._altered

    def _origin(self, table: str) -> str:
        return self._tables.get(folded(table), folded(table))

    def _take(self, deed: Deed) -> None:
        table = self._origin(deed.table)
        column = self._columns.get((table, folded(deed.name)), folded(deed.name))
        match deed.verb, deed.kind:
            case "drop", "table":
                self._drop_table(deed.table, table)
            case "rename", "table":
                self._rename_table(deed, table)
            case "rename", "column":
                self._columns.pop((table, folded(deed.name)), None)
                self._columns[table, folded(deed.detail)] = column
            case "drop", "column":
                self._objects.add(("column", table, column))
            case "drop", ("index" | "trigger" | "view") as kind:
                self._objects.add((kind, "", folded(deed.name)))
            case "drop", "references":
                columns = [self._columns.get((table, name), name) for name in folded(deed.name).split(SEPARATOR)]
                self._objects.add(("references", table, SEPARATOR.join(columns)))
            case "drop", kind:
                self._objects.add((kind, table, folded(deed.name)))
            case "alter", "column":
                self._altered.add((table, column, deed.detail))
            case "alter", "key":
                self.keys.add(table)
            case "write", _:
                self.written.add(table)
            case _:
                pass

    def _drop_table(self, name: str, origin: str) -> None:
        self.dropped.add(origin)
        if origin != folded(name):
            # Renamed away and then dropped: the old half of a rebuild by hand.
            self.remade.add(origin)
        self._tables.pop(folded(name), None)

    def _rename_table(self, deed: Deed, origin: str) -> None:
        self._tables.pop(folded(deed.table), None)
        self._tables[folded(deed.detail)] = origin
        if folded(deed.detail) in self.dropped:
            self.remade.add(folded(deed.detail))
