"""The declarative base: what names, and which types, a model gets without asking."""

import datetime as dt
import decimal
import uuid
from typing import Any, Literal, get_args, get_origin

from sqlalchemy import Constraint, ForeignKeyConstraint, MetaData, Table, event
from sqlalchemy.orm import DeclarativeBase, TypeResolve
from sqlalchemy.types import TypeEngine

from appdb import types
from appdb.constraints import check_enums


def _referred_columns(constraint: Constraint, _: Table) -> str:
    # SQLAlchemy's own token needs the other table to exist already; a module may refer to one imported after it.
    assert isinstance(constraint, ForeignKeyConstraint)
    return "_".join(element.target_fullname.rpartition(".")[2] for element in constraint.elements)


NAMING_CONVENTION: dict[str, Any] = {
    "referred_columns": _referred_columns,
    "fk": "%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s_%(referred_columns)s_fk",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_unique",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "pk": "%(table_name)s_pkey",
}
"""Drizzle's names. A name that is too long for a database is cut there by SQLAlchemy, always in the same way."""


class Base(DeclarativeBase):
    """The base of every model."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {  # noqa: RUF012
        str: types.Text(),
        bool: types.Boolean(),
        float: types.Real(),
        decimal.Decimal: types.Decimal(),
        dt.datetime: types.EpochSeconds(),
        dt.date: types.Date(),
        dt.time: types.Time(),
        uuid.UUID: types.Uuid(),
        bytes: types.Bytes(),
    }

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        table: Table[Any] | None = getattr(cls, "__table__", None)
        if table is not None and hasattr(table, "append_constraint"):
            check_enums(table)


@event.listens_for(Base, "resolve_type_annotation")
def _resolve(annotation: TypeResolve) -> TypeEngine[Any] | None:
    python_type = annotation.resolved_type
    origin = get_origin(python_type) or python_type
    if origin in (dict, list):
        return types.Json()
    values = get_args(python_type)
    if origin is Literal and all(isinstance(value, str) for value in values):
        return types.Enum(*values)
    return None
