"""PostgreSQL's enum types, which are objects of their own there: they come, change and go apart from their columns.

A type may have columns in several tables, so it is seen to once a revision and not once a table. Elsewhere an enum is
a part of its column, and nothing is said here.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.project.revisions.follow import DIALECT
from scaffold.project.revisions.keys import block
from scaffold.project.revisions.writer import Steps, is_native
from scaffold.schema.changes import Change, RenameColumn, RenameTable

if TYPE_CHECKING:
    import sqlalchemy as sa

Place = tuple[str, str]
"""A table and a column."""


@dataclass(frozen=True, slots=True)
class _Type:
    name: str
    values: tuple[str, ...]
    columns: "Mapping[Place, sa.Column[Any]]"


def around(before: "sa.MetaData", after: "sa.MetaData", changes: Iterable[Change]) -> tuple[Steps, Steps]:
    """What becomes of the types when `changes` lead from `before` to `after`: ahead of the changes and behind them."""
    changes = tuple(changes)
    old, new = _types(before), _types(after)
    names = {place: _renamed(place, changes) for type_ in old.values() for place in type_.columns}
    first, last, back_first, back_last = list[str](), list[str](), list[str](), list[str]()
    for name in sorted(old.keys() | new.keys()):
        was, now = old.get(name), new.get(name)
        if was is None and now is not None:
            first.append(_create(now))
            back_last.append(f"DROP TYPE {_quoted(name)}")
        elif now is None and was is not None:
            last.append(f"DROP TYPE {_quoted(name)}")
            back_first.append(_create(was))
        elif was is not None and now is not None and was.values != now.values:
            stay = {place: names[place] for place in was.columns if names[place] in now.columns}
            if _only_adds(was, now) and not _needs_new_values(was, now, changes):
                first += _added(was, now)
            else:
                first += _replaced(was, now, stay)
                last.append(f"DROP TYPE {_quoted(_aside(name))}")
            back_first += _replaced(now, was, set(stay.values()))
            back_last.append(f"DROP TYPE {_quoted(_aside(name))}")
    up_first, up_last, down_first, down_last = (tuple(_on_postgresql(p)) for p in (first, last, back_first, back_last))
    return Steps(up_first, down_last), Steps(up_last, down_first)


def _types(metadata: "sa.MetaData") -> dict[str, _Type]:
    found: dict[str, _Type] = {}
    for table in metadata.tables.values():
        for column in table.columns:
            type_: Any = column.type
            if is_native(type_):
                known = found.get(type_.name)
                columns = {**(known.columns if known else {}), (table.name, column.name): column}
                found[type_.name] = _Type(type_.name, tuple(type_.enums), columns)
    return found


def _renamed(place: Place, changes: Iterable[Change]) -> Place:
    table, column = place
    for change in changes:
        match change:
            case RenameTable(old, new) if old == table:
                table = new
            case RenameColumn(within, old, new) if (within, old) == (table, column):
                column = new
    return table, column


def _create(type_: _Type) -> str:
    return f"CREATE TYPE {_quoted(type_.name)} AS ENUM ({', '.join(map(_literal, type_.values))})"


def _only_adds(was: _Type, now: _Type) -> bool:
    return [value for value in now.values if value in was.values] == list(was.values)


def _needs_new_values(was: _Type, now: _Type, changes: Iterable[Change]) -> bool:
    """Whether the revision itself may store a new value, which PostgreSQL refuses before its type is committed."""
    added = set(now.values) - set(was.values)
    defaults = {_default(column) for column in now.columns.values()}
    filled = any(getattr(change, "backfill", None) or getattr(change, "backfills", None) for change in changes)
    return bool(added & defaults) or filled


def _added(was: _Type, now: _Type) -> Iterator[str]:
    last = max((now.values.index(value) for value in was.values), default=-1)
    for place, value in enumerate(now.values):
        if value not in was.values:
            where = f" BEFORE {_literal(was.values[0])}" if place == 0 else f" AFTER {_literal(now.values[place - 1])}"
            yield f"ALTER TYPE {_quoted(now.name)} ADD VALUE {_literal(value)}{where if place < last else ''}"


def _replaced(was: _Type, now: _Type, places: Iterable[Place]) -> Iterator[str]:
    """The type is made anew beside the old one, which goes when no column has it any more."""
    name = _quoted(now.name)
    yield f"ALTER TYPE {name} RENAME TO {_quoted(_aside(now.name))}"
    yield _create(now)
    for place in sorted(places):
        table, column = map(_quoted, place)
        default = _default(was.columns[place])
        alter = f"ALTER TABLE {table} ALTER COLUMN {column}"
        if default is not None:
            yield f"{alter} DROP DEFAULT"
        yield f"{alter} TYPE {name} USING {column}::text::{name}"
        if default in now.values:
            yield f"{alter} SET DEFAULT {_literal(str(default))}"


def _aside(name: str) -> str:
    return f"{name[:59]}_old"


def _default(column: "sa.Column[Any]") -> str | None:
    """A column's server default, as a value where it is a plain one."""
    given = getattr(column.server_default, "arg", None)
    text = getattr(given, "text", given)
    if not isinstance(text, str):
        return None
    match = re.fullmatch(r"'((?:[^']|'')*)'(?:::.*)?", text)
    return match[1].replace("''", "'") if match else text


def _quoted(name: str) -> str:
    from sqlalchemy.dialects import postgresql

    dialect: Any = postgresql.dialect()  # type: ignore[no-untyped-call]
    return str(dialect.identifier_preparer.quote(name))


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _on_postgresql(statements: Sequence[str]) -> Iterator[str]:
    if statements:
        # A colon before a word would be a parameter.
        escaped = [re.sub(r"(?<![:\w\\]):(?=\w)", r"\\:", sql) for sql in statements]
        yield block(f'if {DIALECT} == "postgresql":', [f"op.execute({sql!r})" for sql in escaped])
