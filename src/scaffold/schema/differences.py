"""What two databases differ in, table by table."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from scaffold.schema.shapes import (
    CheckShape,
    ColumnShape,
    Constraint,
    ForeignKeyShape,
    IndexShape,
    PrimaryKeyShape,
    Shapes,
    TableShape,
    UniqueShape,
    plain,
)

Item = TypeVar("Item", ColumnShape, ForeignKeyShape, IndexShape, UniqueShape, CheckShape)


@dataclass(frozen=True, slots=True)
class TableDifference:
    """A table that only one of the two has."""

    table: str
    before: TableShape | None
    after: TableShape | None

    def __str__(self) -> str:
        return f"{self.table}: {'new table' if self.before is None else 'no such table any more'}"


@dataclass(frozen=True, slots=True)
class ColumnDifference:
    """A column that only one of the two has, or that is not the same in both."""

    table: str
    before: ColumnShape | None
    after: ColumnShape | None

    @property
    def column(self) -> str:
        """The column's name."""
        found = self.after or self.before
        assert found is not None
        return found.name

    @property
    def parts(self) -> tuple[str, ...]:
        """What of the column is not the same: type, nullable, default, computed; nothing where one side is missing."""
        if self.before is None or self.after is None:
            return ()
        differs = {
            "type": not self.before.has_type_of(self.after),
            "nullable": self.before.nullable != self.after.nullable,
            "default": plain(self.before.default) != plain(self.after.default),
            "computed": plain(self.before.computed) != plain(self.after.computed),
        }
        return tuple(part for part, different in differs.items() if different)

    def __str__(self) -> str:
        name = f"{self.table}.{self.column}"
        if self.before is None:
            return f"{name}: new column"
        if self.after is None:
            return f"{name}: no such column any more"
        return f"{name}: " + ", ".join(_changed(part, self.before, self.after) for part in self.parts)


@dataclass(frozen=True, slots=True)
class ConstraintDifference:
    """A key, an index, a unique constraint or a CHECK that only one of the two has, or that is not the same in both."""

    table: str
    before: Constraint | None
    after: Constraint | None

    def __str__(self) -> str:
        what = describe(self.after or self.before)
        if self.before is None:
            return f"{self.table}: new {what}"
        if self.after is None:
            return f"{self.table}: no {what} any more"
        return f"{self.table}: {describe(self.before)} becomes {describe(self.after, whole=True)}"


Difference = TableDifference | ColumnDifference | ConstraintDifference


def differences(before: Shapes, after: Shapes) -> tuple[Difference, ...]:
    """What it takes to come from `before` to `after`, in the order of the names."""
    found: list[Difference] = []
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            found.append(TableDifference(name, old, new))
        else:
            found += _within(old, new)
    return tuple(found)


def describe(constraint: Constraint | None, *, whole: bool = False) -> str:
    """A constraint in words."""
    match constraint:
        case PrimaryKeyShape(columns):
            return f"primary key ({', '.join(columns)})"
        case ForeignKeyShape(_, columns, table, referred, on_delete, on_update, timing, match):
            words = f"foreign key ({', '.join(columns)}) to {table} ({', '.join(referred)})"
            matched, updated = f"MATCH {match}" * bool(match), f"ON UPDATE {on_update}" * (on_update != "NO ACTION")
            return " ".join(filter(None, [words, matched, f"ON DELETE {on_delete}", updated, timing]))
        case IndexShape(name, columns, unique, where, using, options):
            words = f"{'unique ' * unique}index {name}"
            more = f" on {', '.join(columns)}" + f" using {using}" * bool(using) + f" {options}".rstrip()
            return words + (more + (f" where {where}" if where else "")) * whole
        case UniqueShape(name, columns, timing, options):
            parts = "unique constraint", name or "", f"({', '.join(columns)})", str(options), timing
            return " ".join(filter(None, parts))
        case CheckShape(name, condition):
            return f"CHECK {name or ''}".strip() + (f" ({condition})" if whole or not name else "")
    return "nothing"


def _within(old: TableShape, new: TableShape) -> Iterator[Difference]:
    for before, after in _pairs(old.columns, new.columns, lambda column: column.name):
        difference = ColumnDifference(new.name, before, after)
        if before is None or after is None or difference.parts:
            yield difference
    if old.primary_key.columns != new.primary_key.columns:
        yield ConstraintDifference(new.name, old.primary_key, new.primary_key)
    pairs: list[tuple[Constraint | None, Constraint | None]] = [
        *_pairs(old.foreign_keys, new.foreign_keys, lambda key: (key.columns, key.table, key.referred)),
        *_pairs(old.uniques, new.uniques, lambda unique: unique.name or unique.columns),
        *_pairs(old.checks, new.checks, lambda check: check.name or plain(check.condition)),
        *_pairs(old.indexes, new.indexes, lambda index: index.name),
    ]
    for one, other in pairs:
        if one is None or other is None or _meaning(one) != _meaning(other):
            yield ConstraintDifference(new.name, one, other)


def _meaning(constraint: Constraint) -> object:
    match constraint:
        case ForeignKeyShape(_, columns, table, referred, on_delete, on_update, timing, match):
            return columns, table, referred, on_delete, on_update, timing, match
        case UniqueShape(_, columns, timing, options):
            return columns, timing, options
        case IndexShape(_, columns, unique, where, using, options):
            return tuple(plain(column) for column in columns), unique, plain(where), using, options
        case CheckShape(_, condition):
            return plain(condition)
    return constraint.columns


def _pairs(
    old: Iterable[Item], new: Iterable[Item], key: Callable[[Item], object]
) -> list[tuple[Item | None, Item | None]]:
    befores: dict[object, Item] = {key(item): item for item in old}
    afters: dict[object, Item] = {key(item): item for item in new}
    both = [*befores, *(name for name in afters if name not in befores)]
    return [(befores.get(name), afters.get(name)) for name in both]


def _changed(part: str, before: ColumnShape, after: ColumnShape) -> str:
    match part:
        case "type":
            known = dict(before.types)
            dialect, new = next(
                (dialect, spelled) for dialect, spelled in after.types if known.get(dialect, spelled) != spelled
            )
            return f"{known[dialect]} becomes {new} ({dialect})"
        case "nullable":
            return "becomes optional" if after.nullable else "becomes required"
        case "default":
            return f"default {before.default or 'none'} becomes {after.default or 'none'}"
        case _:
            return f"computed {before.computed or 'not'} becomes {after.computed or 'not'}"
