"""A new column, with its foreign key, CHECKs and indexes, so that no database has to rebuild the table.

SQLite takes a foreign key or a CHECK together with the column and never afterwards (sqlite.org/lang_altertable); MySQL
gives a foreign key its name, and MariaDB a CHECK, only afterwards.
"""

import ast
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from scaffold.errors import UsageError
from scaffold.project.revisions.filling import OwnDefault, filled, required, sqlite_default
from scaffold.project.revisions.keys import Key, batch, block, create, drop, indexes
from scaffold.project.revisions.writer import (
    ELSEWHERE,
    ON_SQLITE,
    Steps,
    Writer,
    checks_of,
    condition_of,
)
from scaffold.schema.changes import AddColumn
from scaffold.schema.timing import timing, timing_options

if TYPE_CHECKING:
    import sqlalchemy as sa


def add_column(change: AddColumn, writer: Writer) -> Steps:
    """The way back is that of a column that is dropped."""
    table = writer.after.tables.get(change.table)
    if table is None:
        raise UsageError(
            f"The package's schema does not import the module that defines {change.table!r}, so migrations can't see"
            " the table; nothing was written.",
            help="Export its class in tables/__init__.py, and run the command again.",
        )
    column = table.c[change.column.name]
    rows: list[str] = []
    if change.backfill is not None:
        rows = [*filled(column, change.backfill.value), *required(column, writer)]
    added = adding(table, column, writer, optional=bool(rows), rows=rows)
    return Steps(up=tuple(added), down=tuple(dropping(table, column)))


def adding(
    table: "sa.Table",
    column: "sa.Column[Any]",
    writer: Writer,
    *,
    filler: str = "",
    optional: bool = False,
    rows: Sequence[str] = (),
) -> list[str]:
    """The statements that add a column.

    Args:
        table: of the models; it has the column.
        column: the one to add.
        writer: renders.
        filler: a server default for the rows that are there, as Python.
        optional: whether it allows NULL at first, whatever it says.
        rows: statements that come before the column's indexes.
    """
    from alembic.operations import ops

    [plain] = writer.render(ops.AddColumnOp(table.name, column))
    if filler:
        plain = _with_default(plain, filler)
    if optional:
        plain = _with_null(plain)
    if column.foreign_keys:
        plain = _with_foreign_key(plain, column)
    checks = checks_of(table, column.name)
    on_sqlite = [_with_checks(plain, checks)]
    if _is_computed_by_default(column) and not filler and not column.foreign_keys:
        on_sqlite = _filled_on_sqlite(on_sqlite[0], column, writer)
    elif column.computed is not None and column.computed.persisted:
        # SQLite takes it in a table with rows by a rebuild only (sqlite.org/gencol, "Limitations").
        on_sqlite = batch(table.name, on_sqlite)
    elsewhere = [plain, *(create(Key(check, table.name, "check"), writer) for check in checks)]
    apart = "\n".join([block(f"if {ON_SQLITE}:", on_sqlite), block("else:", elsewhere)])
    added = elsewhere if on_sqlite == elsewhere else [apart]
    return [*added, *rows, *(create(index, writer) for index in indexes(table, column.name))]


def dropping(table: "sa.Table", column: "sa.Column[Any]") -> list[str]:
    """The statements that drop a column.

    The foreign key goes before the index that MySQL needs for it, and the index before its column. SQLite drops a
    column with a key or a CHECK only by a rebuild, which takes the key along.
    """
    keys = [Key(key.constraint, table.name, "foreignkey") for key in column.foreign_keys if key.constraint]
    checks = [Key(check, table.name, "check") for check in checks_of(table, column.name)]
    statements = [f"if {ELSEWHERE}:\n    {drop(key)}" for key in keys]
    statements += [drop(index) for index in reversed(indexes(table, column.name))]
    column_goes = f"op.drop_column({table.name!r}, {column.name!r})"
    if not keys and not checks:
        return [*statements, column_goes]
    return [*statements, *batch(table.name, [*map(drop, checks), column_goes])]


def _is_computed_by_default(column: "sa.Column[Any]") -> bool:
    """Whether SQLite refuses the column in a table with rows, for its default is not the same for all of them."""
    default = sqlite_default(column)
    if not default:
        return False
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE t (a)")
        database.execute("INSERT INTO t VALUES (1)")
        try:
            database.execute(f"ALTER TABLE t ADD COLUMN b DEFAULT {default}")
        except sqlite3.OperationalError:
            return True
    return False


def _filled_on_sqlite(add: str, column: "sa.Column[Any]", writer: Writer) -> list[str]:
    """There, the column comes without its default, and gets it when the rows have their values."""
    from alembic.operations import ops

    statement, _, made = _parsed(_with_null(add))
    made.keywords = [keyword for keyword in made.keywords if keyword.arg != "server_default"]
    operation = ops.AlterColumnOp(
        column.table.name,
        column.name,
        existing_type=column.type,
        existing_nullable=True,
        modify_nullable=None if column.nullable else False,
        modify_server_default=column.server_default,
    )
    return [
        ast.unparse(statement),
        *filled(column, OwnDefault()),
        *batch(column.table.name, writer.render(operation)),
    ]


def _with_foreign_key(add: str, column: "sa.Column[Any]") -> str:
    [key] = column.foreign_keys
    assert key.constraint is not None
    when = timing_options(timing(key.deferrable, key.initially))
    options = {"ondelete": key.ondelete, "onupdate": key.onupdate, "match": key.match, **when}
    words = "".join(f", {word}={value!r}" for word, value in options.items() if value)
    argument = f"sa.ForeignKey({key.target_fullname!r}, name=op.f({str(key.constraint.name)!r}){words})"
    return _with_argument(add, argument, inline_references=ON_SQLITE)


def _with_checks(add: str, checks: "Sequence[sa.CheckConstraint]") -> str:
    for check in checks:
        add = _with_argument(add, f"sa.CheckConstraint({condition_of(check)!r}, name=op.f({str(check.name)!r}))")
    return add


def _with_argument(add: str, argument: str, **keywords: str) -> str:
    """`op.add_column("t", sa.Column("c", Type(), ...))` with one more argument for the column, after its type."""
    statement, call, column = _parsed(add)
    column.args.append(ast.parse(argument, mode="eval").body)
    call.keywords += [ast.keyword(name, ast.parse(value, mode="eval").body) for name, value in keywords.items()]
    return ast.unparse(statement)


def _with_default(add: str, default: str) -> str:
    statement, _, column = _parsed(add)
    column.keywords.insert(0, ast.keyword("server_default", ast.parse(default, mode="eval").body))
    return ast.unparse(statement)


def _with_null(add: str) -> str:
    statement, _, column = _parsed(add)
    column.keywords = [keyword for keyword in column.keywords if keyword.arg != "nullable"]
    column.keywords.append(ast.keyword("nullable", ast.Constant(True)))
    return ast.unparse(statement)


def _parsed(add: str) -> tuple[ast.stmt, ast.Call, ast.Call]:
    [statement] = ast.parse(add).body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Call)
    column = statement.value.args[1]
    assert isinstance(column, ast.Call)
    return statement, statement.value, column
