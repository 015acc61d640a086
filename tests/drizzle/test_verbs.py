"""`export drizzle` and `import drizzle` as a person meets them."""

import json

import pytest

from tests.drizzle.kit import GENERATED, auth_text, generated
from tests.drizzle.people import ANALYTICS


@pytest.fixture
def shop(project):
    project.ok("new-domain", "shop", "--table", "products", "name:string=80", "price:decimal:default=0", "--no-migrate")
    return project


def test_an_export_is_written_once_and_checked_ever_after(shop):
    assert shop.ok("export", "drizzle") == (
        "  create  db/tables/shop.table.ts\n  create  db/tables/index.ts\n  create  db/schema.ts\n\nDone.\n"
    )
    assert shop.ok("export", "drizzle") == "The files say what the models say; there is nothing to write.\n"
    shop.ok("export", "drizzle", "--check")
    shop.ok("add-column", "products", "note:text:optional", "--no-migrate")
    result = shop.run("export", "drizzle", "--check")
    assert result.code == 1
    assert "+    note: text('note'),\n" in result.err
    assert "note" in shop.ok("export", "drizzle", "--dry-run")
    assert json.loads(shop.ok("export", "drizzle", "--json"))["files"] == [
        {"path": "db/tables/shop.table.ts", "action": "update"}
    ]


def test_a_domain_that_is_gone_takes_its_file_along_and_other_files_stay(shop):
    shop.ok("export", "drizzle", "--out", "web/db")
    mine = shop.write("web/db/tables/mine.ts", "export {}\n")
    (shop.package / "tables" / "shop.py").unlink()
    (shop.package / "tables" / "__init__.py").write_text("")
    assert "  delete  web/db/tables/shop.table.ts\n" in shop.ok("export", "drizzle", "--out", "web/db")
    assert mine.exists()


def test_an_export_uses_the_names_of_the_auth_schema_that_is_there(project):
    text = GENERATED["sqlite.org.rename.ts"].read_text(encoding="utf-8")
    project.write(project.package / "auth_schema.py", auth_text(generated("sqlite.org.rename.ts")))
    project.ok("new-domain", "notes", "author:ref=app_users", "--no-migrate")
    project.write("db/auth.schema.ts", text)
    project.ok("export", "drizzle")
    written = (project.root / "db/tables/notes.table.ts").read_text()
    assert "import { app_users, organizations } from '../auth.schema'" in written
    assert "app_users.id" in written
    result = project.run("export", "drizzle", "--dialect", "mysql")
    assert (result.code, "--dialect sqlite" in result.err) == (2, True)


def test_nothing_is_written_outside_of_the_project(shop):
    before = shop.tree()
    assert shop.run("export", "drizzle", "--out", "../elsewhere").code == 2
    assert shop.run("export", "drizzle", "--out", "/elsewhere").code == 2
    assert shop.tree() == before


def test_an_import_writes_modules_and_their_exports_once(project):
    project.write("web/tables/analytics.table.ts", ANALYTICS)
    assert "class PageView" in project.ok("import", "drizzle", "web", "--dry-run")
    assert project.ok("import", "drizzle", "web").startswith("  create  src/shopdb/tables/analytics.py\n")
    assert (
        "from shopdb.tables.analytics import PageView as PageView"
        in (project.package / "tables" / "__init__.py").read_text()
    )
    result = project.run("import", "drizzle", "web")
    assert (result.code, "exists already" in result.err) == (2, True)


def test_an_import_that_fails_writes_nothing(project):
    project.write("web/a.table.ts", ANALYTICS.replace("text('path')", "blob('path', { mode: 'json' })"))
    before = project.tree()
    result = project.run("import", "drizzle", "web")
    assert result.code == 2
    assert "a.table.ts:8: " in result.err
    assert project.tree() == before
