"""The tables between one change of a revision and the next, where a revision holds many.

A renderer looks at the tables before its change and after it, and must not see what the other changes do.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from scaffold.project.bound_types import unbound_column
from scaffold.project.compare import Comparison
from scaffold.project.portable import mention
from scaffold.project.replay import renamed_options
from scaffold.project.revisions.writer import enum_column
from scaffold.schema.changes import (
    AddColumn,
    AddTable,
    AlterTable,
    Change,
    DropColumn,
    DropReferences,
    DropTable,
    RenameColumn,
    RenameTable,
    RetypeColumns,
)
from scaffold.schema.differences import ColumnDifference, ConstraintDifference, differences
from scaffold.schema.shapes import in_words, mentioned, plain, renamed_column, renamed_table
from scaffold.schema.timing import timing, timing_options

if TYPE_CHECKING:
    import sqlalchemy as sa


def stages(
    changes: Iterable[Change], comparison: Comparison, after: "sa.MetaData"
) -> "Iterator[tuple[Change, sa.MetaData, sa.MetaData]]":
    """Each change with the tables before it and after it.

    Args:
        changes: in the order in which they are made; together they lead from the migrations to the models.
        comparison: of the migrations and the models.
        after: the metadata of the models.
    """
    changes = tuple(changes)
    before = comparison.portable(after)
    touched = {name for change in changes for name in change.touches}
    final = {name: _Table.read(after.tables[name]) for name in sorted(touched) if name in after.tables}
    start = {name: _Table.read(before.tables[name]) for name in sorted(touched) if name in before.tables}
    state = _without_noise(start, final, changes, comparison)
    now = _metadata(state, before)
    for change in changes:
        state = _step(state, change, final, after.naming_convention)
        following = _metadata(state, after)
        yield change, now, following
        now = following


@dataclass(frozen=True, slots=True)
class _Item:
    """A key, a constraint or an index, as text and so free of the table that it came from.

    Args:
        kind: primary, foreignkey, unique, check or index.
        name: None where the naming convention gives it.
        columns: those that it is about, for a check or an index those that it mentions.
        parts: for an index, its columns and expressions; for a check, its condition.
        target: for a foreign key, the table.
        referred: for a foreign key, the columns there.
        options: everything else, by name.
        enum: for a check that lists the values of a column, that column.
    """

    kind: str
    name: str | None
    columns: tuple[str, ...]
    parts: tuple[str, ...] = ()
    target: str = ""
    referred: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    enum: str = ""

    @property
    def sign(self) -> tuple[object, ...]:
        """What it says, without its name."""
        parts = tuple(plain(part) for part in self.parts)
        options = sorted((name, str(value)) for name, value in self.options.items() if value not in (None, False))
        columns = self.columns if self.kind in {"primary", "foreignkey", "unique"} else ()
        return self.kind, columns, parts, self.target, self.referred, tuple(options)

    def with_column(self, old: str, new: str) -> "_Item":
        return replace(
            self,
            columns=tuple(new if column == old else column for column in self.columns),
            parts=tuple(in_words(part, old, new) for part in self.parts),
            options=renamed_options(self.options, old, new),
            enum=new if self.enum == old else self.enum,
        )


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    columns: "Mapping[str, sa.Column[Any]]"
    items: tuple[_Item, ...]
    whole: "sa.Table | None" = None
    """The model's own, while nothing differs from it."""

    @classmethod
    def read(cls, table: "sa.Table") -> "_Table":
        items = tuple(_item(item) for item in (*table.constraints, *table.indexes))
        return cls(table.name, {column.name: column for column in table.columns}, items, table)

    def about(self, column: str) -> tuple[_Item, ...]:
        """The items that are about this column alone, and that come or go with it."""
        kinds = {"foreignkey", "check", "index"}
        indexes = {item.name for item in self.items if item.kind == "index"}
        return tuple(
            item
            for item in self.items
            if item.columns == (column,) and (item.kind in kinds or (item.kind == "unique" and item.name in indexes))
        )

    def called(self, final: "_Table | None") -> "_Table":
        """With the final names of those items that say by now what they say in the end."""
        names = {item.sign: item.name for item in final.items} if final else {}
        items = tuple(replace(item, name=names.get(item.sign, item.name)) for item in self.items)
        return replace(self, items=items)


_State = dict[str, _Table]


def _without_noise(
    start: Mapping[str, _Table], final: Mapping[str, _Table], changes: Iterable[Change], comparison: Comparison
) -> _State:
    """The tables before the first change, in the words of the models wherever the two mean the same."""
    shapes = comparison.before
    names = {name: name for name in start}
    renamed: set[str] = set()
    for change in changes:
        match change:
            case RenameTable(old, new):
                shapes = renamed_table(shapes, old, new)
                names[old] = new
            case RenameColumn(within, old, new):
                shapes = renamed_column(shapes, within, old, new)
                renamed.add(within)
    differing: set[tuple[str, str | None]] = set()
    for difference in differences(shapes, comparison.after):
        match difference:
            case ColumnDifference(within):
                differing.add((within, difference.column))
            case ConstraintDifference(within, before, after):
                differing |= {(within, getattr(item, "name", None)) for item in (before, after)}
    result = {}
    for name, table in start.items():
        end = final.get(names[name])
        if end is not None and end.name not in renamed:
            table = _in_final_words(table, end, differing)
        result[name] = table
    return result


def _in_final_words(table: _Table, end: _Table, differing: set[tuple[str, str | None]]) -> _Table:
    def settled(name: str | None) -> bool:
        return (end.name, name) not in differing

    columns = {
        name: end.columns[name] if name in end.columns and settled(name) else column
        for name, column in table.columns.items()
    }
    ends = {(item.kind, item.name): item for item in end.items if item.kind != "primary"}
    items = tuple(
        replace(item, parts=twin.parts, columns=twin.columns, options=twin.options)
        if item.name and (twin := ends.get((item.kind, item.name))) and settled(item.name)
        else item
        for item in table.items
    )
    return replace(table, columns=columns, items=items, whole=None)


def _step(state: _State, change: Change, final: Mapping[str, _Table], convention: Any) -> _State:
    match change:
        case RenameTable(old, new):
            pairs = [(table, _retargeted(table, old, new)) for table in state.values()]
            return {now.name: _followed(was, now, convention).called(final.get(now.name)) for was, now in pairs}
        case RenameColumn(name, old, new):
            pairs = [(table, _repointed(table, name, old, new)) for table in state.values()]
            return {now.name: _followed(was, now, convention).called(final.get(now.name)) for was, now in pairs}
        case AddTable(added):
            return state | {added.name: final[added.name]}
        case DropTable(name):
            return {other: table for other, table in state.items() if other != name}
        case DropReferences(name, target):
            items = tuple(item for item in state[name].items if item.target != target)
            return state | {name: replace(state[name], items=items, whole=None)}
        case AddColumn(name, column):
            end, table = final[name], state[name]
            columns = {**table.columns, column.name: end.columns[column.name]}
            table = replace(table, columns=columns, items=(*table.items, *end.about(column.name)), whole=None)
            return state | {name: table}
        case RetypeColumns(changed):
            return {
                name: replace(
                    table,
                    columns={
                        key: final[name].columns[key] if (name, key) in changed else value
                        for key, value in table.columns.items()
                    },
                    whole=None,
                )
                for name, table in state.items()
            }
        case DropColumn(name, gone):
            table = state[name]
            columns = {key: value for key, value in table.columns.items() if key != gone}
            items = tuple(item for item in table.items if gone not in item.columns)
            return state | {name: replace(table, columns=columns, items=items, whole=None)}
        case AlterTable(name):
            end, table = final[name], state[name]
            leaving = [column for column in table.columns if column not in end.columns]
            items = (*end.items, *(item for column in leaving for item in table.about(column)))
            columns = {key: end.columns.get(key, value) for key, value in table.columns.items()}
            return state | {name: replace(table, columns=columns, items=items, whole=None)}
    return state


def _followed(was: _Table, now: _Table, convention: Any) -> _Table:
    """A table after a rename, with its foreign keys called after that where they are by the convention.

    So is a key that changes next: it is called alike on all databases then, whatever they keep of its old name.
    """
    items = tuple(
        replace(new, name=_by_convention(now, new, convention))
        if old.kind == "foreignkey"
        and (was.name, replace(old, name=None)) != (now.name, replace(new, name=None))
        and old.name == _by_convention(was, old, convention)
        else new
        for old, new in zip(was.items, now.items, strict=True)
    )
    return replace(now, items=items)


def _by_convention(table: _Table, key: _Item, convention: Any) -> str:
    """What the naming convention calls a foreign key."""
    import sqlalchemy as sa

    metadata = sa.MetaData(naming_convention=convention)
    built = sa.Table(table.name, metadata, *map(sa.Column, table.columns))
    if key.target != table.name:
        sa.Table(key.target, metadata, *map(sa.Column, key.referred))
    constraint = sa.ForeignKeyConstraint(key.columns, [f"{key.target}.{column}" for column in key.referred])
    built.append_constraint(constraint)
    return str(constraint.name)


def _retargeted(table: _Table, old: str, new: str) -> _Table:
    items = tuple(replace(item, target=new) if item.target == old else item for item in table.items)
    return replace(table, name=new if table.name == old else table.name, items=items, whole=None)


def _repointed(table: _Table, name: str, old: str, new: str) -> _Table:
    items = tuple(
        replace(item, referred=tuple(new if column == old else column for column in item.referred))
        if item.target == name
        else item
        for item in table.items
    )
    if table.name != name:
        return replace(table, items=items, whole=None)
    columns = {new if key == old else key: column for key, column in table.columns.items()}
    return replace(table, columns=columns, items=tuple(item.with_column(old, new) for item in items), whole=None)


def _item(item: Any) -> _Item:
    import sqlalchemy as sa

    name = str(item.name) if item.name else None
    if isinstance(item, sa.Index):
        parts = tuple(_sql(part) for part in item.expressions)
        options = {"unique": item.unique, **item.dialect_kwargs}
        return _Item("index", name, tuple(column.name for column in item.columns), parts, options=options)
    if isinstance(item, sa.CheckConstraint):
        condition = _sql(item.sqltext)
        assert item.table is not None
        columns = mentioned(condition, item.table.c.keys())
        return _Item("check", name, columns, (condition,), enum=enum_column(item))
    columns = tuple(column.name for column in item.columns)
    when = timing_options(timing(item.deferrable, item.initially))
    if isinstance(item, sa.ForeignKeyConstraint):
        targets = [element.target_fullname.rpartition(".") for element in item.elements]
        options = {"ondelete": item.ondelete, "onupdate": item.onupdate, "match": item.match, **when}
        referred = tuple(column for _, _, column in targets)
        return _Item("foreignkey", name, columns, target=targets[0][0], referred=referred, options=options)
    if isinstance(item, sa.PrimaryKeyConstraint):
        return _Item("primary", name, columns)
    return _Item("unique", name, columns, options={**when, **item.dialect_kwargs})


def _sql(expression: Any) -> str:
    from sqlalchemy.dialects.sqlite.base import SQLiteDialect

    if hasattr(expression, "table") and isinstance(getattr(expression, "name", None), str):
        return str(expression.name)
    options = {"literal_binds": True, "include_table": False}
    return str(expression.compile(dialect=SQLiteDialect(), compile_kwargs=options))


def _metadata(state: _State, source: "sa.MetaData") -> "sa.MetaData":
    """The tables of a state, and of those that they refer to as much as they refer to."""
    import sqlalchemy as sa

    metadata = sa.MetaData(naming_convention=source.naming_convention)
    for table in state.values():
        if table.whole is not None:
            table.whole.to_metadata(metadata)
        else:
            _build(table, metadata)
    referred = {
        element.target_fullname.rpartition(".")[::2]: element
        for table in metadata.tables.values()
        for element in table.foreign_keys
    }
    outside = [(name, column) for name, column in sorted(referred) if name not in metadata.tables]
    for name, column in outside:
        type_ = source.tables[name].c[column].type if name in source.tables else sa.Text()
        sa.Table(name, metadata, sa.Column(column, type_, primary_key=True), extend_existing=True)
    return metadata


def _build(table: _Table, metadata: "sa.MetaData") -> None:
    import sqlalchemy as sa

    columns = []
    for name, template in table.columns.items():
        column = unbound_column(template)
        column.name = column.key = name
        column.primary_key, column.index, column.unique = False, None, None
        column.constraints.clear()
        column.foreign_keys.clear()
        columns.append(column)
    built = sa.Table(table.name, metadata, *columns)
    for item in table.items:
        _attach(item, built)


def _attach(item: _Item, table: "sa.Table") -> None:
    import sqlalchemy as sa
    from sqlalchemy.schema import conv

    name = conv(item.name) if item.name else None
    if item.kind == "index":
        options = {key: value for key, value in item.options.items() if key != "unique" and value is not None}
        parts = [table.c[part] if part in table.c else sa.text(part.replace(":", r"\:")) for part in item.parts]
        index = sa.Index(name, *parts, unique=bool(item.options.get("unique")), _table=table, **options)
        mention(index, " ".join(part for part in item.parts if part not in table.c), table)
    elif item.kind == "check":
        info = {"enum": item.enum} if item.enum else {}
        check = sa.CheckConstraint(sa.text(item.parts[0].replace(":", r"\:")), name=name, info=info)
        table.append_constraint(check)
        mention(check, item.parts[0], table)
    elif item.kind == "foreignkey":
        targets = [f"{item.target}.{column}" for column in item.referred]
        table.append_constraint(sa.ForeignKeyConstraint(item.columns, targets, name=name, **item.options))
    elif item.kind == "unique":
        table.append_constraint(sa.UniqueConstraint(*item.columns, name=name, **item.options))
    elif item.columns:
        for column in item.columns:
            table.c[column].nullable = False
        table.append_constraint(sa.PrimaryKeyConstraint(*item.columns, name=name))
