"""What rules judge: the tables as the models declare them, each with its place in the source texts."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from scaffold.lint.allows import Allow, allows_in
from scaffold.lint.finding import Edit, Place
from scaffold.lint.options import Options
from scaffold.plan import Snapshot
from scaffold.schema.model import Model, ModelColumn, ModelKey
from scaffold.source.catalog import AUTH, EXPORTS
from scaffold.source.module import COLUMNS, classes, imported_names, own_columns
from scaffold.source.module import parse as parse_module
from scaffold.source.text import Node, Source, decode


@dataclass(frozen=True, slots=True)
class Written:
    """A column's statement in its class.

    Args:
        place: its lines.
        keywords: the arguments of its `mapped_column(...)` that are given by name.
        behind: the offset behind that call's last argument; None where there is no such call, or no argument.
        separator: what keeps a further argument apart from that one, in the layout of the call.
    """

    place: Place
    keywords: frozenset[str] = frozenset()
    behind: int | None = None
    separator: str = ", "

    def with_argument(self, name: str, value: str) -> Edit | None:
        """The edit that adds an argument; None where it is there, or there is no call to add to."""
        if self.behind is None or name in self.keywords:
            return None
        return Edit(self.behind, self.behind, f"{self.separator}{name}={value}")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a domain.

    Args:
        model: what the class says, its mixins included.
        domain: the module's name.
        place: the class statement's header.
        written: the columns that stand in the class itself, by attribute.
    """

    model: Model
    domain: str
    place: Place
    written: Mapping[str, Written] = field(hash=False)

    def place_of(self, column: ModelColumn) -> Place:
        """The column's statement; the class's header if it is inherited."""
        return self.written[column.attribute].place if column.attribute in self.written else self.place

    def place_of_key(self, key: ModelKey) -> Place:
        """The statement of the key's column; the class's header if it has several, or an inherited one."""
        column = self.model.column(key.columns[0])
        return self.place_of(column) if column and len(key.columns) == 1 else self.place


@dataclass(frozen=True, slots=True)
class Domain:
    """A module below `tables/`.

    Args:
        name: the module's.
        file: relative to the project's root.
        tables: in the order of the text.
        allows: the comments that silence a rule.
    """

    name: str
    file: str
    tables: tuple[Table, ...]
    allows: tuple[Allow, ...] = ()

    @property
    def place(self) -> Place:
        """Where a finding about the whole module stands."""
        return Place(self.file, 1, 1)


@dataclass(frozen=True, slots=True)
class Subject:
    """A project, as far as rules look at it.

    Args:
        package: the import name of the database package.
        domains: sorted by name.
        exports: the file with the exports, and its text.
        auth: the file with Better Auth's tables, and its text; None where the package has none.
        options: the configuration.
        line_length: the width that the project formats its code to.
    """

    package: str
    domains: tuple[Domain, ...]
    exports: tuple[str, str]
    auth: tuple[str, str] | None = None
    options: Options = field(default_factory=Options)
    line_length: int = 88

    @property
    def tables(self) -> Iterator[Table]:
        """The tables of all domains; Better Auth's are not ours to judge."""
        return (table for domain in self.domains for table in domain.tables)


def read(snapshot: Snapshot) -> "list[Read]":
    """The domains, as their texts say.

    Raises:
        UsageError: a module is not valid Python.
    """
    return [_read(snapshot, name) for name in snapshot.domains]


def subject(snapshot: Snapshot, domains: "Iterable[Read]", models: Iterable[Model], options: Options) -> Subject:
    """What is to be judged.

    Args:
        snapshot: the texts.
        domains: what `read` made of them.
        models: what they declare, once imported.
        options: the configuration.
    """
    known = {model.name: model for model in models}
    return Subject(
        package=snapshot.package,
        domains=tuple(domain.of(known) for domain in domains),
        exports=_text(snapshot, EXPORTS),
        auth=_text(snapshot, AUTH) if AUTH in snapshot.files else None,
        options=options,
        line_length=snapshot.line_length,
    )


def _text(snapshot: Snapshot, file: str) -> tuple[str, str]:
    path = snapshot.path(file)
    return path, decode(snapshot.files[file], path).text


class Read(NamedTuple):
    """A domain, before it is known what its tables look like."""

    name: str
    file: str
    tables: list[tuple[str, Place, dict[str, Written]]]
    allows: tuple[Allow, ...]

    def of(self, models: Mapping[str, Model]) -> Domain:
        tables = (
            Table(models[name], self.name, header, written) for name, header, written in self.tables if name in models
        )
        return Domain(self.name, self.file, tuple(tables), self.allows)


def _read(snapshot: Snapshot, name: str) -> Read:
    path, text = _text(snapshot, f"tables/{name}.py")
    source = Source.parse(text, path)
    nodes = dict(classes(source.tree.body))
    tables = []
    for table in parse_module(source.text, path, package=f"{snapshot.package}.tables").tables:
        node = nodes.get(table.class_name or "")
        last = max(node.lineno, node.body[0].lineno - 1) if node else table.line
        header = Place(path, table.line, _end_of_header(source, table.line, last))
        written = _written(source, node, path) if node else {}
        tables.append((table.table_name, header, written))
    return Read(name, path, tables, tuple(allows_in(source, path)))


def _end_of_header(source: Source, line: int, last: int) -> int:
    """The line of the header's colon: what follows belongs to the body."""
    return next((number for number in range(line, last + 1) if _code(source.line(number)).endswith(":")), line)


def _code(line: str) -> str:
    return line.partition("#")[0].rstrip()


def _written(source: Source, node: ast.ClassDef, path: str) -> dict[str, Written]:
    written = {}
    for column, statement in own_columns(source, node, imported_names(source.tree)):
        place = Place(path, statement.lineno, statement.end_lineno or statement.lineno)
        written[column.attribute] = Written(place)
        value = getattr(statement, "value", None)
        if isinstance(value, ast.Call) and ast.unparse(value.func).rpartition(".")[2] in COLUMNS:
            arguments: list[Node] = [*value.args, *value.keywords]
            last = max(arguments, key=source.start, default=None)
            if last is not None:
                names = frozenset(keyword.arg for keyword in value.keywords if keyword.arg)
                written[column.attribute] = Written(place, names, source.end(last), _separator(source, value, last))
    return written


def _separator(source: Source, call: ast.Call, last: Node) -> str:
    """A line of its own for the next argument, if the last one has that."""
    begin = source.starts[last.lineno - 1]
    indentation = source.text[begin : source.start(last)]
    return ", " if last.lineno == call.lineno or indentation.strip() else f",{source.newline}{indentation}"
