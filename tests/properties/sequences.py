"""Random sequences of verbs over random schemas, and what must hold after each of them."""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from sqlalchemy.orm import configure_mappers

from scaffold.project import config, databases, models
from scaffold.project.history import History
from scaffold.project.project import Project
from tests.projects import Result, TestProject
from tests.properties import rows
from tests.properties.drawing import Draw, Drawing
from tests.properties.rows import Rows

Schema = dict[str, list[tuple[Any, ...]]]
"""What hangs on each table, columns first."""

BOOKKEEPING = (".scaffold", "local.db", "alembic.ini", "checked", ".ruff_cache", ".mypy_cache")
"""The tool's own folder, the database and its copies, and what these tests write."""


@dataclass(frozen=True, slots=True)
class State:
    """All that a verb could change."""

    files: dict[str, bytes]
    rows: Rows
    schema: Schema


@dataclass(frozen=True, slots=True)
class Done:
    """A command that went through, with the state before it."""

    draw: Draw
    before: State
    """Before the command, and after the hand edits that it was about."""
    disk: dict[str, bytes]
    """The files before the hand edits."""


class Sequence:
    """A project, and the random choices that are made in it."""

    def __init__(self, project: TestProject, seed: int) -> None:
        self.project = project
        self.random = random.Random(seed)
        self.told: list[str] = []
        self.counts = {"done": 0, "refused": 0, "undone": 0}
        self.done: list[Done] = []
        self._typed = 0
        self.ok(self.drawing().first())
        with self.imported() as (settings, metadata), databases.local(settings).connect() as connection:
            rows.seed(connection, metadata)
            connection.commit()
        self.insert()

    def run(self, verbs: int) -> None:
        try:
            for _ in range(verbs):
                self.step()
            self.finish()
        except AssertionError as error:
            raise AssertionError("\n".join([*self.told, str(error)])) from error

    # One verb, and what holds after it.

    def step(self) -> None:
        draw = self.drawing().next()
        disk, before = self.files(), None
        if draw.edit:
            self.edit_by_hand(draw)
        before = self.state()
        if draw.verb not in {"tables", "show", "check", "heads", "doctor", "migrate", "rebase"}:
            self.rehearse(draw, before)
        result = self.verb(draw.argv)
        if result.code:
            self.refused(draw, before, result)
            self.restore(disk)
            return
        self.counts["done"] += 1
        after = self.state()
        if after.files == before.files:
            assert after == before, f"{draw.argv} changed no file, but the database"
            self.restore(disk)
            return
        self.done.append(Done(draw, before, disk))
        self.settle(draw, before, after)

    def settle(self, draw: Draw, before: State, after: State) -> None:
        """After a verb went through: the checks, and then an undo, more rows, or neither."""
        if not draw.migrates:
            assert (after.rows, after.schema) == (before.rows, before.schema), f"{draw.argv} touched the database"
            if self.perhaps(0.3):
                self.undo(at_once=True)
                return
            self.project.ok("migrate")
            after = self.state()
        self.agree(draw.argv)
        self.kept(before.rows, after.rows, draw)
        self.round_trip(before.schema, after.schema)
        fate = self.random.random()
        if fate < 0.35:
            self.undo(at_once=True)
            while self.done and self.perhaps(0.3):
                self.undo(at_once=False)
        elif fate < 0.8:
            self.insert()

    def verb(self, argv: tuple[str, ...]) -> Result:
        self.told.append(" ".join(["$ scaffold", *argv]))
        result = self.project.run(*argv)
        self.told[-1] += f"  -> {result.code} {result.err.splitlines()[0] if result.err else ''}"
        assert result.code in {0, 1, 2}, str(result)
        assert "bug in scaffold" not in result.err, str(result)
        assert "Traceback" not in result.err, str(result)
        return result

    def ok(self, draw: Draw) -> None:
        result = self.verb(draw.argv)
        assert result.code == 0, str(result)

    def refused(self, draw: Draw, before: State, result: Result) -> None:
        self.counts["refused"] += 1
        now = self.state()
        assert now.files == before.files, f"refused, but files differ: {draw.argv}\n{result}"
        assert now.rows == before.rows, f"refused, but rows differ: {draw.argv}\n{result}"
        assert now.schema == before.schema, f"refused, but the schema differs: {draw.argv}\n{result}"

    def rehearse(self, draw: Draw, before: State) -> None:
        """A dry run, now and then, writes nothing, and its JSON is one object."""
        if not self.perhaps(0.1) or "--check" in draw.argv:
            return
        result = self.verb((*draw.argv, "--dry-run", "--json"))
        if result.code == 0:
            assert json.loads(result.out)["dry_run"] is True
        assert self.files() == before.files, f"a dry run of {draw.argv} wrote files"
        assert self.rows() == before.rows, f"a dry run of {draw.argv} wrote rows"

    def undo(self, *, at_once: bool) -> None:
        """Take the last verb back; rows that came since may stand against that, and then nothing is changed.

        Args:
            at_once: whether nothing has happened since the verb.
        """
        last, now = self.done[-1], self.state()
        result = self.verb(("undo", "--yes"))
        server = not self.project.url.startswith("sqlite")
        unfilled = server and "is required, and its values do not come back" in result.err
        if result.code and (not at_once or unfilled):
            self.refused(Draw(("undo",)), now, result)
            return
        assert result.code == 0, str(result)
        self.done.pop()
        self.counts["undone"] += 1
        files = self.files()
        changed = [file for file in {*last.before.files, *files} if last.before.files.get(file) != files.get(file)]
        assert not changed, f"undo of {last.draw.argv} left {changed}"
        if at_once:
            found = self.schema()
            assert found == last.before.schema, f"undo of {last.draw.argv}: {_unlike(last.before.schema, found)}"
            if last.draw.exact or ("is as before it" in result.out and not last.draw.edit):
                kept = rows.plain(self.rows()) == rows.plain(last.before.rows)
                assert kept, f"undo of {last.draw.argv} changed rows"
        self.restore(last.disk)
        self.agree(("undo",))

    def agree(self, argv: tuple[str, ...]) -> None:
        """Models, migrations and database say the same, to Alembic and to `generate`; the modules are in order."""
        found = self.differences()
        assert not found, f"after {argv}: {found}"
        self.tidy(argv)
        if self.perhaps(0.1):
            said = self.project.run("generate", "--check")
            assert said.code == 0, f"after {argv}: {said}"

    def kept(self, before: Rows, after: Rows, draw: Draw) -> None:
        """Rows and values that the verb was not about are the same."""
        for table, found in before.items():
            if (table, "") in draw.dropped:
                assert table not in after, f"{table} is still there after {draw.argv}"
                continue
            now = after.get(draw.renamed.get((table, ""), table))
            assert now is not None, f"{table} is gone after {draw.argv}"
            assert now.keys() == found.keys(), f"rows of {table} differ after {draw.argv}"
            for id_, row in found.items():
                for column, value in row.items():
                    place = (table, column)
                    if place in draw.dropped or place in draw.altered:
                        continue
                    new = now[id_][draw.renamed.get(place, column)]
                    assert new == value, f"{table}.{column} of {id_}: {value!r} -> {new!r} after {draw.argv}"

    def round_trip(self, before: Schema, now: Schema) -> None:
        """Downgrading by the new revision and upgrading again, without rows, gives the schemas of before and of now."""
        if self.project.environment:
            return
        copy = self.project.root / "checked" / "local.db"
        copy.parent.mkdir(exist_ok=True)
        shutil.copyfile(self.project.database, copy)
        url = f"sqlite:///{copy}"
        self.empty(url)
        self.alembic(url, ("downgrade", "-1"))
        found = self.schema(url)
        assert found == before, f"the downgrade left {_unlike(before, found)}"
        self.alembic(url, ("upgrade", "head"))
        found = self.schema(url)
        assert found == now, f"after down and up: {_unlike(now, found)}"

    def tidy(self, argv: tuple[str, ...]) -> None:
        """The modules are as ruff wants them; they are kept for mypy, which sees those of every step at the end."""
        tables = self.project.package / "tables"
        for words in (["check", "--select", "E,F,I"], ["format", "--check", "--diff"]):
            done = self.ruff(*words, str(tables), str(self.project.package / "migrations" / "versions"))
            assert done.returncode == 0, "\n".join([f"after {argv}:", done.stdout, done.stderr])
        kept = self.project.root / "checked" / "src" / "shopdb"
        if not kept.exists():
            shutil.copytree(self.project.package, kept, ignore=shutil.ignore_patterns("migrations", "__pycache__"))
        self._typed += 1
        for file in tables.glob("*.py"):
            text = file.read_text().replace("shopdb.tables", f"shopdb.tables_{self._typed}")
            target = kept / f"tables_{self._typed}" / file.name
            target.parent.mkdir(exist_ok=True)
            target.write_text(text)

    def ruff(self, *argv: str) -> "subprocess.CompletedProcess[str]":
        line = [sys.executable, "-m", "ruff", *argv, "--no-cache"]
        return subprocess.run(line, capture_output=True, text=True, check=False, cwd=self.project.root)

    def finish(self) -> None:
        """The modules of every step are as mypy wants them; base and head again give the same schema."""
        self.types()
        self.empty(self.project.url)
        before = self.schema()
        self.alembic(self.project.url, ("downgrade", "base"), ("upgrade", "head"))
        after = self.schema()
        assert before == after, f"after base and head: {_unlike(before, after)}"

    def types(self) -> None:
        checked = self.project.root / "checked" / "src"
        if not checked.exists():
            return
        line = [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--no-error-summary",
            "--cache-dir",
            # What SQLAlchemy's own modules are does not change from sequence to sequence.
            str(self.project.root.parent.parent / "mypy"),
            "-p",
            "shopdb",
        ]
        environment = {"MYPYPATH": str(checked), "PATH": ""}
        done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=checked, env=environment)
        assert done.returncode == 0, done.stdout + done.stderr

    # Edits by hand.

    def edit_by_hand(self, draw: Draw) -> None:
        assert draw.edit is not None
        for file, text in draw.edit.files.items():
            path = self.project.package / file
            if text:
                path.write_text(text)
            else:
                path.unlink()
        tables = str(self.project.package / "tables")
        done = self.ruff("check", "--select", "I,F401", "--fix", tables)
        assert done.returncode == 0, f"{draw.edit}\n{done.stdout}"
        self.ruff("format", tables)
        self.told.append(f"# by hand: {draw.edit.message} in {', '.join(draw.edit.files)}")

    def restore(self, files: dict[str, bytes]) -> None:
        """Files as they were before an edit by hand, as version control would bring them back."""
        now = self.files()
        for name in now.keys() - files.keys():
            (self.project.root / name).unlink()
        for name, data in files.items():
            if now.get(name) != data:
                self.project.write(name, data)

    # What there is.

    def perhaps(self, probability: float) -> bool:
        return self.random.random() < probability

    def drawing(self) -> Drawing:
        return Drawing(self.random, Project.find(self.project.root).snapshot())

    def state(self) -> State:
        return State(self.files(), self.rows(), self.schema())

    def files(self) -> dict[str, bytes]:
        return {
            name: data
            for name, data in self.project.tree().items()
            if not name.startswith(BOOKKEEPING) and not name.endswith("/") and "__pycache__" not in name
        }

    def rows(self) -> Rows:
        with self.project.connect() as connection:
            return rows.read(connection)

    def insert(self) -> None:
        with self.imported() as (settings, metadata), databases.local(settings).connect() as connection:
            own = self.drawing().tables()
            chosen = self.random.sample(own, k=min(3, len(own)))
            rows.insert(connection, metadata, chosen, self.random)
            connection.commit()

    def differences(self) -> list[str]:
        """What Alembic itself finds between the models and the database; the mappers are set up before."""
        found: list[str] = []
        with self.imported() as (settings, metadata), databases.local(settings).connect() as connection:
            configure_mappers()

            def look(_: Any, context: Any) -> list[Any]:
                found.extend(map(str, compare_metadata(context, context.opts["target_metadata"])))
                return []

            History(settings)._run(look, connection=connection, target_metadata=metadata)
        return found

    def schema(self, url: str = "") -> Schema:
        with sa.create_engine(url or self.project.url, poolclass=sa.NullPool).connect() as connection:
            return _schema(sa.inspect(connection))

    @contextmanager
    def imported(self) -> Iterator[tuple[config.Config, sa.MetaData]]:
        settings = config.find(self.project.root)
        saved = dict(os.environ)
        os.environ.update(self.project.environment)
        try:
            with models.importable(settings):
                yield settings, models.metadata(settings)
        finally:
            os.environ.clear()
            os.environ.update(saved)

    def alembic(self, url: str, *commands: tuple[str, str]) -> None:
        """Plain Alembic, as production runs it."""
        settings = AlembicConfig(attributes={"url": url})
        settings.set_main_option("script_location", str(self.project.package / "migrations"))
        with self.imported():
            for name, target in commands:
                getattr(command, name)(settings, target)

    def empty(self, url: str) -> None:
        """No rows in the domains' tables, so that every downgrade can be made."""
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        own = self.drawing().tables()
        with engine.begin() as connection:
            there = sa.inspect(connection).get_table_names()
            for _ in own:
                for table in own:
                    if table in there:
                        quoted = connection.dialect.identifier_preparer.quote(table)
                        connection.exec_driver_sql(f"DELETE FROM {quoted}")


def _schema(inspector: sa.Inspector) -> Schema:
    found: Schema = {
        table: [
            (c["name"], str(c["type"]), c["nullable"], str(c["default"]).replace("(", "").replace(")", ""))
            for c in columns
        ]
        for (_, table), columns in inspector.get_multi_columns().items()
        if not table.startswith(("alembic_", "scaffold_"))
    }
    for (_, table), key in inspector.get_multi_pk_constraint().items():
        if table in found:
            found[table].append(("key", *key["constrained_columns"]))
    for (_, table), indexes in inspector.get_multi_indexes().items():
        for i in indexes if table in found else ():
            found[table].append(("index", str(i["name"]), tuple(map(str, i["column_names"])), i["unique"], _options(i)))
    for (_, table), keys in inspector.get_multi_foreign_keys().items():
        for k in keys if table in found else ():
            columns = tuple(k["constrained_columns"])
            action = k["options"].get("ondelete") or _inline_action(inspector, table, columns)
            found[table].append(("foreign key", columns, k["referred_table"], action))
    for (_, table), checks in inspector.get_multi_check_constraints().items():
        for c in checks if table in found else ():
            found[table].append(("check", str(c["name"]), c["sqltext"]))
    for (_, table), uniques in inspector.get_multi_unique_constraints().items():
        for u in uniques if table in found else ():
            found[table].append(("unique", str(u["name"]), tuple(u["column_names"])))
    return {table: sorted(items, key=str) for table, items in found.items()}


def _inline_action(inspector: sa.Inspector, table: str, columns: tuple[str, ...]) -> str:
    """ON DELETE of a column's own REFERENCES, which SQLAlchemy does not see on SQLite."""
    if inspector.dialect.name != "sqlite":
        return "NO ACTION"
    with inspector.engine.connect() as connection:
        keys = connection.exec_driver_sql('SELECT "from", on_delete FROM pragma_foreign_key_list(?)', (table,))
        return next((action for column, action in keys if (column,) == columns), "NO ACTION")


def _options(index: Any) -> str:
    return str(sorted((name, str(value)) for name, value in index.get("dialect_options", {}).items()))


def _unlike(one: Schema, other: Schema) -> str:
    """What two schemas don't share, for people."""
    old, new = ({f"{table}: {item}" for table, items in side.items() for item in items} for side in (one, other))
    return "\n".join([*(f"- {line}" for line in sorted(old - new)), *(f"+ {line}" for line in sorted(new - old))])


def sequence(root: Path, seed: int, verbs: int, environment: dict[str, str] | None = None) -> Sequence:
    """A whole sequence; raises AssertionError with the commands that led to it."""
    made = Sequence(TestProject(root, environment), seed)
    made.run(verbs)
    return made
