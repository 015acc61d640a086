"""`op.batch_alter_table` on SQLite: natively where SQLite can, else a rebuild from the table's own CREATE TABLE.

Alembic rebuilds from reflection, and so loses whatever SQLAlchemy does not reflect. Here the new table's SQL is the old
one's with just the asked parts changed.
"""

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from scaffold.errors import ScaffoldError
from scaffold.project.rebuilds.render import Renderer
from scaffold.project.rebuilds.swap import Swap
from scaffold.project.rebuilds.watch import Watch
from scaffold.sqlite.asked import SEPARATOR, Deed
from scaffold.sqlite.definition import Column, Constraint, Definition, parse
from scaffold.sqlite.tokens import folded, quote, sameness

if TYPE_CHECKING:
    import sqlalchemy as sa
    from alembic.operations.batch import BatchOperationsImpl

_COMMENTS = {"create_table_comment", "drop_table_comment", "create_column_comment"}
_NATIVE = {"add_column", "drop_column", "create_index", "drop_index", "rename_table"}


class Batch:
    """One batch block.

    Args:
        batch: Alembic's record of it.
        connection: to run it on.
        watch: told of what is dropped without being named.
    """

    def __init__(self, batch: "BatchOperationsImpl", connection: "sa.Connection", watch: Watch) -> None:
        self._batch = batch
        self._connection = connection
        self._watch = watch
        self._table = str(batch.table_name)
        self._render = Renderer(batch.dialect, self._table)
        self._steps = [step for step in batch.batch if step[0] not in _COMMENTS]

    def run(self) -> None:
        """Do what the block says."""
        native = self._batch.recreate == "never" or (self._batch.recreate == "auto" and self._is_native())
        if not (native and self._natively()):
            self._rebuild()

    def _is_native(self) -> bool:
        return all(_is_native(name, kw) for name, _, kw in self._steps)

    def _natively(self) -> bool:
        """Try SQLite's own ALTER; False where it refuses, and nothing was done."""
        from sqlalchemy.exc import DatabaseError

        if self._batch.recreate == "never":
            self._run_steps()
            return True
        savepoint = self._connection.begin_nested()
        try:
            self._run_steps()
        except DatabaseError:
            savepoint.rollback()
            if self._watch.refused:
                raise
            return False
        savepoint.commit()
        return True

    def _run_steps(self) -> None:
        for name, args, kw in self._steps:
            getattr(self._batch.impl, name)(*args, **kw)

    def _rebuild(self) -> None:
        self._rename_columns()
        edit = _Edit(self._definition(), self._render, self._watch, self._naming_convention())
        for name, args, kw in self._steps:
            if name not in {"create_index", "drop_index"}:
                getattr(edit, name)(*args, **kw)
        edit.table_args(self._batch.table_args)
        edit.table_kwargs(self._batch.table_kwargs)
        edit.reorder(self._batch.partial_reordering)
        self._watch.rewrite(self._table)
        dropped = [args[0].name for name, args, _ in self._steps if name == "drop_index"]
        Swap(self._connection, edit.before, edit.after).run(without_indexes=dropped)
        for name, args, kw in self._steps:
            if name == "create_index":
                self._batch.impl.create_index(*args, **kw)

    def _naming_convention(self) -> dict[str, Any] | None:
        """The batch's own, else that of the models."""
        models = self._batch.operations.migration_context.opts.get("target_metadata")
        return self._batch.naming_convention or getattr(models, "naming_convention", None)

    def _rename_columns(self) -> None:
        """SQLite's own RENAME COLUMN first: it follows the name into triggers, views, indexes and other tables."""
        definition = self._definition()
        for name, args, kw in self._steps:
            if name == "alter_column" and kw.get("name") and definition.column(args[1]):
                old, new = map(quote, (args[1], kw["name"]))
                if args[1] != kw["name"]:
                    self._connection.exec_driver_sql(f"ALTER TABLE {quote(self._table)} RENAME COLUMN {old} TO {new}")

    def _definition(self) -> Definition:
        rows = self._connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE", (self._table,)
        ).all()
        if not rows:
            raise ScaffoldError(f"There is no table {self._table} to alter; everything was rolled back.")
        return parse(rows[0].sql)


def _is_native(name: str, kw: dict[str, Any]) -> bool:
    if name != "alter_column":
        return name in _NATIVE and not {"insert_before", "insert_after"} & kw.keys()
    return kw.get("nullable") is None and kw.get("server_default") is False and kw.get("type_") is None


class _Edit:
    """A definition being edited; its methods are called as Alembic calls its own."""

    def __init__(
        self, definition: Definition, render: Renderer, watch: Watch, convention: dict[str, Any] | None
    ) -> None:
        self.before = self.after = definition
        self._render = render
        self._watch = watch
        self._convention = convention or {}
        self._renamed: dict[str, str] = {}

    def add_column(
        self,
        _: str,
        column: "sa.Column[Any]",
        insert_before: str | None = None,
        insert_after: str | None = None,
        **__: Any,
    ) -> None:
        made = self._render.column(column)
        columns = list(self.after.columns)
        names = [folded(existing.name) for existing in columns]
        at = len(columns)
        if insert_before:
            at = names.index(folded(insert_before))
        elif insert_after:
            at = names.index(folded(insert_after)) + 1
        columns.insert(at, made)
        self.after = replace(self.after, columns=tuple(columns))
        if column.primary_key:
            self._set_key((*self.after.primary_key, column.name))

    def drop_column(self, _: str, column: "sa.Column[Any]", **__: Any) -> None:
        self.after = self.after.without_column(self._column(column.name).name)

    def alter_column(
        self,
        _: str,
        column_name: str,
        *,
        nullable: bool | None = None,
        server_default: Any = False,
        name: str | None = None,
        type_: Any = None,
        autoincrement: bool | None = None,
        **__: Any,
    ) -> None:
        if name is not None:
            self._renamed[folded(column_name)] = name
        old = new = self._column(column_name)
        if type_ is not None:
            new = new.with_type(self._render.type(type_))
        if nullable is not None:
            new = new.without(lambda item: item.kind == "null").having("not null", "" if nullable else "NOT NULL")
        if server_default is not False:
            new = new.having("default", self._render.default(server_default))
        if name is not None and folded(new.name) != folded(name):
            # A column that this very block adds; those that were there are renamed already.
            new = new.with_name(name)
        self.after = self.after.replacing(old, new)
        if autoincrement is not None:
            self._count(autoincrement)

    def add_constraint(self, constraint: "sa.Constraint") -> None:
        import sqlalchemy as sa
        from alembic.util.sqla_compat import constraint_name_defined

        if not constraint_name_defined(constraint.name):
            raise ValueError("Constraint must have a name")
        made = self._render.constraint(constraint)
        if made is None:
            return
        if isinstance(constraint, sa.PrimaryKeyConstraint):
            self.after = self.after.without(lambda item: item.kind == "primary key")
        self.after = replace(self.after, constraints=(*self.after.constraints, made))

    def drop_constraint(self, constraint: "sa.Constraint") -> None:
        import sqlalchemy as sa
        from alembic.util.sqla_compat import _is_type_bound, constraint_name_string

        name = str(constraint.name) if constraint_name_string(constraint.name) else None
        found = [item for _, item in self.after.every_constraint if name and _is_named(item, name)]
        if not found and isinstance(constraint, sa.PrimaryKeyConstraint):
            found = [item for _, item in self.after.every_constraint if item.kind == "primary key"]
        if not found and name and self._convention:
            found = self._render.conventional(self.after, name, self._convention)
        if not found and _is_type_bound(constraint):
            # The CHECK of the type that a column had, named or not; where it has none, there is none to drop.
            wanted = self._render.constraint(constraint)
            found = [item for _, item in self.after.every_constraint if wanted and _same_check(item, wanted)]
        elif not found:
            known = [item.name for _, item in self.after.every_constraint if item.name]
            raise ScaffoldError(
                f"{self.after.name} has no constraint {name!r}; everything was rolled back.",
                help=f"It has these: {', '.join(known) or 'none with a name'}.",
            )
        for item in found:
            self._tell_dropped(item)
        self.after = self.after.without(lambda item: any(item is one for one in found))

    def table_args(self, arguments: tuple[Any, ...]) -> None:
        """Constraints that a revision states again, as Alembic would lose them, are there already."""
        present = [sameness(item.body) for _, item in self.after.every_constraint]
        for made in self._render.table_arguments(self.after, arguments):
            if sameness(made.body) not in present:
                self.after = replace(self.after, constraints=(*self.after.constraints, made))

    def table_kwargs(self, keywords: dict[str, Any]) -> None:
        asked = {"STRICT": keywords.get("sqlite_strict"), "WITHOUT ROWID": keywords.get("sqlite_with_rowid") is False}
        options = [option for option, wanted in asked.items() if wanted and option not in self.after.options]
        self.after = replace(self.after, options=(*self.after.options, *options))
        if keywords.get("sqlite_autoincrement") and not self.after.autoincrement:
            self._count(True)

    def reorder(self, orders: tuple[tuple[str, ...], ...] | None) -> None:
        from sqlalchemy.util import topological

        if not orders:
            return
        by_name = {column.name: column for column in self.after.columns}
        known = [[self._column(name).name for name in order] for order in orders]
        pairs = [pair for order in known for pair in pairwise(order)]
        names = topological.sort(pairs, list(by_name), deterministic_order=True)
        self.after = replace(self.after, columns=tuple(by_name[name] for name in names))

    def _count(self, wanted: bool) -> None:
        """Let the primary key count up, or cease to."""
        [name] = self.after.primary_key
        self.after = self.after.without(lambda item: item.kind == "primary key")
        column = self._column(name)
        key = "PRIMARY KEY AUTOINCREMENT" if wanted else "PRIMARY KEY"
        if not wanted:
            self._watch.deeds.append(Deed("alter", "key", self.after.name))
        self.after = self.after.replacing(column, column.having("primary key", key))

    def _set_key(self, columns: tuple[str, ...]) -> None:
        bare = self.after.without(lambda item: item.kind == "primary key")
        key = Constraint("primary key", None, f"PRIMARY KEY ({', '.join(map(quote, columns))})", columns)
        self.after = replace(bare, constraints=(*bare.constraints, key))

    def _tell_dropped(self, item: Constraint) -> None:
        table = self.after.name
        if item.kind == "check":
            dropped = Deed("drop", "check", table, item.body)
        elif item.parent and item.name is None:
            [own] = [column for column, other in self.after.every_constraint if other is item]
            dropped = Deed("drop", "references", table, SEPARATOR.join((own.name,) if own else item.columns))
        else:
            dropped = Deed("drop", "constraint", table, item.label)
        self._watch.deeds.append(dropped)
        if item.kind == "primary key":
            self._watch.deeds.append(Deed("alter", "key", self.after.name))

    def _column(self, name: str) -> Column:
        column = self.after.column(name) or self.after.column(self._renamed.get(folded(name), name))
        if column is None:
            known = ", ".join(column.name for column in self.after.columns)
            raise ScaffoldError(
                f"{self.after.name} has no column {name!r}; everything was rolled back.", help=f"It has these: {known}."
            )
        return column


def _is_named(item: Constraint, name: str) -> bool:
    return item.name is not None and folded(item.name) == folded(name)


def _same_check(item: Constraint, other: Constraint) -> bool:
    return item.kind == "check" and sameness(item.body) == sameness(other.body)
