"""What the tests of drizzle have in common: schemas to read, models to load, and drizzle-kit to ask."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from scaffold.drizzle.model import Schema
from scaffold.drizzle.parse import parse
from scaffold.project import config, models
from tests.node.programs import described
from tests.projects import PACKAGE, TestProject

HERE = Path(__file__).parent
CORE = HERE.parent / "appdb" / "better_auth"
GENERATED = {
    path.name: path for path in sorted([*CORE.glob("*.ts"), *HERE.glob("fixtures/*/*.ts")]) if "people" not in str(path)
}
"""Everything that Better Auth's command line has generated for us."""


def of_dialect(dialect: str) -> list[str]:
    """The names of the generated schemas for a database."""
    marks = {"sqlite": "sqlite", "postgresql": "pg", "mysql": "mysql"}
    return [name for name in GENERATED if marks[dialect] in name.split(".")]


def generated(name: str) -> Schema:
    return parse(GENERATED[name].read_text(encoding="utf-8"), name)


def load(project: TestProject, edits: Mapping[str, str]) -> sa.MetaData:
    """The metadata of a project's models with some modules in place of what is on the disk."""
    found = config.find(project.root)
    changed = {project.package / name: text.encode() for name, text in edits.items()}
    with models.importable(found, changed):
        return models.metadata(found)


def auth_text(schema: Schema) -> str:
    """The `auth_schema.py` of the test's project."""
    from scaffold.drizzle.auth import auth_schema

    return auth_schema(schema, PACKAGE)


Differ = Callable[..., dict[str, Any]]


@pytest.fixture
def differ(node: Callable[..., Any]) -> Differ:
    """drizzle-kit: (database URL, TypeScript files by path, the file with the schema) -> what it would change."""

    def ask(database_url: str, files: Mapping[str, str], entry: str, *, create: bool = False) -> dict[str, Any]:
        argument = {"database": described(database_url), "entry": entry, "create": create}
        found: dict[str, Any] = node(
            {**files, "kit.mts": (HERE / "kit.mts").read_text(encoding="utf-8")}, "kit.mts", argument
        )
        return found

    return ask


def catalogue(engine: sa.Engine) -> dict[str, Any]:
    """What a database says of its tables, in a form that two databases can be compared by."""
    inspector = sa.inspect(engine)
    return {
        table: {
            "columns": sorted(
                (column["name"], repr(column["type"]), column["nullable"], str(column["default"]))
                for column in inspector.get_columns(table)
            ),
            "indexes": sorted((str(i["name"]), i["column_names"], i["unique"]) for i in inspector.get_indexes(table)),
            "keys": sorted(
                (str(key["name"]), key["constrained_columns"], key["referred_table"], sorted(key["options"].items()))
                for key in inspector.get_foreign_keys(table)
            ),
            "primary key": inspector.get_pk_constraint(table)["constrained_columns"],
        }
        for table in inspector.get_table_names()
    }
