"""The column types of the field language: what each takes after its name, and which defaults are values of it.

A new type is one entry in TYPES here and one in `scaffold.source.mapped`.
"""

import json
import math
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation, localcontext
from types import MappingProxyType
from typing import Any, NamedTuple

MAX_LENGTH = 16_383
"""The longest VARCHAR that MySQL holds in four-byte characters (dev.mysql.com/doc/refman, column count limits)."""

MAX_KEY_LENGTH = 768
"""The longest VARCHAR that InnoDB can index: 3,072 bytes (dev.mysql.com/doc/refman, InnoDB limits)."""

MAX_PRECISION = 65
"""The most digits that MySQL's DECIMAL has (dev.mysql.com/doc/refman, fixed-point types)."""

SHORT_TEXT = 255
"""The length that a text column gets on MySQL where it has a default, an index or is unique, as Better Auth does it."""


class BadValue(ValueError):
    """A piece of a field is not what its place asks for; the text says what would be."""


class Type(NamedTuple):
    """A column type with its arguments.

    Args:
        name: as in the field language, a key of TYPES.
        length: characters, for `string`.
        precision: digits in all, for `decimal`.
        scale: digits after the point, for `decimal`.
        values: what is allowed, in order, for `enum`.
    """

    name: str
    length: int = 0
    precision: int = 0
    scale: int = 0
    values: tuple[str, ...] = ()

    @property
    def args(self) -> str:
        """The arguments as the field language spells them, empty where there are none."""
        if self.length:
            return str(self.length)
        if self.precision:
            return f"{self.precision}.{self.scale}"
        return ",".join(self.values)


class TypeRule(NamedTuple):
    """What the field language knows of a type.

    Args:
        example: a field of this type, shown by errors and help.
        sample: a default of this type, shown by errors; empty for an enum, which has its own values.
        arguments: reads what stands after `name=`; raises BadValue.
        default: reads what stands after `default=`; raises BadValue.
        keyed: whether every database can index it and hold it to be unique.
    """

    example: str
    sample: str
    arguments: Callable[[str, str], Type]
    default: Callable[[Type, str], Any]
    keyed: bool = True


def _plain(name: str, args: str) -> Type:
    if args:
        raise BadValue(f"{name} takes nothing after `=`")
    return Type(name)


def _whole_number(text: str, low: int, high: int, what: str) -> int:
    if not (text.isascii() and text.removeprefix("-").isdigit()) or len(text) > 20 or not low <= int(text) <= high:
        raise BadValue(f"{what}a whole number from {low:,} to {high:,}")
    return int(text)


def _string(name: str, args: str) -> Type:
    return Type(name, length=_whole_number(args or str(SHORT_TEXT), 1, MAX_LENGTH, "the length is "))


def _decimal(name: str, args: str) -> Type:
    precision, _, scale = (args or "12.2").replace(",", ".").partition(".")
    digits = _whole_number(precision, 1, MAX_PRECISION, "the number of digits is ")
    return Type(name, precision=digits, scale=_whole_number(scale or "0", 0, min(digits, 30), "the scale is "))


def _enum(name: str, args: str) -> Type:
    values = tuple(args.split(",")) if args else ()
    if not values:
        raise BadValue("an enum needs its values")
    for value in values:
        if not value or value != value.strip() or not value.isprintable() or len(value) > SHORT_TEXT:
            raise BadValue(f"{value!r} is no value: it is empty, padded, unprintable or over {SHORT_TEXT} characters")
        if "\\" in value:
            raise BadValue(f"{value!r} is no value: MySQL reads a backslash in a CHECK as an escape, the others don't")
    twice = [value for value in values if values.count(value) > 1]
    if twice:
        raise BadValue(f"the value {twice[0]!r} stands there twice")
    return Type(name, values=values)


def _text_default(type_: Type, text: str) -> str:
    limit = type_.length or SHORT_TEXT
    if len(text) > limit:
        raise BadValue(f"a default of at most {limit} characters")
    if "\x00" in text or not _encodes(text):
        raise BadValue("a text without NUL or broken Unicode, which PostgreSQL can't store")
    return text


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _int_default(bits: int) -> Callable[[Type, str], int]:
    return lambda _, text: _whole_number(text, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1, "")


def _float_default(_: Type, text: str) -> float:
    try:
        value = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BadValue("a number such as 1.5")
    return value


def _decimal_default(type_: Type, text: str) -> Decimal:
    try:
        value = Decimal(text) if text.isascii() and "_" not in text else Decimal("nan")
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite():
        raise BadValue("a number such as 9.90")
    whole, step = type_.precision - type_.scale, Decimal(1).scaleb(-type_.scale)
    with localcontext(prec=2 * MAX_PRECISION):
        # In this order: a number that is too large could not be quantized.
        if value.copy_abs() < Decimal(10) ** whole and (exact := value.quantize(step)) == value:
            return exact
    raise BadValue(f"a number of at most {whole} digits before the point and {type_.scale} after it")


def _bool_default(_: Type, text: str) -> bool:
    if text not in {"true", "false", "1", "0"}:
        raise BadValue("true or false")
    return text in {"true", "1"}


def _enum_default(type_: Type, text: str) -> str:
    if text not in type_.values:
        raise BadValue(f"one of {', '.join(type_.values)}")
    return text


def _date_default(_: Type, text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise BadValue("a date such as 2026-01-31") from None


def _time_default(_: Type, text: str) -> time:
    try:
        value = time.fromisoformat(text)
    except ValueError:
        value = None
    if value is None or value.tzinfo or value.microsecond or ":" not in text:
        raise BadValue("a time of day such as 09:30 or 09:30:15")
    return value


def _datetime_default(_: Type, text: str) -> datetime:
    try:
        value = datetime.fromisoformat(text)
        instant = value.astimezone(UTC) if value.tzinfo else None
    except (ValueError, OverflowError):
        instant = None
    if instant is None or instant.microsecond or not 1970 <= instant.year < 9999:
        raise BadValue("an instant in whole seconds with its zone, such as 2026-01-31T09:30:00Z")
    return instant


def _json_default(_: Type, text: str) -> Any:
    try:
        value = json.loads(text)
        written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (ValueError, RecursionError):
        value, written = None, ""
    if not isinstance(value, dict | list):
        raise BadValue("a JSON object or array, quoted for the shell, such as '{}'")
    if "\\u0000" in written.replace(r"\\", "") or not _encodes(written):
        raise BadValue("JSON without NUL or broken Unicode, which PostgreSQL can't store")
    return value


def _uuid_default(_: Type, text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise BadValue(f"a UUID such as {TYPES['uuid'].sample}") from None


def _bytes_default(_: Type, text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise BadValue("bytes in hexadecimal, such as 00ff") from None


def _no_default(_: Type, __: str) -> None:
    raise BadValue("nothing: a reference takes no default")


TYPES: Mapping[str, TypeRule] = MappingProxyType(
    {
        "text": TypeRule("path:text", "", _plain, _text_default),
        "string": TypeRule("slug:string=80", "", _string, _text_default),
        "int": TypeRule("amount:int", "0", _plain, _int_default(32)),
        "bigint": TypeRule("views:bigint", "0", _plain, _int_default(64)),
        "float": TypeRule("ratio:float", "1.5", _plain, _float_default),
        "decimal": TypeRule("price:decimal=12.2", "0", _decimal, _decimal_default),
        "bool": TypeRule("paid:bool", "true", _plain, _bool_default),
        "date": TypeRule("due:date", "2026-01-31", _plain, _date_default),
        "datetime": TypeRule("sent_at:datetime", "2026-01-31T09:30:00Z", _plain, _datetime_default),
        "time": TypeRule("opens:time", "09:30", _plain, _time_default),
        "json": TypeRule("metadata:json", "{}", _plain, _json_default, keyed=False),
        "uuid": TypeRule("token:uuid", "6f1c8f0e-5d0a-4d51-9a35-3f6d0a1b2c3d", _plain, _uuid_default),
        "bytes": TypeRule("digest:bytes", "00ff", _plain, _bytes_default, keyed=False),
        "enum": TypeRule("status:enum=draft,published", "", _enum, _enum_default),
        "ref": TypeRule("user:ref=users", "", _plain, _no_default),
    }
)


def sample(type_: Type, like: str = "") -> str:
    """A default of a type, as the field language spells it; a text is as much as fits of what is `like` it."""
    return type_.values[0] if type_.values else TYPES[type_.name].sample or like[: type_.length or SHORT_TEXT]
