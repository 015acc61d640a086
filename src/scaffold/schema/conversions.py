"""Which values of a column survive when its type changes.

A conversion that is not here would mean something else on one database than on another (an instant is a number on
SQLite), so it takes a new column instead.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from scaffold.schema.column import Column
from scaffold.schema.types import SHORT_TEXT, TYPES, BadValue, Type

TEXTS = frozenset({"text", "string", "enum"})
NUMBERS = frozenset({"int", "bigint", "float", "decimal"})
WRITTEN = frozenset({"date", "time", "uuid"})
"""Types that are text of one form, on SQLite in any case."""


def converts(old: Type, new: Type) -> bool:
    """Whether a column of one type can become one of the other, on every database alike."""
    if old.name == new.name:
        return True
    from_text = old.name in TEXTS and new.name in TEXTS | NUMBERS | WRITTEN
    to_text = old.name in WRITTEN | {"int", "bigint"} and new.name in {"text", "string"}
    between = old.name in NUMBERS and new.name in NUMBERS
    return from_text or to_text or between or {old.name, new.name} == {"bool", "int"}


def misfits(values: Mapping[Any, int], old: Column, new: Column) -> dict[Any, int]:
    """The values that would be lost or refused, with the number of their rows.

    Args:
        values: as a driver gives them.
        old: the column as it is.
        new: the column as it is to be.
    """
    if old.type == new.type and (new.type.name != "text" or _limit(new) == _limit(old)):
        return {}
    fits = _test(old.type, new)
    return {value: rows for value, rows in values.items() if value is not None and not fits(value)}


def is_conversion(old: Type, new: Type) -> bool:
    """Whether values are of another kind by it, so that one may be spelled in another way when it comes back."""
    alike = ({old.name, new.name} <= kinds for kinds in (TEXTS, {"int", "bigint"}, {old.name}))
    return not any(alike) or old.scale != new.scale


def mapped_back(mapped: Mapping[str, str], old: Column) -> dict[str, str]:
    """Which value takes the place of which when a mapping is undone.

    Where a value may have been there from the start, or has taken the place of several, nobody knows any more what it
    was; it stays, unless the column could not hold it.

    Args:
        mapped: which value took the place of which.
        old: the column as it was.
    """
    back: dict[str, str] = {}
    for value, target in mapped.items():
        fits = _holds(old.type, target)
        alone = [source for source, other in mapped.items() if other == target] == [value]
        if not fits or (alone and mapped.get(target, target) != target):
            back.setdefault(target, value)
    return back


def _holds(type_: Type, value: str) -> bool:
    if type_.name == "enum":
        return value in type_.values
    return type_.name != "string" or len(value) <= type_.length


def _test(old: Type, new: Column) -> Callable[[Any], bool]:
    type_ = new.type
    if type_.name in {"text", "string"}:
        limit = _limit(new)
        return lambda value: limit is None or len(_written(value)) <= limit
    if type_.name == "enum":
        return lambda value: value in type_.values
    if type_.name in WRITTEN and old.name in TEXTS:
        return lambda value: _is_canonical(type_, value)
    if type_.name == "bool":
        return lambda value: value in (0, 1)
    return lambda value: _is_number(type_, value)


def _limit(column: Column) -> int | None:
    """The characters that it holds on every database; MySQL's TEXT is no key, so a keyed text is short there."""
    if column.type.name == "string":
        return column.type.length
    return SHORT_TEXT if column.keyed or column.default is not None else None


def _written(value: Any) -> str:
    match value:
        case str():
            return value
        case timedelta():
            return str(value)
        case date() | time():
            return value.isoformat()
        case dict() | list():
            return json.dumps(value)
    return str(value)


def _is_canonical(type_: Type, value: Any) -> bool:
    readers: dict[str, Callable[[str], Any]] = {
        "date": date.fromisoformat,
        "time": time.fromisoformat,
        "uuid": uuid.UUID,
    }
    try:
        return _written(readers[type_.name](str(value))) == str(value)
    except ValueError:
        return False


def _is_number(type_: Type, value: Any) -> bool:
    text = str(int(value)) if isinstance(value, bool) else str(value)
    try:
        number = Decimal(text)
        if type_.name in {"int", "bigint"} and not isinstance(value, str) and number == number.to_integral_value():
            text = str(int(number))
        if type_.name == "decimal" and not isinstance(value, str):
            text = f"{number.normalize():f}"
        TYPES[type_.name].default(type_, text)
    except (InvalidOperation, BadValue, ValueError, OverflowError):
        return False
    return True
