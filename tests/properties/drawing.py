"""What a random sequence does next: each verb with its options, hand edits for `generate`, bad input of each kind."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from scaffold.plan import Snapshot
from scaffold.schema.column import IMPLICIT, Column
from scaffold.schema.fields import format_field
from scaffold.schema.types import TYPES as FIELD_TYPES
from scaffold.source.catalog import Catalog
from scaffold.source.existing import read_column
from scaffold.source.table_args import listed_indexes
from tests.properties.hand_edits import HandEdit, hand_edits

NOUNS = ["posts", "orders", "items", "notes", "people", "boxes", "categories", "prices", "visits", "labels", "teams"]
WORDS = ["title", "slug", "amount", "paid", "due", "body", "kind", "rank", "order", "group", "metadata", "at", "code"]
TYPES = [
    "text", "string=20", "string=80", "int", "bigint", "float", "decimal=12.2", "decimal=6.1", "bool", "date",
    "datetime", "time", "json", "uuid", "bytes", "enum=a,b", "enum=b,c,a", "enum=a,b,c,d",
]  # fmt: skip
DEFAULTS = {
    "text": "x", "string": "x", "int": "1", "bigint": "2", "float": "0.5", "decimal": "1.5", "bool": "true",
    "date": "2026-01-31", "datetime": "2026-01-31T09:30:00Z", "time": "09:30", "json": "{}", "bytes": "00ff",
    "enum": "b",
}  # fmt: skip
ASK_NO_DATABASE = frozenset({"tables", "show", "check", "heads", "doctor", "generate", "migrate", "undo", "rebase"})
"""Verbs to which `--no-migrate` means nothing, or which are drawn with it where it does."""


@dataclass(frozen=True, slots=True)
class Draw:
    """A command, and what of the rows it may change.

    Args:
        argv: the command.
        edit: of the modules, made by hand before it.
        dropped: columns whose values go, by table; (table, "") is a whole table.
        renamed: new names of columns by table and old name, of tables by (old name, "").
        altered: columns whose values may be written in another way.
    """

    argv: tuple[str, ...]
    edit: HandEdit | None = None
    dropped: frozenset[tuple[str, str]] = frozenset()
    renamed: dict[tuple[str, str], str] = field(default_factory=dict)
    altered: frozenset[tuple[str, str]] = frozenset()

    @property
    def verb(self) -> str:
        return self.argv[0]

    @property
    def migrates(self) -> bool:
        return "--no-migrate" not in self.argv

    @property
    def exact(self) -> bool:
        """Whether `undo` brings every value back."""
        return not (self.dropped or "--map" in self.argv or "--backfill" in self.argv or self.edit)

    def with_words(self, *words: str) -> "Draw":
        return Draw((*self.argv, *words), self.edit, self.dropped, self.renamed, self.altered)


class Drawing:
    """Draws the next command from what there is.

    Args:
        chance: makes the choices.
        snapshot: of the project as it is now.
    """

    def __init__(self, chance: random.Random, snapshot: Snapshot) -> None:
        self.random = chance
        self.snapshot = snapshot
        self.catalog = Catalog(snapshot)
        files = [f"tables/{domain}.py" for domain in snapshot.domains]
        self._tables = sorted(name for file in files for name in self.catalog.tables_in(file))

    def next(self) -> Draw:
        draws: dict[Callable[[], Draw], int] = {
            self.new_domain: 2, self.add_table: 2, self.add_column: 4, self.rename_column: 3, self.rename_table: 2,
            self.alter_column: 6, self.drop_column: 3, self.drop_table: 1, self.drop_domain: 1, self.add_index: 3,
            self.drop_index: 2, self.generate: 6, self.look: 1, self.bad_input: 3,
        }  # fmt: skip
        if not self._tables:
            return self.new_domain()
        [draw] = self.random.choices(list(draws), list(draws.values()))
        drawn = draw()
        if drawn.verb not in ASK_NO_DATABASE and self.perhaps(0.08):
            drawn = drawn.with_words("--no-migrate")
        return drawn

    # Verbs.

    def first(self) -> Draw:
        """The domain that a sequence starts with."""
        return Draw(("new-domain", "start", "title:text", "code:string=40:unique", "kind:enum=a,b:default=a"))

    def new_domain(self) -> Draw:
        name = self.random.choice(NOUNS)
        table = ["--table", self.random.choice(NOUNS)] if self.perhaps(0.3) else []
        return Draw(("new-domain", name, *self.fields(), *table, *self.table_options()))

    def add_table(self) -> Draw:
        domain, table = self.random.choice(self.domains()), self.random.choice(NOUNS)
        return Draw(("add-table", domain, table, *self.fields(), *self.table_options()))

    def table_options(self) -> list[str]:
        return [
            *(["--no-tenant"] if self.perhaps(0.15) else []),
            *(["--class", self.random.choice(["Thing", "Entry", "Row"])] if self.perhaps(0.1) else []),
        ]

    def add_column(self) -> Draw:
        words = self.random.sample(WORDS, k=self.random.choice([1, 1, 1, 2, 3]))
        return Draw(("add-column", self.table(), *map(self.field, words)))

    def rename_column(self) -> Draw:
        table = self.table()
        old, new = self.column(table), self.random.choice(WORDS)
        new += "_id" if old.endswith("_id") and self.perhaps(0.7) else ""
        return Draw(("rename-column", table, old, new), renamed={(table, old): new})

    def rename_table(self) -> Draw:
        old, new = self.table(), self.random.choice(NOUNS)
        named = ["--class", self.random.choice(["Thing", "Entry", "Row"])] if self.perhaps(0.2) else []
        return Draw(("rename-table", old, new, *named), renamed={(old, ""): new})

    def alter_column(self) -> Draw:
        table = self.table()
        column = self.column(table)
        old = self.read(table, column)
        if old is None or self.perhaps(0.15):
            return self.altering(table, column, self.field(column).split(":"))
        parts = format_field(old).split(":")
        if old.type.name == "enum" and self.perhaps(0.6):
            return self.enum_values(table, old)
        if old.reference is None and self.perhaps(0.4):
            parts = [parts[0], self.random.choice(TYPES), *(p for p in parts[2:] if not p.startswith("default"))]
        for word in ("optional", "unique", "index"):
            if self.perhaps(0.3):
                parts = [part for part in parts if part != word] if word in parts else [*parts, word]
        kind = parts[1].partition("=")[0]
        if kind in DEFAULTS and self.perhaps(0.3):
            kept = [part for part in parts if not part.startswith("default")]
            parts = kept if kept != parts else [*kept, f"default={DEFAULTS[kind]}"]
        if old.reference and self.perhaps(0.5):
            action = self.random.choice(["cascade", "restrict", "no_action", "set_null"])
            parts = [*(part for part in parts if not part.startswith("on_delete")), f"on_delete={action}"]
        return self.altering(table, column, parts)

    def altering(self, table: str, column: str, parts: list[str]) -> Draw:
        argv = ["alter-column", table, ":".join(parts)]
        kind = parts[1].partition("=")[0] if len(parts) > 1 else ""
        if "optional" not in parts and kind in DEFAULTS and self.perhaps(0.5):
            argv += ["--backfill", DEFAULTS[kind]]
        if kind == "enum" and self.perhaps(0.3):
            argv += ["--map", f"{self.random.choice('abcd')}={self.random.choice('abcd')}"]
        return Draw(tuple(argv), altered=frozenset({(table, column)}))

    def enum_values(self, table: str, old: Column) -> Draw:
        """Values that come, go, change their order or give their rows to another one."""
        values = list(old.type.values)
        came = self.random.sample([v for v in "abcdef" if v not in values], k=self.random.choice([0, 1, 1, 2]))
        gone = self.random.sample(values, k=min(len(values) - 1, self.random.choice([0, 0, 1, 2])))
        left = [value for value in (*values, *came) if value not in gone]
        if self.perhaps(0.4):
            self.random.shuffle(left)
        words = [part for part in format_field(old).split(":")[2:] if not part.startswith("default")]
        if old.default is not None or self.perhaps(0.2):
            words.append(f"default={self.random.choice(left)}")
        argv = ["alter-column", table, ":".join([old.name, "enum=" + ",".join(left), *words])]
        for value in gone if self.perhaps(0.7) else ():
            argv += ["--map", f"{value}={self.random.choice(left)}"]
        if self.perhaps(0.1):
            argv += ["--map", f"{left[0]}={left[-1]}"]
        return Draw(tuple(argv), altered=frozenset({(table, old.name)}))

    def drop_column(self) -> Draw:
        table = self.table()
        own = self.own_columns(table)
        columns = self.random.sample(own, k=min(len(own), self.random.choice([1, 1, 2])))
        return Draw(("drop-column", table, *columns, "--yes"), dropped=frozenset((table, c) for c in columns))

    def drop_table(self) -> Draw:
        table = self.table()
        return Draw(("drop-table", table, "--yes"), dropped=frozenset({(table, "")}))

    def drop_domain(self) -> Draw:
        domain = self.random.choice(self.domains())
        tables = self.catalog.tables_in(f"tables/{domain}.py") if domain in self.snapshot.domains else []
        return Draw(("drop-domain", domain, "--yes"), dropped=frozenset((table, "") for table in tables))

    def add_index(self) -> Draw:
        table = self.table()
        columns = self.random.sample(self.columns(table), k=min(len(self.columns(table)), self.random.choice([1, 2])))
        argv = ["add-index", table, *columns]
        if self.perhaps(0.3):
            argv.append("--unique")
        if self.perhaps(0.3):
            argv += ["--name", f"{self.random.choice(WORDS)}_{self.random.randint(1, 9)}"]
        if self.perhaps(0.3):
            argv += ["--where", self.random.choice(list(self.conditions(table)))]
        return Draw(tuple(argv))

    def conditions(self, table: str) -> Iterator[str]:
        """SQL that every database understands."""
        yield "id <> 'x'"
        for name in self.own_columns(table):
            if name.isidentifier() and name not in {"order", "group"}:
                yield f"{name} IS NOT NULL"

    def drop_index(self) -> Draw:
        table = self.table()
        found = self.catalog.find(table)
        names = [f"{table}_{self.column(table)}_idx"]
        if found:
            names += [index.name for index in listed_indexes(found.source.text, found.table.class_name or "")]
        return Draw(("drop-index", table, self.random.choice(names), "--yes"))

    def generate(self) -> Draw:
        """Hand edits, and the answers to what `generate` asks about them."""
        own = [found for name in self.tables() if (found := self.catalog.find(name))]
        edits = list(hand_edits(self.random, self.catalog, own, self.snapshot))
        if not edits:
            return Draw(("generate", "-m", "nothing"))
        edit = self.random.choice(edits)
        argv = ["generate", "-m", edit.message, *edit.answers, *(["--yes"] if self.perhaps(0.9) else [])]
        if self.perhaps(0.1):
            argv.append("--no-migrate")
        return Draw(tuple(argv), edit, edit.dropped, edit.renamed, edit.altered)

    def look(self) -> Draw:
        """Verbs that only look, and those for which there is nothing to do."""
        return Draw(
            self.random.choice(
                [
                    ("tables",), ("tables", "--json"), ("show", self.table()), ("check",), ("heads",), ("doctor",),
                    ("generate", "--check"), ("generate", "-m", "nothing"), ("migrate",), ("migrate", "--json"),
                ]
            )
        )  # fmt: skip

    # Bad input.

    def bad_input(self) -> Draw:
        table, other = self.table(), self.table()
        column = self.column(table)
        many = [
            ("new-domain", "class"), ("new-domain", "data"), ("new-domain", "Übung"), ("new-domain", "start"),
            ("new-domain", "fresh", "a:text", "a:int"), ("new-domain", "fresh", "--class", "lower"),
            ("add-table", "nowhere", "things"), (self.domains()), (self.domains()), ("add-column", table, "x:nothing"),
            ("add-column", "users", "x:text"), ("add-column", table, "id:text"),
            ("add-column", table, f"{column}:text:optional"), ("add-column", table, "a:ref=nowhere"),
            ("add-column", table, "n:int:default=many"), ("add-column", table, "n:enum=a,a"),
            ("add-column", table, "n:enum=a,b:default=c"), ("add-column", table, "n:json:unique"),
            ("add-column", table, "n:string=0"), ("add-column", table, "n:decimal=2.4"),
            ("add-column", "nowhere", "n:int"), ("rename-column", table, "id", "ident"),
            ("rename-column", table, "nowhere", "x"), ("rename-column", table, column, "id"),
            ("rename-column", table, column, column), ("rename-column", table, column, "1st"),
            ("rename-table", table, "users"), ("rename-table", "accounts", "x_accounts"),
            ("rename-table", table, table), ("rename-table", table, "sqlite_x"),
            ("rename-table", table, other, "--class", "Base"), ("drop-table", "organizations", "--yes"),
            ("drop-table", table), ("drop-table", "nowhere", "--yes"),
            ("drop-column", table, "organization_id", "--yes"), ("drop-column", table, column),
            ("drop-column", table, "nowhere", "--yes"), ("drop-domain", "nowhere", "--yes"),
            ("drop-index", table, "nowhere_idx", "--yes"), ("alter-column", table, "nowhere:int"),
            ("alter-column", table, "id:int"), ("alter-column", table, f"{column}:int", "--map", "a=b"),
            ("alter-column", table, f"{column}:enum=a", "--map", "a"),
            ("alter-column", table, f"{column}:enum=a,b", "--map", "a=z"),
            ("alter-column", table, f"{column}:int:optional", "--backfill", "1"),
            ("alter-column", table, f"{column}:int", "--backfill", "many"), ("alter-column", "users", "name:int"),
            ("add-index", table, "nowhere"), ("add-index", table, column, column),
            ("add-index", table, "id", "--name", "a b"),
            ("add-index", table, column, "--unique", "--where", "id <> ''"), ("add-index", "users", "name"),
            ("generate",), ("generate", "-m", "x", "--rename", "nothing"),
            ("generate", "-m", "x", "--allow-drop", table),
            ("generate", "-m", "x", "--rename", f"{table}.{column}=other"),
            ("generate", "-m", "x", "--not-renamed", f"{table}.{column}"), ("migrate", "--local", "--remote"),
            ("migrate", "--remote"), ("heads", "--merge"), ("rebase",), ("rebase", "--onto", "nowhere"),
            ("show", "nowhere"), ("heads", "--merge", "--accept"),
        ]  # fmt: skip
        return Draw(self.random.choice(many))

    # Fields.

    def fields(self) -> list[str]:
        words = self.random.sample(WORDS, k=self.random.randint(0, 5))
        return [self.field(word) for word in words]

    def field(self, name: str) -> str:
        if self.perhaps(0.2):
            target = self.random.choice([*self.tables(), "users"])
            parts = [name.removesuffix("_id"), f"ref={target}"]
            if self.perhaps(0.3):
                parts.append(f"on_delete={self.random.choice(['cascade', 'restrict', 'no_action', 'set_null'])}")
        else:
            kind = self.random.choice(TYPES)
            parts = [name, kind]
            plain = kind.partition("=")[0]
            if plain in DEFAULTS and self.perhaps(0.3):
                parts.append(f"default={DEFAULTS[plain]}")
        if self.perhaps(0.5):
            parts.append("optional")
        if self.perhaps(0.15):
            parts.append(self.random.choice(["unique", "index"]))
        return ":".join(parts)

    # What there is.

    def perhaps(self, probability: float) -> bool:
        return self.random.random() < probability

    def domains(self) -> Sequence[str]:
        return list(self.snapshot.domains) or ["nowhere"]

    def tables(self) -> list[str]:
        return self._tables or ["nowhere"]

    def table(self) -> str:
        return self.random.choice(self.tables())

    def columns(self, table: str) -> list[str]:
        found = self.catalog.find(table)
        return sorted(self.catalog.columns(found)) if found else ["nowhere"]

    def own_columns(self, table: str) -> list[str]:
        found = self.catalog.find(table)
        own = [c.name for c in found.table.columns if c.name not in IMPLICIT] if found else []
        return own or ["nowhere"]

    def column(self, table: str) -> str:
        return self.random.choice(self.own_columns(table))

    def read(self, table: str, column: str) -> Column | None:
        found = self.catalog.find(table)
        return read_column(found, column) if found and column in {c.name for c in found.table.columns} else None


assert {kind.partition("=")[0] for kind in TYPES} | {"ref"} == set(FIELD_TYPES), "a type is never drawn"
