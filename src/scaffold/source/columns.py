"""New columns in a class, at the place where a person would have written them."""

import ast
from collections.abc import Sequence

from scaffold.errors import UsageError
from scaffold.source.layout import INDENT
from scaffold.source.module import TableClass, assigned_text, classes, imported_names, own_columns, parse
from scaffold.source.text import Source, first_line


def insert_columns(text: str, table: str, statements: Sequence[str], *, path: str = "<module>") -> str:
    """The text with column statements added to one class.

    They follow the last column that the class defines itself; a class without any gets them below its `__tablename__`.

    Args:
        text: a module.
        table: a class's name (`Outer.Inner` if it is nested) or a table's.
        statements: as `layout.statement` writes them, without the class's indentation.
        path: for messages.

    Raises:
        UsageError: there is no such class, or none that can be added to; the help has the code to add by hand.
    """
    if not statements:
        return text
    source = Source.parse(text, path)
    name, node = _find(source, parse(text, path).tables, table, statements, path)
    _refuse_one_line_body(source, node, name, statements, path)
    block = "\n".join(_indented(source, node, statement) for statement in statements)
    columns = [statement for _, statement in own_columns(source, node, imported_names(source.tree))]
    if columns:
        return source.insert_lines(_end(source, node, columns[-1]), block)
    return _insert_first(source, node, block)


def _find(
    source: Source, tables: Sequence[TableClass], wanted: str, statements: Sequence[str], path: str
) -> tuple[str, ast.ClassDef]:
    by_hand = "Add this by hand:\n\n" + "\n".join(statements)
    named = [table for table in tables if table.table_name == wanted]
    if any(table.class_name is None for table in named):
        raise UsageError(
            f"{path} defines {wanted} as a core Table, which has no class to add a column to.", help=by_hand
        )
    names = {wanted, *(table.class_name for table in named)}
    found = [(name, node) for name, node in classes(source.tree.body) if name in names]
    if not found:
        known = ", ".join(table.class_name or table.table_name for table in tables) or "no tables"
        raise UsageError(f"{path} has no table or class named {wanted}.", help=f"It has {known}.")
    if len(found) > 1:
        lines = " and ".join(str(node.lineno) for _, node in found)
        raise UsageError(f"{path} defines {wanted} more than once, on lines {lines}.", help=by_hand)
    name, node = found[0]
    if any(isinstance(s, ast.Assign) and source.segment(s.targets[0]) == "__table__" for s in node.body):
        raise UsageError(f"{path}: the columns of {name} stand in its __table__, a core Table.", help=by_hand)
    return name, node


def _refuse_one_line_body(source: Source, node: ast.ClassDef, name: str, statements: Sequence[str], path: str) -> None:
    first = source.start(node.body[0])
    before = source.text[source.starts[node.body[0].lineno - 1] : first]
    above = source.line(node.body[0].lineno - 1).rstrip("\r\n")
    if before.strip() or above.endswith("\\"):
        header = source.text[source.start(node) : first].rstrip(" \t\f\\\r\n")
        body = [source.segment(statement) for statement in node.body] + [*statements]
        lines = "\n".join(" " * INDENT + line for statement in body for line in statement.split("\n"))
        raise UsageError(
            f"{path}:{node.lineno} has the body of {name} on its header's line, where no column can be added.",
            help=f"Give the body lines of its own:\n\n{header}\n{lines}",
        )


def _insert_first(source: Source, node: ast.ClassDef, block: str) -> str:
    head = _head(node)
    if not head:
        return source.insert_lines(_line_above(source, node.body[0]), block)
    end = _end(source, node, head[-1])
    more = head[-1] is not node.body[-1]
    return source.insert_lines(end, f"\n{block}\n" if more and not source.is_blank(end + 1) else f"\n{block}")


def _head(node: ast.ClassDef) -> list[ast.stmt]:
    """What stands above the columns: up to `__tablename__` and the settings directly below it, or else a docstring."""
    body = node.body
    named = [index for index, statement in enumerate(body) if assigned_text(statement, "__tablename__") is not None]
    end = named[0] + 1 if named else int(_is_text(body[0]))
    while end < len(body) and _is_setting(body[end]):
        end += 1
    return body[:end]


def _is_setting(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign([ast.Name(name)]) | ast.AnnAssign(ast.Name(name)):
            return name.startswith("__") and name.endswith("__")
    return False


def _is_text(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(ast.Constant(str())):
            return True
    return False


def _end(source: Source, node: ast.ClassDef, statement: ast.stmt) -> int:
    """The last line of a class's statement, with the text below it that documents an attribute."""
    below = next((other for other in node.body if other.lineno > (statement.end_lineno or 0)), None)
    documented = below is not None and _is_text(below) and not _is_text(statement)
    return source.lines_of(below if documented and below else statement, node.body)[1]


def _line_above(source: Source, first: ast.stmt) -> int:
    """The end of a class's header; the comments below it are about the first statement."""
    line = first_line(first) - 1
    while source.is_comment(line) or source.is_blank(line):
        line -= 1
    return line


def _indented(source: Source, node: ast.ClassDef, statement: str) -> str:
    """A statement with the indentation of the class, whose unit may be another than ours."""
    first = node.body[0]
    indentation = source.text[source.starts[first.lineno - 1] : source.start(first)].lstrip("\f")
    unit = indentation.removeprefix(source.text[source.starts[node.lineno - 1] : source.start(node)])
    return "\n".join(indentation + _with_unit(line, unit or " " * INDENT) for line in statement.split("\n"))


def _with_unit(line: str, unit: str) -> str:
    depth = (len(line) - len(line.lstrip(" "))) // INDENT
    return unit * depth + line[depth * INDENT :]
