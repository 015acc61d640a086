"""Tables as a database has them, as values: what two databases are compared by."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

_LITERAL = re.compile(r"('(?:[^']|'')*')")


@dataclass(frozen=True, slots=True)
class ColumnShape:
    """A column.

    Args:
        name: in the database.
        types: what the column type is called, by dialect, sorted; the dialect of the database itself is always there,
            others as far as they are known.
        nullable: whether NULL is allowed.
        default: the server default's SQL.
        computed: the SQL of a generated column.
        counted: whether the database numbers rows by it, those that are there too when it comes.
    """

    name: str
    types: tuple[tuple[str, str], ...]
    nullable: bool = True
    default: str | None = None
    computed: str | None = None
    counted: bool = False

    def has_type_of(self, other: "ColumnShape") -> bool:
        """Whether the types are the same on every dialect that both know."""
        known = dict(other.types)
        return all(known.get(dialect, spelled) == spelled for dialect, spelled in self.types)


@dataclass(frozen=True, slots=True)
class PrimaryKeyShape:
    """The primary key."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForeignKeyShape:
    """A foreign key: `columns` refer to `referred` of `table`; `timing` as `scaffold.schema.timing` says it.

    `match` is PostgreSQL's, where that is not its usual one.
    """

    name: str | None
    columns: tuple[str, ...]
    table: str
    referred: tuple[str, ...]
    on_delete: str = "NO ACTION"
    on_update: str = "NO ACTION"
    timing: str = ""
    match: str = ""


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """What PostgreSQL lets an index have besides its columns.

    Args:
        include: columns that it holds and does not sort by.
        nulls_not_distinct: whether two NULLs are the same.
        storage: its WITH, by name.
    """

    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    storage: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        storage = ", ".join(f"{name}={value}" for name, value in self.storage)
        words = (
            f"INCLUDE ({', '.join(self.include)})" * bool(self.include),
            "NULLS NOT DISTINCT" * self.nulls_not_distinct,
            f"WITH ({storage})" * bool(storage),
        )
        return " ".join(filter(None, words))

    @property
    def given(self) -> dict[str, Any]:
        """What SQLAlchemy has to be told for them."""
        options = {
            "postgresql_include": list(self.include),
            "postgresql_nulls_not_distinct": self.nulls_not_distinct,
            "postgresql_with": dict(self.storage),
        }
        return {name: value for name, value in options.items() if value}

    def renamed(self, old: str, new: str) -> "IndexOptions":
        """With a column's new name."""
        return replace(self, include=tuple(new if column == old else column for column in self.include))


@dataclass(frozen=True, slots=True)
class IndexShape:
    """An index; `columns` may be expressions, `where` is the predicate of a partial one.

    `using` is the kind that PostgreSQL makes of it, where that is not its usual one.
    """

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    where: str | None = None
    using: str = ""
    options: IndexOptions = IndexOptions()


@dataclass(frozen=True, slots=True)
class UniqueShape:
    """A unique constraint; `timing` as `scaffold.schema.timing` says it, `options` those of its index."""

    name: str | None
    columns: tuple[str, ...]
    timing: str = ""
    options: IndexOptions = IndexOptions()


@dataclass(frozen=True, slots=True)
class CheckShape:
    """A CHECK."""

    name: str | None
    condition: str


Constraint: TypeAlias = PrimaryKeyShape | ForeignKeyShape | IndexShape | UniqueShape | CheckShape


@dataclass(frozen=True, slots=True)
class TableShape:
    """A table."""

    name: str
    columns: tuple[ColumnShape, ...]
    primary_key: PrimaryKeyShape = PrimaryKeyShape(())
    foreign_keys: tuple[ForeignKeyShape, ...] = ()
    indexes: tuple[IndexShape, ...] = ()
    uniques: tuple[UniqueShape, ...] = ()
    checks: tuple[CheckShape, ...] = ()

    def column(self, name: str) -> ColumnShape | None:
        """The column of this name."""
        return next((column for column in self.columns if column.name == name), None)

    def about(self, constraint: Constraint) -> tuple[str, ...]:
        """The columns that a key, an index or a condition of the table is about."""
        names = [column.name for column in self.columns]
        match constraint:
            case CheckShape(_, condition):
                return mentioned(condition, names)
            case IndexShape(_, columns):
                return mentioned(" ".join(columns), names)
        return constraint.columns


Shapes: TypeAlias = Mapping[str, TableShape]
"""The tables of a database by name."""


def plain(sql: str | None) -> str | None:
    """SQL without what does not change its meaning: white space, case, quoted names, parentheses around it all."""
    if sql is None:
        return None
    parts = _LITERAL.split(sql.strip())
    # Every second part is a literal.
    for index in range(0, len(parts), 2):
        bare = re.sub(r'["`]', "", parts[index])
        parts[index] = re.sub(r"\s*([^\w\s])\s*", r"\1", re.sub(r"\s+", " ", bare)).casefold()
    return _unwrapped("".join(parts).strip())


def _unwrapped(sql: str) -> str:
    while sql.startswith("(") and sql.endswith(")"):
        depth = 0
        for character in _LITERAL.sub("x", sql)[:-1]:
            depth += {"(": 1, ")": -1}.get(character, 0)
            if depth == 0:
                return sql
        sql = sql[1:-1]
    return sql


def mentioned(sql: str, columns: Iterable[str]) -> tuple[str, ...]:
    """Those of the columns that a condition or an expression mentions."""
    words = {word for part in _LITERAL.split(sql)[::2] for word in re.findall(r"[\w$]+", part)}
    return tuple(column for column in columns if column in words)


def in_words(sql: str, old: str, new: str) -> str:
    """A condition or an expression with a column's new name."""
    parts = _LITERAL.split(sql)
    parts[::2] = [re.sub(rf"(?<![\w$]){re.escape(old)}(?![\w$])", new, part) for part in parts[::2]]
    return "".join(parts)


def renamed_table(shapes: Shapes, old: str, new: str) -> Shapes:
    """The tables after a rename of one, with the foreign keys that refer to it."""
    result = {}
    for name, table in shapes.items():
        keys = tuple(replace(key, table=new) if key.table == old else key for key in table.foreign_keys)
        result[new if name == old else name] = replace(table, name=new if name == old else name, foreign_keys=keys)
    return result


def renamed_column(shapes: Shapes, table: str, old: str, new: str) -> Shapes:
    """The tables after a rename of one column, with the keys, indexes and conditions that name it."""

    def names(columns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(new if column == old else column for column in columns)

    def sql(text: str | None) -> str | None:
        return None if text is None else in_words(text, old, new)

    result = {}
    for name, shape in shapes.items():
        keys = tuple(
            replace(
                key,
                columns=names(key.columns) if name == table else key.columns,
                referred=names(key.referred) if key.table == table else key.referred,
            )
            for key in shape.foreign_keys
        )
        result[name] = replace(shape, foreign_keys=keys)
        if name == table:
            others = {column.name for column in shape.columns} - {old}
            result[name] = replace(
                result[name],
                columns=tuple(
                    replace(column, name=new if column.name == old else column.name, computed=sql(column.computed))
                    for column in shape.columns
                ),
                primary_key=PrimaryKeyShape(names(shape.primary_key.columns)),
                indexes=tuple(
                    replace(
                        index,
                        columns=tuple(
                            column if column in others else in_words(column, old, new) for column in index.columns
                        ),
                        where=sql(index.where),
                        options=index.options.renamed(old, new),
                    )
                    for index in shape.indexes
                ),
                uniques=tuple(
                    replace(unique, columns=names(unique.columns), options=unique.options.renamed(old, new))
                    for unique in shape.uniques
                ),
                checks=tuple(replace(check, condition=sql(check.condition) or "") for check in shape.checks),
            )
    return result
