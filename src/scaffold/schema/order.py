"""Changes in an order in which every foreign key finds what it refers to: a database wants that to be unique."""

from collections.abc import Iterator, Sequence
from itertools import product

from scaffold.schema.changes import AddColumn, AddTable, AlterTable, Change, DropColumn, DropTable
from scaffold.schema.shapes import ForeignKeyShape, IndexShape, Shapes, TableShape, UniqueShape

Key = ForeignKeyShape | UniqueShape | IndexShape
Edge = tuple[int, int]
"""The places of two changes, the one that has to come first before the other."""


def reordered(changes: Sequence[Change], before: Shapes, after: Shapes) -> list[Change]:
    """The changes, moved only where a foreign key needs it.

    What makes columns unique comes before a new foreign key to them, and a foreign key goes before what it needs.

    Args:
        changes: in an order that is right for all else.
        before: the tables, by the names that they have after all renames.
        after: the tables that the changes lead to.
    """
    forced = {
        *_forced(changes, list(_new(before, after)), coming=True),
        *((last, first) for first, last in _forced(changes, list(_new(after, before)), coming=False)),
    }
    if all(first < last for first, last in forced):
        return list(changes)
    return [changes[place] for place in _sorted(len(changes), forced | set(_kept(changes, before, after, forced)))]


def _forced(changes: Sequence[Change], keys: Sequence[tuple[str, Key]], *, coming: bool) -> Iterator[Edge]:
    """For each foreign key among some keys, what makes unique that it refers to, and the key's own change."""
    for table, key in keys:
        for other, unique in keys:
            if isinstance(key, ForeignKeyShape) and _serves(other, unique, key):
                own = _places(changes, table, key, coming=coming)
                edges = product(_places(changes, other, unique, coming=coming), own)
                yield from (edge for edge in edges if edge[0] != edge[1])


def _new(before: Shapes, after: Shapes) -> Iterator[tuple[str, Key]]:
    """The foreign keys, and what makes columns unique, that only the second has, with their tables."""
    for name, table in after.items():
        old = before.get(name, TableShape(name, ()))
        there = set(map(_meaning, _keys(old)))
        for key in _keys(table):
            if _meaning(key) not in there:
                yield name, key


def _keys(table: TableShape) -> list[Key]:
    return [*table.foreign_keys, *table.uniques, *(i for i in table.indexes if i.unique and not i.where)]


def _meaning(key: Key) -> object:
    referred = (key.table, key.referred) if isinstance(key, ForeignKeyShape) else type(key)
    return key.columns, referred


def _serves(table: str, unique: Key, key: ForeignKeyShape) -> bool:
    """Whether a foreign key may need this, as it refers to just these columns."""
    is_unique = not isinstance(unique, ForeignKeyShape)
    return is_unique and table == key.table and set(unique.columns) == set(key.referred)


def _places(changes: Sequence[Change], table: str, key: Key, *, coming: bool) -> list[int]:
    """The places of the changes that may make a key, or take it away."""

    def may(change: Change) -> bool:
        match change:
            case AddColumn(_, column):
                return coming and key.columns == (column.name,)
            case DropColumn(_, name):
                return not coming and key.columns == (name,)
        return isinstance(change, AlterTable | (AddTable if coming else DropTable))

    return [place for place, change in enumerate(changes) if table in change.touches and may(change)]


def _kept(changes: Sequence[Change], before: Shapes, after: Shapes, forced: set[Edge]) -> Iterator[Edge]:
    """Changes whose order stays, as they share a table or one's table refers to the other's."""
    about = [
        change.touches
        | {
            key.table
            for name in change.touches
            for shapes in (before, after)
            if name in shapes
            for key in shapes[name].foreign_keys
        }
        for change in changes
    ]
    for last in range(len(changes)):
        for first in range(last):
            related = changes[first].touches & about[last] or changes[last].touches & about[first]
            if related and (last, first) not in forced:
                yield first, last


def _sorted(count: int, edges: set[Edge]) -> list[int]:
    """The places by these edges, else as they are; where the edges form a ring, all as they are."""
    waiting, done = list(range(count)), list[int]()
    while waiting:
        free = (place for place in waiting if not any(last == place and first in waiting for first, last in edges))
        place = next(free, None)
        if place is None:
            return list(range(count))
        waiting.remove(place)
        done.append(place)
    return done
