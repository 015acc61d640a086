"""Typed changes: what a revision does, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scaffold.schema.column import Column, Default, Table


@dataclass(frozen=True, slots=True)
class AddTable:
    """A new table, with all that its model says of it."""

    table: Table

    @property
    def touches(self) -> frozenset[str]:
        """The names of the tables that it changes."""
        return frozenset({self.table.name})


@dataclass(frozen=True, slots=True)
class AddColumn:
    """A new column of a table that exists, with its foreign key, CHECK and index.

    Args:
        table: the table's name.
        column: the new column.
        backfill: what the rows that are there get; None where the column says it, or nothing has to be filled in.
    """

    table: str
    column: Column
    backfill: Default | None = None

    @property
    def touches(self) -> frozenset[str]:
        """The names of the tables that it changes."""
        return frozenset({self.table})


@dataclass(frozen=True, slots=True)
class RenameColumn:
    """A column's new name; what is named after it follows.

    Args:
        table: the table's name.
        old: the column's name before.
        new: the column's name afterwards.
        referrers: other tables whose foreign keys point to the column.
    """

    table: str
    old: str
    new: str
    referrers: tuple[str, ...] = ()

    @property
    def touches(self) -> frozenset[str]:
        """The names of the tables that it changes."""
        return frozenset({self.table, *self.referrers})


@dataclass(frozen=True, slots=True)
class RenameTable:
    """A table's new name; what is named after it follows.

    Args:
        old: the name before.
        new: the name afterwards.
        referrers: other tables whose foreign keys point to the table.
    """

    old: str
    new: str
    referrers: tuple[str, ...] = ()

    @property
    def touches(self) -> frozenset[str]:
        """The names of the tables that it changes."""
        return frozenset({self.old, self.new, *self.referrers})


@dataclass(frozen=True, slots=True)
class AlterColumn:
    """A column's new definition under its old name.

    Args:
        table: the table's name.
        column: the new definition.
        backfill: what NULL becomes; None where nothing is filled in.
        mapped: for an enum, which value takes the place of which.
        back: the same for the way back, as far as that is certain; see `scaffold.schema.conversions.mapped_back`.
        converted: whether the values are of another kind, and may come back in another spelling.
    """

    table: str
    column: Column
    backfill: Default | None = None
    mapped: Mapping[str, str] = field(default_factory=dict, hash=False)
    back: Mapping[str, str] = field(default_factory=dict, hash=False)
    converted: bool = False

    @property
    def touches(self) -> frozenset[str]:
        """The names of the tables that it changes."""
        return frozenset({self.table})

    @property
    def moved_for_good(self) -> frozenset[str]:
        """The values that the way back does not bring back."""
        return frozenset(old for old, new in self.mapped.items() if new != old and self.back.get(new) != old)


@dataclass(frozen=True, slots=True)
class AlterTable:
    """Whatever differs in a table between migrations and models, but columns that come, go or change their names.

    Args:
        table: the table's name.
        backfills: what NULL becomes, by column.
        converted: the columns whose values are of another kind, and may come back in another spelling.
    """

    table: str
    backfills: Mapping[str, Default] = field(default_factory=dict, hash=False)
    converted: tuple[str, ...] = ()

    @property
    def touches(self) -> frozenset[str]:
        """The names of the tables that it changes."""
        return frozenset({self.table})


@dataclass(frozen=True, slots=True)
class RetypeColumns:
    """Columns of keys that get another type together; the keys stay.

    Args:
        columns: tables and columns, by their new names.
        referrers: other tables whose foreign keys point to the columns.
    """

    columns: tuple[tuple[str, str], ...]
    referrers: tuple[str, ...] = ()

    @property
    def touches(self) -> frozenset[str]:
        """The names of the tables that it changes."""
        return frozenset((*(table for table, _ in self.columns), *self.referrers))


@dataclass(frozen=True, slots=True)
class DropColumn:
    """A column that goes, with its foreign key, CHECK and index."""

    table: str
    column: str

    @property
    def touches(self) -> frozenset[str]:
        """The names of the tables that it changes."""
        return frozenset({self.table})


@dataclass(frozen=True, slots=True)
class DropTable:
    """A table that goes."""

    table: str

    @property
    def touches(self) -> frozenset[str]:
        """The names of the tables that it changes."""
        return frozenset({self.table})


@dataclass(frozen=True, slots=True)
class DropReferences:
    """The foreign keys of a table to another one, which goes before it does.

    Args:
        table: the table's name.
        target: the other table's.
    """

    table: str
    target: str

    @property
    def touches(self) -> frozenset[str]:
        """The names of the tables that it changes."""
        return frozenset({self.table})


@dataclass(frozen=True, slots=True)
class AddIndex:
    """A new index; a text column that it holds gets the storage that MySQL can index."""

    table: str
    index: str

    @property
    def touches(self) -> frozenset[str]:
        """The names of the tables that it changes."""
        return frozenset({self.table})


@dataclass(frozen=True, slots=True)
class DropIndex:
    """An index that goes; a text column that it held may get the storage of plain text."""

    table: str
    index: str

    @property
    def touches(self) -> frozenset[str]:
        """The names of the tables that it changes."""
        return frozenset({self.table})


Change = (
    AddTable
    | AddColumn
    | RenameColumn
    | RenameTable
    | AlterColumn
    | AlterTable
    | RetypeColumns
    | DropColumn
    | DropTable
    | DropReferences
    | AddIndex
    | DropIndex
)
