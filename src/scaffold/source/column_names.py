"""A column's new name in the texts: its attribute, and whatever in any module means it by its old name."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scaffold.errors import UsageError
from scaffold.source.imports import add_imports
from scaffold.source.mapped import MAPPED_COLUMN, attribute_name, quoted
from scaffold.source.module import imported_names, names_of_modules
from scaffold.source.removal import class_node, column_statement
from scaffold.source.substitution import Substitution, substitute, text_of, with_identifier
from scaffold.source.text import Source

CONSTRAINTS = ("Index", "UniqueConstraint", "PrimaryKeyConstraint", "ForeignKeyConstraint", "ExcludeConstraint")
ENDINGS = ("idx", "unique")
SQL = ("CheckConstraint", "Computed", "literal_column", "text")
"""What takes SQL, in which nobody quotes a column's name."""
ATTRIBUTES = ("composite", "synonym")
"""What names attributes of the class by texts."""


@dataclass(frozen=True, slots=True)
class ColumnRenaming:
    """A column that gets another name.

    Args:
        module: the dotted name of the module that defines its class.
        class_name: its class.
        table: its table.
        old: its name in the database before.
        new: its name in the database afterwards.
        old_attribute: its name in the class before.
        new_attribute: its name in the class afterwards.
    """

    module: str
    class_name: str
    table: str
    old: str
    new: str
    old_attribute: str
    new_attribute: str


def in_class(text: str, renaming: ColumnRenaming, *, width: int, package: str, path: str = "<module>") -> str:
    """The text of the module that defines the class, with the column renamed in it and wherever it is meant."""
    source = Source.parse(text, path)
    node = class_node(source, renaming.class_name)
    statement = column_statement(source, renaming.class_name, renaming.old)
    pieces = [*_declaration(source, statement, renaming), *_in_body(source, node, statement, renaming)]
    pieces += _elsewhere(source, renaming, {renaming.class_name})
    text = substitute(source, pieces, width=width)
    if "mapped_column(" in text and "mapped_column(" not in source.text:
        top = package.partition(".")[0]
        text = add_imports(text, [MAPPED_COLUMN], width, first_party=(top,), package=f"{package}.tables", path=path)
    return text


def in_module(text: str, renaming: ColumnRenaming, *, width: int, package: str, path: str = "<module>") -> str:
    """The text of another module, with the column renamed wherever it is meant."""
    source = Source.parse(text, path)
    origins = {(renaming.module, renaming.class_name)}
    origins |= {(f"{package}.tables", renaming.class_name), (f"{package}.schema", renaming.class_name)}
    bound = imported_names(source.tree, f"{package}.tables" if "/tables/" in path else package)
    local = {name for name, origin in bound.items() if origin in origins}
    modules = names_of_modules(bound, {home for home, _ in origins})
    local |= {f"{module}.{renaming.class_name}" for module in modules}
    return substitute(source, _elsewhere(source, renaming, local), width=width)


def line_of_sql(text: str, class_name: str, column: str) -> int | None:
    """The line of a class where SQL names a column, if any does."""
    source = Source.parse(text)
    for part in ast.walk(class_node(source, class_name)):
        if isinstance(part, ast.Call) and ast.unparse(part.func).rpartition(".")[2] in SQL:
            for node, sql in _sql_texts(part):
                if with_identifier(sql, column, "") != sql:
                    return node.lineno
    return None


def renamed_attribute(text: str, class_name: str, names: frozenset[str], old: str, new: str) -> str:
    """The attribute for a column's new name; names that the class binds or the module needs are not hidden.

    Args:
        text: the module.
        class_name: the class.
        names: what the class's body binds.
        old: the attribute now.
        new: the column's new name in the database.
    """
    source = Source.parse(text)
    used = {n.id for n in ast.walk(class_node(source, class_name)) if isinstance(n, ast.Name)}
    return attribute_name(new, frozenset((names | used) - {old}))


def _declaration(source: Source, statement: ast.stmt, renaming: ColumnRenaming) -> Iterator[Substitution]:
    assert isinstance(statement, ast.AnnAssign | ast.Assign)
    target: ast.expr = statement.target if isinstance(statement, ast.AnnAssign) else statement.targets[0]
    yield Substitution(source.start(target), source.end(target), renaming.new_attribute)
    named = _name_node(statement)
    needed = renaming.new_attribute != renaming.new
    if named is not None and (needed or not isinstance(statement, ast.AnnAssign)):
        yield from text_of(source, named, renaming.old, renaming.new)
    elif named is not None:
        yield _without_argument(source, statement, named)
    elif needed:
        yield _with_argument(source, statement, quoted(renaming.new))


def _name_node(statement: ast.stmt) -> ast.Constant | None:
    value = getattr(statement, "value", None)
    if isinstance(value, ast.Call):
        candidates = [*value.args[:1], *(k.value for k in value.keywords if k.arg == "name")]
        for node in candidates:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                return node
    return None


def _without_argument(source: Source, statement: ast.stmt, named: ast.Constant) -> Substitution:
    call = getattr(statement, "value", None)
    assert isinstance(call, ast.Call)
    if len(call.args) + len(call.keywords) == 1:
        assert isinstance(statement, ast.AnnAssign)
        return Substitution(source.end(statement.annotation), source.end(statement), "")
    if call.args and call.args[0] is named:
        following = [*call.args[1:], *(keyword.value for keyword in call.keywords)]
        word = next((k.arg or "" for k in call.keywords if not call.args[1:]), "")
        start = source.start(following[0]) - (len(word) + 1 if word else 0)
        return Substitution(source.start(named), start, "")
    return Substitution(source.start(named), source.end(named), source.segment(named))


def _with_argument(source: Source, statement: ast.stmt, argument: str) -> Substitution:
    call = getattr(statement, "value", None)
    if call is None:
        end = source.end(statement)
        return Substitution(end, end, f" = mapped_column({argument})")
    if not isinstance(call, ast.Call):
        raise UsageError("The column is written in a way that can't be renamed.", help="Rename it by hand.")
    start = source.end(call.func) + 1
    more = ", " if call.args or call.keywords else ""
    return Substitution(start, start, f"{argument}{more}")


def _in_body(source: Source, node: ast.ClassDef, column: ast.stmt, renaming: ColumnRenaming) -> Iterator[Substitution]:
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _in_method(source, statement, renaming)
        elif not isinstance(statement, ast.ClassDef):
            skipped = {id(statement.target)} if isinstance(statement, ast.AnnAssign) else set()
            for part in ast.walk(statement):
                if isinstance(part, ast.Name) and part.id == renaming.old_attribute and id(part) not in skipped:
                    if statement is not column:
                        yield Substitution(source.start(part), source.end(part), renaming.new_attribute)
                elif isinstance(part, ast.Call):
                    yield from _in_call(source, part, renaming)


def _in_method(
    source: Source, method: ast.FunctionDef | ast.AsyncFunctionDef, renaming: ColumnRenaming
) -> Iterator[Substitution]:
    first = method.args.args[0].arg if method.args.args else ""
    for part in ast.walk(method):
        match part:
            case ast.Attribute(ast.Name(owner), attribute) if owner == first and attribute == renaming.old_attribute:
                end = source.end(part)
                yield Substitution(end - len(attribute), end, renaming.new_attribute)
    for decorator in method.decorator_list:
        for part in ast.walk(decorator):
            if isinstance(part, ast.Constant) and part.value == renaming.old_attribute:
                yield from text_of(source, part, renaming.old_attribute, renaming.new_attribute)


def _in_call(source: Source, call: ast.Call, renaming: ColumnRenaming) -> Iterator[Substitution]:
    called = ast.unparse(call.func).rpartition(".")[2]
    if called in SQL:
        for text, sql in _sql_texts(call):
            changed = with_identifier(sql, renaming.old, renaming.new)
            if changed != sql:
                yield Substitution(source.start(text), source.end(text), quoted(changed))
    elif called in ATTRIBUTES:
        for argument in call.args:
            if isinstance(argument, ast.Constant) and argument.value == renaming.old_attribute:
                yield from text_of(source, argument, renaming.old_attribute, renaming.new_attribute)
    elif called in CONSTRAINTS:
        strings = [n for n in ast.walk(call) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        columns = [n.value for n in strings if n in call.args and n.value != _name_of(call)]
        names = _by_convention(renaming.table, columns, renaming.old, renaming.new)
        for node in strings:
            if node.value in names and isinstance(node.value, str):
                yield from text_of(source, node, node.value, names[node.value])
            elif node.value == renaming.old:
                yield from text_of(source, node, renaming.old, renaming.new)


def _sql_texts(call: ast.Call) -> Iterator[tuple[ast.Constant, str]]:
    for part in ast.walk(call):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part, part.value


def _name_of(call: ast.Call) -> object:
    first = call.args[0] if ast.unparse(call.func).endswith("Index") and call.args else None
    named = [k.value for k in call.keywords if k.arg == "name"]
    node = named[0] if named else first
    return node.value if isinstance(node, ast.Constant) else None


def _by_convention(table: str, columns: Sequence[object], old: str, new: str) -> Mapping[str, str]:
    """What names that follow the convention for these columns become."""
    before = [str(column) for column in columns]
    after = [new if column == old else column for column in before]
    return {f"{table}_{'_'.join(before)}_{end}": f"{table}_{'_'.join(after)}_{end}" for end in ENDINGS}


def _elsewhere(source: Source, renaming: ColumnRenaming, local: set[str]) -> Iterator[Substitution]:
    target, attribute = f"{renaming.table}.{renaming.old}", renaming.old_attribute
    for part in ast.walk(source.tree):
        match part:
            case ast.Attribute(owner, found) if found == attribute and ast.unparse(owner) in local:
                end = source.end(part)
                yield Substitution(end - len(found), end, renaming.new_attribute)
            case ast.Call(function) if ast.unparse(function) in local:
                for keyword in part.keywords:
                    if keyword.arg == attribute:
                        start = source.start(keyword)
                        yield Substitution(start, start + len(attribute), renaming.new_attribute)
            case ast.Call(function):
                called = ast.unparse(function).rpartition(".")[2]
                if called in {"ForeignKey", "ForeignKeyConstraint"}:
                    for node in ast.walk(part):
                        if isinstance(node, ast.Constant) and node.value == target:
                            yield from text_of(source, node, target, f"{renaming.table}.{renaming.new}")
                elif called == "relationship":
                    yield from _in_relationship(source, part, renaming)


def _in_relationship(source: Source, call: ast.Call, renaming: ColumnRenaming) -> Iterator[Substitution]:
    old = f"{renaming.class_name}.{renaming.old_attribute}"
    for node in ast.walk(call):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and old in node.value:
            new = re.sub(rf"\b{re.escape(old)}\b", f"{renaming.class_name}.{renaming.new_attribute}", node.value)
            yield Substitution(source.start(node), source.end(node), quoted(new))
