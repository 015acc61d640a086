"""The constraints and indexes of a table: which ones differ between two shapes of it, and how they come and go.

A shape is a table of the models, before the edits or after them. A column or a table that was renamed is the same, so
a constraint on it is the same too, though its name may differ: names follow the naming convention.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from scaffold.project.revisions.writer import ON_MYSQL, ON_SQLITE, Writer, by_name, condition_of, condition_source
from scaffold.schema.timing import timing

if TYPE_CHECKING:
    import sqlalchemy as sa

KINDS = {"ForeignKeyConstraint": "foreignkey", "UniqueConstraint": "unique", "CheckConstraint": "check"}
"""What `op.drop_constraint` calls a constraint of a class."""

CONCURRENTLY = "postgresql_concurrently"
INDEXES = frozenset({"index", "twin"})
"""The kinds that come and go outside of a table's definition."""

QUOTED = re.compile(r"('(?:[^']|'')*')")


@dataclass(frozen=True, slots=True)
class Names:
    """What was renamed between two shapes.

    Args:
        tables: new names by old ones.
        columns: new names by table (its old name) and old name.
    """

    tables: Mapping[str, str] = field(default_factory=dict, hash=False)
    columns: Mapping[tuple[str, str], str] = field(default_factory=dict, hash=False)

    def table(self, name: str) -> str:
        return self.tables.get(name, name)

    def column(self, table: str, name: str) -> str:
        return self.columns.get((table, name), name)

    def reversed(self) -> "Names":
        """The way back."""
        return Names(
            {new: old for old, new in self.tables.items()},
            {(self.table(table), new): old for (table, old), new in self.columns.items()},
        )


class Key(NamedTuple):
    """A constraint or an index of a table.

    Args:
        item: SQLAlchemy's; of a twin, the constraint.
        table: the name of its table.
        kind: `index`, `primary`, `twin`, or as in KINDS.
    """

    item: Any
    table: str
    kind: str

    @property
    def name(self) -> str:
        return str(self.item.name)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is on; of an index's expressions, those that they mention."""
        return tuple(column.name for column in self.item.columns)

    @property
    def twins(self) -> "tuple[Key, Key]":
        """What it is on SQLite and elsewhere: twice itself, but for a twin."""
        if self.kind != "twin":
            return self, self
        index = next(index for index in self.item.table.indexes if index.name == self.item.name)
        return Key(index, self.table, "index"), Key(self.item, self.table, "unique")

    def sign(self, names: Names) -> tuple[object, ...]:
        """What it says, without its name, in the words of the shape that `names` lead to."""
        columns = tuple(names.column(self.table, column) for column in self.columns)
        if self.kind == "foreignkey":
            targets = [element.target_fullname.rpartition(".") for element in self.item.elements]
            referred = tuple((names.table(table), names.column(table, column)) for table, _, column in targets)
            actions = self.item.ondelete, self.item.onupdate, self.item.match
            return (self.kind, columns, referred, *actions, timing(self.item.deferrable, self.item.initially))
        if self.kind == "check":
            return (self.kind, self._in_words(condition_of(self.item), names))
        if self.kind == "index":
            parts = tuple(self._in_words(_sql(part), names) for part in self.item.expressions)
            return (self.kind, self.item.unique, parts, self._options(names))
        if self.kind == "unique":
            return (self.kind, columns, timing(self.item.deferrable, self.item.initially), self._options(names))
        return (self.kind, columns)

    def _options(self, names: Names) -> tuple[tuple[str, str], ...]:
        """Predicates and other options of one database, as text."""
        options = ((name, self._option(value, names)) for name, value in self.item.dialect_kwargs.items())
        return tuple(sorted((name, text) for name, text in options if text))

    def _option(self, value: Any, names: Names) -> str:
        match value:
            case None | False:
                return ""
            case list():
                return ", ".join(names.column(self.table, str(getattr(one, "name", one))) for one in value)
            case dict():
                return ", ".join(f"{names.column(self.table, name)}={one}" for name, one in value.items())
        return self._in_words(str(value), names)

    def _in_words(self, sql: str, names: Names) -> str:
        """With the new names of columns; without their quotes, which come and go with reserved words."""
        renamed = {old: new for (table, old), new in names.columns.items() if table == self.table}
        parts = QUOTED.split(sql)
        parts[::2] = [
            re.sub(r"\b\w+\b", lambda match: renamed.get(match[0], match[0]), part.replace('"', ""))
            for part in parts[::2]
        ]
        return "".join(parts)


class Difference(NamedTuple):
    """What two shapes of a table do not share.

    Args:
        gone: only in the first.
        came: only in the second.
        renamed: in both, but under another name.
    """

    gone: tuple[Key, ...]
    came: tuple[Key, ...]
    renamed: tuple[tuple[Key, Key], ...]


def difference(old: "sa.Table", new: "sa.Table", names: Names) -> Difference:
    """The constraints and indexes that differ; only on MySQL and PostgreSQL has a primary key a name that matters."""
    before = {key.sign(names): key for key in keys(old)}
    after = {key.sign(Names()): key for key in keys(new)}
    return Difference(
        gone=tuple(key for sign, key in before.items() if sign not in after),
        came=tuple(key for sign, key in after.items() if sign not in before),
        renamed=tuple((key, after[s]) for s, key in before.items() if s in after and after[s].name != key.name),
    )


def keys(table: "sa.Table") -> Iterator[Key]:
    """The constraints and indexes of `table`, each kind by name.

    A unique index and a unique constraint of one name are a twin (`appdb.constraints.unique`): one of them exists.
    """
    unique = {str(index.name) for index in table.indexes if index.unique and index.name}
    twins = unique & {str(item.name) for item in table.constraints if type(item).__name__ == "UniqueConstraint"}
    for item in by_name(table.constraints):
        kind = "twin" if str(item.name) in twins else KINDS.get(type(item).__name__, "primary")
        yield Key(item, table.name, kind)
    for index in by_name(table.indexes):
        if str(index.name) not in twins:
            yield Key(index, table.name, "index")


def indexes(table: "sa.Table", column: str | None = None) -> list[Key]:
    """The indexes of `table`, or those that hold a column, twins among them."""
    found = [key for key in keys(table) if key.kind in INDEXES and (column is None or column in key.columns)]
    return sorted(found, key=lambda key: key.name)


def create(key: Key, writer: Writer, *, new: bool = False) -> str:
    """The statement that makes it.

    Args:
        key: what is made.
        writer: renders.
        new: whether its table is, so that nobody waits for it.
    """
    from alembic.operations import ops

    if key.kind == "twin":
        return _on_each(*(create(one, writer, new=new) for one in key.twins))
    if key.kind == "check":
        return f"op.create_check_constraint(op.f({key.name!r}), {key.table!r}, {condition_source(key.item)})"
    if key.kind == "index":
        operation = ops.CreateIndexOp.from_index(key.item)
        if new:
            operation.kw.pop(CONCURRENTLY, None)
        [statement] = writer.render(operation)
        if operation.kw.get(CONCURRENTLY):
            statement = _outside_of_transactions(statement)
    elif key.kind == "foreignkey":
        [statement] = writer.render(ops.CreateForeignKeyOp.from_constraint(key.item))
    else:
        [statement] = writer.render(ops.CreateUniqueConstraintOp.from_constraint(key.item))
        statement = _including(statement)
    return statement


def _including(statement: str) -> str:
    """The statement that makes a unique constraint; Alembic does not find by name what the constraint includes."""
    call: Any = ast.parse(statement, mode="eval").body
    for keyword in call.keywords:
        if keyword.arg == "postgresql_include":
            names = [f"sa.column({name.value!r})" for name in keyword.value.elts]
            keyword.value = ast.parse(f"[{', '.join(names)}]", mode="eval").body
    return ast.unparse(call)


def drop(key: Key) -> str:
    """The statement that drops it."""
    if key.kind == "twin":
        return _on_each(*map(drop, key.twins))
    if key.kind == "index" and key.item.dialect_kwargs.get(CONCURRENTLY):
        dropped = f"op.drop_index(op.f({key.name!r}), table_name={key.table!r}, {CONCURRENTLY}=True)"
        return _outside_of_transactions(dropped)
    if key.kind == "index":
        return f"op.drop_index(op.f({key.name!r}), table_name={key.table!r})"
    return f"op.drop_constraint(op.f({key.name!r}), {key.table!r}, type_={key.kind!r})"


def _outside_of_transactions(statement: str) -> str:
    """As CONCURRENTLY has to be (postgresql.org/docs/current/sql-createindex)."""
    return block("with op.get_context().autocommit_block():", [statement])


def index_left(key: Key, came: Sequence[Key]) -> list[str]:
    """The statement that drops the index which MySQL made for a foreign key, and keeps when the key goes.

    It made none where it found one, and it gives it up for one that comes (dev.mysql.com/doc/refman, "FOREIGN KEY
    Constraints").

    Args:
        key: that goes.
        came: what comes to its table.
    """
    width = len(key.columns)
    leading = [k for k in (*keys(key.item.table), *came) if k.kind != "check" and k.columns[:width] == key.columns]
    found = any(k.kind != "foreignkey" or len(k.columns) > width or k in came for k in leading)
    return [] if key.kind != "foreignkey" or found else [drop(Key(key.item, key.table, "index"))]


def rename_on_postgresql(old: Key, new: Key) -> str:
    """The statement that renames it in place."""
    from sqlalchemy.dialects import postgresql

    quote: Any = postgresql.dialect().identifier_preparer  # type: ignore[no-untyped-call]
    if new.kind == "index":
        sql = f"ALTER INDEX {quote.format_index(old.item)} RENAME TO {quote.format_index(new.item)}"
    else:
        table = quote.format_table(new.item.table)
        names = (quote.format_constraint(key.item) for key in (old, new))
        sql = f"ALTER TABLE {table} RENAME CONSTRAINT {' TO '.join(str(name) for name in names)}"
    return f"op.execute({sql!r})"


def batched(statement: str) -> str:
    """A statement of `op` as one of `batch_op`, which knows the table."""
    [node] = ast.parse(statement).body
    assert isinstance(node, ast.Expr)
    assert isinstance(node.value, ast.Call)
    call = node.value
    assert isinstance(call.func, ast.Attribute)
    del call.args[0 if call.func.attr.endswith("_column") else 1]
    call.func = ast.Attribute(ast.Name("batch_op"), call.func.attr)
    return ast.unparse(node)


def batch(table: str, statements: list[str]) -> list[str]:
    """The statements as one batch, which on SQLite rebuilds the table and elsewhere just runs them."""
    if not statements:
        return []
    return [block(f"with op.batch_alter_table({table!r}) as batch_op:", [batched(line) for line in statements])]


def block(head: str, statements: list[str]) -> str:
    """Statements below a head that ends in a colon."""
    lines = [f"    {line}" for statement in statements for line in statement.split("\n")]
    return "\n".join([head, *lines])


def on_mysql(statements: list[str]) -> list[str]:
    """The statements as one that only MySQL and MariaDB run; none of none."""
    return [block(f"if {ON_MYSQL}:", statements)] if statements else []


def _on_each(on_sqlite: str, elsewhere: str) -> str:
    return "\n".join([block(f"if {ON_SQLITE}:", [on_sqlite]), block("else:", [elsewhere])])


def _sql(expression: Any) -> str:
    from sqlalchemy.dialects.sqlite.base import SQLiteDialect

    name = getattr(expression, "name", None)
    if isinstance(name, str) and hasattr(expression, "table"):
        return name
    return str(expression.compile(dialect=SQLiteDialect(), compile_kwargs={"literal_binds": True}))
