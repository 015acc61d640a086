"""What a database has, read from its own catalogue into shapes.

Where SQLAlchemy's inspector loses something, the database is asked itself: ON DELETE in an inline REFERENCES, what is
DEFERRABLE, indexes over expressions and their predicates, what a generated column of SQLite computes, defaults that
MariaDB escapes in its own way.
"""

import re
import warnings
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scaffold.schema.shapes import (
    CheckShape,
    ColumnShape,
    ForeignKeyShape,
    IndexOptions,
    IndexShape,
    PrimaryKeyShape,
    Shapes,
    TableShape,
    UniqueShape,
)
from scaffold.schema.timing import timing
from scaffold.sqlite.definition import parse

if TYPE_CHECKING:
    import sqlalchemy as sa
    from sqlalchemy.engine import Dialect

INTERNAL = re.compile(r"alembic_version|sqlite_\w+|d1_migrations|__drizzle_migrations|_cf_\w+")
"""Tables that are no part of a schema: tools keep their records in them."""


@dataclass(frozen=True, slots=True)
class Reflected:
    """What a database has.

    Args:
        shapes: its tables.
        types: SQLAlchemy's types of the columns, by table and column.
        statements: what a SQLite keeps of a table, by its name: the statements that made it and its indexes.
    """

    shapes: Shapes
    types: Mapping[tuple[str, str], Any]
    statements: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def keeps_old_names(self) -> bool:
        """Whether it leaves foreign keys their names when a table or a column gets a new one, as only SQLite does."""
        return bool(self.statements)


def reflect(
    connection: "sa.Connection", tables: Collection[str] | None = None, known: Reflected | None = None
) -> Reflected:
    """The tables of a database's default schema.

    Args:
        connection: to the database.
        tables: the names to look at; None for all.
        known: another database of the kind; what the same statements have made there is not read again.
    """
    import sqlalchemy as sa

    inspector = sa.inspect(connection)
    there = [name for name in inspector.get_table_names() if not INTERNAL.fullmatch(name)]
    wanted = [name for name in there if tables is None or name in tables]
    statements = _statements(connection)
    same = {name for name in wanted if known and name in statements and known.statements.get(name) == statements[name]}
    unread = [name for name in wanted if name not in same]
    reader = _Reader(connection, inspector, unread) if unread else None
    types = reader.types() if reader else {}
    if known and same:
        types |= {place: type_ for place, type_ in known.types.items() if place[0] in same}
    return Reflected(
        {name: reader.table(name) if reader and name not in same else known.shapes[name] for name in wanted},  # type: ignore[union-attr]
        types,
        statements,
    )


def _statements(connection: "sa.Connection") -> dict[str, frozenset[str]]:
    if connection.dialect.name != "sqlite":
        return {}
    found: dict[str, set[str]] = defaultdict(set)
    for table, sql in connection.exec_driver_sql("SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"):
        found[table].add(ordered(sql))
    return {table: frozenset(statements) for table, statements in found.items()}


def spelled(type_: Any, dialect: "Dialect") -> str:
    """What a column type is called on a dialect; a native enum with its values."""
    import sqlalchemy as sa

    try:
        name = type_.compile(dialect=dialect).upper()
    except sa.exc.CompileError:
        return ""
    native = isinstance(type_, sa.Enum)
    return f"{name} ({', '.join(type_.enums)})" if native and type_.native_enum else name


def ordered(sql: str) -> str:
    """A statement of SQLAlchemy's with its constraints sorted: a revision and a model have them in different orders."""
    first, *others = sql.removesuffix("\n)").split(", \n\t")
    return "\n".join([first, *sorted(others, key=lambda other: other if other.startswith("CONSTRAINT ") else "")])


class _Reader:
    """All of a database's catalogue at once, as many small questions cost more than a few big ones."""

    def __init__(self, connection: "sa.Connection", inspector: "sa.Inspector", names: list[str]) -> None:
        self._connection, self._dialect = connection, connection.dialect
        with warnings.catch_warnings():
            # Expression indexes, which are read below, and types that only the database itself knows.
            warnings.simplefilter("ignore")
            multi = {
                kind: {
                    name: value
                    for (_, name), value in getattr(inspector, f"get_multi_{kind}")(filter_names=of_kind).items()
                }
                if (of_kind := self._having(kind, names))
                else {}
                for kind in ("columns", "pk_constraint", "foreign_keys", "unique_constraints", "check_constraints")
            }
            indexes = inspector.get_multi_indexes(filter_names=names) if self._mysql else {}
        self._multi = multi
        self._indexes = {name: value for (_, name), value in indexes.items()}
        self._index_sql = self._read_index_sql()
        self._actions = self._read_actions()
        self._timings = self._read_timings()
        self._computed = self._read_computed()
        self._defaults = self._read_defaults()

    def _having(self, kind: str, names: list[str]) -> list[str]:
        """The tables that may have something of a kind: SQLAlchemy parses each statement of a SQLite for each kind."""
        word = {"foreign_keys": "REFERENCES", "unique_constraints": "UNIQUE", "check_constraints": "CHECK"}.get(kind)
        if word is None or self._dialect.name != "sqlite":
            return names
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%' || ? || '%'"
        found = {name for (name,) in self._connection.exec_driver_sql(query, (word,))}
        return [name for name in names if name in found]

    @property
    def _mysql(self) -> bool:
        return self._dialect.name in {"mysql", "mariadb"}

    def types(self) -> dict[tuple[str, str], Any]:
        return {
            (table, column["name"]): column["type"]
            for table, columns in self._multi["columns"].items()
            for column in columns
        }

    def table(self, name: str) -> TableShape:
        keys = self._foreign_keys(name)
        uniques = self._uniques(name)
        indexes = self._found_indexes(name, {unique.name for unique in uniques} | {key.name for key in keys})
        checks = [
            CheckShape(check["name"], check["sqltext"])
            for check in self._multi["check_constraints"].get(name) or []
            # MariaDB's own, of a JSON column.
            if not (self._mysql and check["sqltext"].startswith("json_valid("))
        ]
        return TableShape(
            name,
            columns=tuple(self._column(name, column) for column in self._multi["columns"][name]),
            primary_key=PrimaryKeyShape(tuple(self._multi["pk_constraint"][name]["constrained_columns"])),
            foreign_keys=tuple(keys),
            indexes=tuple(indexes),
            uniques=tuple(uniques),
            checks=tuple(checks),
        )

    def _column(self, table: str, column: Any) -> ColumnShape:
        default = self._defaults.get((table, column["name"])) if self._mysql else column.get("default")
        computed = column.get("computed")
        # A sequence of PostgreSQL's own is named after its table.
        own = default is not None and default.startswith("nextval(")
        return ColumnShape(
            name=column["name"],
            types=((self._dialect.name, spelled(column["type"], self._dialect)),),
            nullable=bool(column["nullable"]),
            default=None if own or computed else default,
            computed=self._computed.get((table, column["name"]), computed["sqltext"]) if computed else None,
            counted=own or "identity" in column,
        )

    def _foreign_keys(self, table: str) -> list[ForeignKeyShape]:
        keys = []
        for key in self._multi["foreign_keys"].get(table) or []:
            columns, options = tuple(key["constrained_columns"]), key.get("options", {})
            on_delete, on_update = self._actions.get(
                (table, columns), (options.get("ondelete"), options.get("onupdate"))
            )
            keys.append(
                ForeignKeyShape(
                    name=key["name"],
                    columns=columns,
                    table=key["referred_table"],
                    referred=tuple(key["referred_columns"]),
                    on_delete=on_delete or "NO ACTION",
                    on_update=on_update or "NO ACTION",
                    timing=self._timing(table, key["name"], columns),
                    match=options.get("match") or "",
                )
            )
        return keys

    def _uniques(self, table: str) -> list[UniqueShape]:
        uniques = []
        for unique in self._multi["unique_constraints"].get(table) or []:
            name, columns, options = unique["name"], tuple(unique["column_names"]), unique.get("dialect_options", {})
            index = IndexOptions(
                include=tuple(options.get("postgresql_include") or ()),
                nulls_not_distinct=bool(options.get("postgresql_nulls_not_distinct")),
            )
            uniques.append(UniqueShape(name, columns, self._timing(table, name, columns), index))
        return uniques

    def _timing(self, table: str, name: str | None, columns: tuple[str, ...]) -> str:
        return self._timings.get((table, name), "") or self._timings.get((table, columns), "")

    def _found_indexes(self, table: str, constraints: set[str | None]) -> list[IndexShape]:
        """The indexes that are no constraint's own; MySQL names those of foreign keys after them."""
        found = [_parsed(name, sql) for name, sql in self._index_sql.get(table, {}).items()]
        for index in self._indexes.get(table) or []:
            columns = tuple(str(column) for column in index.get("expressions") or index["column_names"])
            found.append(IndexShape(str(index["name"]), columns, bool(index["unique"])))
        return [index for index in found if index.name not in constraints]

    def _read_index_sql(self) -> dict[str, dict[str, str]]:
        if self._dialect.name == "sqlite":
            query = "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        elif self._dialect.name == "postgresql":
            query = (
                "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
                " AND NOT EXISTS (SELECT FROM pg_constraint c JOIN pg_class i ON i.oid = c.conindid"
                " WHERE i.relname = indexname AND i.relnamespace = current_schema()::regnamespace"
                " AND c.contype IN ('p', 'u', 'x'))"
            )
        else:
            return {}
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for table, name, sql in self._connection.exec_driver_sql(query):
            found[table][name] = sql
        return found

    def _read_actions(self) -> dict[tuple[str, tuple[str, ...]], tuple[str, str]]:
        if self._dialect.name != "sqlite":
            return {}
        query = (
            'SELECT m.name, k.id, k.seq, k."from", k.on_delete, k.on_update FROM sqlite_master m,'
            " pragma_foreign_key_list(m.name) k WHERE m.type = 'table' ORDER BY m.name, k.id, k.seq"
        )
        columns: dict[tuple[str, int], list[str]] = defaultdict(list)
        actions: dict[tuple[str, int], tuple[str, str]] = {}
        for table, number, _, column, on_delete, on_update in self._connection.exec_driver_sql(query):
            columns[table, number].append(column)
            actions[table, number] = (on_delete, on_update)
        return {(key[0], tuple(names)): actions[key] for key, names in columns.items()}

    def _read_timings(self) -> dict[tuple[str, str | tuple[str, ...] | None], str]:
        """When each constraint is checked that is DEFERRABLE: by its name, or on SQLite by the columns of the key."""
        if self._dialect.name == "postgresql":
            query = (
                "SELECT t.relname, c.conname, c.condeferred FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid"
                " WHERE c.condeferrable AND t.relnamespace = current_schema()::regnamespace"
            )
            rows = self._connection.exec_driver_sql(query)
            return {(table, name): timing(True, "DEFERRED" * deferred) for table, name, deferred in rows}
        if self._dialect.name != "sqlite":
            return {}
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE '%DEFERRABLE%'"
        return {
            (table, (column.name,) if column else item.columns): item.timing
            for table, sql in self._connection.exec_driver_sql(query)
            for column, item in parse(sql).every_constraint
            if item.parent
        }

    def _read_computed(self) -> dict[tuple[str, str], str]:
        """What each generated column of a SQLite computes; SQLAlchemy reads on to the last parenthesis of the line."""
        having = {name for name, columns in self._multi["columns"].items() if any("computed" in c for c in columns)}
        if self._dialect.name != "sqlite" or not having:
            return {}
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
        return {
            (table, column.name): item.expression
            for table, sql in self._connection.exec_driver_sql(query)
            if table in having
            for column, item in parse(sql).every_constraint
            if column and item.kind == "generated"
        }

    def _read_defaults(self) -> dict[tuple[str, str], str | None]:
        if not self._mysql:
            return {}
        query = (
            "SELECT table_name, column_name, column_default FROM information_schema.columns"
            " WHERE table_schema = database() AND column_default IS NOT NULL AND column_default <> 'NULL'"
        )
        return {(table, column): default for table, column, default in self._connection.exec_driver_sql(query)}


def _parsed(name: str, sql: str) -> IndexShape:
    """An index from its CREATE INDEX statement."""
    start = sql.index("(", re.search(r"\bON\b", sql, re.IGNORECASE).end())  # type: ignore[union-attr]
    using = re.search(r"\bUSING (\w+) $", sql[:start])
    depth, quoted, end = 0, "", start
    for end in range(start, len(sql)):
        character = sql[end]
        if quoted:
            quoted = "" if character == quoted else quoted
        elif character in "'\"`":
            quoted = character
        else:
            depth += {"(": 1, ")": -1}.get(character, 0)
            if depth == 0:
                break
    more, _, where = _partition(sql[end + 1 :])
    return IndexShape(
        name,
        _names(sql[start + 1 : end]),
        unique=bool(re.match(r"\s*CREATE\s+UNIQUE\b", sql, re.IGNORECASE)),
        where=where.strip() or None,
        using=using[1] if using and using[1] != "btree" else "",
        options=_index_options(more),
    )


def _index_options(more: str) -> IndexOptions:
    """What stands between an index's columns and its predicate, which PostgreSQL always writes alike."""
    include, storage = (re.search(rf"\b{word} \((.*?)\)", more) for word in ("INCLUDE", "WITH"))
    pairs = (part.strip().partition("=") for part in _split(storage[1])) if storage else ()
    return IndexOptions(
        include=_names(include[1]) if include else (),
        nulls_not_distinct="NULLS NOT DISTINCT" in more,
        storage=tuple((name, value.strip("'")) for name, _, value in pairs),
    )


def _names(columns: str) -> tuple[str, ...]:
    """The columns and expressions of a list; a column without its quotes."""
    parts = (part.strip() for part in _split(columns))
    return tuple(part[1:-1] if re.fullmatch(r'"[^"]*"|`[^`]*`', part) else part for part in parts)


def _partition(text: str) -> tuple[str, str, str]:
    match = re.search(r"\bWHERE\b", text, re.IGNORECASE)
    return (text[: match.start()], match[0], text[match.end() :]) if match else (text, "", "")


def _split(columns: str) -> list[str]:
    """At the commas that stand in no parentheses and no quotes."""
    parts, depth, quoted = [""], 0, ""
    for character in columns:
        if quoted:
            quoted = "" if character == quoted else quoted
        elif character in "'\"`":
            quoted = character
        else:
            depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    return parts
