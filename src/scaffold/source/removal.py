"""Statements that go, with the comments above them that are about them and the blank lines that they leave behind."""

import ast
from collections.abc import Sequence

from scaffold.errors import UsageError
from scaffold.source.module import classes, imported_names, own_columns, parse
from scaffold.source.text import Source


def remove_column(text: str, class_name: str, column: str, *, path: str = "<module>") -> str:
    """The text without a column of a class, and without the text below it that documents it.

    Args:
        text: a module.
        class_name: the class's, `Outer.Inner` if it is nested.
        column: its name in the database.
        path: for messages.
    """
    source = Source.parse(text, path)
    node = class_node(source, class_name)
    statement = column_statement(source, class_name, column)
    below = next((other for other in node.body if other.lineno > statement.lineno), None)
    documented = below is not None and _is_text(below)
    last = below if documented and below is not None else statement
    return remove_statements(source, [statement, last], node.body)


def remove_class(text: str, class_name: str, *, path: str = "<module>") -> str:
    """The text without a class of the module's own level."""
    source = Source.parse(text, path)
    node = class_node(source, class_name)
    return remove_statements(source, [node], source.tree.body)


def remove_statements(source: Source, statements: Sequence[ast.stmt], body: Sequence[ast.stmt]) -> str:
    """The text without neighbouring statements of a body.

    Raises:
        UsageError: one shares its line with another statement.
    """
    first = source.lines_of(statements[0], body)[0]
    last = source.lines_of(statements[-1], body)[1]
    within = [other for other in body if first <= other.lineno <= last]
    if any(other not in statements for other in within):
        raise UsageError(
            f"Line {first} has several statements, so none of them can be taken out.",
            help="Give each statement a line of its own, then run the command again.",
        )
    while source.is_comment(first - 1) and not _opens_file(source, first - 1):
        first -= 1
    return remove_lines(source, first, last)


def remove_lines(source: Source, first: int, last: int) -> str:
    """The text without some lines; where blank lines stood on both sides, the larger gap stays."""
    above = below = 0
    while source.is_blank(first - 1 - above) and first - 1 - above >= 1:
        above += 1
    while source.is_blank(last + 1 + below) and last + 1 + below <= source.last_line:
        below += 1
    at_end = last + below >= source.last_line
    if at_end:
        first, last = first - above, last + below
    elif first - 1 - above <= 0:
        last += below
    else:
        last += min(above, below)
    return source.text[: source.starts[first - 1]] + source.text[source.starts[last] :]


def class_node(source: Source, class_name: str) -> ast.ClassDef:
    """The class of a dotted name, which must exist."""
    return next(node for name, node in classes(source.tree.body) if name == class_name)


def column_statement(source: Source, class_name: str, column: str) -> ast.stmt:
    """The statement of a column in a class, which must have it."""
    columns = own_columns(source, class_node(source, class_name), imported_names(source.tree))
    return next(statement for found, statement in columns if found.name == column)


def is_bare(text: str) -> bool:
    """Whether a module holds nothing but a docstring and imports."""
    kinds = (ast.Import, ast.ImportFrom)
    return all(isinstance(s, kinds) or _is_text(s) for s in Source.parse(text).tree.body) and not parse(text).tables


def _opens_file(source: Source, line: int) -> bool:
    """Whether a comment belongs to the block at the very top of the file, which is about the file."""
    while source.is_comment(line):
        line -= 1
    return line == 0


def _is_text(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(ast.Constant(str())):
            return True
    return False
