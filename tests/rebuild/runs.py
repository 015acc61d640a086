"""Run one step on one case, with scaffold and with Alembic alone, and say what became of the database."""

import shutil
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import alembic
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, event
from sqlalchemy.dialects import registry

from scaffold.project.rebuilds.read import inventory
from scaffold.sqlite.asked import Asked
from scaffold.sqlite.compare import compare
from scaffold.sqlite.inventory import Inventory
from tests.projects import TestProject
from tests.rebuild.cases import Case, Step

REVISION = '''\
"""One step."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = {down}


def upgrade():
    {body}


def downgrade():
    pass
'''
BATCH = 'with op.batch_alter_table("items") as batch_op:\n        {code}'
TEMPLATE = Path(alembic.__file__).parent / "templates" / "generic"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a database.

    Args:
        cell: in a word or two, for the table of the docs.
        error: what was said where it failed.
    """

    cell: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """A database: what it holds, every value in it, what the case's probe says, and where in the file items lies."""

    inventory: Inventory
    values: dict[str, list[dict[str, Any]]]
    probe: list[Any]
    root: int


def state(file: Path, case: Case) -> State:
    with closing(sqlite3.connect(file)) as connection:
        held = inventory(connection)
        connection.row_factory = sqlite3.Row
        values = {
            name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}" ORDER BY 1')]
            for name in held.tables
            if name != "alembic_version"
        }
        [(root,)] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'items'").fetchall() or [(0,)]
        return State(held, values, [tuple(row) for row in connection.execute(case.probe)], root)


def losses(before: State, after: State, step: Step) -> list[str]:
    """What was lost, each kind once."""
    asked = Asked(step.deeds)
    found = [difference.kind for difference in compare(before.inventory, after.inventory, asked)]
    found += ["values"] if _values_differ(before, after, asked) and not found else []
    found += ["what the rowid points to"] if before.probe != after.probe and not found else []
    return list(dict.fromkeys(found))


def _values_differ(before: State, after: State, asked: Asked) -> bool:
    for table, rows in before.values.items():
        now = after.values.get(table, [])
        kept = [
            {
                asked.column(table, name): value
                for name, value in row.items()
                if not asked.drops("column", table, name) and asked.column(table, name) in (now[0] if now else {})
            }
            for row in rows
        ]
        if kept != [{name: row[name] for name in old} for row, old in zip(now, kept, strict=False)]:
            return True
    return False


def with_alembic(case: Case, step: Step, folder: Path) -> Outcome:
    """The outcome with Alembic's own template of a project, unchanged but for the URL."""
    file = _database(case, folder)
    shutil.copytree(TEMPLATE, folder / "alembic", ignore=shutil.ignore_patterns("*.mako", "README", "__pycache__"))
    _revision(folder / "alembic" / "versions", BATCH.format(code=step.code))
    before = state(file, case)
    if (error := _alembic_upgrade(case, folder, file)) is None:
        return Outcome(_told(losses(before, state(file, case), step)))
    lost = losses(before, state(file, case), Step("", ""))
    again = _alembic_upgrade(case, folder, file)
    cell = "fails" if again is None else "fails for good"
    return Outcome(f"{cell}, loses {', '.join(lost)}" if lost else cell, again or error)


def with_scaffold(case: Case, step: Step, folder: Path) -> Outcome:
    """The outcome of `scaffold migrate`."""
    file = _database(case, folder)
    project = TestProject(folder)
    for revision in (project.package / "migrations" / "versions").glob("*.py"):
        revision.unlink()
    _revision(project.package / "migrations" / "versions", BATCH.format(code=step.code))
    before = state(file, case)
    with _foreign_keys(case):
        result = project.run("migrate")
    after = state(file, case)
    if result.code:
        assert not losses(before, after, Step("", "")), result
        return Outcome("refused", result.err.splitlines()[0].removeprefix("Error: "))
    told = _told(losses(before, after, step))
    return Outcome("altered" if told == "kept" and before.root == after.root else told)


def _told(lost: list[str]) -> str:
    return f"loses {', '.join(lost)}" if lost else "kept"


def _database(case: Case, folder: Path) -> Path:
    folder.mkdir(parents=True)
    file = folder / "local.db"
    with closing(sqlite3.connect(file)) as connection:
        for statement in case.statements:
            connection.execute(statement)
        connection.commit()
    return file


def _revision(versions: Path, body: str) -> None:
    versions.mkdir(parents=True, exist_ok=True)
    (versions / "0002_step.py").write_text(REVISION.format(down=None, body=body))


def _alembic_upgrade(case: Case, folder: Path, file: Path) -> str | None:
    config = Config()
    config.set_main_option("script_location", str(folder / "alembic"))
    config.set_main_option("sqlalchemy.url", f"sqlite:///{file}")
    try:
        with warnings.catch_warnings(), _own_dialect(), _foreign_keys(case):
            warnings.simplefilter("ignore")
            command.upgrade(config, "head")
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the outcome
        return str(getattr(error, "orig", None) or error).splitlines()[0]
    return None


@contextmanager
def _foreign_keys(case: Case) -> Iterator[None]:
    """As SQLAlchemy's docs turn them on for a whole application ("Foreign Key Support" of SQLite)."""

    def listener(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA foreign_keys=ON")

    if not case.foreign_keys:
        yield
        return
    event.listen(Engine, "connect", listener)
    try:
        yield
    finally:
        event.remove(Engine, "connect", listener)


@contextmanager
def _own_dialect() -> Iterator[None]:
    """SQLAlchemy's own SQLite, which appdb replaces by one that reflects more."""
    registered = dict(registry.impls)
    for name in ("sqlite", "sqlite.pysqlite"):
        registry.register(name, "sqlalchemy.dialects.sqlite.pysqlite", "SQLiteDialect_pysqlite")
    try:
        yield
    finally:
        registry.impls.clear()
        registry.impls.update(registered)
