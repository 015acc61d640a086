"""One table from one shape to another, where its columns keep their names: types, NULL, defaults, keys and indexes.

On SQLite all but an index takes a rebuild. The order is MySQL's: a foreign key goes before an index that it may need,
and comes after it; rows are changed while no CHECK looks and before NULL is refused.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from scaffold.project.revisions.follow import DIALECT
from scaffold.project.revisions.keys import (
    INDEXES,
    Key,
    Names,
    batch,
    block,
    create,
    difference,
    drop,
    index_left,
    keys,
    on_mysql,
)
from scaffold.project.revisions.writer import Writer, is_native

if TYPE_CHECKING:
    import sqlalchemy as sa

DIALECTS = ("sqlite", "postgresql", "mysql")


def reshape(old: "sa.Table", new: "sa.Table", writer: Writer, rows: Sequence[str] = ()) -> list[str]:
    """The statements that make `new` of `old`.

    Args:
        old: the table as it is.
        new: the table as it is to be.
        writer: renders.
        rows: statements that change rows in between.
    """
    differing = difference(old, new, Names())
    gone, came = list(differing.gone), list(differing.came)
    moving = {key.columns[0] for key in (*gone, *came) if key.kind in INDEXES and key.columns}
    for key in keys(old):
        # MySQL lets no index of a foreign key's column change under the key.
        if key.kind == "foreignkey" and key not in gone and moving & set(key.columns):
            [same] = [k for k in keys(new) if k.kind == "foreignkey" and k.sign(Names()) == key.sign(Names())]
            gone, came = [*gone, key], [*came, same]
    forced = {key.sign(Names()) for key in differing.gone + differing.came}
    only_mysql = [key for key in gone if key.kind == "foreignkey" and key.sign(Names()) not in forced]
    statements = on_mysql([drop(k) for k in only_mysql])
    keyed = [drop(k) for k in gone if k.kind == "foreignkey" and k not in only_mysql]
    succeeding = [] if rows else _successors(gone, came)
    first = [create(new, writer) for _, new in succeeding]
    last = [drop(old) for old, _ in succeeding]
    gone, came = ([k for k in side if not any(k in pair for pair in succeeding)] for side in (gone, came))
    checked = [drop(k) for k in gone if k.kind in {"check", "unique"}]
    altered, everywhere = _altered(old, new, writer)
    made = [create(k, writer) for k in came if k.kind in {"check", "unique"}]
    made += [create(k, writer) for k in came if k.kind == "foreignkey" and k.sign(Names()) in forced]
    dropped = [drop(k) for k in gone if k.kind in INDEXES]
    created = [create(k, writer) for k in came if k.kind in INDEXES]
    everywhere = first + everywhere + last
    rebuilt = bool(keyed or checked or made or everywhere)
    if rebuilt and keyed and dropped:
        statements += batch(old.name, keyed)
        keyed = []
    statements += dropped
    if rows and (keyed or checked):
        statements += batch(old.name, keyed + checked)
        keyed = checked = []
    statements += rows
    if made and created and any("create_foreign_key" in statement for statement in made):
        statements += batch(old.name, keyed + checked + everywhere)
        statements += altered + created + batch(old.name, made)
    else:
        statements += batch(old.name, keyed + checked + everywhere + made) + altered + created
    if only_mysql:
        again = [k for k in came if k.kind == "foreignkey" and k.sign(Names()) not in forced]
        statements += on_mysql([create(k, writer) for k in again])
    left = [line for k in gone if k.sign(Names()) in forced for line in index_left(k, came)]
    return statements + on_mysql(left)


def _successors(gone: Sequence[Key], came: Sequence[Key]) -> list[tuple[Key, Key]]:
    """Each CHECK that takes another one's place under another name.

    It comes before the other goes: MySQL commits each statement, and where a row stands against the new one, the table
    must not be left without any.
    """
    checks = [key for key in came if key.kind == "check"]
    names = {key.name for key in gone}
    return [
        (old, new)
        for old in gone
        for new in checks
        if old.kind == "check" and new.columns == old.columns and new.name not in names
    ]


def _altered(old: "sa.Table", new: "sa.Table", writer: Writer) -> tuple[list[str], list[str]]:
    """The columns that differ: in statements of their own, and in those that a batch can hold.

    An index asks for another storage on MySQL alone.
    """
    apart: list[str] = []
    everywhere: list[str] = []
    for column in new.columns:
        before = old.columns[column.name]
        where = _differ_on(before, column)
        if where and _counts(before) != _counts(column):
            apart.append(_recounted(before, column, writer))
        elif where == {"mysql"}:
            apart += on_mysql(_alter(before, column, writer))
        elif where:
            everywhere += _alter(before, column, writer)
    return apart, everywhere


def _recounted(old: "sa.Column[Any]", new: "sa.Column[Any]", writer: Writer) -> str:
    """The statement for a column that counts up, or ceases to: PostgreSQL's type changes while nothing counts it."""
    from alembic.operations import ops

    table: str = new.table.name
    retyping = ops.AlterColumnOp(
        table, new.name, existing_type=old.type, modify_type=new.type, existing_nullable=new.nullable
    )
    retyped = _casting(writer.render(retyping)[0], new)
    on_postgresql = [*_uncounted(old, writer), retyped, *_counted(new, writer)]
    retyping.kw["autoincrement"] = _counts(new)
    elsewhere = batch(table, writer.render(retyping))
    return "\n".join([block(f'if {DIALECT} == "postgresql":', on_postgresql), block("else:", elsewhere)])


def _counted(column: "sa.Column[Any]", writer: Writer) -> list[str]:
    """What makes PostgreSQL count a column up: an identity, or a sequence as SERIAL has it."""
    from alembic.operations import ops

    if not _counts(column):
        return []
    if column.identity is None:
        sequence, table, name = _sequence(column)
        return [
            f"op.execute({f'CREATE SEQUENCE {sequence} OWNED BY {table}.{name}'!r})",
            f"op.execute({f'ALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT nextval({sequence!r})'!r})",
        ]
    operation = ops.AlterColumnOp(
        column.table.name,
        column.name,
        existing_type=column.type,
        existing_nullable=False,
        modify_server_default=column.server_default,
    )
    return writer.render(operation)


def _uncounted(column: "sa.Column[Any]", writer: Writer) -> list[str]:
    from alembic.operations import ops

    if not _counts(column):
        return []
    if column.identity is None:
        sequence, table, name = _sequence(column)
        return [
            f"op.execute({f'ALTER TABLE {table} ALTER COLUMN {name} DROP DEFAULT'!r})",
            f"op.execute({f'DROP SEQUENCE {sequence}'!r})",
        ]
    operation = ops.AlterColumnOp(
        column.table.name,
        column.name,
        existing_type=column.type,
        existing_nullable=False,
        existing_server_default=column.server_default,
        modify_server_default=None,
    )
    return writer.render(operation)


def _sequence(column: "sa.Column[Any]") -> tuple[str, str, str]:
    """A SERIAL column's sequence, as PostgreSQL calls it, its table and itself, quoted where they need it."""
    from sqlalchemy.dialects import postgresql

    quote: Any = postgresql.dialect().identifier_preparer.quote  # type: ignore[no-untyped-call]
    table, name = column.table.name, column.name
    return quote(f"{table}_{name}_seq"), quote(table), quote(name)


def _counts(column: "sa.Column[Any]") -> bool:
    """Whether the database counts the column up."""
    return column.identity is not None or column.table._autoincrement_column is column


def _differ_on(old: "sa.Column[Any]", new: "sa.Column[Any]") -> set[str]:
    """The databases on which the two are not the same."""
    if old.nullable != new.nullable or default_of(old) != default_of(new):
        return set(DIALECTS)
    if is_native(old.type) and is_native(new.type) and _values(old) != _values(new):
        # PostgreSQL's and SQLite's words for them are the same, but the next revision must know what they are now.
        return set(DIALECTS)
    return {name for name in DIALECTS if storage(old, name) != storage(new, name)}


def _values(column: "sa.Column[Any]") -> Any:
    return getattr(column.type, "enums", None)


def storage(column: "sa.Column[Any]", database: str) -> str:
    """The column's type on a database, as its DDL has it; empty where that database has no such type."""
    from sqlalchemy.dialects import mysql, postgresql, sqlite
    from sqlalchemy.exc import CompileError

    dialect: Any = {"mysql": mysql, "postgresql": postgresql, "sqlite": sqlite}[database].dialect()
    try:
        return str(column.type.compile(dialect=dialect))
    except CompileError:
        return ""


def default_of(column: "sa.Column[Any]") -> str | None:
    """The column's server default as Python or SQL text: equal texts are equal defaults."""
    argument = getattr(column.server_default, "arg", None)
    if argument is None:
        return None
    return getattr(argument, "source", None) or (repr(argument) if isinstance(argument, str) else str(argument))


def _alter(old: "sa.Column[Any]", new: "sa.Column[Any]", writer: Writer) -> list[str]:
    from alembic.operations import ops

    table: str = new.table.name
    type_differs = any(storage(old, name) != storage(new, name) for name in DIALECTS)
    casts = storage(old, "postgresql") != storage(new, "postgresql")
    default_differs = default_of(old) != default_of(new)
    statements = []
    if casts and old.server_default is not None:
        # PostgreSQL can't cast a default along with its column.
        ahead = ops.AlterColumnOp(
            table, new.name, existing_type=old.type, existing_nullable=old.nullable, modify_server_default=None
        )
        statements += writer.render(ahead)
        default_differs = new.server_default is not None
    operation = ops.AlterColumnOp(
        table,
        new.name,
        existing_type=old.type,
        existing_nullable=old.nullable,
        existing_server_default=False if default_differs or old.server_default is None else old.server_default,
        modify_type=new.type if type_differs else None,
        modify_nullable=new.nullable if old.nullable != new.nullable else None,
        modify_server_default=new.server_default if default_differs else False,
    )
    if casts and new.server_default is None:
        operation.existing_server_default = False
    [statement] = writer.render(operation)
    if casts:
        statement = _casting(statement, new)
    return [*statements, statement]


def _casting(statement: str, column: "sa.Column[Any]") -> str:
    """A statement that alters a column's type, with the cast that PostgreSQL does not do by itself."""
    through = "::text" if is_native(column.type) else ""  # one enum is never cast to another
    using = f'"{column.name}"{through}::{storage(column, "postgresql")}'
    return f"{statement[:-1]}, postgresql_using={using!r})"
