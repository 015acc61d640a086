"""A table as its model declares it, as a value: what the classes say, and not what a database holds."""

from typing import NamedTuple


class ModelColumn(NamedTuple):
    """A column.

    Args:
        name: in the database.
        attribute: in the class; the name itself where there is no class.
        type: the column type's class with its module (`sqlalchemy.DateTime`, `appdb.types.EpochSeconds`).
        sql: what the local database calls the type.
        nullable: whether NULL is allowed.
        default: the server default, as text.
        choices: what the annotation or the type allows, if that is a fixed set of texts.
        checked: whether the database itself refuses what is not among the choices.
    """

    name: str
    attribute: str
    type: str
    sql: str = ""
    nullable: bool = False
    default: str | None = None
    choices: tuple[str, ...] = ()
    checked: bool = False


class ModelKey(NamedTuple):
    """A foreign key: `columns` refer to `referred` of `table`; `on_delete` is None where the model does not say."""

    columns: tuple[str, ...]
    table: str
    referred: tuple[str, ...]
    on_delete: str | None = None


class ModelIndex(NamedTuple):
    """An index or a unique constraint over columns; an expression stands among them as its SQL."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False


class Model(NamedTuple):
    """A table.

    Args:
        name: in the database.
        class_name: of its model, with the classes around it; None for a core Table.
        module: where the class is defined; None for a core Table.
        columns: in the order of the table.
        primary_key: its columns.
        foreign_keys: in the order of their first columns.
        indexes: sorted by name; a unique one may be a constraint.
        exported: whether the package's schema has the class, or the one around it, under its own name.
    """

    name: str
    class_name: str | None
    module: str | None
    columns: tuple[ModelColumn, ...]
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ModelKey, ...] = ()
    indexes: tuple[ModelIndex, ...] = ()
    exported: bool = False

    def column(self, name: str) -> ModelColumn | None:
        """The column of this name."""
        return next((column for column in self.columns if column.name == name), None)

    def is_found_by(self, columns: tuple[str, ...]) -> bool:
        """Whether an index, a unique constraint or the primary key begins with these columns, in any order."""
        leading = [self.primary_key, *(index.columns for index in self.indexes)]
        return any(set(found[: len(columns)]) == set(columns) for found in leading)

    def refers(self, column: str) -> bool:
        """Whether a foreign key holds the column."""
        return any(column in key.columns for key in self.foreign_keys)
