"""The field language: `name:type[=args][:modifier[=value]]...`, the spelling of a column on the command line.

It gets by with letters, digits and `_ : = , . -`, because every other sign is eaten by one shell or another. A part
that begins with anything but a letter goes on with the value before it (`opens:time:default=09:30`), and `::` is a
colon within a value.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any, NamedTuple

from scaffold import naming
from scaffold.errors import UsageError
from scaffold.schema.column import Column, Default, Reference
from scaffold.schema.types import MAX_KEY_LENGTH, TYPES, BadValue, Type, sample

MODIFIERS = ("optional", "unique", "index", "default", "on_delete")
ON_DELETE = {"cascade": "CASCADE", "set_null": "SET NULL", "restrict": "RESTRICT", "no_action": "NO ACTION"}

REQUIRED = "required"
"""What people write for the default; it is no modifier."""

_MEANT = {"null": "optional", "nullable": "optional", "not_null": REQUIRED, "notnull": REQUIRED, REQUIRED: REQUIRED}
_COLON = "\x00"
"""Stands for a doubled colon while a field is taken apart; no argument of a process can hold it."""


def parse_fields(fields: Iterable[str], *, allow_generic: bool = False) -> tuple[Column, ...]:
    """The columns that `fields` spell, in their order.

    Raises:
        UsageError: for the first field that is wrong, with the corrected one where it can be told.
    """
    columns: dict[str, Column] = {}
    for field in fields:
        column = parse_field(field, allow_generic=allow_generic)
        if column.name in columns:
            raise UsageError(f"Two fields make the column {column.name!r}; leave one out.", drop=field)
        columns[column.name] = column
    return tuple(columns.values())


def parse_field(field: str, *, allow_generic: bool = False) -> Column:
    """The column that one field spells.

    Raises:
        UsageError: for whatever is not of the language, or contradicts itself.
    """
    typed, type_part, modifiers = _parts(field)
    name = typed
    type_name, _, args = type_part.partition("=")
    _check_type(field, name, type_name, args)
    if type_name == "ref":
        name, reference_to = _reference_name(field, name, args)
        column = Column(name, Type("ref"), reference=Reference(reference_to, ""))
    else:
        column = Column(name, _arguments(field, type_name, args))
    naming.check_name("column", name, typed=typed, allow_generic=allow_generic)
    for modifier in modifiers:
        # All of them first: one that is unknown may be the rest of a default with a colon in it.
        _check_modifier(field, modifier)
    _check_once(field, modifiers)
    for modifier in modifiers:
        column = _modify(field, column, modifier)
    return _settled(field, column)


def format_field(column: Column) -> str:
    """The field that spells `column`: `parse_field(format_field(column)) == column`."""
    name = column.name.removesuffix("_id") if column.reference else column.name
    args = column.reference.table if column.reference else column.type.args.replace(":", "::")
    parts = [name, f"{column.type.name}={args}" if args else column.type.name]
    parts += [word for word in ("optional", "unique", "index") if getattr(column, word)]
    if column.default:
        parts.append("default=" + _format_default(column.default.value).replace(":", "::"))
    if column.reference and column.reference.on_delete != _on_delete_default(column):
        parts.append("on_delete=" + column.reference.on_delete.lower().replace(" ", "_"))
    return ":".join(parts)


def _format_default(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date() | time():
            return value.isoformat()
        case dict() | list():
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        case bytes():
            return value.hex()
        case _:
            return str(value)


class _Modifier(NamedTuple):
    name: str
    value: str | None


def _parts(field: str) -> tuple[str, str, list[_Modifier]]:
    if _COLON in field:
        raise UsageError(f"The field {field!r} holds a NUL, which no database can store.")
    joined: list[str] = []
    for part in field.replace("::", _COLON).split(":"):
        if len(joined) > 1 and "=" in joined[-1] and part and not re.match(r"[A-Za-z_]", part):
            joined[-1] += ":" + part
        else:
            joined.append(part)
    parts = [part.replace(_COLON, ":") for part in joined]
    _check_parts(field, parts)
    name, type_part, *rest = parts
    return (
        name,
        type_part,
        [_Modifier(key, value if eq else None) for key, eq, value in (p.partition("=") for p in rest)],
    )


def _check_parts(field: str, parts: list[str]) -> None:
    name, *rest = (part.strip() for part in parts)
    words = [part for part in rest if part]
    if not name and words:
        typed = TYPES.get(words[0].partition("=")[0], TYPES["text"])
        named = typed.example.partition(":")[0]
        raise UsageError(
            f"The field {field!r} has no name before its first colon.", wrong=field, right=":".join([named, *words])
        )
    if not words or not all(rest):
        named = name if ":" in name.strip(":") else f"{naming.snake_case(name) or naming.EXAMPLES['column']}:text"
        better = ":".join([naming.snake_case(name) or naming.EXAMPLES["column"], *words]) if words else named
        raise UsageError(
            f"{field!r} is no field: a field is a name, a colon and a type.",
            wrong=field,
            right=better,
            help="" if field else f"For example: {better}",
        )
    default = re.search(r":\s*default\s*=", field)
    end = default.end() if default else len(field)
    spelled, value = field[:end], field[end:]
    tight = re.sub(r"\s*([:=])\s*", r"\1", spelled.strip())
    if spelled != tight:
        raise UsageError(
            f"The field {field!r} has blanks beside a colon or an equals sign; a field has none there.",
            wrong=field,
            right=tight + value,
        )


def _check_type(field: str, name: str, type_name: str, args: str) -> None:
    if type_name in TYPES:
        return
    aliases = {
        "str": "text", "varchar": "string", "char": "string", "integer": "int", "number": "int", "long": "bigint",
        "double": "float", "real": "float", "numeric": "decimal", "money": "decimal", "boolean": "bool",
        "timestamp": "datetime", "object": "json", "dict": "json", "jsonb": "json", "blob": "bytes", "binary": "bytes",
        "references": "ref", "reference": "ref", "fk": "ref", "choice": "enum", "guid": "uuid",
    }  # fmt: skip
    meant = aliases.get(type_name.lower()) or naming.nearest(type_name.lower(), TYPES) or "text"
    wrong = f"{name}:{type_name}"
    right = f"{name}:{meant}"
    if meant in {"ref", "enum"} and not args:
        right = f"{name}:{TYPES[meant].example.partition(':')[2]}"
    elif args and not _takes(meant, args):
        wrong += f"={args}"
    raise UsageError(
        f"{type_name!r} is no type; the types are {', '.join(TYPES)}.",
        wrong=field,
        right=field.replace("::", ":") if ":" in type_name else field.replace(wrong, right, 1),
    )


def _takes(type_name: str, args: str) -> bool:
    try:
        TYPES[type_name].arguments(type_name, args)
    except BadValue:
        return type_name == "ref"
    return True


def _arguments(field: str, type_name: str, args: str) -> Type:
    rule = TYPES[type_name]
    try:
        return rule.arguments(type_name, args)
    except BadValue as error:
        raise UsageError(
            f"The type in {field!r} is not right: {error}.",
            wrong=field,
            right=re.sub(rf":{type_name}(=[^:]*(::[^:]*)*)?", f":{_example(type_name, args)}", field, count=1),
        ) from None


def _example(type_name: str, args: str) -> str:
    """The type with arguments that it can have, near to those that it got."""
    if type_name == "text" and args.isdigit():
        return f"string={args}"
    plain = "".join(character for character in args if character.isprintable() and character != "\\")
    values = ",".join(dict.fromkeys(value.strip() for value in plain.split(",") if value.strip()))
    if type_name == "enum" and values:
        return f"enum={values}"
    return TYPES[type_name].example.partition(":")[2]


def _reference_name(field: str, name: str, table: str) -> tuple[str, str]:
    if not table:
        guess = f"{name.removesuffix('_id')}s"
        raise UsageError(
            f"The reference {field!r} does not say which table it points to.",
            wrong=field,
            right=re.sub(":ref=?", f":ref={guess}", field, count=1),
        )
    return (name if name.endswith("_id") else f"{name}_id"), table


def _check_modifier(field: str, modifier: _Modifier) -> None:
    if modifier.name not in MODIFIERS:
        raise UsageError(
            f"{modifier.name!r} is no modifier; the modifiers are {', '.join(MODIFIERS)}"
            " (a colon inside a default is written `::`).",
            wrong=field,
            right=_with_modifier(field, modifier.name),
        )


def _check_once(field: str, modifiers: list[_Modifier]) -> None:
    names = [modifier.name for modifier in modifiers]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is None:
        return
    first = f":{twice}" + (f"={value}" if (value := modifiers[names.index(twice)].value) is not None else "")
    raise UsageError(
        f"The field {field!r} says {twice!r} more than once.", wrong=field, right=field.replace(first, "", 1)
    )


def _modify(field: str, column: Column, modifier: _Modifier) -> Column:
    match modifier:
        case _Modifier("optional", None):
            return replace(column, optional=True)
        case _Modifier("unique", None):
            return replace(column, unique=True)
        case _Modifier("index", None):
            return replace(column, index=True)
        case _Modifier("optional" | "unique" | "index"):
            bare = f"{modifier.name}={modifier.value}"
            raise UsageError(
                f"{modifier.name!r} takes no value.", wrong=field, right=field.replace(bare, modifier.name, 1)
            )
        case _Modifier("default") if column.reference is not None:
            raise UsageError(
                "A reference takes no default.", wrong=field, right=re.sub(r":default(=[^:]*)?", "", field, count=1)
            )
        case _Modifier("default", str(value)):
            return replace(column, default=Default(_default(field, column.type, value)))
        case _Modifier("default", None):
            raise UsageError(
                f"The default in {field!r} has no value.",
                wrong=field,
                right=field.replace(":default", f":default={sample(column.type)}", 1),
            )
        case _Modifier(value=value):
            return replace(column, reference=_with_on_delete(field, column, value or ""))


def _with_modifier(field: str, typed: str) -> str:
    """The field with what was meant by an unknown modifier."""
    before, _, after = field.rpartition(f":{typed}")
    in_default = ":default=" in before
    meant = _MEANT.get(typed.lower()) or naming.nearest(typed, MODIFIERS, cutoff=0.7 if in_default else 0.5)
    if meant == REQUIRED:
        return before + after
    if meant is None:
        return f"{before}::{typed}{after}" if in_default else before + after
    return f"{before}:{meant}{after}"


def _default(field: str, type_: Type, value: str) -> Any:
    try:
        return TYPES[type_.name].default(type_, value)
    except BadValue as error:
        raise UsageError(
            f"The default {value!r} in {field!r} is no {type_.name}: it should be {error}.",
            wrong=field,
            right=_with_default(field, sample(type_, value)),
        ) from None


def _with_default(field: str, value: str) -> str:
    value = re.sub(r":(?=[A-Za-z_]|$)", "::", value)
    behind = rf"(?=(?::(?:{'|'.join(MODIFIERS)})\b.*)?$)"
    return re.sub(rf":default=.*?{behind}", lambda _: f":default={value}", field, count=1, flags=re.DOTALL)


def _with_on_delete(field: str, column: Column, value: str) -> Reference:
    if column.reference is None:
        raise UsageError(
            f"on_delete goes with a reference, and {column.name!r} is none.",
            wrong=field,
            right=re.sub(r":on_delete(=[^:]*)?", "", field),
        )
    key = value.lower().replace("-", "_")
    if key not in ON_DELETE:
        meant = naming.nearest(key, ON_DELETE) or "cascade"
        raise UsageError(
            f"{value!r} is no ON DELETE action; they are {', '.join(ON_DELETE)}.",
            wrong=field,
            right=re.sub(r"on_delete(=[^:]*)?", f"on_delete={meant}", field),
        )
    return replace(column.reference, on_delete=ON_DELETE[key])


def _on_delete_default(column: Column) -> str:
    return "SET NULL" if column.optional else "CASCADE"


def _settled(field: str, column: Column) -> Column:
    if column.keyed and not TYPES[column.type.name].keyed:
        raise UsageError(
            f"Not every database can index a {column.type.name} column or hold it to be unique.",
            wrong=field,
            right=re.sub(r":(unique|index)\b", "", field),
        )
    if column.keyed and column.type.length > MAX_KEY_LENGTH:
        raise UsageError(
            f"MySQL can't index a string of more than {MAX_KEY_LENGTH} characters.",
            wrong=field,
            right=field.replace(f"={column.type.length}", f"={MAX_KEY_LENGTH}", 1),
        )
    if column.reference is None:
        return column
    on_delete = column.reference.on_delete or _on_delete_default(column)
    if on_delete == "SET NULL" and not column.optional:
        raise UsageError(
            f"{column.name!r} is required, so ON DELETE SET NULL would always fail.",
            wrong=field,
            right=f"{field}:optional",
        )
    return replace(column, reference=replace(column.reference, on_delete=on_delete))
