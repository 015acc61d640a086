"""Models become TypeScript: what it looks like, and what drizzle-kit thinks of the migrated database."""

import re

import pytest

from scaffold.drizzle.export import export
from scaffold.drizzle.importing import Known, import_project
from scaffold.drizzle.model import Models
from scaffold.project import config, models
from scaffold.project.reflect_models import models as reflect
from tests.databases import mysql_url
from tests.drizzle.kit import CORE, catalogue, differ, load
from tests.projects import PACKAGE

__all__ = ["differ", "mysql_url"]

DIALECTS = {"sqlite": "sqlite", "postgresql": "pg", "mysql": "mysql"}
SHOP = [
    *("name:string=80:unique", "price:decimal=12.2:default=0", "meta:json:default={}", "tags:json:default=[]"),
    *(
        "due:date:optional",
        "opens:time:default=09:30",
        "seen:datetime:default=2026-01-31T09:30:00Z",
        "big:bigint:index",
    ),
    *("ratio:float:optional", "paid:bool:default=false", "barcode:uuid", "raw:bytes:optional", "note:text:optional"),
    *("stock:int:default=3", "label:text:default=it's", "closed_at:datetime:optional", "day:date:default=2026-01-31"),
]


@pytest.fixture
def shop(project):
    """A project with three domains, all types and a reference of every kind."""
    project.ok("new-domain", "shop", "--table", "products", *SHOP, "--no-migrate")
    project.ok(
        "new-domain",
        "analytics",
        "--table",
        "page_views",
        "path:text",
        "product:ref=products",
        "user:ref=users:optional",
        "--no-migrate",
    )
    project.ok("new-domain", "tree", "--table", "nodes", "parent:ref=nodes:optional", "--no-tenant", "--no-migrate")
    return project


def reflected(project, dialect) -> Models:
    found = config.find(project.root)
    with models.importable(found):
        return reflect(found.package, models.metadata(found), dialect)


def with_auth(dialect, files):
    text = (CORE / f"auth.schema.{DIALECTS[dialect]}.ts").read_text(encoding="utf-8")
    return {"auth.schema.ts": text, **files}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_it_reads_as_a_person_would_write_it(dialect, shop, golden):
    shop.ok("add-column", "products", "status:enum=draft,published:default=draft", "--no-migrate")
    for path, text in export(reflected(shop, dialect)).items():
        golden(f"drizzle/{dialect}/{path}.txt", text)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_importing_an_export_gives_back_the_same_modules(dialect, shop):
    shop.ok("add-column", "products", "status:enum=draft,published:default=draft", "--no-migrate")
    made = reflected(shop, dialect)
    known = Known(PACKAGE, frozenset(table.name for table in made.auth))
    found = import_project({f"db/{path}": text for path, text in export(made).items()}, known)
    assert {module.domain: module.text for module in found.modules} == {
        # A comment is for Python's rules, and not exported.
        domain.name: re.sub(r"(?m)^# scaffold: allow=.*\n", "", shop.table(domain.name))
        for domain in made.domains
    }
    assert found.notes == ()


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_drizzle_kit_has_nothing_to_change(dialect, request, shop, differ, engine_of):
    url = request.getfixturevalue(f"{dialect}_url")
    load(shop, {}).create_all(engine_of(url))
    files = with_auth(dialect, export(reflected(shop, dialect)))
    assert differ(url, files, "schema.ts") == {"statements": [], "warnings": []}


def test_drizzle_kit_has_nothing_to_change_on_postgresql_where_there_are_checks(
    postgresql_url, shop, differ, engine_of
):
    shop.ok("add-column", "products", "status:enum=draft,published:default=draft", "--no-migrate")
    load(shop, {}).create_all(engine_of(postgresql_url))
    files = with_auth("postgresql", export(reflected(shop, "postgresql")))
    assert differ(postgresql_url, files, "schema.ts") == {"statements": [], "warnings": []}


drizzles_own_mysql_url = mysql_url


def test_on_mysql_drizzle_makes_the_database_that_python_makes(
    mysql_url, drizzles_own_mysql_url, shop, differ, engine_of
):
    load(shop, {}).create_all(engine_of(mysql_url))
    differ(drizzles_own_mysql_url, with_auth("mysql", export(reflected(shop, "mysql"))), "schema.ts")
    assert catalogue(engine_of(drizzles_own_mysql_url)) == catalogue(engine_of(mysql_url))


READER = """\
import { pageViews, products, users } from './schema'

export const views: { path: string; userId: string | null; createdAt: Date }[] = [pageViews.$inferSelect]
export const status: 'draft' | 'published' = products.$inferSelect.status
export const product: typeof products.$inferInsert = {
  name: 'Chair', big: 1, barcode: crypto.randomUUID(), organizationId: users.$inferSelect.id,
}
"""
"""Uses what the tables' types say; would not compile if they said less or more."""


def test_typescript_compiles_it_in_strict_mode_and_knows_its_types(shop, tsc):
    shop.ok("add-column", "products", "status:enum=draft,published:default=draft", "--no-migrate")
    files = {
        f"{dialect}/{name}": text
        for dialect in DIALECTS
        for name, text in with_auth(dialect, export(reflected(shop, dialect))).items()
    }
    readers = {f"{dialect}/reader.ts": READER for dialect in DIALECTS}
    assert tsc({**files, **readers}) == ""
    wrong = READER.replace("'published'", "'archived'")
    assert 'Type \'"draft" | "published"\' is not assignable to type' in tsc({**files, "sqlite/reader.ts": wrong})


DOCUMENTS = '''"""Documents."""

from typing import Any

from sqlalchemy import Computed
from sqlalchemy.orm import Mapped, mapped_column

from appdb import types
from appdb.base import Base
from appdb.mixins import HasId


class Paper(HasId, Base):
    __tablename__ = "papers"

    labels: Mapped[list[str]]
    rows: Mapped[list[Any] | None]
    head: Mapped[dict[str, Any]] = mapped_column()
    whatever: Mapped[Any] = mapped_column(types.Json)
    twice: Mapped[int | None] = mapped_column(Computed("1 * 2", persisted=%s))
'''


@pytest.mark.parametrize("dialect", DIALECTS)
def test_documents_keep_their_kind_and_generated_columns_their_mode(dialect, project):
    text = DOCUMENTS % (dialect == "postgresql")
    text = text.replace("appdb", PACKAGE)
    project.write(f"src/{PACKAGE}/tables/papers.py", text)
    project.write(f"src/{PACKAGE}/tables/__init__.py", f"from {PACKAGE}.tables.papers import Paper as Paper\n")
    made = reflected(project, dialect)
    files = export(made)
    written = re.findall(r"\.\$type<(.*)>\(\)", files["tables/papers.table.ts"])
    assert written == ["string[]", "unknown[]", "Record<string, unknown>"]
    known = Known(PACKAGE, frozenset(table.name for table in made.auth))
    (module,) = import_project({f"db/{path}": text for path, text in files.items()}, known).modules
    wanted = re.findall(r"(?m)^    (\w+): (Mapped\[.*\])", text)
    assert re.findall(r"(?m)^    (\w+): (Mapped\[.*\])", module.text) == wanted
    assert "persisted=True" in module.text if dialect == "postgresql" else "persisted=False" in module.text
