"""CREATE TABLE as a value: parsed from the text that SQLite keeps, edited, and written again.

What is not edited is written as it was, comments included (grammar: sqlite.org/lang_createtable).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from scaffold.errors import ScaffoldError
from scaffold.schema.timing import DEFERRABLE, DEFERRED
from scaffold.sqlite.tokens import Token, folded, names_in, quote, sameness, tokenize

Kind = Literal[
    "primary key", "not null", "null", "unique", "check", "default", "collate", "references", "generated", "foreign key"
]
_STARTS_TABLE_CONSTRAINT = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")
_STARTS_COLUMN_CONSTRAINT = (
    *("CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK"),
    *("DEFAULT", "COLLATE", "REFERENCES", "GENERATED", "AS"),
)


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint, of a column or of a table.

    Args:
        kind: which.
        name: after CONSTRAINT; None where it has none.
        text: as it is written, its name included.
        columns: of a key or of UNIQUE, where they are listed; their names.
        parent: the table that a foreign key refers to.
        referred: that table's columns; empty where its primary key is to be understood.
    """

    kind: Kind
    name: str | None
    text: str
    columns: tuple[str, ...] = ()
    parent: str | None = None
    referred: tuple[str, ...] = ()

    def mentions(self, column: str) -> bool:
        """Whether it needs a column of its own table."""
        if self.kind == "check":
            return folded(column) in names_in(self.text)
        return folded(column) in map(folded, self.columns)

    @property
    def deferred(self) -> bool:
        """Whether a foreign key is checked at the commit only."""
        words = sameness(self.text)
        return words[-2:] == ("initially", "deferred") and "not" not in words[-4:-2]

    @property
    def timing(self) -> str:
        """When a foreign key is checked; see `scaffold.schema.timing`."""
        if self.deferred:
            return DEFERRED
        words = sameness(self.text)
        places = [place for place, word in enumerate(words) if word == "deferrable"]
        return DEFERRABLE if places and words[places[-1] - 1] != "not" else ""

    @property
    def expression(self) -> str:
        """What stands in its first parentheses: of a generated column, what it computes."""
        tokens = tokenize(self.text)
        start = next(index for index, token in enumerate(tokens) if token.says("("))
        return self.text[tokens[start].end : tokens[_closing(tokens, start)].start].strip()

    @property
    def body(self) -> str:
        """The text without its name."""
        tokens = tokenize(self.text)
        return self.text[tokens[2].start :] if tokens[0].says("CONSTRAINT") else self.text

    @property
    def label(self) -> str:
        """What tells it from others: its name, else its text."""
        return self.name or self.body


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Args:
        name: without quotes.
        type: as it is written; empty where it has none.
        constraints: in their order.
        text: the whole definition as it is written, spaces and comments around it included.
    """

    name: str
    type: str
    constraints: tuple[Constraint, ...]
    text: str

    def find(self, *kinds: Kind) -> Constraint | None:
        """Its first constraint of these kinds."""
        return next((constraint for constraint in self.constraints if constraint.kind in kinds), None)

    def with_type(self, type_: str) -> "Column":
        """It with another type; a COLLATE in `type_` replaces its own."""
        given = parse_column(f"x {type_}")
        kept = self.constraints
        if given.constraints:
            kept = (*given.constraints, *(item for item in kept if item.kind != "collate"))
        return replace(self, type=given.type, constraints=kept)._written()

    def having(self, kind: Kind, text: str) -> "Column":
        """It with a constraint in the place of those of the same kind; without those where `text` is empty."""
        rest = self.without(lambda item: item.kind == kind).constraints
        made = (Constraint(kind, None, text),) if text else ()
        return replace(self, constraints=(*made, *rest))._written()

    def without(self, unwanted: Callable[[Constraint], bool]) -> "Column":
        """It without some of its constraints."""
        kept = tuple(item for item in self.constraints if not unwanted(item))
        return self if kept == self.constraints else replace(self, constraints=kept)._written()

    def with_name(self, name: str) -> "Column":
        """It under another name."""
        return replace(self, name=name)._written()

    def _written(self) -> "Column":
        words = [quote(self.name), self.type, *(item.text for item in self.constraints)]
        return replace(self, text="\n\t" + " ".join(word for word in words if word))


@dataclass(frozen=True, slots=True)
class Definition:
    """A table as CREATE TABLE says it.

    Args:
        name: without quotes.
        columns: in their order.
        constraints: of the table; those of a column are with the column.
        options: what stands behind the last parenthesis: STRICT, WITHOUT ROWID.
    """

    name: str
    columns: tuple[Column, ...]
    constraints: tuple[Constraint, ...]
    options: tuple[str, ...]

    def column(self, name: str) -> Column | None:
        """A column by its name, whose case does not matter."""
        return next((column for column in self.columns if folded(column.name) == folded(name)), None)

    @property
    def every_constraint(self) -> Iterator[tuple[Column | None, Constraint]]:
        """All constraints, each with the column that it is written at."""
        for column in self.columns:
            for constraint in column.constraints:
                yield column, constraint
        for constraint in self.constraints:
            yield None, constraint

    @property
    def primary_key(self) -> tuple[str, ...]:
        """Its columns' names."""
        for column, constraint in self.every_constraint:
            if constraint.kind == "primary key":
                return (column.name,) if column else constraint.columns
        return ()

    @property
    def autoincrement(self) -> bool:
        """Whether rowids are never used twice."""
        return any(
            constraint.kind == "primary key" and "autoincrement" in sameness(constraint.text)
            for _, constraint in self.every_constraint
        )

    @property
    def strict(self) -> bool:
        """Whether types are enforced."""
        return "STRICT" in self.options

    @property
    def without_rowid(self) -> bool:
        """Whether rows are kept by their primary key."""
        return "WITHOUT ROWID" in self.options

    @property
    def rowid(self) -> str | None:
        """A name of the hidden rowid; None where there is none, or a column of the table is the rowid.

        That column is an INTEGER PRIMARY KEY, but no INTEGER PRIMARY KEY DESC, by a mistake that SQLite keeps
        (sqlite.org/lang_createtable, "ROWIDs and the INTEGER PRIMARY KEY").
        """
        key = [column for name in self.primary_key if (column := self.column(name))]
        descending = any((item := column.find("primary key")) and "desc" in sameness(item.text) for column in key)
        if self.without_rowid or (len(key) == 1 and folded(key[0].type) == "integer" and not descending):
            return None
        return next((name for name in ("rowid", "_rowid_", "oid") if self.column(name) is None), None)

    def replacing(self, old: Column, new: Column) -> "Definition":
        """With one column for another."""
        return replace(self, columns=tuple(new if column is old else column for column in self.columns))

    def without_column(self, name: str) -> "Definition":
        """Without a column, and without the constraints that need it.

        As PostgreSQL does it: "Indexes and table constraints involving the column will be automatically dropped as
        well" (postgresql.org/docs/current/sql-altertable). Of a primary key the other columns remain.
        """
        columns = tuple(column for column in self.columns if folded(column.name) != folded(name))
        kept = (item for item in self.constraints if item.kind == "primary key" or not item.mentions(name))
        shrunk = (_without_key_column(item, name) if item.kind == "primary key" else item for item in kept)
        made = replace(self, columns=columns, constraints=tuple(item for item in shrunk if item is not None))
        return made.without(lambda item: item.kind == "check" and item.mentions(name))

    def without(self, unwanted: Callable[[Constraint], bool]) -> "Definition":
        """Without some constraints, of columns and of the table."""
        return replace(
            self,
            columns=tuple(column.without(unwanted) for column in self.columns),
            constraints=tuple(item for item in self.constraints if not unwanted(item)),
        )

    def sql(self, name: str, schema: str | None = None) -> str:
        """The statement that creates it under a name."""
        items = [*(column.text for column in self.columns), *(f"\n\t{item.text}" for item in self.constraints)]
        # A comment that runs to the end of its line would swallow the comma.
        body = ",".join(f"{item}\n" if "--" in item.rpartition("\n")[2] else item for item in items)
        target = f"{quote(schema)}.{quote(name)}" if schema else quote(name)
        return f"CREATE TABLE {target} ({body}\n)" + (f" {', '.join(self.options)}" if self.options else "")


@lru_cache(maxsize=4096)
def parse(sql: str) -> Definition:
    """A CREATE TABLE statement, as `sqlite_master` has it.

    Raises:
        ScaffoldError: it is none.
    """
    tokens = tokenize(sql)
    try:
        start = next(index for index, token in enumerate(tokens) if token.says("("))
        end = _closing(tokens, start)
    except (StopIteration, IndexError):
        raise ScaffoldError(f"This is no CREATE TABLE that can be understood: {sql}") from None
    columns: list[Column] = []
    constraints: list[Constraint] = []
    bounds = [tokens[start].end]
    for first, last in _items(tokens, start + 1, end):
        text = sql[bounds[-1] : tokens[last].start]
        bounds.append(tokens[last].end)
        if tokens[first].says(*_STARTS_TABLE_CONSTRAINT):
            constraints += _table_constraints(sql, tokens[first:last])
        else:
            columns.append(_column(sql, tokens[first:last], text))
    options = " ".join(token.text.upper() for token in tokens[end + 1 :])
    return Definition(
        name=tokens[start - 1].name,
        columns=tuple(columns),
        constraints=tuple(constraints),
        options=tuple(option for part in options.split(",") if (option := part.strip())),
    )


def parse_column(text: str) -> Column:
    """A column's definition alone, as ALTER TABLE ADD COLUMN takes it."""
    return _column(text, tokenize(text), "\n\t" + text)


def parse_constraint(text: str) -> Constraint:
    """A table's constraint alone."""
    [constraint] = _table_constraints(text, tokenize(text))
    return constraint


def _without_key_column(key: Constraint, name: str) -> Constraint | None:
    if not key.mentions(name):
        return key
    columns = tuple(column for column in key.columns if folded(column) != folded(name))
    label = f"CONSTRAINT {quote(key.name)} " if key.name else ""
    text = f"{label}PRIMARY KEY ({', '.join(map(quote, columns))})"
    return replace(key, text=text, columns=columns) if columns else None


def _closing(tokens: tuple[Token, ...], opening: int) -> int:
    depth = 0
    for index in range(opening, len(tokens)):
        depth += tokens[index].says("(") - tokens[index].says(")")
        if not depth:
            return index
    raise IndexError(opening)


def _items(tokens: tuple[Token, ...], start: int, end: int) -> Iterator[tuple[int, int]]:
    """The first token of each item between commas, and the comma or parenthesis that ends it."""
    index = first = start
    while index <= end:
        if tokens[index].says("("):
            index = _closing(tokens, index)
        elif index == end or tokens[index].says(","):
            if index > first:
                yield first, index
            first = index + 1
        index += 1


def _column(sql: str, tokens: tuple[Token, ...], text: str) -> Column:
    index = 1
    while index < len(tokens) and not tokens[index].says(*_STARTS_COLUMN_CONSTRAINT):
        index = _closing(tokens, index) + 1 if tokens[index].says("(") else index + 1
    return Column(
        name=tokens[0].name,
        type=_slice(sql, tokens[1:index]),
        constraints=tuple(_constraints(sql, tokens[index:], _COLUMN)),
        text=text,
    )


def _table_constraints(sql: str, tokens: tuple[Token, ...]) -> list[Constraint]:
    # SQLite lets the commas between them be left out.
    return list(_constraints(sql, tokens, _TABLE))


_COLUMN: dict[str, Kind] = {
    "PRIMARY": "primary key",
    "NOT": "not null",
    "NULL": "null",
    "UNIQUE": "unique",
    "CHECK": "check",
    "DEFAULT": "default",
    "COLLATE": "collate",
    "REFERENCES": "references",
    "GENERATED": "generated",
    "AS": "generated",
}
_TABLE: dict[str, Kind] = {
    "PRIMARY": "primary key",
    "UNIQUE": "unique",
    "CHECK": "check",
    "FOREIGN": "foreign key",
}


def _constraints(sql: str, tokens: tuple[Token, ...], starts: dict[str, Kind]) -> Iterator[Constraint]:
    index = 0
    while index < len(tokens):
        begin, name = index, None
        while tokens[index].says("CONSTRAINT"):
            begin, name, index = index, tokens[index + 1].name, index + 2
        kind = starts[tokens[index].text.upper()]
        end = _end(tokens, index, kind, starts)
        part = tokens[begin:end]
        parent, referred = _referred(tokens[index:end])
        yield Constraint(kind, name, _slice(sql, part), tuple(_listed(tokens[index:end], kind)), parent, referred)
        index = end


def _end(tokens: tuple[Token, ...], index: int, kind: Kind, starts: dict[str, Kind]) -> int:
    """Where the constraint ends whose first keyword stands at `index`: where the next one can begin."""
    index += 1
    if kind == "default":
        # What follows may be a bare word such as NULL, which would begin a constraint itself.
        if tokens[index].says("("):
            return _closing(tokens, index) + 1
        return index + (2 if tokens[index].says("+", "-") else 1)
    if kind == "not null":
        index += 1
    while index < len(tokens):
        token = tokens[index]
        if token.says("("):
            index = _closing(tokens, index)
        elif token.says("ON") and index + 2 < len(tokens) and not tokens[index + 1].says("CONFLICT"):
            # ON DELETE SET NULL, SET DEFAULT, NO ACTION: none of these words begins anything.
            index += 3 if tokens[index + 2].says("SET", "NO") else 2
        elif token.says("NOT") and index + 1 < len(tokens) and tokens[index + 1].says("DEFERRABLE"):
            index += 1
        elif token.says("CONSTRAINT") or (token.text.upper() in starts and token.kind == "word" and kind != "collate"):
            if not (kind == "generated" and token.says("AS")):
                return index
        elif kind == "collate" and index and tokens[index - 1].says("COLLATE"):
            return index + 1
        index += 1
    return index


def _listed(tokens: tuple[Token, ...], kind: Kind) -> Iterable[str]:
    """The columns that a key or UNIQUE lists; a column constraint lists none."""
    if kind not in {"primary key", "unique", "foreign key"}:
        return
    for index, token in enumerate(tokens):
        if token.says("REFERENCES"):
            return
        if token.says("("):
            for first, _ in _items(tokens, index + 1, _closing(tokens, index)):
                yield tokens[first].name
            return


def _referred(tokens: tuple[Token, ...]) -> tuple[str | None, tuple[str, ...]]:
    """What stands behind REFERENCES: the table, and its columns."""
    for index, token in enumerate(tokens):
        if token.says("REFERENCES"):
            rest = tokens[index + 1 :]
            listed = _items(rest, 2, _closing(rest, 1)) if len(rest) > 1 and rest[1].says("(") else ()
            return rest[0].name, tuple(rest[first].name for first, _ in listed)
    return None, ()


def _slice(sql: str, tokens: tuple[Token, ...]) -> str:
    return sql[tokens[0].start : tokens[-1].end] if tokens else ""


def index_body(sql: str) -> str:
    """What a CREATE INDEX covers, and how: all but its name and its table's."""
    tokens = tokenize(sql)
    start = next(index for index, token in enumerate(tokens) if token.says("("))
    return ("UNIQUE " if tokens[1].says("UNIQUE") else "") + sql[tokens[start].start :]
