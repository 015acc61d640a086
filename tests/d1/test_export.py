"""`export d1`: a file for each revision that no file holds, and no file for what D1 would do wrong."""

import json
import re
import sqlite3
from contextlib import closing

import pytest

from tests.d1.projects import PRODUCTS, WRANGLER, apply, revision, schema, sql_files, with_wrangler
from tests.projects import TestProject


@pytest.fixture
def shop(project: TestProject) -> TestProject:
    project = with_wrangler(project)
    project.ok(*PRODUCTS)
    return project


def test_each_revision_becomes_a_numbered_file_once(shop):
    assert shop.ok("export", "d1") == (
        "  create  migrations/0001_create_auth_tables.sql\n"
        "  create  migrations/0002_create_products.sql\n"
        "\nDone.\n\nNext:\n  wrangler d1 migrations apply DATABASE --local\n"
    )
    before = shop.tree()
    assert shop.ok("export", "d1") == "Every revision is exported; there is nothing to write.\n"
    shop.ok("export", "d1", "--check")
    assert shop.tree() == before
    shop.ok("add-column", "products", "size:int:optional")
    result = shop.run("export", "d1", "--check")
    assert (result.code, "migrations/0003_add_size_to_products.sql" in result.err) == (1, True)
    assert "+ALTER TABLE products ADD COLUMN size INTEGER;\n" in shop.ok("export", "d1", "--dry-run")
    assert sql_files(shop) == ["0001_create_auth_tables.sql", "0002_create_products.sql"]
    assert json.loads(shop.ok("export", "d1", "--json")) == {
        "verb": "export d1",
        "dry_run": False,
        "files": [{"path": "migrations/0003_add_size_to_products.sql", "action": "create"}],
        "recorded": [],
        "next": ["wrangler d1 migrations apply DATABASE --local"],
    }


def test_the_files_make_the_database_that_the_migrations_make(shop, tmp_path):
    shop.ok("add-column", "products", "size:int:optional", "raw:bytes:optional")
    shop.ok("alter-column", "products", "name:string=200:optional")
    shop.ok("drop-column", "products", "size", "--yes")
    revision(shop, "fill", 'op.execute(sa.text("UPDATE products SET name = :n").bindparams(n="it\'s; ?"))')
    shop.ok("migrate")
    shop.ok("export", "d1")
    made = tmp_path / "d1.db"
    apply(made, *((shop.root / "migrations" / name).read_text() for name in sql_files(shop)))
    assert schema(made) == schema(shop.database)
    assert shop.ok("migrate", SHOPDB_URL=f"sqlite:///{made}").endswith("Nothing to apply.\n")


def test_values_are_written_as_they_are_stored(shop, tmp_path):
    rows = [
        {"id": "a", "name": "Ada", "email": "a?b", "created_at": 1, "updated_at": 2},
        {"id": "b", "name": ":x", "email": "c''d", "created_at": 3, "updated_at": 4},
    ]
    columns = ", ".join(f'sa.column("{name}")' for name in rows[0])
    revision(shop, "people", f'op.bulk_insert(sa.table("users", {columns}), {rows!r})')
    revision_of_values = 'op.get_bind().exec_driver_sql("UPDATE users SET image = ?", (0.1 + 0.2,))'
    shop.ok("migrate")
    revision(shop, "image", revision_of_values)
    shop.ok("migrate")
    shop.ok("export", "d1")
    made = tmp_path / "d1.db"
    apply(made, *((shop.root / "migrations" / name).read_text() for name in sql_files(shop)))
    people = "SELECT id, name, email, image, created_at FROM users ORDER BY id"
    with closing(sqlite3.connect(made)) as there, closing(sqlite3.connect(shop.database)) as here:
        assert there.execute(people).fetchall() == here.execute(people).fetchall()
        assert there.execute(people).fetchone() == ("a", "Ada", "a?b", "0.3", 1)


@pytest.mark.parametrize(
    ("name", "text", "folder"),
    [
        ("wrangler.toml", WRANGLER + 'migrations_dir = "db/d1"\n', "db/d1"),
        ("web/wrangler.toml", WRANGLER, "web/migrations"),
        ("wrangler.jsonc", '{ // ours\n "d1_databases": [{ "binding": "DB", "migrations_dir": "sql/", }], }', "sql"),
        ("wrangler.json", '{"d1_databases": [{"binding": "DB"}]}', "migrations"),
    ],
)
def test_the_folder_is_wranglers(project, name, text, folder):
    project.write(name, text)
    project.ok("export", "d1")
    assert sql_files(project, folder) == ["0001_create_auth_tables.sql"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "There is no wrangler.toml or wrangler.jsonc in"),
        ({"wrangler.toml": "name = 'shop'\n"}, "d1_databases in wrangler.toml has these: none."),
        ({"wrangler.toml": "name = \n"}, "can't be read as TOML"),
        ({"wrangler.jsonc": "{ d1_databases: [f()] }"}, "wrangler.jsonc:1: the value of `f()` can't be told"),
        ({"wrangler.toml": WRANGLER + 'migrations_dir = "../elsewhere"\n'}, "never writes outside of the project"),
        ({"wrangler.toml": WRANGLER + 'migrations_pattern = "migrations/*/migration.sql"\n'}, "would pass over files"),
        (
            {"a/wrangler.toml": WRANGLER, "b/wrangler.toml": WRANGLER},
            "a/wrangler.toml, b/wrangler.toml has these: a/migrations, b/migrations.",
        ),
    ],
)
def test_a_folder_that_is_not_clear_is_asked_for(project, files, said):
    for name, text in files.items():
        project.write(name, text)
    before = project.tree()
    result = project.run("export", "d1")
    assert (result.code, said in result.err) == (2, True), str(result)
    assert project.tree() == before
    assert project.run("export", "d1", "--out", "../x").code == 2
    project.ok("export", "d1", "--out", "x")
    assert sql_files(project, "x") == ["0001_create_auth_tables.sql"]


def test_files_of_others_are_left_alone_and_counted(shop):
    shop.write("migrations/0007_by_hand.sql", "CREATE VIEW v AS SELECT 1;\n")
    shop.ok("export", "d1")
    assert sql_files(shop) == ["0007_by_hand.sql", "0008_create_auth_tables.sql", "0009_create_products.sql"]


def refused(project: TestProject, *, code: int = 2) -> str:
    before = project.tree()
    result = project.run("export", "d1")
    assert result.code == code, str(result)
    assert project.tree() == before
    return result.err


def test_an_edited_file_is_not_taken_for_what_was_exported(shop):
    shop.ok("export", "d1")
    file = shop.root / "migrations" / "0002_create_products.sql"
    file.write_text(file.read_text().replace("seller_id TEXT", "seller_id TEXT DEFAULT 'x'"))
    assert "migrations/0002_create_products.sql was edited after it was exported" in refused(shop)
    assert shop.run("export", "d1", "--check").code == 2
    file.write_text("".join(line for line in file.read_text().splitlines(True) if "all below" not in line))
    shop.ok("export", "d1", "--check")


def test_a_revision_that_was_edited_since_is_told(shop):
    shop.ok("export", "d1")
    [file] = (shop.package / "migrations" / "versions").glob("*_create_products.py")
    text = file.read_text()
    file.write_text(text.replace('"""create products', '"""Create products'))
    shop.ok("heads", "--accept")
    shop.ok("export", "d1", "--check")
    file.write_text(text.replace("String(80)", "String(90)"))
    shop.ok("heads", "--accept")
    assert "was edited after it was exported to migrations/0002_create_products.sql" in refused(shop)


def test_a_revision_that_is_gone_or_out_of_order_is_told(shop):
    shop.ok("export", "d1")
    shop.ok("undo", "--yes")
    assert "migrations/0002_create_products.sql holds revision" in refused(shop)
    (shop.root / "migrations" / "0002_create_products.sql").unlink()
    shop.ok("export", "d1", "--check")
    (shop.root / "migrations" / "0001_create_auth_tables.sql").rename(shop.root / "migrations" / "0003_late.sql")
    shop.ok(*PRODUCTS)
    shop.ok("export", "d1")
    (shop.root / "migrations" / "0003_late.sql").rename(shop.root / "migrations" / "0009_later.sql")
    assert "which comes before it, is in no file" in refused(shop)


@pytest.mark.parametrize(
    ("name", "upgrade", "said"),
    [
        ("reads", 'op.get_bind().execute(sa.text("SELECT id FROM users")).all()', "asks the database (SELECT id FROM"),
        ("looks", 'sa.inspect(op.get_bind()).has_table("users")', "reads.py asks the database (PRAGMA"),
        ("vacuums", "op.execute(\"ATTACH ':memory:' AS other\")", "it is ATTACH, which D1 refuses"),
        ("hides", 'op.execute("CREATE TEMP TABLE t (id)")', "it makes something temporary"),
        ("tunes", 'op.execute("PRAGMA cache_size = 2")', "D1 refuses PRAGMA cache_size"),
        ("shouts", "op.execute(\"UPDATE users SET name = '\" + 'a' * 100_001 + \"'\")", "D1 takes 100,000 a statement"),
        ("widens", 'op.execute("CREATE TABLE w (" + ", ".join(f"c{n}" for n in range(101)) + ")")', "100 columns"),
    ],
)
def test_what_a_file_of_sql_or_d1_cannot_do_is_refused_by_name(shop, name, upgrade, said):
    revision(shop, name, upgrade)
    error = refused(shop)
    assert said.replace("reads.py", f"{name}.py") in error
    assert f"20300101_000002_{name}.py" in error


def test_a_rebuild_of_a_parent_is_refused_with_the_way_that_keeps_the_children(shop):
    shop.ok("add-table", "shop", "reviews", "product:ref=products", "text:text")
    shop.ok("alter-column", "products", "price:decimal=14.2:default=0")
    error = refused(shop)
    assert "_alter_price_of_products.py drops or rebuilds products while reviews refers to it" in error
    assert "scaffold add-column products new_COLUMN:TYPE:optional" in error
    assert "rebuild reviews so that it refers to products_new" in error


def test_a_table_that_refers_to_itself_is_a_parent(shop):
    shop.ok("new-domain", "tree", "--table", "nodes", "title:string=80", "parent:ref=nodes:optional")
    shop.ok("alter-column", "nodes", "title:string=90:optional")
    assert "_alter_title_of_nodes.py drops or rebuilds nodes while nodes itself refers to it" in refused(shop)


def test_a_drop_of_a_parent_with_its_children_is_no_loss(shop):
    shop.ok("add-table", "shop", "reviews", "product:ref=products", "text:text")
    shop.ok("drop-domain", "shop", "--yes")
    shop.ok("export", "d1")


def test_what_was_refused_can_be_written_by_hand(shop):
    revision(shop, "reads", 'op.get_bind().execute(sa.text("SELECT id FROM users")).all()')
    error = refused(shop)
    before = re.search(r"scaffold export d1 --to (\w+)\nthen write migrations/0003_reads\.sql", error)
    assert before
    shop.ok("export", "d1", "--to", before[1])
    lines = error[error.index("-- revision:") :]
    assert lines.splitlines()[-1].startswith("UPDATE alembic_version SET version_num='000000000002'")
    shop.write("migrations/0003_reads.sql", lines)
    shop.ok("export", "d1")
    assert sql_files(shop)[-1] == "0003_reads.sql"
