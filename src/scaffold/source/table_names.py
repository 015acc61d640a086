"""A table's new name, and its class's, in the texts: wherever a module means them by the old ones."""

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from scaffold.source.imports import Symbol, add_imports
from scaffold.source.mapped import quoted
from scaffold.source.module import classes, imported_module, imported_names, names_of_modules, scope
from scaffold.source.removal import class_node
from scaffold.source.substitution import Substitution, substitute, text_of
from scaffold.source.text import Source
from scaffold.source.unused import remove_import


@dataclass(frozen=True, slots=True)
class TableRenaming:
    """A table that gets another name.

    Args:
        module: the dotted name of the module that defines its class.
        old: its name before.
        new: its name afterwards.
        old_class: its class's name before.
        new_class: its class's name afterwards.
    """

    module: str
    old: str
    new: str
    old_class: str
    new_class: str


def in_home(text: str, renaming: TableRenaming, *, width: int, path: str = "<module>") -> str:
    """The text of the module that defines the class."""
    source = Source.parse(text, path)
    node = class_node(source, renaming.old_class)
    pieces = [*_head(source, node, renaming), *_mentions(source, renaming, {renaming.old_class})]
    return substitute(source, pieces, width=width)


def in_other(text: str, renaming: TableRenaming, *, width: int, package: str, path: str = "<module>") -> str:
    """The text of another module of the package; its import of the class follows too."""
    source = Source.parse(text, path)
    inside = f"{package}.tables" if "/tables/" in path else package
    origins = {(home, renaming.old_class) for home in (renaming.module, f"{package}.tables", f"{package}.schema")}
    bound = imported_names(source.tree, inside)
    local = {name for name, origin in bound.items() if origin in origins and name == renaming.old_class}
    modules = names_of_modules(bound, {home for home, _ in origins})
    changed = substitute(source, _mentions(source, renaming, local, modules), width=width)
    if renaming.old_class == renaming.new_class or not local:
        return _guarded_imports(changed, renaming, origins, inside, path)
    module, _ = bound[renaming.old_class] or ("", None)
    written = _written_module(source, renaming.old_class) or module
    changed = remove_import(changed, renaming.old_class, path=path)
    top = package.partition(".")[0]
    symbol = Symbol(written, renaming.new_class)
    return add_imports(changed, [symbol], width, first_party=(top,), package=inside, path=path)


def _head(source: Source, node: ast.ClassDef, renaming: TableRenaming) -> Iterator[Substitution]:
    start = source.start(node)
    match = re.compile(r"class\s+").match(source.text, start)
    assert match is not None
    name = renaming.old_class.rpartition(".")[2]
    yield Substitution(match.end(), match.end() + len(name), renaming.new_class.rpartition(".")[2])
    for statement in node.body:
        match statement:
            case ast.Assign([ast.Name("__tablename__")], ast.Constant() as value) | ast.AnnAssign(
                ast.Name("__tablename__"), _, ast.Constant() as value
            ):
                yield from text_of(source, value, renaming.old, renaming.new)
            case ast.Assign([ast.Name("__table_args__")], value) | ast.AnnAssign(ast.Name("__table_args__"), _, value):
                yield from _key_names(source, value, renaming)


def _key_names(source: Source, value: ast.expr | None, renaming: TableRenaming) -> Iterator[Substitution]:
    """Explicit names of indexes and constraints that follow the convention go on following it."""
    for node in ast.walk(value) if value else ():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if text.startswith(f"{renaming.old}_") and text.endswith(("_idx", "_unique", "_fk", "_check")):
                new = renaming.new + text.removeprefix(renaming.old)
                yield Substitution(source.start(node), source.end(node), quoted(new))


def _mentions(
    source: Source, renaming: TableRenaming, local: set[str], modules: Collection[str] = ()
) -> Iterator[Substitution]:
    for part in ast.walk(source.tree):
        match part:
            case ast.Name(name) if name in local and name != renaming.new_class:
                yield Substitution(source.start(part), source.end(part), renaming.new_class)
            case ast.Attribute(owner, name) if name == renaming.old_class and ast.unparse(owner) in modules:
                end = source.end(part)
                yield Substitution(end - len(name), end, renaming.new_class)
            case ast.Call(function):
                called = ast.unparse(function).rpartition(".")[2]
                if called in {"ForeignKey", "ForeignKeyConstraint"}:
                    yield from _targets(source, part, renaming)
                elif called == "relationship":
                    yield from _class_texts(source, part, renaming)
                    yield from _secondary(source, part, renaming)
            case ast.AnnAssign(_, annotation):
                yield from _class_texts(source, annotation, renaming)


def _targets(source: Source, call: ast.Call, renaming: TableRenaming) -> Iterator[Substitution]:
    for node in ast.walk(call):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            table, dot, column = node.value.rpartition(".")
            if dot and table == renaming.old:
                yield Substitution(source.start(node), source.end(node), quoted(f"{renaming.new}.{column}"))


def _class_texts(source: Source, within: ast.AST, renaming: TableRenaming) -> Iterator[Substitution]:
    """Strings that name the class: in `relationship("Post")` and `Mapped["Post"]`; a `Literal` is none."""
    if renaming.old_class == renaming.new_class:
        return
    pattern = re.compile(rf"(?<![\w.])((?:\w+\.)*){re.escape(renaming.old_class)}\b")

    def renamed(match: re.Match[str]) -> str:
        meant = f".{renaming.module}.".endswith(f".{match[1]}")
        return match[1] + renaming.new_class if meant else match[0]

    literals = {
        id(inner)
        for node in ast.walk(within)
        if isinstance(node, ast.Subscript) and ast.unparse(node.value).rpartition(".")[2] == "Literal"
        for inner in ast.walk(node)
    }
    for node in ast.walk(within):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in literals:
            changed = pattern.sub(renamed, node.value)
            if changed != node.value:
                yield Substitution(source.start(node), source.end(node), quoted(changed))


def _secondary(source: Source, call: ast.Call, renaming: TableRenaming) -> Iterator[Substitution]:
    for keyword in call.keywords:
        value = keyword.value
        if keyword.arg == "secondary" and isinstance(value, ast.Constant) and value.value == renaming.old:
            yield Substitution(source.start(value), source.end(value), quoted(renaming.new))


def _written_module(source: Source, name: str) -> str:
    """The module of a name's import as the text has it, dots and all."""
    for statement in source.tree.body:
        if isinstance(statement, ast.ImportFrom) and any((a.asname or a.name) == name for a in statement.names):
            return "." * statement.level + (statement.module or "")
    return ""


def _guarded_imports(text: str, renaming: TableRenaming, origins: set[tuple[str, str]], inside: str, path: str) -> str:
    """Imports that are not on the module's own level (`if TYPE_CHECKING:`), or that give the class another name."""
    source = Source.parse(text, path)
    pieces = []
    guarded = False
    for statement in scope(source.tree.body):
        if isinstance(statement, ast.ImportFrom):
            for alias in statement.names:
                if (imported_module(statement, inside), alias.name) in origins:
                    start = source.start(alias)
                    pieces.append(Substitution(start, start + len(alias.name), renaming.new_class))
                    guarded = guarded or alias.asname is None
    if renaming.old_class == renaming.new_class or not pieces:
        return text
    if guarded:
        pieces += [
            Substitution(source.start(node), source.end(node), renaming.new_class)
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Name) and node.id == renaming.old_class
        ]
    return substitute(source, pieces, width=10_000)


def class_is_taken(text: str, name: str) -> bool:
    """Whether a module binds a name already."""
    source = Source.parse(text)
    return name in imported_names(source.tree) or any(found == name for found, _ in classes(source.tree.body))
