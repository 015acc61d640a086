"""What a migration lost: the differences between two inventories that it did not ask for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from scaffold.sqlite.asked import SEPARATOR, Asked
from scaffold.sqlite.definition import Constraint, index_body
from scaffold.sqlite.inventory import ColumnState, ForeignKey, Inventory, Program, TableState, Unique
from scaffold.sqlite.tokens import folded, names_in, quote, tokenize

_NOTHING: dict[str, set[str]] = {}


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as it should be.

    Args:
        kind: of what: table, rows, column, primary key, AUTOINCREMENT, CHECK, trigger, view and so on.
        table: its table's name from before; a view's or its own name where it has none.
        name: its name, or what tells it from others of its kind.
        message: a clause that says what became of it.
        sql: what made it; empty where no statement did.
        keep: what to write in the revision so that it stays.
        drop: what to write in the revision so that it goes on purpose.
    """

    kind: str
    table: str
    name: str
    message: str
    sql: str = ""
    keep: str = ""
    drop: str = ""


def compare(before: Inventory, after: Inventory, asked: Asked) -> list[Difference]:
    """Every difference that was not asked for. What is new is no difference, as it was made on purpose."""
    found: list[Difference] = []
    for key, table in before.tables.items():
        now = after.tables.get(asked.table(key))
        if key not in asked.dropped:
            found += _table(table, now, asked)
        elif key in asked.remade and (now := after.tables.get(key)) is not None:
            found += _indexes(table, now, asked)
            found += _triggers(table, now, asked)
    found += _views(before, after, asked)
    found += _references(before, after)
    return found


def _table(before: TableState, after: TableState | None, asked: Asked) -> Iterator[Difference]:
    name = before.name
    if after is None:
        yield Difference("table", name, name, f"the table {name} is gone", before.sql, drop=_op(f"DROP TABLE {name}"))
        return
    key = folded(name)
    if key not in asked.written and None not in (before.rows, after.rows) and before.rows != after.rows:
        yield Difference("rows", name, name, f"{name} had {before.rows:,} row(s) and now has {after.rows:,}")
    for column in before.columns:
        if not asked.drops("column", name, column.name):
            yield from _column(before, column, after, asked)
    yield from _keys(before, after, asked)
    yield from _checks(before, after, asked)
    yield from _uniques(before, after, asked)
    yield from _foreign_keys(before, after, asked)
    yield from _options(before, after)
    yield from _indexes(before, after, asked)
    yield from _triggers(before, after, asked)


def _column(table: TableState, before: ColumnState, after: TableState, asked: Asked) -> Iterator[Difference]:
    name = asked.column(table.name, before.name)
    now = next((column for column in after.columns if folded(column.name) == name), None)
    where = f"{table.name}.{before.name}"
    if now is None:
        call = f"batch_op.drop_column({before.name!r})"
        yield Difference("column", table.name, before.name, f"the column {where} is gone", drop=call)
        return
    renames = asked.renames(table.name)
    # A key makes its columns NOT NULL in a table that is STRICT or WITHOUT ROWID.
    keyed = folded(table.name) in asked.keys and before.name in (*table.primary_key, *after.primary_key)
    sides = (
        ("type", "type", before.type, now.type),
        ("NOT NULL", "null", "NOT NULL" * before.not_null, "NOT NULL" * now.not_null),
        ("default", "default", before.default, now.default),
        ("COLLATE", "type", before.collate, now.collate),
        ("generated expression", "generated", before.generated, now.generated),
    )
    for kind, side, old, new in sides:
        asked_for = asked.alters(table.name, before.name, side) or (keyed and side == "null")
        if not asked_for and not _same(old or "", new or "", renames):
            became = f"is {new} and was {old}" if old and new else f"has lost {old}" if old else f"has got {new}"
            yield Difference(kind, table.name, before.name, f"{where} {became}", old or "")


def _keys(before: TableState, after: TableState, asked: Asked) -> Iterator[Difference]:
    key = folded(before.name)
    if key in asked.keys:
        return
    remaining = tuple(
        asked.column(before.name, column)
        for column in before.primary_key
        if not asked.drops("column", before.name, column)
    )
    if remaining != tuple(map(folded, after.primary_key)):
        was, now = ", ".join(before.primary_key), ", ".join(after.primary_key) or "nothing"
        yield Difference("primary key", before.name, was, f"the primary key of {before.name} is {now} and was {was}")
    if not (remaining and before.definition and before.definition.autoincrement):
        return
    if not (after.definition and after.definition.autoincrement):
        yield Difference("AUTOINCREMENT", before.name, "", f"{before.name} has lost AUTOINCREMENT")
    elif (after.sequence or 0) < (before.sequence or 0) and key not in asked.written:
        message = f"the next AUTOINCREMENT value of {before.name} fell from {before.sequence} to {after.sequence or 0}"
        yield Difference("AUTOINCREMENT", before.name, "sequence", message)


def _checks(before: TableState, after: TableState, asked: Asked) -> Iterator[Difference]:
    gone = _dropped_columns(before, asked)
    left = [item.body for item in _constraints(after)]
    for check in _constraints(before):
        found = next((text for text in left if _same(check.body, text, asked.renames(before.name))), None)
        if found is not None:
            left.remove(found)
            continue
        dropped = asked.drops("constraint", before.name, check.name) if check.name else False
        if dropped or asked.drops("check", before.name, check.body) or gone & names_in(check.body):
            continue
        call = f"batch_op.drop_constraint({check.name!r}, type_='check')" if check.name else ""
        message = f"{before.name} has lost the CHECK {check.label}"
        yield Difference("CHECK", before.name, check.name or "", message, check.text, _check_call(check), call)


def _constraints(table: TableState) -> list[Constraint]:
    every = table.definition.every_constraint if table.definition else ()
    return [constraint for _, constraint in every if constraint.kind == "check"]


def _check_call(check: Constraint) -> str:
    condition = check.body[check.body.index("(") + 1 : -1].strip()
    return f"batch_op.create_check_constraint({check.name or 'NAME'!r}, {condition!r})"


def _uniques(before: TableState, after: TableState, asked: Asked) -> Iterator[Difference]:
    present = {_unique_key(unique) for unique in after.uniques}
    gone = _dropped_columns(before, asked)
    named = _named(before, "unique", asked)
    for unique in before.uniques:
        columns = tuple(column for column, _ in unique.columns)
        now = tuple((asked.column(before.name, column), collation.lower()) for column, collation in unique.columns)
        plain = {tuple(column for column, _ in key) for key in present}
        if now in present or gone & set(map(folded, columns)) or tuple(map(folded, columns)) in named:
            continue
        if any(asked.alters(before.name, column, "type") for column in columns) and tuple(c for c, _ in now) in plain:
            continue
        listed = ", ".join(columns)
        yield Difference(
            "UNIQUE",
            before.name,
            listed,
            f"{before.name} has lost UNIQUE ({listed})",
            f"UNIQUE ({listed})",
            f"batch_op.create_unique_constraint('NAME', {list(columns)!r})",
        )


def _unique_key(unique: Unique) -> tuple[tuple[str, str], ...]:
    return tuple((folded(column), collation.lower()) for column, collation in unique.columns)


def _named(table: TableState, kind: str, asked: Asked) -> set[tuple[str, ...]]:
    """The columns of the constraints of a kind that were dropped by their name, or as the unnamed ones they are."""
    found: set[tuple[str, ...]] = set()
    for column, item in table.definition.every_constraint if table.definition else ():
        same_kind = item.kind == kind or (kind == "foreign key" and item.kind == "references")
        columns = tuple(map(folded, (column.name,) if column else item.columns))
        by_columns = (
            item.parent and item.name is None and asked.drops("references", table.name, SEPARATOR.join(columns))
        )
        if same_kind and (by_columns or asked.drops("constraint", table.name, item.label)):
            found.add(columns)
    return found


def _foreign_keys(before: TableState, after: TableState, asked: Asked) -> Iterator[Difference]:
    present = {_key_of(key) for key in after.foreign_keys}
    gone = _dropped_columns(before, asked)
    named = _named(before, "foreign key", asked)
    for key in before.foreign_keys:
        own = set(map(folded, key.columns))
        if own & gone or tuple(map(folded, key.columns)) in named or folded(key.parent) in asked.dropped:
            continue
        now = ForeignKey(
            tuple(asked.column(before.name, column) for column in key.columns),
            asked.table(key.parent),
            tuple(asked.column(key.parent, column) for column in key.referred),
            key.on_delete,
            key.on_update,
            key.deferred,
        )
        if _key_of(now) not in present:
            sql = _foreign_key_sql(key)
            message = f"{before.name} has lost the foreign key {', '.join(key.columns)}, {sql}"
            yield Difference("foreign key", before.name, ", ".join(key.columns), message, sql)


def _key_of(key: ForeignKey) -> tuple[object, ...]:
    names = tuple(map(folded, key.columns)), folded(key.parent), tuple(map(folded, key.referred))
    return (*names, key.on_delete, key.on_update, key.deferred)


def _foreign_key_sql(key: ForeignKey) -> str:
    actions = (("DELETE", key.on_delete), ("UPDATE", key.on_update))
    return (
        f"REFERENCES {key.parent}"
        + (f" ({', '.join(key.referred)})" if key.referred else "")
        + "".join(f" ON {event} {action}" for event, action in actions if action != "NO ACTION")
        + " DEFERRABLE INITIALLY DEFERRED" * key.deferred
    )


def _options(before: TableState, after: TableState) -> Iterator[Difference]:
    if before.definition and after.definition:
        for option in set(before.definition.options) - set(after.definition.options):
            yield Difference(option, before.name, "", f"{before.name} has lost {option}", option)


def _indexes(before: TableState, after: TableState, asked: Asked) -> Iterator[Difference]:
    gone = _dropped_columns(before, asked)
    present = {folded(name): sql for name, sql in after.indexes.items()}
    for name, sql in before.indexes.items():
        if asked.drops("index", before.name, name) or gone & names_in(index_body(sql)):
            continue
        now = present.get(folded(name))
        if now is None or not _same(index_body(sql), index_body(now), asked.renames(before.name)):
            what = "has lost the index" if now is None else f"has another index (now: {now}) under the name"
            keep, drop = (_op(sql), "") if now is None else ("", _op(f"DROP INDEX {quote(name)}"))
            drop = drop or f"op.drop_index({name!r}, {before.name!r})"
            yield Difference("index", before.name, name, f"{before.name} {what} {name}", sql, keep, drop)


def _triggers(before: TableState, after: TableState, asked: Asked) -> Iterator[Difference]:
    yield from _programs("trigger", before.name, before.triggers, after.triggers, asked)


def _views(before: Inventory, after: Inventory, asked: Asked) -> Iterator[Difference]:
    for name, view in before.views.items():
        now = [after.views[name]] if name in after.views else []
        yield from _programs("view", view.name, [view], now, asked)
        if now:
            triggers = before.view_triggers.get(name, ()), after.view_triggers.get(name, ())
            yield from _programs("trigger", view.name, *triggers, asked)


def _programs(
    kind: str, table: str, before: Iterable[Program], after: Iterable[Program], asked: Asked
) -> Iterator[Difference]:
    present = {folded(program.name): program for program in after}
    for program in before:
        if asked.drops("trigger" if kind == "trigger" else "view", table, program.name):
            continue
        now = present.get(folded(program.name))
        drop = _op(f"DROP {kind.upper()} {quote(program.name)}")
        label = f"the {kind} {program.name}" + (f" of {table}" if kind == "trigger" else "")
        if now is None:
            yield Difference(kind, table, program.name, f"{label} is gone", program.sql, _op(program.sql), drop)
        elif now.error and not program.error:
            message = f"{label} would not work any more ({now.error})"
            keep = f"{drop}\nop.execute(...)  # {program.name} as it shall be"
            yield Difference(kind, table, program.name, message, program.sql, keep, drop)
        elif not _same(program.sql, now.sql, asked.every_rename()):
            yield Difference(kind, table, program.name, f"{label} has changed", program.sql, drop=drop)


def _references(before: Inventory, after: Inventory) -> Iterator[Difference]:
    for (child, parent), count in after.orphans.items():
        new = count - before.orphans.get((child, parent), 0)
        if new > 0:
            message = f"{new:,} row(s) of {child} would refer to rows of {parent} that don't exist"
            yield Difference("reference", child, parent, message, keep=_repair(child, parent, after))
    for mismatch in sorted(after.mismatches - before.mismatches):
        yield Difference("reference", "", "", f"SQLite would refuse every write ({mismatch})")


def _repair(child: str, parent: str, after: Inventory) -> str:
    """Foreign keys are off in a migration, so what ON DELETE says is to be said once more."""
    state = after.tables.get(folded(child))
    keys = [key for key in (state.foreign_keys if state else ()) if folded(key.parent) == folded(parent)]
    parents = after.tables.get(folded(parent))
    return "\n".join(
        _op(
            f"DELETE FROM {child} WHERE ({', '.join(key.columns)}) NOT IN"
            f" (SELECT {', '.join(key.referred or (parents.primary_key if parents else key.columns))} FROM {parent})"
        )
        for key in keys
    )


def _dropped_columns(table: TableState, asked: Asked) -> set[str]:
    return {folded(column.name) for column in table.columns if asked.drops("column", table.name, column.name)}


def _same(before: str, after: str, renames: Mapping[str, set[str]] = _NOTHING) -> bool:
    """Whether two texts say the same, where a name may stand for what it was renamed to."""
    old, new = tokenize(before), tokenize(after)
    return len(old) == len(new) and all(
        first.same == second.same or second.same in renames.get(first.same, ())
        for first, second in zip(old, new, strict=True)
    )


def _op(sql: str) -> str:
    text = repr(sql) if "\n" not in sql else f'"""\n{sql}\n"""'
    return f"op.execute({text})"
