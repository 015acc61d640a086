"""A column and a table, as values."""

from dataclasses import dataclass, field
from typing import Any

from scaffold.schema.types import Type

IMPLICIT = ("id", "organization_id", "created_at", "updated_at")
"""The columns that a table gets from its mixins, in their order around the table's own."""


@dataclass(frozen=True, slots=True)
class Default:
    """A server default: a Python value of the column's type (a wrapper, as any value can be a default)."""

    value: Any


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a foreign key points: to `table`.`id`.

    Args:
        table: the table's name in the database.
        on_delete: CASCADE, SET NULL, RESTRICT or NO ACTION.
        id_type: what the ids there are in Python.
    """

    table: str
    on_delete: str
    id_type: str = field(default="str", compare=False)


@dataclass(frozen=True, slots=True)
class Column:
    """A column, as the field language can say it.

    Args:
        name: in the database; a reference's ends in `_id`.
        type: with its arguments; `ref` where `reference` is set.
        optional: whether NULL is allowed.
        unique: whether a unique index holds it.
        index: whether a plain index holds it; a unique column and a reference have one anyway.
        shared: whether an index of the table holds it together with others; the field language has no word for that.
    """

    name: str
    type: Type
    optional: bool = False
    unique: bool = False
    index: bool = False
    default: Default | None = None
    reference: Reference | None = None
    shared: bool = False

    @property
    def keyed(self) -> bool:
        """Whether an index of any kind holds it."""
        return self.indexed or self.shared

    @property
    def indexed(self) -> bool:
        """Whether an index of its own holds it."""
        return self.unique or self.index or self.reference is not None

    @property
    def fills_itself(self) -> bool:
        """Whether rows that exist already get a value when the column is added."""
        return self.optional or self.default is not None


@dataclass(frozen=True, slots=True)
class Table:
    """A table to be made.

    Args:
        name: in the database.
        class_name: of its model.
        columns: its own, without the implicit ones.
        tenant: whether it belongs to an organization.
    """

    name: str
    class_name: str
    columns: tuple[Column, ...]
    tenant: bool = True
