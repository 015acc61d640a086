"""Who else means a table, its class or its column: what stands in the way of dropping them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from scaffold.source.catalog import Catalog, Found
from scaffold.source.module import classes, imported_module, scope
from scaffold.source.removal import class_node, column_statement
from scaffold.source.text import Source


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that means something.

    Args:
        file: relative to the package's folder.
        line: of the file.
        table: the table whose class it stands in, if it is a foreign key.
        text: what stands there.
    """

    file: str
    line: int
    table: str
    text: str


def foreign_keys_to(catalog: Catalog, table: str, column: str | None = None) -> list[Mention]:
    """The foreign keys of other tables that point to a table, or to one of its columns."""
    found = []
    for file in catalog.files():
        text = catalog.text(file).text
        if f"{table}." in text:
            source = Source.parse(text, file)
            for name, node in classes(source.tree.body):
                owner = _table_of(node)
                if owner is not None and owner != table:
                    found += [Mention(file, line, owner, name) for line in _targets(node, table, column)]
    return sorted(set(found), key=lambda mention: (mention.file, mention.line))


def children_first(catalog: Catalog, tables: list[str]) -> list[str]:
    """The tables in an order in which each comes before those that it refers to, as far as that goes."""
    children = {table: {key.table for key in foreign_keys_to(catalog, table)} & set(tables) for table in tables}
    ordered: list[str] = []
    while len(ordered) < len(tables):
        left = [table for table in tables if table not in ordered]
        free = [table for table in left if not children[table] - set(ordered)]
        ordered += free or left
    return ordered


def uses_of_class(catalog: Catalog, found: Found, *, besides: tuple[str, ...] = ()) -> list[Mention]:
    """The places outside of a class that need it: relationships, imports, annotations; its export is none."""
    name = (found.table.class_name or "").rpartition(".")[2]
    uses = []
    for file in catalog.files():
        text = catalog.text(file).text
        if not name or name not in text or file in besides:
            continue
        source = Source.parse(text, file)
        lines = _lines_with(source, name, class_node(source, name) if file == found.file else None, file, catalog)
        uses += [Mention(file, line, "", source.line(line).strip()) for line in lines]
    return uses


def uses_of_column(catalog: Catalog, found: Found, column: str) -> list[Mention]:
    """The places that need a column, besides the foreign keys of other tables."""
    class_name = found.table.class_name or ""
    attribute = next(c.attribute for c in found.table.columns if c.name == column)
    uses = []
    for file in catalog.files():
        text = catalog.text(file).text
        if attribute not in text and column not in text:
            continue
        source = Source.parse(text, file)
        lines: set[int] = set()
        if file == found.file:
            node = class_node(source, class_name)
            skipped = column_statement(source, class_name, column)
            lines |= set(_in_class(node, skipped, attribute, column))
        pattern = re.compile(rf"\b{re.escape(class_name)}\.{re.escape(attribute)}\b")
        lines |= {n for n in range(1, source.last_line + 1) if pattern.search(source.line(n).split("#")[0])}
        uses += [Mention(file, line, "", source.line(line).strip()) for line in sorted(lines)]
    return uses


def listed(mentions: list[Mention], folder: str) -> str:
    """The mentions, a line each, for an error's help."""
    return "\n".join(f"  {folder}/{mention.file}:{mention.line}: {mention.text}" for mention in mentions)


def _lines_with(source: Source, name: str, own: ast.ClassDef | None, file: str, catalog: Catalog) -> list[int]:
    within = range(own.lineno, (own.end_lineno or own.lineno) + 1) if own else range(0)
    lines = {
        node.lineno
        for node in ast.walk(source.tree)
        if (isinstance(node, ast.Name) and node.id == name)
        or (isinstance(node, ast.Constant) and isinstance(node.value, str) and _names_class(node.value, name))
    }
    if file not in {"tables/__init__.py"}:
        for statement in scope(source.tree.body):
            if isinstance(statement, ast.ImportFrom) and name in {alias.name for alias in statement.names}:
                module = imported_module(statement, f"{catalog.package}.tables")
                if module.startswith(f"{catalog.package}."):
                    lines.add(statement.lineno)
    else:
        lines = set()
    return sorted(line for line in lines if line not in within)


def _names_class(text: str, name: str) -> bool:
    return len(text) < 200 and re.search(rf"(?<![\w.]){re.escape(name)}(?![\w])", text) is not None and " " not in text


def _in_class(node: ast.ClassDef, skipped: ast.stmt, attribute: str, column: str) -> Iterator[int]:
    for statement in node.body:
        if statement is skipped:
            continue
        for part in ast.walk(statement):
            match part:
                case ast.Name(name, ast.Load()) if name == attribute:
                    yield part.lineno
                case ast.Attribute(ast.Name("self" | "cls"), name) if name == attribute:
                    yield part.lineno
                case ast.Constant(str(text)) if text == column and _is_args(statement):
                    yield part.lineno
                case ast.Call(function, [ast.Constant(str(sql)), *_]) if ast.unparse(function).rpartition(".")[2] in {
                    "CheckConstraint",
                    "text",
                }:
                    if re.search(rf"\b{re.escape(column)}\b", sql):
                        yield part.lineno


def _is_args(statement: ast.stmt) -> bool:
    target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
    return isinstance(target, ast.Name) and target.id in {"__table_args__", "__mapper_args__"}


def _table_of(node: ast.ClassDef) -> str | None:
    for statement in node.body:
        match statement:
            case ast.Assign([ast.Name("__tablename__")], ast.Constant(str(name))):
                return name
    return None


def _targets(node: ast.ClassDef, table: str, column: str | None) -> Iterator[int]:
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and ast.unparse(part.func).rpartition(".")[2] in {
            "ForeignKey",
            "ForeignKeyConstraint",
        }:
            for constant in ast.walk(part):
                match constant:
                    case ast.Constant(str(text)):
                        owner, dot, name = text.rpartition(".")
                        if dot and owner == table and column in {None, name}:
                            yield constant.lineno
