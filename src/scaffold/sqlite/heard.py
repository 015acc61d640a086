"""What a revision runs on a SQLite, as statements that can be run again elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scaffold.errors import ScaffoldError
from scaffold.sqlite.tokens import Token, literal, tokenize


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard of one revision.

    Args:
        revision: its identifier.
        name: of its file, without `.py`.
        digest: of its file.
        statements: what it runs, its entry in the version table included.
        reads: the queries whose answers its own code has asked for.
        orphans: the tables that it drops while others refer to them, with these others.
    """

    revision: str
    name: str
    digest: str
    statements: tuple[str, ...]
    reads: tuple[str, ...] = ()
    orphans: tuple[tuple[str, tuple[str, ...]], ...] = ()


def bound(sql: str, values: Sequence[Any] | Mapping[str, Any]) -> str:
    """A statement with its values in the place of its parameters.

    Args:
        sql: the statement, with `?`, or with `:name`, `@name` or `$name`.
        values: in the order of the parameters, or by their names.

    Raises:
        ScaffoldError: a value has no spelling.
    """
    if not values:
        return sql
    parts: list[str] = []
    rest, tokens = 0, tokenize(sql)
    inorder = iter(() if isinstance(values, Mapping) else values)
    for token, after in zip(tokens, [*tokens[1:], None], strict=True):
        if isinstance(values, Mapping):
            name = _parameter(token, after)
            if name not in values:
                continue
            value, end = values[name], token.end + len(name)
        elif token.says("?"):
            value, end = next(inorder), token.end
        else:
            continue
        parts += [sql[rest : token.start], _spelled(value)]
        rest = end
    return "".join([*parts, sql[rest:]])


def _parameter(token: Token, after: Token | None) -> str:
    """The name of the parameter that begins here; empty where none does."""
    begins = token.says(":", "@", "$") and after is not None and after.start == token.end
    return after.text if begins and after is not None else ""


def _spelled(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case bool() | int():
            return str(int(value))
        case float() if value - value == 0:
            return repr(value)
        case bytes() | bytearray() | memoryview():
            return f"X'{bytes(value).hex()}'"
        case str() if "\0" not in value:
            return literal(value)
    raise ScaffoldError(f"{value!r} can't be written as SQL.")
