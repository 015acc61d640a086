"""SQLAlchemy's objects as parts of CREATE TABLE, in SQLAlchemy's own words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from scaffold.sqlite.definition import Column, Constraint, Definition, parse_column, parse_constraint

if TYPE_CHECKING:
    import sqlalchemy as sa


class Renderer:
    """Renders for one table.

    Args:
        dialect: SQLite's.
        table: its name.
    """

    def __init__(self, dialect: "sa.Dialect", table: str) -> None:
        self._dialect = dialect
        self._table = table
        self._compiler: Any = dialect.ddl_compiler(dialect, None)  # type: ignore[arg-type]

    def column(self, column: "sa.Column[Any]") -> Column:
        """A new column, with the constraints that are written at it."""
        text: str = self._compiler.get_column_specification(column)
        inline = (self._compiler.process(constraint) for constraint in column.constraints)
        return parse_column(" ".join([text, *filter(None, inline)]))

    def type(self, type_: Any) -> str:
        """A type, with its COLLATE."""
        from sqlalchemy.types import to_instance

        return str(self._dialect.type_compiler_instance.process(to_instance(type_)))

    def default(self, default: Any) -> str:
        """`DEFAULT ...`; empty for None."""
        import sqlalchemy as sa

        if default is None:
            return ""
        column = sa.Column("x", sa.Integer, server_default=default)
        made = self.column(sa.Table("x", sa.MetaData(), column).c.x).find("default")
        return made.text if made else ""

    def constraint(self, constraint: "sa.Constraint") -> Constraint | None:
        """A table's constraint; None for one that this database does not take."""
        rule: Any = constraint._create_rule
        if rule is not None and not rule(self._compiler):
            return None
        text = self._compiler.process(constraint)
        return parse_constraint(text) if text else None

    def table_arguments(self, definition: Definition, arguments: tuple[Any, ...]) -> Iterator[Constraint]:
        """Constraints as they are handed to `Table`."""
        import sqlalchemy as sa

        given = [argument for argument in arguments if isinstance(argument, sa.Constraint)]
        sa.Table(self._table, sa.MetaData(), *(sa.Column(column.name) for column in definition.columns), *given)
        for argument in given:
            if (made := self.constraint(argument)) is not None:
                yield made

    def conventional(self, definition: Definition, name: str, convention: dict[str, Any]) -> list[Constraint]:
        """The constraints that a naming convention would call `name`.

        They have no name, as ALTER TABLE ADD COLUMN gives none, or are foreign keys with the name that they had before
        a column or a table was renamed.
        """
        from alembic.util.sqla_compat import _get_constraint_final_name

        return [
            item
            for column, item in definition.every_constraint
            if (item.name is None or item.kind in {"references", "foreign key"})
            and (made := self._model(definition, column, item, convention)) is not None
            and _get_constraint_final_name(made, self._dialect) == name
        ]

    def _model(
        self, definition: Definition, column: Column | None, item: Constraint, convention: dict[str, Any]
    ) -> "sa.Constraint | None":
        import sqlalchemy as sa

        names = (column.name,) if column else item.columns
        made: sa.Constraint
        match item.kind:
            case "unique":
                made = sa.UniqueConstraint(*names)
            case "primary key":
                made = sa.PrimaryKeyConstraint(*names)
            case "references" | "foreign key":
                referred = [f"{item.parent}.{column}" for column in item.referred or names]
                made = sa.ForeignKeyConstraint(names, referred)
            case _:
                return None
        metadata = sa.MetaData(naming_convention=convention)
        if item.parent and item.parent != definition.name:
            sa.Table(item.parent, metadata, *(sa.Column(referred) for referred in item.referred or names))
        sa.Table(definition.name, metadata, *(sa.Column(existing.name) for existing in definition.columns), made)
        return made
