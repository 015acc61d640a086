"""The export of a table's class in `tables/__init__.py`: one line per table, in the style that the file has."""

import ast
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from scaffold.errors import UsageError
from scaffold.source import layout
from scaffold.source.imports import Symbol, add_imports
from scaffold.source.items import add_item, position_among
from scaffold.source.module import bound_names, imported_module, scope
from scaffold.source.order import member_key
from scaffold.source.text import Source

Names: TypeAlias = ast.List | ast.Tuple


def exported(text: str, package: str = "", *, path: str = "<module>") -> dict[str, str]:
    """What the file re-exports: for each name the module that it is from.

    Args:
        text: of `tables/__init__.py`.
        package: the package above `tables` (`appdb`); without it a relative import's module is given as written.
        path: for messages.
    """
    return _exported(Source.parse(text, path), package)


def add_export(
    text: str,
    package: str,
    domain: str,
    class_names: Sequence[str],
    *,
    width: int = 88,
    path: str = "tables/__init__.py",
) -> str:
    """The text with the exports `from package.tables.domain import Class as Class`; the same text if they are there.

    The file's own style wins: relative imports, names without `as`, an `__all__`, which is kept up to date.

    Args:
        text: of `tables/__init__.py`.
        package: the package above `tables`.
        domain: the module that has the classes.
        class_names: the classes.
        width: the line length.
        path: for messages.

    Raises:
        UsageError: the file cannot be read, or one of the names means something else in it; the help has the lines.
    """
    for class_name in class_names:
        export = _Export(package, domain, class_name, width, path)
        text = export.listed_in(export.imported_in(text))
    return text


def _exported(source: Source, package: str) -> dict[str, str]:
    inside = f"{package}.tables" if package else ""
    return {
        alias.asname or alias.name: imported_module(statement, inside)
        for statement in source.tree.body
        if isinstance(statement, ast.ImportFrom) and statement.module != "__future__"
        for alias in statement.names
        if alias.name != "*"
    }


class _Export(NamedTuple):
    """The export of one class, in a file that a user may have changed."""

    package: str
    domain: str
    class_name: str
    width: int
    path: str

    @property
    def module(self) -> str:
        return f"{self.package}.tables.{self.domain}"

    def imported_in(self, text: str) -> str:
        """The text with the import, in the style of the last export."""
        source = self._parse(text)
        known = _exported(source, self.package).get(self.class_name)
        if known == self.module:
            return text
        if known or (self.class_name in text and self.class_name in bound_names(source.tree.body)):
            raise self._cannot(f"the name is taken by {known or 'something else'}")
        exports = self._exports(source)
        module = f".{self.domain}" if exports and exports[-1].level else self.module
        plain = declared(source) or (exports and all(alias.asname is None for alias in exports[-1].names))
        symbol = Symbol(module, self.class_name, None if plain else self.class_name)
        return add_imports(text, [symbol], self.width, first_party={self.package}, path=self.path)

    def listed_in(self, text: str) -> str:
        """The text with the name in `__all__`, if it has one."""
        if "__all__" not in text:
            return text
        source = self._parse(text)
        lists = declared(source)
        if not lists:
            return text
        literal = one_literal(lists)
        if literal is None:
            raise self._cannot("its __all__ is not one list of names")
        names = names_in(literal)
        if self.class_name in names:
            return text
        index = position_among(names, self.class_name, member_key, str)
        changed = _with_name(source, literal, index, self.class_name, self.width)
        if names_in(one_literal(declared(self._parse(changed)))) != [*names[:index], self.class_name, *names[index:]]:
            raise self._cannot("its __all__ is written in a way that is not understood")
        return changed

    def _parse(self, text: str) -> Source:
        try:
            return Source.parse(text, self.path)
        except UsageError as error:
            raise UsageError(error.message, help=f"{error.help}\nThe export to add:\n\n{self._line()}") from error

    def _exports(self, source: Source) -> list[ast.ImportFrom]:
        tables = f"{self.package}.tables"
        imports = [statement for statement in source.tree.body if isinstance(statement, ast.ImportFrom)]
        return [statement for statement in imports if imported_module(statement, tables).startswith(f"{tables}.")]

    def _line(self) -> str:
        return layout.from_import(self.module, [f"{self.class_name} as {self.class_name}"], width=self.width)

    def _cannot(self, reason: str) -> UsageError:
        return UsageError(
            f"{self.path} cannot export {self.class_name} of {self.module}: {reason}.",
            help=f"Add it by hand:\n\n{self._line()}",
        )


def declared(source: Source) -> list[ast.stmt]:
    """The statements that say what `__all__` is."""
    return [statement for statement in scope(source.tree.body) if _target(statement) == "__all__"]


def _target(statement: ast.stmt) -> str | None:
    match statement:
        case (
            ast.Assign([ast.Name(name)])
            | ast.AnnAssign(ast.Name(name))
            | ast.AugAssign(ast.Name(name))
            | ast.Expr(ast.Call(ast.Attribute(ast.Name(name))))
        ):
            return name
    return None


def one_literal(lists: Sequence[ast.stmt]) -> Names | None:
    """The list of `__all__`, if one statement says all of it."""
    match lists:
        case [
            ast.Assign(_, ast.List() | ast.Tuple() as value) | ast.AnnAssign(_, _, ast.List() | ast.Tuple() as value)
        ]:
            return value if len(names_in(value)) == len(value.elts) else None
    return None


def names_in(literal: Names | None) -> list[str]:
    values = [item.value for item in literal.elts if isinstance(item, ast.Constant)] if literal else []
    return [value for value in values if isinstance(value, str)]


def _with_name(source: Source, literal: Names, index: int, name: str, width: int) -> str:
    items = [source.segment(item) for item in literal.elts]
    item = f"'{name}'" if items and items[0].startswith("'") else f'"{name}"'
    brackets = source.segment(literal)
    opening, closing = brackets[0], brackets[-1]
    if not items:
        comma = "," if isinstance(literal, ast.Tuple) else ""
        return source.replace(source.start(literal), source.end(literal), f"{opening}{item}{comma}{closing}")
    changed = add_item(source, literal.elts, index, item)
    line = Source.parse(changed).line(literal.lineno).rstrip()
    if literal.lineno != literal.end_lineno or opening + closing != "[]" or layout.fits(line, width):
        return changed
    lines = [opening, *(f"{' ' * layout.INDENT}{item}," for item in [*items[:index], item, *items[index:]]), closing]
    return source.replace(source.start(literal), source.end(literal), source.newline.join(lines))
