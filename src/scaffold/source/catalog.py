"""Every table of a project, found in its texts: no model is imported to answer where a table is."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from scaffold import naming
from scaffold.errors import UsageError, command_line
from scaffold.plan import FileEdit, Snapshot
from scaffold.source.exports import exported
from scaffold.source.module import (
    ColumnDef,
    Module,
    TableClass,
    classes,
    imported_names,
    mentions_table,
    own_columns,
    parse,
    plain_table_names,
)
from scaffold.source.text import Source, SourceText, decode, encode

AUTH = "auth_schema.py"
MIXINS = "mixins.py"
EXPORTS = "tables/__init__.py"
ALIKE = 0.72
"""How alike the names of two tables must be for one to be a slip of the other, as `user` is of `users`."""


def domain_of(file: str) -> str:
    """The name of the domain whose module a package file is."""
    return file.removeprefix("tables/").removesuffix(".py")


class Found(NamedTuple):
    """A table and the module that defines it.

    Args:
        file: relative to the package's folder.
        source: the module's text, with what gives its bytes back.
        module: the same, parsed.
        table: the one that was looked for.
    """

    file: str
    source: SourceText
    module: Module
    table: TableClass


class Catalog:
    """The tables of a snapshot.

    Args:
        snapshot: of the project; modules are read and parsed as they are asked for.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    @property
    def package(self) -> str:
        """The import name of the database package."""
        return self._snapshot.package

    def find(self, table: str) -> Found | None:
        """The table of this name, wherever it is defined."""
        for file in self.files():
            data = self._snapshot.files[file]
            if table.encode() not in data and data.isascii():
                continue
            source = self.text(file)
            if not mentions_table(source.text, table):
                continue
            module = self._parsed(file, source)
            for candidate in module.tables:
                if candidate.table_name == table:
                    return Found(file, source, module, candidate)
        return None

    def require(
        self, table: str, *, wrong: str = "", right: str = "{}", own: bool = False, fields: Sequence[str] = ()
    ) -> Found:
        """The table of this name.

        Args:
            table: its name.
            wrong: the part of the command that names it, and is to be replaced if it does not exist.
            right: what takes its place, with `{}` for the name that was probably meant.
            own: whether a table of Better Auth would not do.
            fields: what a new table of this name would have.

        Raises:
            UsageError: there is none.
        """
        if found := self.find(table):
            return found
        names = sorted(name for name in self.names() if not name.startswith("sqlite_"))
        meant = self._meant(table, names, own=own)
        if meant is None and self._snapshot.there.get(table, False):
            raise self._undescribed(table)
        new = naming.snake_case(table)[: naming.MAX_BYTES]
        raise UsageError(
            f"There is no table {table!r}; the tables are {', '.join(names)}.",
            wrong=wrong or table,
            right=right.format(meant) if meant else "",
            help="" if meant else f"Make it first: {command_line(['new-domain', new, *fields])}" if new else "",
        )

    def check_free(self, table: str, **correction: str) -> None:
        """Refuse a name that a table has already, in the models or only in the local database.

        Args:
            table: the name.
            correction: what UsageError is told about the command.

        Raises:
            UsageError: it is taken.
        """
        found = self.find(table)
        if found is None and self._snapshot.there.get(table, False):
            raise UsageError(
                f"The local database has a table {table!r} already, which no model describes; nothing was written.",
                **correction,
            )
        if found:
            path = self._snapshot.path(found.file)
            what = "is a table of Better Auth" if self.is_auth(found) else "exists already"
            subject = repr(table) if self.is_auth(found) else f"The table {table!r}"
            raise UsageError(f"{subject} {what}, in {path}; nothing was written.", **correction)

    def _meant(self, table: str, names: Sequence[str], *, own: bool) -> str | None:
        """The table that was probably meant: of a domain of that name, or one that begins so or is alike."""
        file = f"tables/{table}.py"
        if file in self._snapshot.files and (inside := self.tables_in(file)):
            return inside[0]
        auth = self.tables_in(AUTH) if own and AUTH in self._snapshot.files else []
        fitting = [name for name in names if name not in auth]
        begun = [name for name in fitting if table and name.startswith(table)]
        return begun[0] if len(begun) == 1 else naming.nearest(table, fitting, cutoff=ALIKE)

    def _undescribed(self, table: str) -> UsageError:
        module = self._snapshot.path(f"tables/{table}.py")
        return UsageError(
            f"The local database has a table {table!r}, but no model describes it; nothing was written.",
            help=f"Describe it in a module such as {module}, and export the class:\n\n"
            f"  class {naming.class_name(table)}(Base):\n"
            f'      __tablename__ = "{table}"\n\n'
            "      id: Mapped[str] = mapped_column(primary_key=True)",
        )

    def names(self) -> set[str]:
        """The name of every table."""
        return {name for file in self.files() for name in self._names_in(file)}

    def _names_in(self, file: str) -> Iterable[str]:
        plain = plain_table_names(self._snapshot.files[file])
        return self.tables_in(file) if plain is None else plain

    def tables_in(self, file: str) -> list[str]:
        """The names of the tables that a file defines, in its order."""
        return [table.table_name for table in self._parsed(file, self.text(file)).tables]

    def classes_in(self, file: str) -> tuple[TableClass, ...]:
        """The tables that a file defines, in its order."""
        return self._parsed(file, self.text(file)).tables

    def has_organization(self, found: Found) -> bool:
        """Whether a table belongs to an organization by the package's mixin."""
        return self.columns(found).get("organization_id") == MIXINS

    def is_generated(self, file: str) -> bool:
        """Whether a file is not to be edited: Better Auth's tables."""
        return file == AUTH

    def is_auth(self, found: Found) -> bool:
        """Whether the table belongs to Better Auth."""
        return found.file == AUTH

    def class_names(self) -> dict[str, str]:
        """Each class that is exported or in the auth schema, with the file that defines or exports it."""
        exports = exported(self.text(EXPORTS).text, self._snapshot.package, path=self._snapshot.path(EXPORTS))
        taken = {name: self._snapshot.path(EXPORTS) for name in exports}
        if AUTH in self._snapshot.files:
            tables = self._parsed(AUTH, self.text(AUTH)).tables
            taken |= {table.class_name: self._snapshot.path(AUTH) for table in tables if table.class_name}
        return taken

    def columns(self, found: Found) -> dict[str, str]:
        """The column names of a table, those from its mixins too, each with the file that defines it."""
        columns = {column.name: found.file for column in found.table.columns}
        seen: set[tuple[str, str]] = set()
        for base in found.table.bases:
            columns |= self._inherited(found.file, base, seen)
        return columns

    def own(self, table: str) -> Found:
        """The table of this name, if it is one that a verb may change.

        Raises:
            UsageError: there is none, it belongs to Better Auth, or it has no class.
        """
        found = self.require(table, own=True)
        path = self._snapshot.path(found.file)
        if self.is_auth(found):
            raise UsageError(
                f"{table!r} is a table of Better Auth, in {path}: the front end owns it; nothing was written.",
                help="Keep what is yours in a table of your own that refers to it.",
            )
        if found.table.class_name is None:
            raise UsageError(
                f"{path}:{found.table.line} defines {table!r} as a core Table, which has no class to change;"
                " nothing was written.",
                help=f'Change it there by hand, then: scaffold generate -m "change {table}"',
            )
        self.check_made(found)
        return found

    def check_made(self, found: Found) -> None:
        """Refuse a table that no revision can build on: none makes it yet, and the local database has not got it.

        Raises:
            UsageError: it was written by hand, and is not generated yet.
        """
        table, snapshot = found.table.table_name, self._snapshot
        # What the auth schema says is there as soon as the front end's tables are: `auth sync` makes them.
        if self.is_auth(found) or snapshot.made.get(table, True) or snapshot.there.get(table, False):
            return
        generate = f'scaffold generate -m "create {table}"'
        if self._is_imported(found.file):
            raise UsageError(
                f"No migration makes the table {table!r} yet, so none can build on it; nothing was written.",
                help=f"Make it first: {generate}",
            )
        module, name = found.file.removesuffix(".py").replace("/", "."), found.table.class_name or "*"
        raise UsageError(
            f"The package's schema does not import the module that defines {table!r}, so migrations can't see the"
            " table; nothing was written.",
            help=f"Export its class in {snapshot.path(EXPORTS)}:\n\n"
            f"  from {snapshot.package}.{module} import {name} as {name}\n\nThen make it: {generate}",
        )

    def own_column(self, found: Found, column: str) -> ColumnDef:
        """The column of this name, if the table's own class has it.

        Raises:
            UsageError: there is none, or it comes from a mixin.
        """
        for candidate in found.table.columns:
            if candidate.name == column:
                return candidate
        table, everything = found.table.table_name, self.columns(found)
        if column in everything:
            raise UsageError(
                f"{column!r} of {table} comes from {self._snapshot.path(everything[column])}, which other tables share;"
                " nothing was written.",
                help=f"See it: {command_line(['show', table])}",
            )
        names = [candidate.name for candidate in found.table.columns]
        raise UsageError(
            f"{table} has no column {column!r}; its own columns are {', '.join(names) or 'none'}.",
            wrong=column,
            right=(meant := naming.nearest(column, names)) or "",
            help="" if meant else f"See it: {command_line(['show', table])}",
        )

    def edit(self, file: str, text: str) -> tuple[FileEdit, ...]:
        """The edit that gives a package file another text, or nothing if it is the same."""
        before, path = self._snapshot.files[file], self._snapshot.path(file)
        after = encode(self.text(file).with_text(text), path)
        return (FileEdit(path, before, after),) if after != before else ()

    def removal(self, file: str) -> FileEdit:
        """The edit that deletes a package file."""
        return FileEdit(self._snapshot.path(file), self._snapshot.files[file], None)

    def text(self, file: str) -> SourceText:
        """The text of a package file."""
        return decode(self._snapshot.files[file], self._snapshot.path(file))

    def _is_imported(self, file: str) -> bool:
        """Whether the schema or the exports mention a module; what they don't mention they can't import."""
        module = file.removesuffix(".py").rpartition("/")[2]
        texts = [self.text(name).text for name in ("schema.py", EXPORTS) if name in self._snapshot.files]
        return file in {"schema.py", AUTH} or any(re.search(rf"\b{re.escape(module)}\b", text) for text in texts)

    def _inherited(self, mentioned_in: str, base: str, seen: set[tuple[str, str]]) -> dict[str, str]:
        """The columns of a base class, and of its own bases: in the file that mentions it, or where mixins are kept."""
        columns: dict[str, str] = {}
        name = base.rpartition(".")[2]
        for file in dict.fromkeys((mentioned_in, MIXINS, "base.py")):
            if file not in self._snapshot.files or (file, name) in seen:
                continue
            seen.add((file, name))
            source = Source.parse(self.text(file).text, self._snapshot.path(file))
            if (node := dict(classes(source.tree.body)).get(name)) is None:
                continue
            own = [column.name for column, _ in own_columns(source, node, imported_names(source.tree))]
            # A mixin's column may be a function under @declared_attr.
            own += [part.name for part in node.body if isinstance(part, ast.FunctionDef) and part.decorator_list]
            columns |= dict.fromkeys(own, file)
            for further in node.bases:
                columns |= self._inherited(file, ast.unparse(further), seen)
        return columns

    def files(self) -> Iterator[str]:
        """The package's files that may define or mention tables."""
        for file in self._snapshot.files:
            if file.startswith("tables/") or file in {AUTH, "schema.py"}:
                yield file

    def _parsed(self, file: str, source: SourceText) -> Module:
        package = f"{self._snapshot.package}.tables" if file.startswith("tables/") else self._snapshot.package
        return parse(source.text, self._snapshot.path(file), package=package)
