"""The imports that new code in a module needs: which names it can use, and the text with the missing ones added."""

import ast
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, groupby, takewhile
from typing import TypeAlias

from scaffold.source import layout
from scaffold.source.items import add_item, position_among
from scaffold.source.module import Module, imported_module
from scaffold.source.order import ImportKey, Section, import_key, member_key, section, statement_key
from scaffold.source.text import Source, first_line

ImportStatement: TypeAlias = ast.Import | ast.ImportFrom
Block: TypeAlias = Sequence[ImportStatement]


@dataclass(frozen=True, slots=True)
class Symbol:
    """Something that can be imported.

    Args:
        module: dotted; a relative one begins with dots.
        name: in the module; None stands for the module itself.
        alias: behind `as`.
    """

    module: str
    name: str | None = None
    alias: str | None = None

    @property
    def local(self) -> str:
        """The expression that stands for it once it is imported."""
        return self.alias or self.name or self.module

    @property
    def member(self) -> str:
        """What stands behind `import` in its statement."""
        return f"{self.name or self.module} as {self.alias}" if self.alias else self.local

    def statement(self, width: int) -> str:
        """An import statement for it alone."""
        if self.name is None:
            return f"import {self.member}"
        return layout.from_import(self.module, [self.member], width=width)


@dataclass(frozen=True, slots=True)
class Binding:
    """How a module can say what it was asked for.

    Args:
        expressions: for each symbol, the local expression.
        needed: the symbols to import for that; some have got an alias.
    """

    expressions: Mapping[Symbol, str] = field(hash=False)
    needed: tuple[Symbol, ...]

    def __getitem__(self, symbol: Symbol) -> str:
        return self.expressions[symbol]


def bind(module: Module, wanted: Iterable[Symbol], taken: Collection[str] = ()) -> Binding:
    """Say each symbol in the module's own words, and by a new import only where there are none.

    Args:
        module: the module that will use the symbols.
        wanted: what its new code mentions.
        taken: names that mean something else where the symbols are used: a class's attributes.
    """
    expressions: dict[Symbol, str] = {}
    needed: list[Symbol] = []
    names = {*module.names, *taken}
    for symbol in dict.fromkeys(wanted):
        known = _known(module, symbol, taken)
        if known is None:
            missing = _without_collision(symbol, names, module)
            needed.append(missing)
            names.add(_root(missing.local))
            known = missing.local
        expressions[symbol] = known
    return Binding(expressions, tuple(needed))


def add_imports(
    text: str,
    needed: Iterable[Symbol],
    width: int = 88,
    *,
    first_party: Collection[str] = (),
    package: str = "",
    path: str = "<module>",
) -> str:
    """The text with the imports that it lacks, where ruff's isort rule would put them.

    Args:
        text: a module, in any style; what is unsorted stays so.
        needed: what `bind` has found missing.
        width: the line length, beyond which a statement is split.
        first_party: the top-level packages of the project itself.
        package: the package that the module is in: `from ..base import A` may then take in a name of `appdb.base`.
        path: for messages.
    """
    for symbol in needed:
        text = _Imports(Source.parse(text, path), width, first_party, package).with_symbol(symbol)
    return text


def _known(module: Module, symbol: Symbol, taken: Collection[str]) -> str | None:
    """The expression that the module's imports have for a symbol: its own import, or else one of its module."""
    usable = {local: origin for local, origin in module.bindings.items() if _root(local) not in taken}
    exact = [local for local, origin in usable.items() if origin == (symbol.module, symbol.name)]
    modules = [
        local for local, (origin, name) in usable.items() if symbol.module == (f"{origin}.{name}" if name else origin)
    ]
    through = [f"{local}.{symbol.name}" if symbol.name else local for local in modules]
    return next(iter([*sorted(exact, key=lambda local: local != symbol.local), *through]), None)


def _without_collision(symbol: Symbol, names: Collection[str], module: Module) -> Symbol:
    root = _root(symbol.local)
    if root not in names or (symbol.local != root and module.bindings.get(root) == (root, None)):
        return symbol
    base = symbol.local.rpartition(".")[2]
    free = (f"{base}{'_' * length}" for length in count())
    return replace(symbol, alias=next(name for name in free if name not in names))


def _root(expression: str) -> str:
    return expression.partition(".")[0]


@dataclass(frozen=True, slots=True)
class _Imports:
    """The imports at the head of one module, above its classes, which is where a class's names must be bound."""

    source: Source
    width: int
    first_party: Collection[str]
    package: str

    def with_symbol(self, symbol: Symbol) -> str:
        blocks = self._blocks()
        statements = [statement for block in blocks for statement in block]
        if any(self._imports(statement, symbol) for statement in statements):
            return self.source.text
        host = self._host(statements, symbol)
        if host is not None:
            return self._with_member(host, symbol)
        if blocks:
            return self._with_statement(self._block_for(blocks, symbol), symbol)
        return self._with_first_statement(symbol)

    def _blocks(self) -> list[Block]:
        head = takewhile(lambda statement: not isinstance(statement, ast.ClassDef), self.source.tree.body)
        groups = groupby(head, key=lambda statement: isinstance(statement, ImportStatement))
        return [[s for s in group if isinstance(s, ImportStatement)] for is_import, group in groups if is_import]

    def _imports(self, statement: ImportStatement, symbol: Symbol) -> bool:
        if isinstance(statement, ast.Import):
            return symbol.name is None and _has_member(statement, symbol.module, symbol.alias)
        return _has_member(statement, symbol.name, symbol.alias) and self._module(statement) == symbol.module

    def _module(self, statement: ast.ImportFrom) -> str:
        return imported_module(statement, self.package)

    # One more name in a statement.

    def _host(self, statements: Sequence[ImportStatement], symbol: Symbol) -> ast.ImportFrom | None:
        """The statement to take the symbol in: isort wants `as` imports apart, unless they stand together already."""
        same = [s for s in statements if isinstance(s, ast.ImportFrom) and self._module(s) == symbol.module]
        plain = [s for s in same if any(alias.asname is None for alias in s.names)]
        if len(plain) > 1 and all(len(s.names) == 1 for s in plain):
            return None  # The module has one import a line (isort's force-single-line).
        together = [s for s in same if len(s.names) > 1 and any(alias.asname for alias in s.names)]
        hosts = [s for s in (together if symbol.alias else plain) if s.names[0].name != "*" and self._is_alone(s)]
        return hosts[0] if symbol.name and hosts else None

    def _is_alone(self, statement: ast.stmt) -> bool:
        lines = self.source.lines_of(statement, self.source.tree.body)
        return lines == (statement.lineno, statement.end_lineno)

    def _with_member(self, host: ast.ImportFrom, symbol: Symbol) -> str:
        members = [ast.unparse(alias) for alias in host.names]
        index = position_among(members, symbol.member, _member_key)
        text = add_item(self.source, host.names, index, symbol.member)
        if host.end_lineno == host.lineno and not layout.fits(
            Source.parse(text).line(host.lineno).rstrip(), self.width
        ):
            text = self._split(host, [*members[:index], symbol.member, *members[index:]])
        return self._in_order(host, text)

    def _in_order(self, host: ast.ImportFrom, text: str) -> str:
        """A new first name may send its statement in front of an `as` import from the same module."""
        block = next(block for block in self._blocks() if host in block)
        index = block.index(host)
        keys = [self._key(statement) for statement in block]
        changed = replace(self, source=Source.parse(text))
        moved = next(s for block in changed._blocks() for s in block if s.lineno == host.lineno)
        behind = bisect_right(keys, self._key(moved), hi=index)
        if keys != sorted(keys) or behind == index:
            return text
        source = changed.source
        start, end = source.starts[moved.lineno - 1], source.starts[moved.end_lineno or moved.lineno]
        target = source.starts[first_line(block[behind]) - 1]
        return text[:target] + text[start:end] + text[target:start] + text[end:]

    def _split(self, host: ast.ImportFrom, members: Sequence[str]) -> str:
        """A statement that became too long, one name a line; its comment stays on its first line."""
        source = self.source
        module = "." * host.level + (host.module or "")
        first, *rest = layout.split_import(module, members)
        end_of_line = source.starts[host.lineno - 1] + len(source.line(host.lineno).rstrip())
        comment = source.text[source.end(host) : end_of_line]
        return source.replace(source.start(host), end_of_line, source.newline.join([first + comment, *rest]))

    # One more statement.

    def _key(self, statement: ImportStatement) -> ImportKey:
        return statement_key(statement, self.first_party)

    def _block_for(self, blocks: Sequence[Block], symbol: Symbol) -> Block:
        wanted = section(symbol.module, self.first_party)
        sections = [{section(_first_module(one), self.first_party) for one in block} for block in blocks]
        matching = [block for block, present in zip(blocks, sections, strict=True) if wanted in present]
        ordinary = [block for block, present in zip(blocks, sections, strict=True) if present != {Section.FUTURE}]
        return [*matching, *ordinary, *blocks][0]

    def _with_statement(self, block: Block, symbol: Symbol) -> str:
        key = import_key(symbol.module, symbol.name, symbol.alias, self.first_party)
        keys = [self._key(statement) for statement in block]
        is_sorted = keys == sorted(keys)
        index = bisect_right(keys, key) if is_sorted else self._behind_kin(block, symbol, key)
        joins_above = index > 0 and keys[index - 1].section == key.section
        joins_below = index < len(block) and keys[index].section == key.section
        statement = symbol.statement(self.width)
        if not index or (joins_below and not joins_above):
            return self._put_before(block[index], statement if joins_below else f"{statement}\n")
        _, end = self.source.lines_of(block[index - 1], self.source.tree.body)
        apart = not joins_above and (is_sorted or self._is_spaced(block))
        below = apart and index < len(block) and not self.source.is_blank(end + 1)
        return self.source.insert_lines(end, "\n" * apart + statement + "\n" * below)

    def _is_spaced(self, block: Block) -> bool:
        return any(self.source.is_blank(line) for line in range(block[0].lineno, block[-1].lineno))

    def _behind_kin(self, block: Block, symbol: Symbol, key: ImportKey) -> int:
        """Where a statement goes among unsorted ones: behind the last of its package, else of its section."""
        root = _root(symbol.module)
        package = [place for place, other in enumerate(block, 1) if _root(_first_module(other)) == root]
        same = [place for place, other in enumerate(block, 1) if self._key(other).section == key.section]
        earlier = [place for place, other in enumerate(block, 1) if self._key(other).section < key.section]
        return max(package or same or earlier or [0])

    def _put_before(self, below: ast.stmt, statement: str) -> str:
        """A comment above an import stays with it, but one at the top of the file is about the file."""
        first, _ = self.source.lines_of(below, self.source.tree.body)
        line = first - 1
        while statement.endswith("\n") and self.source.is_comment(line):
            line -= 1
        return self.source.insert_lines(line or first - 1, statement)

    def _with_first_statement(self, symbol: Symbol) -> str:
        """The first import of a module, with the blank lines around it that isort wants."""
        source, body = self.source, self.source.tree.body
        documented = ast.get_docstring(source.tree, clean=False) is not None
        top = source.lines_of(body[0], body)[1] if documented else self._end_of_header()
        statement = symbol.statement(self.width)
        following = next((s for s in body if s.lineno > top), None)
        if following is None:
            return source.insert_lines(top, f"\n{statement}" if top else statement)
        wanted = 2 if isinstance(following, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) else 1
        blank = sum(1 for _ in takewhile(source.is_blank, range(top + 1, source.last_line + 1)))
        if blank > wanted:
            return source.insert_lines(top + blank - wanted, statement)
        return source.insert_lines(top, ("\n" if top else "") + statement + "\n" * (wanted - blank))

    def _end_of_header(self) -> int:
        """The last line of the comments that are about the file: those apart from its first statement."""
        source = self.source
        comments = [*takewhile(source.is_comment, range(1, source.last_line + 1))]
        end = len(comments)
        if end == source.last_line or source.is_blank(end + 1):
            return end
        return len(
            [*takewhile(lambda line: source.line(line).startswith("#!") or "coding" in source.line(line), comments)]
        )


def _has_member(statement: ImportStatement, name: str | None, alias: str | None) -> bool:
    return any(member.name == name and member.asname == alias for member in statement.names)


def _member_key(member: str) -> object:
    name, _, alias = member.partition(" as ")
    return member_key(name, alias)


def _first_module(statement: ImportStatement) -> str:
    if isinstance(statement, ast.Import):
        return statement.names[0].name
    return "." * statement.level + (statement.module or "")
