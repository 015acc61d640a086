"""Random sequences of verbs over random schemas, and what must hold after each of them."""

import datetime as dt
import decimal
import random
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata

from scaffold.project import config, databases, models
from scaffold.project.history import History
from scaffold.project.project import Project
from scaffold.schema.fields import format_field
from scaffold.source.catalog import Catalog
from scaffold.source.existing import read_column
from tests.projects import Result, TestProject

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

Rows = dict[str, dict[str, dict[str, Any]]]


class Sequence:
    """A project, and the random choices that are made in it."""

    def __init__(self, project: TestProject, seed: int) -> None:
        self.project = project
        self.random = random.Random(seed)
        self.told: list[str] = []
        self.done = self.refused = self.undone = 0
        project.ok("new-domain", "start", "title:text", "code:string=40:unique", "kind:enum=a,b:default=a")
        self._seed()

    def run(self, verbs: int) -> None:
        for _ in range(verbs):
            try:
                self.step()
            except AssertionError as error:
                raise AssertionError("\n".join([*self.told, str(error)])) from error
        self.finish()

    # One verb, and what holds after it.

    def step(self) -> None:
        argv = self.draw()
        files, rows = self.files(), self.rows()
        result = self.verb(argv)
        if result.code:
            self.refused += 1
            assert "bug in scaffold" not in result.err, str(result)
            assert self.files() == files, f"refused, but files differ: {argv}\n{result}"
            assert self.rows() == rows, f"refused, but rows differ: {argv}\n{result}"
            return
        self.done += 1
        self.agree(argv)
        if "--no-migrate" in argv:
            self.project.ok("migrate")
        self.kept(rows, self.rows(), argv)
        if self.random.random() < 0.4:
            self.undo(argv, files, rows)
        elif self.random.random() < 0.7:
            self.insert()

    def verb(self, argv: list[str]) -> Result:
        self.told.append(" ".join(["$ scaffold", *argv]))
        result = self.project.run(*argv)
        self.told[-1] += f"  -> {result.code} {result.err.splitlines()[0] if result.err else ''}"
        return result

    def undo(self, argv: list[str], files: dict[str, bytes], rows: Rows) -> None:
        result = self.verb(["undo", "--yes"])
        assert result.code == 0, str(result)
        self.undone += 1
        now = self.files()
        changed = [file for file in {*files, *now} if files.get(file) != now.get(file)]
        assert not changed, f"undo of {argv} left {changed}"
        self.agree(["undo"])
        if not argv[0].startswith("drop") and "--map" not in argv and "--backfill" not in argv:
            assert self.same(self.rows(), rows), f"undo of {argv} changed rows"

    def agree(self, argv: list[str]) -> None:
        if "--no-migrate" in argv:
            return
        found = self.differences()
        assert not found, f"after {argv}: {found}"

    def kept(self, before: Rows, after: Rows, argv: list[str]) -> None:
        """Rows and values that the verb was not about are the same."""
        renamed = {argv[1]: argv[2]} if argv[0] == "rename-table" else {}
        for table, rows in before.items():
            now = after.get(renamed.get(table, table))
            if now is None:
                assert argv[0].startswith("drop"), f"{table} is gone after {argv}"
                continue
            assert now.keys() == rows.keys(), f"rows of {table} differ after {argv}"
            touched = self.touched(argv, table)
            for id_, row in rows.items():
                for column, value in row.items():
                    if column in touched:
                        continue
                    assert now[id_][column] == value, f"{table}.{column} of {id_}: {value!r} -> {now[id_][column]!r}"
        if argv[0] == "rename-column":
            for id_, row in before[argv[1]].items():
                assert after[argv[1]][id_][argv[3]] == row[argv[2]], f"{argv} lost a value"

    def touched(self, argv: list[str], table: str) -> set[str]:
        match argv:
            case ["rename-column", owner, old, *_] if owner == table:
                return {old}
            case ["drop-column", owner, column, *_] if owner == table:
                return {column}
            case ["alter-column", owner, field, *_] if owner == table:
                return {field.partition(":")[0], field.partition(":")[0] + "_id"}
        return set()

    def finish(self) -> None:
        """Modules are as ruff and mypy want them; base and head again give the same schema."""
        tables = self.project.package / "tables"
        for command in (["check", "--select", "E,F,I", "--ignore", "E501"], ["format", "--check", "--diff"]):
            line = [sys.executable, "-m", "ruff", *command, "--no-cache", str(tables)]
            done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=self.project.root)
            assert done.returncode == 0, "\n".join([*self.told, done.stdout, done.stderr])
        if not self.project.ok("tables"):
            return
        self.empty()
        before = self.schema()
        self.alembic("downgrade", "base")
        self.alembic("upgrade", "head")
        after = self.schema()
        assert before == after, "\n".join([*self.told, repr(sorted({*map(repr, before)} ^ {*map(repr, after)}))])

    def types(self) -> None:
        line = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(self.project.package / "tables")]
        environment = {"MYPYPATH": str(self.project.root / "src"), "PATH": ""}
        done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=self.project.root, env=environment)
        assert done.returncode == 0, "\n".join([*self.told, done.stdout, done.stderr])

    # Drawing.

    def draw(self) -> list[str]:
        draws = [
            self.new_domain, self.add_table, self.add_column, self.add_column, self.rename_column, self.rename_table,
            self.alter_column, self.alter_column, self.alter_column, self.drop_column, self.drop_table,
            self.drop_domain, self.add_index, self.add_index, self.drop_index, self.invalid,
        ]  # fmt: skip
        argv = self.random.choice(draws)()
        if self.random.random() < 0.08:
            argv.append("--no-migrate")
        return argv

    def new_domain(self) -> list[str]:
        return ["new-domain", self.random.choice(NOUNS), *self.fields()]

    def add_table(self) -> list[str]:
        return ["add-table", self.random.choice(self.domains()), self.random.choice(NOUNS), *self.fields()]

    def add_column(self) -> list[str]:
        return ["add-column", self.table(), self.field()]

    def rename_column(self) -> list[str]:
        table = self.table()
        return ["rename-column", table, self.column(table), self.random.choice(WORDS)]

    def rename_table(self) -> list[str]:
        return ["rename-table", self.table(), self.random.choice(NOUNS)]

    def alter_column(self) -> list[str]:
        table = self.table()
        column = self.column(table)
        catalog = self.catalog()
        found = catalog.find(table)
        old = read_column(found, column) if found and column in {c.name for c in found.table.columns} else None
        if old is None or self.random.random() < 0.2:
            return ["alter-column", table, self.field(column)]
        parts = format_field(old).split(":")
        if self.random.random() < 0.4 and old.reference is None:
            kind = self.random.choice(TYPES)
            parts = [parts[0], kind, *(part for part in parts[2:] if not part.startswith("default"))]
        for word in ("optional", "unique", "index"):
            if self.random.random() < 0.3:
                parts = [part for part in parts if part != word] if word in parts else [*parts, word]
        if old.reference and self.random.random() < 0.5:
            parts = [*(p for p in parts if not p.startswith("on_delete")), "on_delete=restrict"]
        argv = ["alter-column", table, ":".join(parts)]
        kind = parts[1].partition("=")[0]
        if "optional" not in parts and kind in DEFAULTS and self.random.random() < 0.5:
            argv += ["--backfill", DEFAULTS[kind]]
        if kind == "enum" and self.random.random() < 0.5:
            argv += ["--map", f"{self.random.choice('abcd')}={self.random.choice('abcd')}"]
        return argv

    def drop_column(self) -> list[str]:
        table = self.table()
        return ["drop-column", table, self.column(table), "--yes"]

    def drop_table(self) -> list[str]:
        return ["drop-table", self.table(), "--yes"]

    def drop_domain(self) -> list[str]:
        return ["drop-domain", self.random.choice(self.domains()), "--yes"]

    def add_index(self) -> list[str]:
        table = self.table()
        columns = self.random.sample(self.columns(table), k=min(len(self.columns(table)), self.random.choice([1, 2])))
        return ["add-index", table, *columns, *(["--unique"] if self.random.random() < 0.3 else [])]

    def drop_index(self) -> list[str]:
        table = self.table()
        return ["drop-index", table, f"{table}_{self.column(table)}_idx", "--yes"]

    def invalid(self) -> list[str]:
        table = self.table()
        return self.random.choice(
            [
                ["add-column", table, "x:nothing"],
                ["add-column", "users", "x:text"],
                ["rename-column", table, "id", "ident"],
                ["rename-column", table, "nowhere", "x"],
                ["rename-table", table, "users"],
                ["rename-table", "accounts", "x_accounts"],
                ["drop-table", "organizations", "--yes"],
                ["drop-column", table, "organization_id", "--yes"],
                ["drop-column", table, self.column(table)],
                ["alter-column", table, "nowhere:int"],
                ["add-index", table, "nowhere"],
                ["add-table", "nowhere", "things"],
                ["drop-domain", "nowhere", "--yes"],
                ["add-column", table, "a:ref=nowhere"],
            ]
        )

    def fields(self) -> list[str]:
        words = self.random.sample(WORDS, k=self.random.randint(0, 4))
        return [self.field(word) for word in words]

    def field(self, name: str | None = None) -> str:
        name = name or self.random.choice(WORDS)
        if self.random.random() < 0.2:
            target = self.random.choice([*self.tables(), "users"])
            parts = [name.removesuffix("_id"), f"ref={target}"]
        else:
            kind = self.random.choice(TYPES)
            parts = [name, kind]
            plain = kind.partition("=")[0]
            if plain in DEFAULTS and self.random.random() < 0.3:
                parts.append(f"default={DEFAULTS[plain]}")
        if self.random.random() < 0.5:
            parts.append("optional")
        if self.random.random() < 0.15:
            parts.append(self.random.choice(["unique", "index"]))
        return ":".join(parts)

    # What there is.

    def catalog(self) -> Catalog:
        return Catalog(Project.find(self.project.root).snapshot())

    def domains(self) -> list[str]:
        return list(Project.find(self.project.root).snapshot().domains) or ["nowhere"]

    def tables(self) -> list[str]:
        catalog = self.catalog()
        own = [name for name in catalog.names() if (found := catalog.find(name)) and not catalog.is_auth(found)]
        return sorted(own) or ["nowhere"]

    def table(self) -> str:
        return self.random.choice(self.tables())

    def columns(self, table: str) -> list[str]:
        catalog = self.catalog()
        found = catalog.find(table)
        return sorted(catalog.columns(found)) if found else ["nowhere"]

    def column(self, table: str) -> str:
        catalog = self.catalog()
        found = catalog.find(table)
        own = [column.name for column in found.table.columns] if found else []
        return self.random.choice(own or ["nowhere"])

    def files(self) -> dict[str, bytes]:
        """The tree without the tool's own folder, the database and its copies."""
        skipped = (".scaffold", "local.db", "alembic.ini", ".mypy_cache")
        return {k: v for k, v in self.project.tree().items() if not k.startswith(skipped) and "__pycache__" not in k}

    def rows(self) -> Rows:
        with self.project.connect() as connection:
            metadata = sa.MetaData()
            metadata.reflect(connection)
            names = [name for name in metadata.tables if "id" in metadata.tables[name].c]
            return {
                name: {
                    row["id"]: dict(row)
                    for row in connection.execute(sa.text(f"SELECT * FROM {self._quoted(connection, name)}")).mappings()
                }
                for name in names
            }

    def same(self, one: Rows, other: Rows) -> bool:
        """The same rows; a number may have become another spelling of itself, as NUMERIC of SQLite has it."""
        return {t: {i: _plain(r) for i, r in rows.items()} for t, rows in one.items()} == {
            t: {i: _plain(r) for i, r in rows.items()} for t, rows in other.items()
        }

    def differences(self) -> list[str]:
        found: list[str] = []
        with self.imported() as (settings, metadata), databases.local(settings).connect() as connection:

            def look(_: Any, context: Any) -> list[Any]:
                found.extend(map(str, compare_metadata(context, context.opts["target_metadata"])))
                return []

            History(settings)._run(look, connection=connection, target_metadata=metadata)
        return found

    def schema(self) -> list[tuple[Any, ...]]:
        with self.project.connect() as connection:
            inspector = sa.inspect(connection)
            return [
                (
                    table,
                    sorted(
                        (c["name"], str(c["type"]), c["nullable"], str(c["default"]).replace("(", "").replace(")", ""))
                        for c in inspector.get_columns(table)
                    ),
                    sorted(
                        (str(i["name"]), tuple(i["column_names"]), i["unique"]) for i in inspector.get_indexes(table)
                    ),
                    sorted(
                        (k["constrained_columns"], k["referred_table"], k["options"].get("ondelete"))
                        for k in inspector.get_foreign_keys(table)
                    ),
                    sorted(str(c["name"]) for c in inspector.get_check_constraints(table)),
                )
                for table in sorted(inspector.get_table_names())
                if not table.startswith(("alembic_", "scaffold_"))
            ]

    @contextmanager
    def imported(self) -> Iterator[tuple[config.Config, sa.MetaData]]:
        import os

        settings = config.find(self.project.root)
        saved = dict(os.environ)
        os.environ.update(self.project.environment)
        try:
            with models.importable(settings):
                yield settings, models.metadata(settings)
        finally:
            os.environ.clear()
            os.environ.update(saved)

    def alembic(self, *argv: str) -> None:
        import os

        (self.project.root / "alembic.ini").write_text(
            f"[alembic]\nscript_location = {self.project.package / 'migrations'}\n"
        )
        environment = os.environ | self.project.environment | {"PYTHONPATH": str(self.project.root / "src")}
        line = [sys.executable, "-m", "alembic", *argv]
        done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=self.project.root, env=environment)
        assert done.returncode == 0, "\n".join([*self.told, " ".join(argv), done.stderr[-3000:]])

    # Rows.

    def _seed(self) -> None:
        with self.imported() as (settings, metadata), databases.local(settings).connect() as connection:
            now = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
            organization = {"id": "o", "name": "o", "slug": "o", "created_at": now}
            connection.execute(metadata.tables["organizations"].insert().values(organization))
            user = {"id": "u", "name": "u", "email": "u@x", "created_at": now, "updated_at": now}
            connection.execute(metadata.tables["users"].insert().values(user))
            connection.commit()
        self.insert()

    def insert(self) -> None:
        """A row in each of a few tables, as far as its references and its unique columns let it."""
        with self.imported() as (settings, metadata), databases.local(settings).connect() as connection:
            for name in self.random.sample(self.tables(), k=min(2, len(self.tables()))):
                table = metadata.tables.get(name)
                if table is None:
                    continue
                with connection.begin_nested() if connection.in_transaction() else connection.begin():
                    row = {column.name: self._value(column, connection) for column in table.columns}
                    missing = [c.name for c in table.columns if row[c.name] is None and not c.nullable]
                    if not missing:
                        connection.execute(table.insert().values(row))

    def _value(self, column: sa.Column[Any], connection: sa.Connection) -> Any:
        if column.foreign_keys:
            [key] = column.foreign_keys
            if any(index.unique and column.name in index.columns for index in column.table.indexes):
                return None
            ids = connection.execute(sa.select(key.column)).scalars().all()
            return self.random.choice([*ids, *([None] if column.nullable else [])]) if ids else None
        if column.nullable and self.random.random() < 0.4:
            return None
        number = self.random.randint(0, 10**6)
        kind = type(column.type).__name__
        unique = any(index.unique and column.name in index.columns for index in column.table.indexes)
        values = {
            "Id": str(uuid.UUID(int=self.random.getrandbits(128))),
            "Text": str(number),
            "ShortText": str(number),
            "String": str(number),
            "Integer": number,
            "BigInteger": number,
            "Real": number / 2,
            "Decimal": decimal.Decimal(number % 10**4) / 10,
            "Boolean": bool(number % 2),
            "Date": dt.date(2026, 1, 1) + dt.timedelta(days=number % 9999),
            "Time": dt.time(number % 24, number % 60),
            "EpochSeconds": dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=number),
            "Json": {"n": number},
            "Uuid": uuid.UUID(int=self.random.getrandbits(128)),
            "Bytes": str(number).encode(),
        }
        if kind == "Enum":
            return None if unique else self.random.choice(column.type.values)
        return None if unique and kind == "Boolean" else values[kind]

    def empty(self) -> None:
        """No rows in the domains' tables, so that every downgrade can be made."""
        with self.project.connect() as connection:
            for _ in range(len(self.tables()) + 1):
                for table in self.tables():
                    if table != "nowhere" and sa.inspect(connection).has_table(table):
                        with connection.begin_nested():
                            connection.execute(sa.text(f"DELETE FROM {self._quoted(connection, table)}"))

    @staticmethod
    def _quoted(connection: sa.Connection, name: str) -> str:
        return connection.dialect.identifier_preparer.quote(name)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        k: float(v) if isinstance(v, int | decimal.Decimal) and not isinstance(v, bool) else v for k, v in row.items()
    }


def sequence(root: Path, seed: int, verbs: int, environment: dict[str, str] | None = None) -> Sequence:
    """A whole sequence; raises AssertionError with the commands that led to it."""
    made = Sequence(TestProject(root, environment), seed)
    made.run(verbs)
    return made
