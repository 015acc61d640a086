"""What Cloudflare D1 refuses of SQLite's language (developers.cloudflare.com/d1, "SQL statements" and "Limits")."""

from scaffold.sqlite.definition import parse
from scaffold.sqlite.tokens import tokenize

MOST_BYTES = 100_000
"""How long a statement may be."""

MOST_COLUMNS = 100
"""How many columns a table may have."""

_FORBIDDEN = ("ATTACH", "DETACH", "VACUUM", "BEGIN", "COMMIT", "END", "SAVEPOINT", "RELEASE", "ROLLBACK")
_PRAGMAS = (
    *("CASE_SENSITIVE_LIKE", "DEFER_FOREIGN_KEYS", "FOREIGN_KEYS", "IGNORE_CHECK_CONSTRAINTS", "LEGACY_ALTER_TABLE"),
    *("OPTIMIZE", "RECURSIVE_TRIGGERS", "REVERSE_UNORDERED_SELECTS"),
)


def objection(statement: str) -> str:
    """Why D1 refuses a statement that SQLite takes, as `it ...`; empty where it takes it."""
    if len(statement.encode()) > MOST_BYTES:
        return f"it has {len(statement.encode()):,} bytes, and D1 takes {MOST_BYTES:,} a statement"
    words = [token.name.upper() for token in tokenize(statement)[:8]]
    if words[0] in _FORBIDDEN:
        return f"it is {words[0]}, which D1 refuses"
    if words[0] == "PRAGMA" and words[1] not in _PRAGMAS:
        return f"D1 refuses PRAGMA {words[1].lower()}"
    if words[0] == "CREATE" and words[1] in ("TEMP", "TEMPORARY"):
        return "it makes something temporary, which D1 refuses"
    # CREATE TABLE [IF NOT EXISTS] name AS SELECT has no columns of its own.
    lists_columns = words[:2] == ["CREATE", "TABLE"] and "AS" not in words[3:7:3]
    if lists_columns and len(parse(statement).columns) > MOST_COLUMNS:
        return f"it makes a table of more than {MOST_COLUMNS} columns, which D1 refuses"
    return ""
