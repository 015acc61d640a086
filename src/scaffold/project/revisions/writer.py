"""Alembic's operations as Python statements, in the package's own words."""

import ast
import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from scaffold.dialects import needs_quotes
from scaffold.project.bound_types import unbound, unbound_column

if TYPE_CHECKING:
    import sqlalchemy as sa
    from alembic.operations.ops import MigrateOperation
    from alembic.runtime.migration import MigrationContext

ON_SQLITE = 'op.get_context().dialect.name == "sqlite"'
ELSEWHERE = 'op.get_context().dialect.name != "sqlite"'
ON_MYSQL = 'op.get_context().dialect.name in ("mysql", "mariadb")'


class Steps(NamedTuple):
    """What one change does, as Python statements.

    Args:
        up: the upgrade's, in order.
        down: the downgrade's, in order.
    """

    up: tuple[str, ...]
    down: tuple[str, ...]


class Writer:
    """Renders operations with Alembic's own renderer.

    Args:
        after: the metadata of the models as edited.
        package: the import name of the database package.
        before: the metadata of the models as they are on the disk; only for changes that are in NEED_BEFORE.
    """

    def __init__(self, after: "sa.MetaData", package: str, before: "sa.MetaData | None" = None) -> None:
        self.after = after
        self._package = package
        self._before = before
        self._modules: set[str] = set()

    def at(self, before: "sa.MetaData", after: "sa.MetaData") -> "Writer":
        """The writer of one change among several: it sees the tables just before that change and just after it."""
        writer = Writer(after, self._package, before)
        writer._modules = self._modules
        return writer

    @property
    def before(self) -> "sa.MetaData":
        """The metadata of the models as they are on the disk."""
        assert self._before is not None, "a change that looks at the models before the edits must be in NEED_BEFORE"
        return self._before

    def render(self, *operations: "MigrateOperation") -> list[str]:
        """Each operation as one Python statement."""
        from alembic.autogenerate import render_python_code
        from alembic.operations import ops

        if not operations:
            return []
        code = render_python_code(
            ops.UpgradeOps(ops=list(operations)), render_item=self._item, migration_context=_context()
        )
        return [ast.unparse(node) for node in ast.parse(re.sub(r"^    ", "", code, flags=re.M)).body]

    def imports(self, body: str) -> list[str]:
        """The import statements that a rendered body needs besides Alembic's and SQLAlchemy's."""
        lines = [f"import {module}" for module in sorted(self._modules)]
        named = [name for name in ("mysql", "postgresql", "sqlite") if re.search(rf"\b{name}\.[A-Z]", body)]
        lines += [f"from sqlalchemy.dialects import {', '.join(named)}"] if named else []
        if re.search(r"\btypes\.", body):
            lines.append(f"from {self._package} import types")
        return lines

    def _item(self, kind: str, item: Any, _: Any) -> Any:
        """The package's own types by their short name; defaults that differ per database by the call for them."""
        if kind == "server_default":
            value = getattr(item, "arg", None)
            # Alembic's own renderer takes a quote off either end of a text.
            source = repr(value) if isinstance(value, str) else getattr(value, "source", None)
            return source if isinstance(source, str) else False
        if kind == "type" and is_native(item):
            return _enum(item)
        if kind == "type" and _is_checked(item):
            return f"sa.{unbound(item)!r}"
        if kind == "type" and (module := type(item).__module__) and not module.startswith("sqlalchemy"):
            if module == f"{self._package}.types":
                return f"types.{item!r}"
            self._modules.add(module)
            return f"{module}.{item!r}"
        if kind == "check" and (condition := _of_quoted_enum(item)):
            return f"sa.CheckConstraint({condition}, name=op.f({str(item.name)!r}))"
        return False


@cache
def _context() -> "MigrationContext":
    """Alembic's for no database in particular, which renders types of PostgreSQL's that hold another type too."""
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy.engine.default import DefaultDialect

    context = MigrationContext.configure(dialect=DefaultDialect())
    on_postgresql = MigrationContext.configure(dialect_name="postgresql")
    context.impl.render_type = on_postgresql.impl.render_type  # type: ignore[method-assign]
    return context


def is_native(type_: Any) -> bool:
    """Whether it is SQLAlchemy's own enum as a type of the database, which PostgreSQL gives a name."""
    import sqlalchemy as sa

    return isinstance(type_, sa.Enum) and type_.native_enum and bool(type_.name) and not type_.schema


def _enum(type_: Any) -> str:
    """The Python of such a type: its revision makes it once, and not each table that has it."""
    values = "".join(f"{value!r}, " for value in type_.enums)
    return f"sa.Enum({values}name={str(type_.name)!r}, create_type=False)"


def apart(item: Any) -> Any:
    """A column or a constraint of a table; what a type brings along, as a column and a CHECK of their own."""
    import sqlalchemy as sa
    from sqlalchemy.schema import conv

    if isinstance(item, sa.Column) and _is_checked(item.type):
        return unbound_column(item)
    if isinstance(item, sa.CheckConstraint) and _is_bound(item):
        condition = sa.text(condition_of(item))
        return sa.CheckConstraint(condition, name=conv(str(item.name)), info={"enum": enum_column(item)})
    return item


def _is_checked(type_: Any) -> bool:
    """Whether it is SQLAlchemy's own enum as a text with a CHECK, which is one on every database."""
    import sqlalchemy as sa

    return isinstance(type_, sa.Enum) and not type_.native_enum and type_.create_constraint


def _is_bound(check: "sa.CheckConstraint") -> bool:
    """Whether it is the CHECK of such a type."""
    from alembic.util.sqla_compat import _is_type_bound

    return _is_type_bound(check) and any(_is_checked(column.type) for column in check.columns)


def by_name(items: Iterable[Any]) -> list[Any]:
    """Constraints or indexes in the order of their names, so that a revision reads the same from run to run."""
    return sorted(items, key=lambda item: str(item.name))


def checks_of(table: "sa.Table", column: str) -> "list[sa.CheckConstraint]":
    """The CHECK constraints of `table` that mention a column."""
    import sqlalchemy as sa

    checks = [constraint for constraint in table.constraints if isinstance(constraint, sa.CheckConstraint)]
    return by_name(check for check in checks if column in check.columns)


def condition_of(check: "sa.CheckConstraint") -> str:
    """The text of a CHECK as a revision gives it to Alembic."""
    from sqlalchemy.dialects.sqlite.base import SQLiteDialect

    # SQLite's spelling of literals is the standard's, and of all dialects it alone doubles no percent sign.
    options = {"literal_binds": True, "include_table": False}
    sql = str(check.sqltext.compile(dialect=SQLiteDialect(), compile_kwargs=options))
    # The revision gives it to `text()`, which takes a colon before a word for a parameter.
    return re.sub(r"(?<![:\w\\]):(?=\w)", r"\\:", sql)


def condition_source(check: "sa.CheckConstraint") -> str:
    """The Python by which a revision gives a CHECK's condition to Alembic."""
    return _of_quoted_enum(check) or repr(condition_of(check))


def enum_column(check: "sa.CheckConstraint") -> str:
    """The column whose values the CHECK lists, if it is an enum's."""
    if _is_bound(check):
        [bound] = check.columns.keys()
        return str(bound)
    column = check.info.get("enum")
    return column if isinstance(column, str) else ""


def _of_quoted_enum(check: "sa.CheckConstraint") -> str:
    """The condition of an enum whose column has to be quoted somewhere, as each database quotes in its own way.

    MySQL takes what stands in double quotes for a text, so that `"order" IN ('a')` would refuse every row.
    """
    column = enum_column(check)
    table = getattr(check, "table", None)
    type_ = table.c[column].type if table is not None and column in table.c else None
    values = getattr(type_, "values", None) or getattr(type_, "enums", None)
    if not values or not needs_quotes(column):
        return ""
    return f"sa.column({column!r}).in_({list(values)!r})"
