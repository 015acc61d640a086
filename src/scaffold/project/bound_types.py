"""SQLAlchemy's types that bring a CHECK along, without it."""

from copy import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlalchemy as sa


def unbound(type_: Any) -> Any:
    """A type without the CHECK that it would add to its table, as that CHECK is seen to with the others."""
    if not getattr(type_, "create_constraint", False):
        return type_
    bare = copy(type_)
    bare.create_constraint = False
    return bare


def unbound_column(column: "sa.Column[Any]") -> "sa.Column[Any]":
    """A copy of a column, with such a type."""
    copied = column._copy()
    if getattr(copied.type, "create_constraint", False):
        # Not another type, for the table is told of this one already.
        copied.type.create_constraint = False  # type: ignore[attr-defined]
    return copied
