"""Tables as the classes of models: each column a statement, the rest of a table its `__table_args__`."""

import keyword as python_keywords
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from scaffold.drizzle.mapped_defaults import values
from scaffold.drizzle.mapped_types import Context, PythonType, python_type
from scaffold.drizzle.model import Check, Column, ForeignKey, Index, IndexPart, Reference, Schema, Table
from scaffold.errors import UsageError
from scaffold.naming import snake_case
from scaffold.source.imports import Symbol
from scaffold.source.layout import (
    INDENT,
    Expression,
    array,
    call,
    expression,
    flat,
    keyword,
    statement,
    subscript,
    union,
)
from scaffold.source.mapped import FOREIGN_KEY, MAPPED, MAPPED_COLUMN, TEXT, attribute_name, quoted

INDEX = Symbol("sqlalchemy", "Index")
PRIMARY_KEY_CONSTRAINT = Symbol("sqlalchemy", "PrimaryKeyConstraint")
FOREIGN_KEY_CONSTRAINT = Symbol("sqlalchemy", "ForeignKeyConstraint")
CHECK_CONSTRAINT = Symbol("sqlalchemy", "CheckConstraint")
COMPUTED = Symbol("sqlalchemy", "Computed")
IDENTITY = Symbol("sqlalchemy", "Identity")
FINAL_NAME = Symbol("sqlalchemy.schema", "conv")
UNIQUE = Symbol("constraints", "unique")
"""Its module is inside of the package."""

_WORDS = re.compile(r"[A-Za-z_]\w*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Style:
    """What kind of module the classes are for.

    Args:
        authentic: whether Better Auth owns the tables.
        sortable: the columns that Better Auth sorts by, as pairs of model and property.
        inherit: whether a reference takes its type from the column that it points to.
    """

    authentic: bool = False
    sortable: Collection[tuple[str, str]] = ()
    inherit: bool = False


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column's statement in parts.

    Args:
        column: what it says.
        annotation: inside `Mapped[...]`, with `None` where NULL is allowed.
        arguments: of `mapped_column`, without the column's name.
    """

    column: Column
    annotation: Expression
    arguments: tuple[Expression, ...]

    def text(self, taken: frozenset[str], width: int) -> str:
        """The statement, in a module that has the names `taken`."""
        attribute = attribute_of(self.column.name, taken)
        named = [quoted(self.column.name)] if attribute != self.column.name else []
        arguments = [*named, *self.arguments]
        value = call("mapped_column", arguments) if arguments else None
        return statement(attribute, subscript("Mapped", [self.annotation]), value, width=width)


@dataclass(frozen=True, slots=True)
class Class:
    """A model.

    Args:
        name: of the class.
        table: the table's name.
        bases: the classes that it inherits from.
        attributes: its own columns.
        table_args: the items of `__table_args__`.
        needs: the symbols that all of it mentions.
        notes: what Python can't do as TypeScript does it.
        doc: its docstring.
    """

    name: str
    table: str
    bases: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    table_args: tuple[Expression, ...]
    needs: tuple[Symbol, ...]
    notes: tuple[str, ...] = ()
    doc: str = ""

    def text(self, taken: frozenset[str], width: int) -> str:
        """The class, in a module that has the names `taken`."""
        head = [f'"""{self.doc}"""', ""] if self.doc else []
        head.append(f"__tablename__ = {quoted(self.table)}")
        if self.table_args:
            head.append(_tuple("__table_args__", self.table_args, width))
        names = taken | {"Base"}
        body = "\n".join([*head, *([""] if self.attributes else []), *(a.text(names, width) for a in self.attributes)])
        indented = "\n".join(" " * INDENT + line if line else "" for line in body.split("\n"))
        return f"class {self.name}({', '.join(self.bases)}):\n{indented}\n"


def _tuple(target: str, items: Sequence[Expression], width: int) -> str:
    """An assignment of a tuple; one item keeps its comma."""
    line = f"{target} = ({', '.join(map(flat, items))}{',' if len(items) == 1 else ''})"
    if len(line) + INDENT <= width:
        return line
    split = [_item(item, width) for item in items]
    return "\n".join([f"{target} = (", *split, ")"])


def _item(item: Expression, width: int) -> str:
    """An item on lines of its own, indented, with its comma."""
    text = expression(item, width=width - 1, indent=2 * INDENT)
    return "\n".join(" " * INDENT + line for line in text.split("\n")) + ","


def attribute_of(column: str, taken: frozenset[str] = frozenset()) -> str:
    """The attribute for a column: a legal name of Python, in small letters."""
    name = snake_case(column) or "column"
    return attribute_name(f"{name}_" if python_keywords.iskeyword(name) else name, taken)


@dataclass(frozen=True, slots=True)
class Writer:
    """Makes classes of the tables of one schema.

    Args:
        schema: the schema.
        style: of the module.
    """

    schema: Schema
    style: Style

    def written(
        self, table: Table, name: str, *, mixins: Mapping[str, Collection[str]] | None = None, doc: str = ""
    ) -> Class:
        """The class of a table.

        Args:
            table: of the schema.
            name: of the class.
            mixins: the classes that bring some of its columns, with these columns' names.
            doc: its docstring.

        Raises:
            UsageError: Python has no way to say something in it.
        """
        mixins = mixins or {}
        brought = {column for columns in mixins.values() for column in columns}
        own = [column for column in table.columns if column.name not in brought]
        needs: list[Symbol] = [MAPPED]
        notes: list[str] = []
        attributes = [self._attribute(table, column, needs, notes) for column in own]
        table_args = self._table_args(table, needs)
        if any(
            attribute.arguments or attribute_of(attribute.column.name) != attribute.column.name
            for attribute in attributes
        ):
            needs.append(MAPPED_COLUMN)
        return Class(
            name,
            table.name,
            (*mixins, "Base"),
            tuple(attributes),
            tuple(table_args),
            tuple(dict.fromkeys(needs if attributes else needs[1:])),
            tuple(f"{table.name}.{note}" for note in notes),
            doc,
        )

    def error(self, line: int, message: str) -> UsageError:
        """An error that names the file and the line."""
        return UsageError(f"{self.schema.path}:{line}: {message}; nothing was written.")

    def _attribute(self, table: Table, column: Column, needs: list[Symbol], notes: list[str]) -> Attribute:
        made = self._type(table, column)
        context = self._context(table, column)
        filled = values(column, made, context)
        key = [self._foreign_key(column, column.references, needs)] if column.references else []
        inherits = self.style.inherit and column.references is not None and made.annotation == "str"
        sqltype = [made.sqltype] if made.sqltype is not None and not inherits else []
        arguments = [
            *sqltype,
            *self._computed(column, needs),
            *key,
            *(["primary_key=True"] if column.primary_key else []),
            *(["autoincrement=False"] if _counts_by_mistake(column, made, context) else []),
            *(self._index(table, column)),
            *filled.arguments,
        ]
        needs += [*(need for need in made.needs if not (inherits and need.name == "types")), *filled.needs]
        notes += filled.notes
        if self._gets_check(table, column, made):
            notes.append(
                f"{column.name}: a CHECK will hold it to its values, which the TypeScript does not say; bring it up to"
                " date with scaffold export drizzle"
            )
        optional = not (column.not_null or column.primary_key)
        annotation = union([made.annotation, "None"]) if optional else made.annotation
        return Attribute(column, annotation, tuple(arguments))

    def _gets_check(self, table: Table, column: Column, made: PythonType) -> bool:
        """Whether `appdb` adds a CHECK that the TypeScript has not."""
        enum = bool(column.type.values) and made.sqltype is None and not self.style.authentic
        return enum and not any(_is_enum_check(table, check) for check in table.checks)

    def _type(self, table: Table, column: Column) -> PythonType:
        made = python_type(column, self._context(table, column))
        if made is not None and made.sqltype == "types.Id" and column.references is not None:
            made = self._type_of_target(column.references) or made
        if made is None:
            raise self.error(column.line, f"{table.name}.{column.name} is of a type that has no counterpart in Python")
        if column.autoincrement and not column.primary_key:
            raise self.error(column.line, f"{table.name}.{column.name} counts up without being the primary key")
        return made

    def _type_of_target(self, reference: Reference) -> PythonType | None:
        """The type of the text that a reference points to, which may be no id; None where it is not in this file."""
        target = self.schema.table(reference.table)
        column = target.column(reference.column) if target is not None else None
        if target is None or column is None or column.references is not None:
            return None
        made = python_type(column, self._context(target, column))
        return made if made is not None and made.annotation == "str" else None

    def _context(self, table: Table, column: Column) -> Context:
        sortable = (snake_case(table.export_name).removesuffix("s"), column.property) in self.style.sortable
        return Context(self.schema.dialect, column.name in keyed_columns(table), sortable, self.style.authentic)

    def _foreign_key(self, column: Column, reference: Reference, needs: list[Symbol]) -> Expression:
        if self.style.authentic and not reference.known:
            raise self.error(column.line, f"{column.name} refers to {reference.table}, which is not in this file")
        needs.append(FOREIGN_KEY)
        target = quoted(f"{reference.table}.{reference.column}")
        return call("ForeignKey", [target, *_actions(reference.on_delete, reference.on_update)])

    def _computed(self, column: Column, needs: list[Symbol]) -> list[Expression]:
        if column.generated:
            needs.append(COMPUTED)
            return [call("Computed", [quoted(column.generated), f"persisted={column.stored}"])]
        counted = column.autoincrement and self.style.authentic and column.type.builder in ("integer", "int")
        if column.identity or counted:
            needs.append(IDENTITY)
            return [call("Identity", ["always=True"] if column.identity == "always" else [])]
        return []

    def _index(self, table: Table, column: Column) -> list[Expression]:
        found = next((index for index in table.indexes if self._is_plain(table, index) == column.name), None)
        if found is None:
            return []
        return ["unique=True", "index=True"] if found.unique else ["index=True"]

    def _is_plain(self, table: Table, index: Index) -> str:
        """The column of an index that `index=True` makes; empty for any other, and in Better Auth's tables."""
        if self.style.authentic or len(index.parts) != 1 or index.where or index.parts[0].descending:
            return ""
        column = index.parts[0].column
        return column if column and index.name == f"{table.name}_{column}_idx" else ""

    def _table_args(self, table: Table, needs: list[Symbol]) -> list[Expression]:
        made: list[Expression] = []
        for column in table.columns:
            if column.unique:
                made.append(call("*unique", [quoted(column.unique), quoted(column.name)]))
        for key in table.uniques:
            made.append(call("*unique", [quoted(key.name), *map(quoted, key.columns)]))
        needs += [UNIQUE] if made else []
        for index in table.indexes:
            if not self._is_plain(table, index):
                made.append(self._index_arg(index, needs))
        if table.primary_key is not None:
            needs.append(PRIMARY_KEY_CONSTRAINT)
            names = [*map(quoted, table.primary_key.columns), keyword("name", quoted(table.primary_key.name))]
            made.append(call("PrimaryKeyConstraint", names))
        made += [self._foreign_key_arg(table, key, needs) for key in table.foreign_keys]
        made += [self._check_arg(table, check, needs) for check in table.checks if not _is_enum_check(table, check)]
        if self._counts(table):
            made.append('{"sqlite_autoincrement": True}')
        return made

    def _counts(self, table: Table) -> bool:
        counted = any(column.autoincrement and column.primary_key for column in table.columns)
        return counted and (self.schema.dialect == "sqlite" or self.style.authentic)

    def _index_arg(self, index: Index, needs: list[Symbol]) -> Expression:
        needs.append(INDEX)
        arguments: list[Expression] = [quoted(index.name), *(self._part(part, needs) for part in index.parts)]
        arguments += ["unique=True"] if index.unique else []
        if index.where:
            needs.append(TEXT)
            condition = call("text", [quoted(_escaped(index.where))])
            arguments += [keyword(f"{name}_where", condition) for name in ("sqlite", "postgresql")]
        return call("Index", arguments)

    def _part(self, part: IndexPart, needs: list[Symbol]) -> Expression:
        if part.column and not part.descending:
            return quoted(part.column)
        needs.append(TEXT)
        # drizzle-orm's desc() says where NULLs go on the one database that can be told.
        order = "DESC NULLS LAST" if self.schema.dialect == "postgresql" else "DESC"
        return call("text", [quoted(f"{part.column} {order}" if part.column else _escaped(part.sql))])

    def _foreign_key_arg(self, table: Table, key: ForeignKey, needs: list[Symbol]) -> Expression:
        needs.append(FOREIGN_KEY_CONSTRAINT)
        targets = [quoted(f"{key.table}.{column}") for column in key.foreign_columns]
        usual = "_".join([table.name, *key.columns, key.table, *key.foreign_columns, "fk"])
        named: list[Expression] = [keyword("name", quoted(key.name))] if key.name != usual else []
        arguments = [
            array([*map(quoted, key.columns)]),
            array(targets),
            *_actions(key.on_delete, key.on_update),
            *named,
        ]
        return call("ForeignKeyConstraint", arguments)

    def _check_arg(self, table: Table, check: Check, needs: list[Symbol]) -> Expression:
        needs.append(CHECK_CONSTRAINT)
        start, end = f"{table.name}_", "_check"
        name: Expression
        if check.name.startswith(start) and check.name.endswith(end) and len(check.name) > len(start + end):
            name = quoted(check.name[len(start) : -len(end)])
        else:
            needs.append(FINAL_NAME)
            name = call("conv", [quoted(check.name)])
        return call("CheckConstraint", [quoted(_escaped(check.sql)), keyword("name", name)])


def keyed_columns(table: Table) -> set[str]:
    """The columns that an index or a constraint holds."""
    keyed = {column for index in table.indexes for column in index.columns}
    keyed |= {column for unique in table.uniques for column in unique.columns}
    keyed |= {column for key in table.foreign_keys for column in key.columns}
    keyed |= set(table.primary_key.columns) if table.primary_key else set()
    return keyed | {column.name for column in table.columns if column.unique}


def _counts_by_mistake(column: Column, made: PythonType, context: Context) -> bool:
    """SQLAlchemy lets a lone integer primary key count up; on SQLite it does so in any case."""
    return column.primary_key and made.annotation == "int" and not column.autoincrement and context.dialect != "sqlite"


def _actions(on_delete: str, on_update: str) -> list[Expression]:
    pairs = (("ondelete", on_delete), ("onupdate", on_update))
    return [keyword(name, quoted(action)) for name, action in pairs if action and action != "NO ACTION"]


def _escaped(sql: str) -> str:
    return re.sub(r"(?<![:\w\\]):(?=\w)", r"\\:", sql)


def _is_enum_check(table: Table, check: Check) -> bool:
    """Whether it is the CHECK that `appdb` adds to every enum column, which the column's type brings along."""
    named = re.fullmatch(re.escape(f"{table.name}_") + r"(\w+)_[0-9a-f]{6}_check", check.name)
    column = table.column(named[1]) if named else None
    return column is not None and bool(column.type.values)


def qualified(needs: Collection[Symbol], package: str) -> list[Symbol]:
    """The symbols with the package in front of those that are inside of it."""
    inside = {"", "defaults", "constraints", "mixins", "base"}
    return [
        replace(need, module=f"{package}.{need.module}".rstrip(".")) if need.module in inside else need
        for need in needs
    ]
