"""What a module says: its tables and columns, and what every name in it is bound to."""

import ast
import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from scaffold.source.text import Source

Origin: TypeAlias = tuple[str, str | None]
"""Where a name was imported from: the module, and the name in it unless the name stands for the module itself."""

COLUMNS = frozenset({"mapped_column", "Column"})
OTHER_ATTRIBUTES = frozenset(
    {
        "association_proxy",
        "column_property",
        "composite",
        "dynamic_loader",
        "query_expression",
        "relationship",
        "synonym",
    }
)
"""What a `Mapped[...]` attribute may be instead of a column; any other call is taken for a user's own column helper."""

_PLAIN_NAME = re.compile(rb"""^    __tablename__ = ["'](\w+)["'][ \r]*$""", re.MULTILINE | re.ASCII)

_DEFINITIONS = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


class ColumnDef(NamedTuple):
    """A column, as a class writes it.

    Args:
        attribute: the name in Python.
        name: the name in the database.
        annotation: its text, or nothing for `name = Column(...)`.
        line: where its statement begins.
    """

    attribute: str
    name: str
    annotation: str
    line: int


class TableClass(NamedTuple):
    """A table of a module.

    Args:
        class_name: with the classes around it (`Outer.Inner`); None for a core `Table("name", metadata, ...)`, which
            has no class to add to and whose columns are not read.
        table_name: the literal text that names it.
        line: of the class statement, or of the core table's.
        bases: their texts.
        columns: in the class itself, not in its bases.
        names: every name that the class body binds; they hide a module's names in an annotation.
    """

    class_name: str | None
    table_name: str
    line: int
    bases: tuple[str, ...] = ()
    columns: tuple[ColumnDef, ...] = ()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Module:
    """A parsed module.

    Args:
        path: for messages.
        docstring: as `__doc__` would have it.
        tables: in the order of the text.
        bindings: what every name is imported from, if a table's class can rely on it (the import always runs, and
            before the class): `{"ForeignKey": ("sqlalchemy", "ForeignKey"), "dt": ("datetime", None)}`. The name of
            `import a.b` is `a.b`, and `a` too.
        names: every name that the module's own level binds, on any path through it.
    """

    path: str
    docstring: str | None
    tables: tuple[TableClass, ...]
    bindings: Mapping[str, Origin] = field(hash=False)
    names: frozenset[str]


def parse(text: str, path: str = "<module>", *, package: str = "") -> Module:
    """Read a module.

    Args:
        text: with any newlines, and with a byte order mark or without.
        path: for messages.
        package: the package that the module is in, which gives relative imports their full names.

    Raises:
        UsageError: the text is not valid Python; names the path and the line.
    """
    source = Source.parse(text, path)
    imports = imported_names(source.tree, package)
    tables = sorted([*_mapped_tables(source, imports), *_core_tables(source, imports)], key=lambda table: table.line)
    first = min((table.line for table in tables), default=math.inf)
    return Module(
        path=path,
        docstring=ast.get_docstring(source.tree),
        tables=tuple(tables),
        bindings=imported_names(source.tree, package, before=first),
        names=bound_names(source.tree.body),
    )


def plain_table_names(data: bytes) -> list[str] | None:
    """The tables of a module that names them all in the usual way, without parsing it; None for any other module."""
    found = _PLAIN_NAME.findall(data)
    if not found or b"Table" in data or data.count(b"__tablename__") != len(found):
        return None
    return [name.decode("ascii") for name in found]


def mentions_table(text: str, name: str) -> bool:
    """Whether a text may define the table: cheap, and never a no for a name that is written out in one piece."""
    return name in text and ("__tablename__" in text or "Table" in text)


def scope(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run in one scope: those in `if`, `try`, `with` too, but none in a class or a function."""
    pending = [*body][::-1]
    while pending:
        statement = pending.pop()
        yield statement
        if not isinstance(statement, _DEFINITIONS):
            pending += [*_blocks(statement)][::-1]


def _blocks(statement: ast.stmt) -> Iterator[ast.stmt]:
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.stmt):
            yield child
        elif isinstance(child, ast.ExceptHandler | ast.match_case):
            yield from child.body


def classes(body: Iterable[ast.stmt], prefix: str = "") -> Iterator[tuple[str, ast.ClassDef]]:
    """Every class with its dotted name, but those in functions."""
    for statement in scope(body):
        if isinstance(statement, ast.ClassDef):
            yield prefix + statement.name, statement
            yield from classes(statement.body, f"{prefix}{statement.name}.")


def own_columns(
    source: Source, node: ast.ClassDef, imports: Mapping[str, Origin]
) -> Iterator[tuple[ColumnDef, ast.stmt]]:
    """The columns that a class defines itself, each with its statement; `imports` say what its names stand for."""
    for statement in node.body:
        match statement:
            case ast.AnnAssign(ast.Name(attribute), annotation, value) if _is_column(annotation, value, imports):
                name = _name_in_database(value, imports) or attribute
                yield ColumnDef(attribute, name, source.segment(annotation), statement.lineno), statement
            case ast.Assign([ast.Name(attribute)], value) if _is_column(None, value, imports):
                name = _name_in_database(value, imports) or attribute
                yield ColumnDef(attribute, name, "", statement.lineno), statement


def assigned_text(statement: ast.stmt, target: str) -> str | None:
    """The literal text that a statement assigns to a name, if it is that."""
    match statement:
        case ast.Assign([ast.Name(name)], ast.Constant(str(text))) | ast.AnnAssign(
            ast.Name(name), _, ast.Constant(str(text))
        ) if name == target:
            return text
    return None


def bound_names(body: Iterable[ast.stmt]) -> frozenset[str]:
    """Every name that a scope may bind."""
    return frozenset(name for statement in scope(body) for name, _ in _bound(statement, ""))


def imported_module(statement: ast.ImportFrom, package: str) -> str:
    """The module of `from ... import`, with its full name if the package says where a relative import starts."""
    return absolute(statement.level, statement.module or "", package)


def absolute(level: int, module: str, package: str) -> str:
    """The full name of a module that stands behind `level` dots in a package, as far as that says where it starts."""
    parents = package.split(".") if package else []
    if not level or level > len(parents):
        return "." * level + module
    base = parents[: len(parents) - level + 1]
    return ".".join([*base, module] if module else base)


def imported_names(tree: ast.Module, package: str = "", before: float = math.inf) -> dict[str, Origin]:
    """What the module's names are imported from: those with one meaning only, from an import above a line."""
    origins = defaultdict[str, set[Origin | None]](set)
    for statement in scope(tree.body):
        for name, origin in _bound(statement, package):
            origins[name].add(origin)
    bindings: dict[str, Origin] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom) and statement.lineno < before:
            bindings |= {
                name: origin for name, origin in _bound(statement, package) if origin and len(origins[name]) == 1
            }
            bindings |= {
                name: (name, None) for name in _dotted_imports(statement) if name.partition(".")[0] in bindings
            }
    return bindings


def names_of_modules(imports: Mapping[str, Origin], modules: Collection[str]) -> set[str]:
    """What a module calls other modules: `blog`, `b` or `shopdb.tables.blog`.

    Args:
        imports: from `imported_names`.
        modules: their dotted names.
    """
    return {
        name for name, (module, member) in imports.items() if (f"{module}.{member}" if member else module) in modules
    }


def _dotted_imports(statement: ast.stmt) -> list[str]:
    aliases = statement.names if isinstance(statement, ast.Import) else []
    return [alias.name for alias in aliases if "." in alias.name and not alias.asname]


def _bound(statement: ast.stmt, package: str) -> Iterator[tuple[str, Origin | None]]:
    match statement:
        case ast.Import(names):
            for alias in names:
                root = alias.name.partition(".")[0]
                yield (alias.asname, (alias.name, None)) if alias.asname else (root, (root, None))
        case ast.ImportFrom(_, names):
            module = imported_module(statement, package)
            yield from ((alias.asname or alias.name, (module, alias.name)) for alias in names if alias.name != "*")
        case ast.ClassDef(name) | ast.FunctionDef(name) | ast.AsyncFunctionDef(name):
            yield name, None
        case _:
            yield from ((name, None) for name in _bound_in_expressions(statement))


def _bound_in_expressions(statement: ast.stmt) -> Iterator[str]:
    """Names that anything but a definition or an import binds; a comprehension's own names are counted too."""
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.stmt):
            continue
        for node in ast.walk(child):
            match node:
                case ast.Name(name, ast.Store() | ast.Del()):
                    yield name
                case (
                    ast.ExceptHandler(_, str(name))
                    | ast.MatchAs(_, str(name))
                    | ast.MatchStar(str(name))
                    | ast.MatchMapping(_, _, str(name))
                ):
                    yield name


def _mapped_tables(source: Source, imports: Mapping[str, Origin]) -> Iterator[TableClass]:
    for class_name, node in classes(source.tree.body):
        table_name = _table_name(node, imports)
        if table_name is not None:
            yield TableClass(
                class_name=class_name,
                table_name=table_name,
                line=node.lineno,
                bases=tuple(source.segment(base) for base in node.bases),
                columns=tuple(column for column, _ in own_columns(source, node, imports)),
                names=bound_names(node.body),
            )


def _table_name(node: ast.ClassDef, imports: Mapping[str, Origin]) -> str | None:
    for statement in node.body:
        name = assigned_text(statement, "__tablename__")
        if name is not None:
            return name
        match statement:
            case ast.Assign([ast.Name("__table__")], value) | ast.AnnAssign(ast.Name("__table__"), _, value):
                return _core_table_name(value, imports)
    return None


def _core_tables(source: Source, imports: Mapping[str, Origin]) -> Iterator[TableClass]:
    for statement in scope(source.tree.body):
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr):
            name = _core_table_name(statement.value, imports)
            if name is not None:
                yield TableClass(None, name, statement.lineno)


def _core_table_name(value: ast.expr | None, imports: Mapping[str, Origin]) -> str | None:
    match value:
        case ast.Call(function, [ast.Constant(str(name)), _, *_]) if _called(function, imports) == "Table":
            dotted = _dotted(function)
            module, _ = imports.get(dotted) or imports.get(dotted.partition(".")[0]) or ("sqlalchemy", None)
            return name if module.partition(".")[0] == "sqlalchemy" else None
    return None


def _is_column(annotation: ast.expr | None, value: ast.expr | None, imports: Mapping[str, Origin]) -> bool:
    match value:
        case None:
            return _is_mapped(annotation, imports)
        case ast.Call(function, arguments):
            name = _called(function, imports)
            if name == "deferred" and arguments:
                return _is_column(annotation, arguments[0], imports)
            return name in COLUMNS or (name not in OTHER_ATTRIBUTES and _is_mapped(annotation, imports))
    return False


def _is_mapped(annotation: ast.expr | None, imports: Mapping[str, Origin]) -> bool:
    match annotation:
        case ast.Subscript(name):
            return _called(name, imports) == "Mapped"
        case ast.Constant(str(text)):
            return text.partition("[")[0].strip().rpartition(".")[2] == "Mapped"
    return False


def _name_in_database(value: ast.expr | None, imports: Mapping[str, Origin]) -> str | None:
    match value:
        case ast.Call(function, [inner, *_]) if _called(function, imports) == "deferred":
            return _name_in_database(inner, imports)
        case ast.Call(function, [ast.Constant(str(name)), *_]) if _called(function, imports) in COLUMNS:
            return name
        case ast.Call(function, _, keywords) if _called(function, imports) in COLUMNS:
            texts = (k.value.value for k in keywords if k.arg == "name" and isinstance(k.value, ast.Constant))
            return next((text for text in texts if isinstance(text, str)), None)
    return None


def _called(function: ast.expr, imports: Mapping[str, Origin]) -> str:
    """The name that a function or class has where it is defined, whatever the module calls it."""
    dotted = _dotted(function)
    return imports.get(dotted, ("", None))[1] or dotted.rpartition(".")[2]


def _dotted(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
