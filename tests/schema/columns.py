"""Columns as the field language can say them, for properties."""

import string
from datetime import UTC, date, datetime, time

from hypothesis import strategies as st

from scaffold import naming
from scaffold.errors import UsageError
from scaffold.schema.column import Column, Default, Reference
from scaffold.schema.types import MAX_KEY_LENGTH, MAX_LENGTH, TYPES, Type


def _is_name(name: str) -> bool:
    try:
        naming.check_name("column", name)
    except UsageError:
        return False
    return True


names = st.text(string.ascii_lowercase + "0123456789_", min_size=1, max_size=12).filter(_is_name)
stored = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=30)
values = st.lists(
    st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters=",\\"), min_size=1, max_size=8),
    min_size=1,
    max_size=4,
    unique=True,
)
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False), stored
)
documents = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(stored, inner, max_size=3)),
    max_leaves=5,
).filter(lambda value: isinstance(value, dict | list))


def _decimals(type_: Type) -> st.SearchStrategy[object]:
    top = 10 ** (type_.precision - type_.scale)
    return st.decimals(-top, top, places=type_.scale, allow_nan=False, allow_infinity=False).filter(
        lambda value: abs(value) < top
    )


def _defaults(type_: Type) -> st.SearchStrategy[object]:
    whole_seconds = datetime(1970, 1, 2), datetime(9998, 12, 30)
    match type_.name:
        case "text":
            return stored
        case "string":
            return stored.map(lambda text: text[: type_.length])
        case "int":
            return st.integers(-(2**31), 2**31 - 1)
        case "bigint":
            return st.integers(-(2**63), 2**63 - 1)
        case "float":
            return st.floats(allow_nan=False, allow_infinity=False)
        case "decimal":
            return _decimals(type_)
        case "bool":
            return st.booleans()
        case "date":
            return st.dates(date(1000, 1, 1))
        case "datetime":
            return st.datetimes(*whole_seconds).map(lambda value: value.replace(microsecond=0, tzinfo=UTC))
        case "time":
            return st.times().map(lambda value: time(value.hour, value.minute, value.second))
        case "json":
            return documents
        case "uuid":
            return st.uuids()
        case "bytes":
            return st.binary(max_size=20)
        case "enum":
            return st.sampled_from(type_.values)
    return st.nothing()


@st.composite
def types(draw: st.DrawFn) -> Type:
    name = draw(st.sampled_from(sorted(TYPES)))
    if name == "string":
        return Type(name, length=draw(st.integers(1, MAX_LENGTH)))
    if name == "decimal":
        precision = draw(st.integers(1, 65))
        return Type(name, precision=precision, scale=draw(st.integers(0, min(precision, 30))))
    return Type(name, values=tuple(draw(values))) if name == "enum" else Type(name)


@st.composite
def columns(draw: st.DrawFn) -> Column:
    type_ = draw(types())
    optional = draw(st.booleans())
    keyed = TYPES[type_.name].keyed and type_.length <= MAX_KEY_LENGTH
    unique, index = draw(st.booleans()) and keyed, draw(st.booleans()) and keyed
    if type_.name == "ref":
        actions = ["CASCADE", "RESTRICT", "NO ACTION", *(["SET NULL"] if optional else [])]
        reference = Reference(draw(names), draw(st.sampled_from(actions)))
        return Column(draw(names).removesuffix("_id") + "_id", type_, optional, unique, index, None, reference)
    default = draw(st.none() | _defaults(type_).map(Default))
    return Column(draw(names), type_, optional, unique, index, default)
