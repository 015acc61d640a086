"""The inventory of a SQLite database, read through its own PRAGMAs and from its own SQL."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from scaffold.errors import ScaffoldError
from scaffold.project.rebuilds.growth import orphans_of
from scaffold.sqlite.definition import Definition, parse
from scaffold.sqlite.inventory import ColumnState, ForeignKey, Inventory, Program, TableState, Unique
from scaffold.sqlite.tokens import Token, folded, quote, tokenize

_TABLES = "sqlite_master AS m WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
_PLAIN = f"(SELECT m.name FROM {_TABLES} AND m.sql NOT LIKE 'CREATE VIRTUAL%') AS m"


def inventory(connection: sqlite3.Connection) -> Inventory:
    """Everything that `connection`'s main database holds, tables counted and foreign keys checked.

    A few statements do, however many tables there are: PRAGMAs can be joined (sqlite.org/pragma, "PRAGMA functions").
    """
    read = _Reader(connection)
    statements = read.all(f"SELECT m.name, m.sql FROM {_TABLES}")
    # What lies in the tables behind a virtual table is its module's business (sqlite.org/vtab, "Shadow tables").
    virtual = tuple(f"{name}_" for name, sql in statements if sql.startswith("CREATE VIRTUAL"))
    tables = {folded(name): read.table(name, sql) for name, sql in statements if not name.startswith(virtual)}
    views = read.all("SELECT name, sql FROM sqlite_master WHERE type = 'view'")
    orphans, mismatches = orphans_of(connection, [table.name for table in tables.values() if table.foreign_keys])
    return Inventory(
        tables=tables,
        views={folded(name): read.program(name, name, sql) for name, sql in views},
        view_triggers={folded(name): read.triggers(name) for name, _ in views},
        orphans=orphans,
        mismatches=mismatches,
    )


class _Reader:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._columns = self._grouped(
            'SELECT m.name, x.name, x.type, x."notnull", x.dflt_value, x.pk'
            f" FROM {_PLAIN}, pragma_table_xinfo(m.name) x"
        )
        self._keys = self._grouped(
            'SELECT m.name, k.id, k.seq, k."table", k."from", k."to", k.on_delete, k.on_update'
            f" FROM {_PLAIN}, pragma_foreign_key_list(m.name) k ORDER BY m.name, k.id, k.seq"
        )
        self._uniques = self._grouped(
            f"SELECT m.name, i.name, x.name, x.coll FROM {_PLAIN}, pragma_index_list(m.name) i,"
            " pragma_index_xinfo(i.name) x WHERE i.origin = 'u' AND x.key ORDER BY m.name, i.seq, x.seqno"
        )
        on_tables = "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = '{}' AND sql IS NOT NULL"
        self._indexes = self._grouped(on_tables.format("index"))
        self._triggers = self._grouped(on_tables.format("trigger"))
        has_sequence = self.all("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")
        self._sequence = dict(self.all("SELECT name, seq FROM sqlite_sequence")) if has_sequence else {}

    def all(self, sql: str) -> list[Any]:
        return self._connection.execute(sql).fetchall()

    def _grouped(self, sql: str) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = defaultdict(list)
        for table, *rest in self.all(sql):
            found[folded(table)].append(rest)
        return found

    def table(self, name: str, sql: str) -> TableState:
        key = folded(name)
        definition = _definition(sql, [column[0] for column in self._columns[key]])
        return TableState(
            name=name,
            sql=sql,
            definition=definition,
            columns=tuple(_column(definition, *row) for row in self._columns[key]),
            primary_key=self._primary_key(key),
            uniques=_uniques(self._uniques[key]),
            foreign_keys=tuple(self._foreign_keys(key, definition)),
            indexes=dict(self._indexes[key]),
            triggers=self.triggers(name),
            rows=self._rows(name),
            sequence=self._sequence.get(name),
        )

    def _primary_key(self, key: str) -> tuple[str, ...]:
        return tuple(name for _, name in sorted((number, name) for name, *_, number in self._columns[key] if number))

    def _foreign_keys(self, key: str, definition: Definition | None) -> Iterator[ForeignKey]:
        groups: dict[int, list[Any]] = defaultdict(list)
        for number, *rest in self._keys[key]:
            groups[number].append(rest)
        deferred = {
            (folded(item.parent), tuple(map(folded, (column.name,) if column else item.columns)))
            for column, item in (definition.every_constraint if definition else ())
            if item.parent and item.deferred
        }
        for parts in groups.values():
            columns, parent = tuple(part[2] for part in parts), parts[0][1]
            yield ForeignKey(
                columns=columns,
                parent=parent,
                referred=tuple(part[3] for part in parts if part[3]) or self._primary_key(folded(parent)),
                on_delete=parts[0][4],
                on_update=parts[0][5],
                deferred=(folded(parent), tuple(map(folded, columns))) in deferred,
            )

    def triggers(self, table: str) -> tuple[Program, ...]:
        """Those on a table or view."""
        return tuple(self.program(table, trigger, text) for trigger, text in self._triggers[folded(table)])

    def program(self, table: str, name: str, sql: str) -> Program:
        """A trigger or view, compiled to see whether it works."""
        try:
            columns = [row[1] for row in self.all(f"PRAGMA table_xinfo({quote(table)})") if row[6] < 2]
            for statement in _uses(table, sql, columns):
                self._connection.execute(f"EXPLAIN {statement}").fetchall()
        except sqlite3.Error as error:
            return Program(name, sql, str(error))
        return Program(name, sql)

    def _rows(self, table: str) -> int | None:
        try:
            [(rows,)] = self.all(f"SELECT count(*) FROM {quote(table)}")
        except sqlite3.Error:
            # A virtual table whose module is not there.
            return None
        return int(rows)


def _definition(sql: str, columns: list[str]) -> Definition | None:
    if not columns:
        return None
    definition = parse(sql)
    if [column.name for column in definition.columns] != columns:
        raise ScaffoldError(
            f"scaffold reads the columns {', '.join(column.name for column in definition.columns)} in a table that has"
            f" {', '.join(columns)}, so it could not tell what a migration loses; nothing was written.",
            help=f"This is a bug in scaffold; report it with this statement:\n\n{sql}",
        )
    return definition


def _column(
    definition: Definition | None, name: str, type_: str, not_null: int, default: str | None, _: int
) -> ColumnState:
    column = definition.column(name) if definition else None
    collate, generated = (column.find("collate"), column.find("generated")) if column else (None, None)
    return ColumnState(
        name=name,
        # PRAGMA table_xinfo shows GENERATED ALWAYS as a part of the type.
        type=column.type if column else type_,
        not_null=bool(not_null),
        default=default,
        collate=collate.body if collate else None,
        generated=_generated(generated.body) if generated else None,
    )


def _generated(text: str) -> str:
    """`AS (...) STORED` however it was written: GENERATED ALWAYS may be left out, and VIRTUAL is the default."""
    tokens = tokenize(text)
    start = next(token for token in tokens if token.says("AS")).start
    return text[start:] + ("" if tokens[-1].says("STORED", "VIRTUAL") else " VIRTUAL")


def _uniques(rows: list[Any]) -> tuple[Unique, ...]:
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for index, column, collation in rows:
        groups[index].append((column, collation))
    return tuple(Unique(tuple(columns)) for columns in groups.values())


def _uses(table: str, sql: str, columns: list[str]) -> list[str]:
    """Statements that make SQLite compile a trigger or a view."""
    tokens = tokenize(sql)
    target = quote(table)
    if not any(token.says("TRIGGER") for token in tokens[:3]):
        return [f"SELECT * FROM {target}"]
    event = next(index for index, token in enumerate(tokens) if token.says("INSERT", "UPDATE", "DELETE"))
    match tokens[event].text.upper():
        case "INSERT":
            return [f"INSERT INTO {target} DEFAULT VALUES"]
        case "DELETE":
            return [f"DELETE FROM {target}"]
        case _:
            named = _update_of(tokens[event + 1 :])
            return [f"UPDATE {target} SET {quote(column)} = NULL" for column in named or columns[-1:]]


def _update_of(tokens: tuple[Token, ...]) -> list[str]:
    """The columns of UPDATE OF."""
    if not tokens[0].says("OF"):
        return []
    end = next(index for index, token in enumerate(tokens) if token.says("ON"))
    return [token.name for token in tokens[1:end] if token.is_name]
