"""The tables that the project's models declare, as values."""

import enum
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

from scaffold.project import models
from scaffold.project.config import Config
from scaffold.schema.model import Model, ModelColumn, ModelIndex, ModelKey

if TYPE_CHECKING:
    import sqlalchemy as sa
    from sqlalchemy.engine import Dialect
    from sqlalchemy.orm import Mapper


def declared(
    config: Config, edits: Mapping[Path, bytes] | None = None, *, dialect: "Dialect | None" = None
) -> tuple[Model, ...]:
    """Every table, sorted by name: the auth tables, and those of every domain module, exported or not.

    Args:
        config: the project.
        edits: the new bytes of files, by absolute path.
        dialect: whose words the types are in; SQLite's without it.

    Raises:
        UsageError: a module of the package has a syntax error, or raises on import.
    """
    from sqlalchemy.dialects import sqlite

    with models.importable(config, edits):
        metadata, schema = models.metadata(config), models.load(config, f"{config.package}.schema")
        for file in sorted((config.folder / "tables").glob("[!_]*.py")):
            models.load(config, f"{config.package}.tables.{file.stem}")
        registry = models.load(config, f"{config.package}.base").Base.registry
        mappers = {mapper.local_table: mapper for mapper in registry.mappers if not mapper.inherits}
        reader = _Reader(schema, dialect or sqlite.dialect())
        return tuple(reader.model(table, mappers.get(table)) for table in sorted(metadata.tables.values(), key=_name))


class _Reader:
    def __init__(self, schema: Any, dialect: "Dialect") -> None:
        self._schema = schema
        self._dialect = dialect

    def model(self, table: "sa.Table", mapper: "Mapper[Any] | None") -> Model:
        import sqlalchemy as sa

        class_ = mapper.class_ if mapper else None
        hints = _hints(class_)
        uniques = [constraint for constraint in table.constraints if isinstance(constraint, sa.UniqueConstraint)]
        indexes = {
            *(ModelIndex(str(index.name or ""), _expressions(index), bool(index.unique)) for index in table.indexes),
            *(ModelIndex(str(unique.name or ""), tuple(unique.columns.keys()), unique=True) for unique in uniques),
        }
        return Model(
            name=table.name,
            class_name=class_.__qualname__ if class_ else None,
            module=class_.__module__ if class_ else None,
            columns=tuple(self._column(column, mapper, hints) for column in table.columns),
            primary_key=tuple(column.name for column in table.primary_key),
            foreign_keys=tuple(sorted(map(_key, table.foreign_key_constraints), key=lambda key: key.columns)),
            indexes=tuple(sorted(indexes, key=lambda index: (index.name, index.columns))),
            exported=class_ is not None and self._has(class_),
        )

    def _has(self, class_: type) -> bool:
        """Whether the schema has the class, or the one around it."""
        outermost = getattr(self._schema, class_.__qualname__.partition(".")[0], None)
        return isinstance(outermost, type) and outermost.__module__ == class_.__module__

    def _column(self, column: "sa.Column[Any]", mapper: "Mapper[Any] | None", hints: Mapping[str, Any]) -> ModelColumn:
        attribute = mapper.get_property_by_column(column).key if mapper else column.name
        return ModelColumn(
            name=column.name,
            attribute=attribute,
            type=_type_name(type(column.type)),
            sql=self._sql(column),
            nullable=bool(column.nullable),
            default=self._default(column),
            choices=tuple(getattr(column.type, "enums", ())) or _choices(hints.get(attribute)),
            checked=_checked(column),
        )

    def _sql(self, column: "sa.Column[Any]") -> str:
        import sqlalchemy as sa

        try:
            return column.type.compile(dialect=self._dialect)
        except sa.exc.CompileError:
            return repr(column.type)

    def _default(self, column: "sa.Column[Any]") -> str | None:
        import sqlalchemy as sa

        argument = getattr(column.server_default, "arg", None)
        if argument is None or isinstance(argument, str):
            return argument
        try:
            return str(argument.compile(dialect=self._dialect))
        except sa.exc.CompileError:
            return repr(argument)


def _name(table: "sa.Table") -> str:
    return table.name


def _expressions(index: "sa.Index") -> tuple[str, ...]:
    return tuple(getattr(expression, "name", None) or str(expression) for expression in index.expressions)


def _key(constraint: "sa.ForeignKeyConstraint") -> ModelKey:
    targets = [element.target_fullname.rpartition(".") for element in constraint.elements]
    return ModelKey(
        columns=tuple(constraint.column_keys),
        table=targets[0][0],
        referred=tuple(column for _, _, column in targets),
        on_delete=constraint.ondelete,
    )


def _type_name(class_: type) -> str:
    """Where the class can be imported from: SQLAlchemy's own types all stand in `sqlalchemy`."""
    root, *rest = class_.__module__.split(".")
    return ".".join([root, *([] if root == "sqlalchemy" and rest[:1] != ["dialects"] else rest), class_.__name__])


def _checked(column: "sa.Column[Any]") -> bool:
    import sqlalchemy as sa

    checks = [constraint for constraint in column.table.constraints if isinstance(constraint, sa.CheckConstraint)]
    return any(
        constraint.info.get("enum") == column.name or column.name in {c.name for c in constraint.columns}
        for constraint in checks
    )


def _hints(class_: type | None) -> Mapping[str, Any]:
    try:
        return get_type_hints(class_) if class_ else {}
    except Exception:  # noqa: BLE001 - a name that only type checkers know
        return {}


def _choices(hint: Any) -> tuple[str, ...]:
    """The texts that `Mapped[Literal["a", "b"] | None]` or `Mapped[Color]` allows."""
    if get_origin(hint) is Literal:
        return tuple(value for value in get_args(hint) if isinstance(value, str))
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return tuple(str(member.value) for member in hint)
    return tuple(choice for part in get_args(hint) for choice in _choices(part))
