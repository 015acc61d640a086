"""Constraints that are not the same object on every database."""

import hashlib
from collections.abc import Iterable
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Table, UniqueConstraint, type_coerce
from sqlalchemy.schema import conv

from appdb import types

NAME_LENGTH = 63
"""PostgreSQL's longest name; MySQL allows one character more."""

SERVERS = ("postgresql", "mysql", "mariadb")


def unique(name: str, *columns: str) -> tuple[Index, UniqueConstraint]:
    """What Drizzle's ``.unique()`` makes: a unique index on SQLite, a constraint of the same name elsewhere."""
    index = Index(name, *columns, unique=True).ddl_if(dialect="sqlite")
    # Documented to take several names, typed to take one.
    return index, UniqueConstraint(*columns, name=name).ddl_if(dialect=SERVERS)  # type: ignore[arg-type]


def digest(values: Iterable[str]) -> str:
    """Six hexadecimal digits that change with an enum's values or their order."""
    return hashlib.sha256("\0".join(values).encode()).hexdigest()[:6]


def check_enums(table: Table[Any]) -> None:
    """Give every enum column of `table` the CHECK that holds it to its values, once.

    The values' digest is part of the name: Alembic compares CHECKs by name only, so a new value is a new constraint.
    """
    checked = {constraint.info.get("enum") for constraint in table.constraints}
    for column in table.columns:
        if isinstance(column.type, types.Enum) and column.name not in checked:
            table.append_constraint(
                CheckConstraint(
                    type_coerce(column, String()).in_(column.type.values),
                    name=_check_name(table.name, column.name, digest(column.type.values)),
                    info={"enum": column.name},
                )
            )


def _check_name(table: str, column: str, values: str) -> str:
    whole = f"{table}_{column}"
    room = NAME_LENGTH - len(f"_{values}_check")
    if len(whole) <= room:
        return f"{column}_{values}"
    # Alembic compares the name that SQLAlchemy was given with the one that SQLAlchemy had cut. `conv` is a final name.
    return conv(f"{whole[: room - 7]}_{digest([whole])}_{values}_check")
