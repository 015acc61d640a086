"""A Drizzle schema as frozen values: what a TypeScript file says of a database, with the line that says it."""

from dataclasses import dataclass
from typing import Any, Literal

Dialect = Literal["sqlite", "postgresql", "mysql"]
Casing = Literal["", "snake_case", "camelCase"]
"""What becomes of a property whose column is not named: drizzle's `casing` option."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A default that is a value: text, number, boolean, null, JSON document or `datetime`."""

    value: Any


@dataclass(frozen=True, slots=True)
class Sql:
    """A default that is SQL: what stands in a sql`...` template."""

    text: str


@dataclass(frozen=True, slots=True)
class Now:
    """A default that is the current instant: `.defaultNow()`."""


Default = Constant | Sql | Now


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A column's type, in the words of its dialect.

    Args:
        builder: the function that makes it: `text`, `integer`, `varchar`, ...; `enum` for a PostgreSQL or MySQL enum.
        mode: the `mode` option: `boolean`, `timestamp`, `timestamp_ms`, `json`, `number`, `bigint`, `date`, ...
        length: the `length` option.
        precision: digits of a number, or of a timestamp's fraction of a second (MySQL's `fsp`).
        scale: digits after the point.
        with_timezone: of a PostgreSQL timestamp or time.
        unsigned: of a MySQL number.
        values: what an enum allows; the database checks it only if `builder` is `enum`.
        enum_name: the name of a PostgreSQL enum.
        array: whether it is a PostgreSQL array of it.
    """

    builder: str
    mode: str = ""
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    with_timezone: bool = False
    unsigned: bool = False
    values: tuple[str, ...] = ()
    enum_name: str = ""
    array: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a foreign key of one column points.

    Args:
        table: the table's name in the database.
        column: the column's name in the database.
        on_delete: in capitals, empty where nothing is said.
        on_update: in capitals, empty where nothing is said.
        known: whether the table was read as well; else both names are guessed from the TypeScript names.
    """

    table: str
    column: str
    on_delete: str = ""
    on_update: str = ""
    known: bool = True


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Args:
        property: its name in TypeScript.
        name: its name in the database.
        type: its type.
        line: where it stands.
        not_null: whether NULL is refused.
        primary_key: whether it alone is the primary key.
        unique: the name of its unique constraint (on SQLite: index); empty where there is none.
        default: the database's default.
        default_fn: the function that makes its value in TypeScript, as text.
        on_update: the function that makes its new value in TypeScript, as text.
        references: where it points.
        autoincrement: whether the database counts it up (AUTOINCREMENT, AUTO_INCREMENT, SERIAL).
        identity: "always" or "by default" for a PostgreSQL identity.
        generated: the expression of a generated column.
        stored: whether a generated column is stored.
        ts_type: what `.$type<...>()` says.
        comment: what the `/** comment */` above it says.
    """

    property: str
    name: str
    type: ColumnType
    line: int = 0
    not_null: bool = False
    primary_key: bool = False
    unique: str = ""
    default: Default | None = None
    default_fn: str = ""
    on_update: str = ""
    references: Reference | None = None
    autoincrement: bool = False
    identity: Literal["", "always", "by default"] = ""
    generated: str = ""
    stored: bool = False
    ts_type: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class IndexPart:
    """What an index holds: a column or an expression.

    Args:
        column: the column's name in the database; empty for an expression.
        sql: the expression; empty for a column.
        descending: whether it is sorted downward.
    """

    column: str = ""
    sql: str = ""
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Index:
    """An index.

    Args:
        name: in the database.
        parts: what it holds, in order.
        unique: whether it refuses duplicates.
        where: the condition of a partial index.
        line: where it stands.
    """

    name: str
    parts: tuple[IndexPart, ...]
    unique: bool = False
    where: str = ""
    line: int = 0

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(part.column for part in self.parts)


@dataclass(frozen=True, slots=True)
class UniqueKey:
    """A unique constraint over some columns, by their names in the database."""

    name: str
    columns: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key over some columns, by their names in the database."""

    name: str
    columns: tuple[str, ...]
    table: str
    foreign_columns: tuple[str, ...]
    on_delete: str = ""
    on_update: str = ""
    known: bool = True
    line: int = 0


@dataclass(frozen=True, slots=True)
class Check:
    """A CHECK constraint."""

    name: str
    sql: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class PrimaryKey:
    """A primary key over several columns, by their names in the database."""

    name: str
    columns: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Args:
        export_name: its name in TypeScript.
        name: its name in the database.
        columns: in their order.
        line: where it stands.
        primary_key: where it is a constraint of its own.
    """

    export_name: str
    name: str
    columns: tuple[Column, ...]
    line: int = 0
    indexes: tuple[Index, ...] = ()
    uniques: tuple[UniqueKey, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    primary_key: PrimaryKey | None = None

    def column(self, name: str) -> Column | None:
        """The column of that name in the database."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables of one TypeScript file.

    Args:
        dialect: the database that they are for.
        tables: in the file's order.
        path: of the file, for messages.
    """

    dialect: Dialect
    tables: tuple[Table, ...]
    path: str = ""

    def table(self, name: str) -> Table | None:
        """The table of that name in the database."""
        return next((table for table in self.tables if table.name == name), None)


@dataclass(frozen=True, slots=True)
class Domain:
    """The tables of one domain: one module in Python, one `.table.ts` file in TypeScript."""

    name: str
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Models:
    """All models of a project, in the words of one dialect.

    Args:
        dialect: of the types and the defaults.
        domains: sorted by name.
        auth: Better Auth's tables.
    """

    dialect: Dialect
    domains: tuple[Domain, ...]
    auth: tuple[Table, ...] = ()
