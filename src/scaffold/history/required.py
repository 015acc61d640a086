"""Which columns a revision's way back makes that rows need a value for, read from its text."""

import ast

from scaffold.errors import UsageError
from scaffold.source.text import decode, syntax_tree


def required_again(data: bytes) -> frozenset[tuple[str, str]]:
    """The tables and columns that a downgrade adds as required, without a value for the rows that are there.

    Args:
        data: the bytes of the revision's file.
    """
    try:
        tree = syntax_tree(decode(data).text.lstrip("\ufeff"))
    except UsageError:
        return frozenset()
    ways = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "downgrade"]
    calls = (node for way in ways for node in ast.walk(way) if isinstance(node, ast.Call))
    return frozenset(place for call in calls if (place := _required(call)))


def _required(call: ast.Call) -> tuple[str, str] | None:
    match call:
        case ast.Call(
            ast.Attribute(attr="add_column"),
            [ast.Constant(str(table)), ast.Call(_, [ast.Constant(str(column)), *arguments], keywords)],
        ):
            words = {keyword.arg: keyword.value for keyword in keywords}
            null = words.get("nullable")
            computed = any(ast.unparse(argument).startswith(("sa.Computed", "sa.Identity")) for argument in arguments)
            if isinstance(null, ast.Constant) and null.value is False and "server_default" not in words:
                return None if computed else (table, column)
    return None
