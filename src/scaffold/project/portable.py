"""A replayed database as metadata that is the same for every database: its shapes, in the words of the revisions."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from scaffold.project.bound_types import unbound
from scaffold.project.reflection import Reflected
from scaffold.project.replay import Recording
from scaffold.schema.shapes import CheckShape, ColumnShape, IndexShape, TableShape, UniqueShape, mentioned
from scaffold.schema.timing import timing_options

if TYPE_CHECKING:
    import sqlalchemy as sa
    from alembic.operations.ops import CreateIndexOp


def portable(
    found: Reflected, recording: Recording, elsewhere: Collection[Recording], models: "sa.MetaData"
) -> "sa.MetaData":
    """The tables of a replayed database.

    Where the revisions said nothing of a column, it has the local database's own type and default.

    Args:
        found: in the database, after the last revision.
        recording: of what the revisions said.
        elsewhere: of what they say on other databases.
        models: whose naming convention fills in the names that a database does not tell.
    """
    import sqlalchemy as sa

    metadata = sa.MetaData(naming_convention=models.naming_convention)
    for shape in (_with_indexes(shape, recording) for shape in found.shapes.values()):
        said = recording.columns.get(shape.name, {})
        columns = [
            _column(column, said.get(column.name), found.types[shape.name, column.name]) for column in shape.columns
        ]
        table, model = sa.Table(shape.name, metadata, *columns), models.tables.get(shape.name)
        if found.keeps_old_names and model is not None:
            shape = _with_names_of(model, shape)
        _add_constraints(table, shape, recording)
        _add_twins(table, shape, model, elsewhere)
    return metadata


def _with_names_of(model: "sa.Table", shape: TableShape) -> TableShape:
    """The table with its foreign keys called as in the model, and so as other databases call them by now."""
    names = {
        (tuple(column.name for column in key.columns), key.elements[0].target_fullname.rpartition(".")[0]): str(
            key.name
        )
        for key in model.foreign_key_constraints
        if key.name
    }
    keys = tuple(replace(key, name=names.get((key.columns, key.table), key.name)) for key in shape.foreign_keys)
    return replace(shape, foreign_keys=keys)


def _with_indexes(shape: TableShape, recording: Recording) -> TableShape:
    """The table with those of its unique constraints as indexes that were made as such: MySQL tells no difference."""
    made = [unique for unique in shape.uniques if unique.name in recording.indexes.keys() - recording.uniques]
    indexes = (IndexShape(str(unique.name), unique.columns, unique=True) for unique in made)
    uniques = tuple(unique for unique in shape.uniques if unique not in made)
    return replace(shape, indexes=(*shape.indexes, *indexes), uniques=uniques)


def mention(item: Any, sql: str, table: "sa.Table") -> None:
    """Tell a constraint or an index that is made of text which columns it is about."""
    for name in mentioned(sql, table.c.keys()):
        item._columns.add(table.c[name])


def _column(shape: ColumnShape, said: "sa.Column[Any] | None", type_: Any) -> "sa.Column[Any]":
    import sqlalchemy as sa

    if said is not None:
        default, type_ = said.server_default, unbound(said.type)
        if isinstance(default, sa.Computed):
            return sa.Column(
                shape.name, type_, sa.Computed(default.sqltext, default.persisted), nullable=shape.nullable
            )
        default = default if shape.default is not None or isinstance(default, sa.Identity) else None
    elif shape.computed is not None:
        return sa.Column(shape.name, type_, sa.Computed(shape.computed), nullable=shape.nullable)
    else:
        default = sa.DefaultClause(sa.text(shape.default.replace(":", r"\:"))) if shape.default is not None else None
    argument: Any = default.arg if isinstance(default, sa.DefaultClause) else default
    return sa.Column(shape.name, type_, nullable=shape.nullable, server_default=argument)


def _add_constraints(table: "sa.Table", shape: TableShape, recording: Recording) -> None:
    import sqlalchemy as sa
    from sqlalchemy.schema import conv

    if shape.primary_key.columns:
        table.append_constraint(sa.PrimaryKeyConstraint(*shape.primary_key.columns))
        for column in shape.primary_key.columns:
            table.c[column].nullable = False
    for key in shape.foreign_keys:
        table.append_constraint(
            sa.ForeignKeyConstraint(
                key.columns,
                [f"{key.table}.{column}" for column in key.referred],
                name=conv(key.name) if key.name else None,
                ondelete=None if key.on_delete == "NO ACTION" else key.on_delete,
                onupdate=None if key.on_update == "NO ACTION" else key.on_update,
                match=key.match or None,
                **timing_options(key.timing),
            )
        )
    for unique in shape.uniques:
        _add_unique(table, unique, recording.options.get(shape.name, {}).get(unique.name or "", {}))
    for check in shape.checks:
        _add_check(table, check, recording.checks.get(shape.name, {}).get(check.name or ""))
    for index in shape.indexes:
        _add_index(table, index, recording.indexes.get(index.name))


def _add_unique(table: "sa.Table", shape: UniqueShape, said: Mapping[str, Any] = MappingProxyType({})) -> None:
    import sqlalchemy as sa
    from sqlalchemy.schema import conv

    name = conv(shape.name) if shape.name else None
    options = {**timing_options(shape.timing), **said, **shape.options.given}
    table.append_constraint(sa.UniqueConstraint(*shape.columns, name=name, **options))


def _add_check(table: "sa.Table", shape: CheckShape, said: "sa.CheckConstraint | None") -> None:
    import sqlalchemy as sa
    from sqlalchemy.dialects.sqlite.base import SQLiteDialect
    from sqlalchemy.schema import conv

    condition = said.sqltext if said is not None else sa.text(shape.condition.replace(":", r"\:"))
    info = {}
    if isinstance(condition, sa.TextClause):
        sql = condition.text
    else:
        # An enum's whose column has to be quoted somewhere, in a way of each database's own.
        info = {"enum": str(getattr(getattr(condition, "left", None), "name", ""))}
        options = {"literal_binds": True, "include_table": False}
        sql = str(condition.compile(dialect=SQLiteDialect(), compile_kwargs=options))
        condition = sa.text(sql.replace(":", r"\:"))
    check = sa.CheckConstraint(condition, name=conv(shape.name) if shape.name else None, info=info)
    table.append_constraint(check)
    mention(check, sql, table)


def _add_index(table: "sa.Table", shape: IndexShape, said: "CreateIndexOp | None") -> None:
    import sqlalchemy as sa

    options = shape.options.given | (dict(said.to_index().dialect_kwargs) if said is not None else {})
    if shape.where and not any(key.endswith("_where") and value is not None for key, value in options.items()):
        where = sa.text(shape.where.replace(":", r"\:"))
        options |= {"sqlite_where": where, "postgresql_where": where}
    if shape.using:
        options |= {"postgresql_using": shape.using}
    columns = _said_columns(said, table)
    if len(columns) != len(shape.columns):
        columns = shape.columns
    parts = [table.c[column] if column in table.c else sa.text(column.replace(":", r"\:")) for column in columns]
    index = sa.Index(shape.name, *parts, unique=shape.unique, _table=table, **options)
    mention(index, " ".join(column for column in columns if column not in table.c), table)


def _said_columns(said: "CreateIndexOp | None", table: "sa.Table") -> tuple[str, ...]:
    """The columns and expressions of an index as its revision has them; nothing where they can't be told."""
    import sqlalchemy as sa

    columns = []
    # On MySQL, another table may have an index of this name.
    for part in said.columns if said is not None and said.table_name == table.name else ():
        if isinstance(part, str) and part in table.c:
            columns.append(part)
        elif isinstance(part, sa.TextClause):
            columns.append(part.text.replace(r"\:", ":"))
        elif isinstance(part, sa.ColumnClause) and part.is_literal:
            columns.append(part.name)
    return tuple(columns)


def _add_twins(
    table: "sa.Table", shape: TableShape, model: "sa.Table | None", elsewhere: Collection[Recording]
) -> None:
    """Of a unique index and a unique constraint of one name (`appdb.constraints.unique`), a database has one.

    Args:
        table: gets the other one.
        shape: what it has.
        model: where it has both, the other one is no difference; None where there is no such table any more.
        elsewhere: what the revisions say on other databases.
    """
    import sqlalchemy as sa

    indexes = {i.name: i.columns for i in shape.indexes if i.unique and all(column in table.c for column in i.columns)}
    uniques = {unique.name: unique.columns for unique in shape.uniques if unique.name}
    twins = _twins(model) if model is not None else set[str]()
    for other in elsewhere:
        twins |= (indexes.keys() & other.uniques) | (uniques.keys() & other.indexes.keys())
    for name in sorted(twins & (indexes.keys() ^ uniques.keys())):
        if name in uniques:
            sa.Index(name, *(table.c[column] for column in uniques[name]), unique=True)
        else:
            _add_unique(table, UniqueShape(name, indexes[name]))


def _twins(model: "sa.Table") -> set[str]:
    import sqlalchemy as sa

    indexes = {str(index.name) for index in model.indexes if index.unique}
    return indexes & {str(item.name) for item in model.constraints if isinstance(item, sa.UniqueConstraint)}
