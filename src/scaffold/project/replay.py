"""What the revisions say while they run: the portable types, defaults and conditions that no database gives back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scaffold.schema.shapes import in_words

if TYPE_CHECKING:
    import sqlalchemy as sa


@dataclass
class Recording:
    """What the revisions said last of each column and CHECK, by the names that these have in the end.

    Args:
        columns: by table, then by name.
        checks: conditions, by table, then by name.
        indexes: the `op.create_index` of each name.
        uniques: the names that `op.create_unique_constraint` was given.
        options: those of unique constraints that only some databases know, by table, then by name.
        operations: all of them, by revision.
    """

    columns: "dict[str, dict[str, sa.Column[Any]]]" = field(default_factory=dict)
    checks: "dict[str, dict[str, sa.CheckConstraint]]" = field(default_factory=dict)
    indexes: dict[str, Any] = field(default_factory=dict)
    uniques: set[str] = field(default_factory=set)
    options: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    operations: "dict[str, list[Any]]" = field(default_factory=dict)

    def begin(self, revision: str) -> None:
        """Whose operations come now, perhaps once more."""
        self.operations.pop(revision, None)
        self.operations[revision] = []

    def hear(self, operation: Any) -> None:
        """Take in an operation that is about to run."""
        copied = _copied(operation)
        if self.operations:
            self.operations[next(reversed(self.operations))].append(copied)
        self.note(copied)

    def note(self, operation: Any) -> None:
        """Take in one operation. One of an unknown kind, raw SQL too, says nothing; the database is asked then."""
        from alembic.operations import ops

        match operation:
            case ops.CreateTableOp():
                self._create_table(operation)
            case ops.DropTableOp():
                self.columns.pop(operation.table_name, None)
                self.checks.pop(operation.table_name, None)
                self.options.pop(operation.table_name, None)
            case ops.RenameTableOp():
                for name, index in self.indexes.items():
                    if index.table_name == operation.table_name:
                        self.indexes[name] = copy(index)
                        self.indexes[name].table_name = operation.new_table_name
                for kept in (self.columns, self.checks, self.options):
                    if operation.table_name in kept:
                        kept[operation.new_table_name] = kept.pop(operation.table_name)  # type: ignore[assignment]
            case ops.AddColumnOp():
                self.columns.setdefault(operation.table_name, {})[operation.column.name] = operation.column
                for constraint in operation.column.constraints:
                    self._check(operation.table_name, constraint)
            case ops.DropColumnOp():
                self.columns.get(operation.table_name, {}).pop(operation.column_name, None)
            case ops.AlterColumnOp():
                self._alter(operation)
            case ops.CreateCheckConstraintOp():
                self._check(operation.table_name, operation.to_constraint())
            case ops.CreateUniqueConstraintOp():
                self.uniques.add(str(operation.constraint_name))
                self._unique(operation.table_name, operation.to_constraint())
            case ops.CreateIndexOp():
                self.indexes[str(operation.index_name)] = operation

    def _create_table(self, operation: Any) -> None:
        import sqlalchemy as sa
        from alembic.operations import ops

        table = operation.table_name
        self.columns[table], self.checks[table], self.options[table] = {}, {}, {}
        for item in operation.columns:
            if isinstance(item, sa.Column):
                self.columns[table][item.name] = item
                for constraint in item.constraints:
                    self._check(table, constraint)
            elif isinstance(item, sa.Index):
                options = {"unique": item.unique, **item.dialect_kwargs}
                self.note(ops.CreateIndexOp(item.name, table, list(item.expressions), **options))
            elif isinstance(item, sa.UniqueConstraint):
                self._unique(table, item)
            else:
                self._check(table, item)

    def _check(self, table: str, constraint: Any) -> None:
        import sqlalchemy as sa

        if isinstance(constraint, sa.CheckConstraint) and constraint.name is not None:
            self.checks.setdefault(table, {})[str(constraint.name)] = constraint

    def _unique(self, table: str, constraint: "sa.UniqueConstraint") -> None:
        options = dict(constraint.dialect_kwargs)
        if include := options.get("postgresql_include"):
            options["postgresql_include"] = [getattr(column, "name", column) for column in include]
        self.options.setdefault(table, {})[str(constraint.name)] = options

    def _alter(self, operation: Any) -> None:
        import sqlalchemy as sa

        if operation.modify_name is not None:
            self._rename_in_options(operation.table_name, operation.column_name, operation.modify_name)
        columns = self.columns.get(operation.table_name, {})
        before = columns.get(operation.column_name)
        if before is None:
            return
        # The operation that made it may be noted for other databases too.
        column = columns[operation.column_name] = before._copy()
        if operation.modify_type is not None:
            column.type = operation.modify_type
        if operation.modify_server_default is not False:
            column.server_default = _as_default(operation.modify_server_default)
        if (counts := operation.kw.get("autoincrement")) is not None:
            column.server_default = sa.Identity() if counts else None
        if operation.modify_nullable is not None:
            column.nullable = operation.modify_nullable
        if operation.modify_name is not None:
            columns[operation.modify_name] = columns.pop(operation.column_name)

    def _rename_in_options(self, table: str, old: str, new: str) -> None:
        for name, index in self.indexes.items():
            if index.table_name == table:
                self.indexes[name] = copy(index)
                self.indexes[name].columns = [_renamed(column, old, new) for column in index.columns]
                self.indexes[name].kw = renamed_options(index.kw, old, new)
        for name, options in self.options.get(table, {}).items():
            self.options[table][name] = renamed_options(options, old, new)


@contextmanager
def recorded() -> Iterator[Recording]:
    """While it lasts, every operation that a revision runs is noted as it runs, those of batches too."""
    from alembic.operations.base import AbstractOperations

    recording = Recording()
    original = AbstractOperations.invoke

    def invoke(self: AbstractOperations, operation: Any) -> Any:
        recording.hear(operation)
        return original(self, operation)

    AbstractOperations.invoke = invoke  # type: ignore[method-assign]
    try:
        yield recording
    finally:
        AbstractOperations.invoke = original  # type: ignore[method-assign]


def renamed_options(options: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    """The options of an index or a constraint with a column's new name."""
    return {name: value if isinstance(value, str) else _renamed(value, old, new) for name, value in options.items()}


def _renamed(said: Any, old: str, new: str) -> Any:
    """What an index says of its columns, with the new name of one."""
    import sqlalchemy as sa

    match said:
        case str():
            return new if said == old else said
        case list() | tuple():
            return [_renamed(one, old, new) for one in said]
        case dict():
            return {_renamed(name, old, new): value for name, value in said.items()}
        case sa.TextClause():
            return sa.text(in_words(said.text, old, new))
        case sa.ColumnClause() if said.is_literal:
            return sa.literal_column(in_words(said.name, old, new))
    return said


def _copied(operation: Any) -> Any:
    """The operation with columns of its own, as running it puts them into tables."""
    import sqlalchemy as sa
    from alembic.operations import ops

    clone: Any = copy(operation)
    if isinstance(operation, ops.CreateTableOp):
        clone.columns = [item._copy() if isinstance(item, sa.Column) else item for item in operation.columns]
    elif isinstance(operation, ops.AddColumnOp):
        clone.column = operation.column._copy()
    return clone


def _as_default(value: Any) -> Any:
    import sqlalchemy as sa

    if value is None or isinstance(value, sa.FetchedValue):
        return value
    return sa.DefaultClause(value)
