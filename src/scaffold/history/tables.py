"""Which tables the revisions make, read from their texts: nothing is run to answer that."""

import ast
import re
from collections.abc import Iterable, Iterator

from scaffold.errors import UsageError
from scaffold.source.text import decode, syntax_tree


def makes(revisions: Iterable[bytes], table: str) -> bool:
    """Whether the upgrades of some revisions leave a table.

    What only running them could tell counts as a yes: SQL that mentions the table, a name that is computed, models
    that create themselves, a file that can't be read.

    Args:
        revisions: the bytes of their files, in the order of their names, which is their own.
        table: its name.
    """
    made = False
    name = table.encode()
    # A reference to a column of the table makes none, and may stand in every revision.
    mention = re.compile(rb"(?<!\w)" + re.escape(name) + rb"(?!\w|\.\w)")
    for data in revisions:
        if not (name in data and mention.search(data)) and b"create_all" not in data:
            continue
        for change in _changes(data, table):
            made = change
    return made


def _changes(data: bytes, table: str) -> Iterator[bool]:
    """What a revision does to the table, in its order: True where it makes it, False where it takes it away."""
    try:
        tree = syntax_tree(decode(data).text.lstrip("\ufeff"))
    except UsageError:
        yield True
        return
    for call in sorted(_calls(tree), key=lambda call: (call.lineno, call.col_offset)):
        change = _change(call, table)
        if change is not None:
            yield change


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    """The calls that an upgrade can come to."""
    for statement in tree.body:
        if not (isinstance(statement, ast.FunctionDef) and statement.name == "downgrade"):
            yield from (node for node in ast.walk(statement) if isinstance(node, ast.Call))


def _change(call: ast.Call, table: str) -> bool | None:
    called = ast.unparse(call.func).rpartition(".")[2]
    match called, [_literal(argument) for argument in call.args]:
        case ("create_table" | "drop_table", [name, *_]) if name is None or name == table:
            return called == "create_table"
        case ("rename_table", [old, new, *_]) if None in (old, new) or table in (old, new):
            return old != table
        case "create_all", _:
            return True
        case ("execute" | "text" | "exec_driver_sql", [str(sql), *_]) if re.search(rf"\b{re.escape(table)}\b", sql):
            return True
    return None


def _literal(argument: ast.expr) -> str | None:
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None
