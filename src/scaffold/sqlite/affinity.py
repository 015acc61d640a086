"""What a declared type does to values (sqlite.org/datatype3, "Determination Of Column Affinity")."""

_RULES = (
    ("INTEGER", ("INT",)),
    ("TEXT", ("CHAR", "CLOB", "TEXT")),
    ("BLOB", ("BLOB",)),
    ("REAL", ("REAL", "FLOA", "DOUB")),
)
_NUMBERS = {"INTEGER": ("integer",), "REAL": ("real",), "NUMERIC": ("integer", "real")}
_TEXT_IN_NUMERIC = ("DATE", "TIME", "JSON")


def affinity(type_: str) -> str:
    """INTEGER, TEXT, BLOB, REAL or NUMERIC."""
    if not type_:
        return "BLOB"
    return next((name for name, parts in _RULES if any(part in type_.upper() for part in parts)), "NUMERIC")


def storage_classes(type_: str) -> tuple[str, ...]:
    """What `typeof` says of the values that belong into a column of numbers; empty where anything may be in it.

    SQLAlchemy keeps dates and JSON as text, in columns whose affinity is NUMERIC by their type's name.
    """
    if any(part in type_.upper() for part in _TEXT_IN_NUMERIC):
        return ()
    return _NUMBERS.get(affinity(type_), ())
