"""Real wrangler applies what was exported, and lives on with the database that the tool has migrated."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.d1.conftest import Wrangler
from tests.d1.projects import LOCAL, PRODUCTS, on_wranglers_file, revision, schema, sql_files, with_wrangler
from tests.projects import TestProject

PEOPLE = (
    "INSERT INTO users (id, name, email, created_at, updated_at) VALUES ('u', 'U', 'e', 1, 1);"
    "INSERT INTO organizations (id, name, slug, created_at) VALUES ('o', 'O', 'o', 1);"
    "INSERT INTO products (id, name, seller_id, organization_id, created_at, updated_at)"
    " VALUES ('p', 'P', 'u', 'o', 1, 1);"
)
REVIEWS = (
    "INSERT INTO reviews (id, text, product_id, organization_id, created_at, updated_at)"
    " VALUES ('r', 'good', 'p', 'o', 1, 1);"
)

AGAIN = PEOPLE.partition(";")[0]

Query = Callable[[str], list[dict[str, object]]]


@pytest.fixture
def shop(project: TestProject) -> TestProject:
    project = with_wrangler(project)
    project.ok(*PRODUCTS)
    return project


@pytest.fixture
def apply(shop: TestProject, wrangler: Wrangler) -> Callable[[], str]:
    return lambda: wrangler(shop.root, "d1", "migrations", "apply", "DB", "--local")


@pytest.fixture
def query(shop: TestProject, wrangler: Wrangler) -> Query:
    """Run SQL through wrangler; the rows of the last statement."""

    def ask(sql: str) -> list[dict[str, object]]:
        said = wrangler(shop.root, "d1", "execute", "DB", "--local", "--json", "--command", sql)
        return json.loads(said)[-1]["results"]  # type: ignore[no-any-return]

    return ask


def file_of(project: TestProject) -> Path:
    [file] = [one for one in project.root.glob(LOCAL.removeprefix("sqlite:///")) if one.name != "metadata.sqlite"]
    return file


def test_wrangler_applies_what_was_exported(shop, apply, query):
    shop.ok("export", "d1")
    apply()
    query(PEOPLE)
    shop.ok("add-column", "products", "size:int:optional")
    shop.ok("alter-column", "products", "name:string=200:optional")
    shop.ok("drop-column", "products", "size", "--yes")
    revision(shop, "fill", "op.execute(\"UPDATE products SET name = name || ' ;'\")")
    shop.ok("migrate")
    shop.ok("export", "d1")
    apply()
    assert query("SELECT name, seller_id FROM products") == [{"name": "P ;", "seller_id": "u"}]
    assert schema(file_of(shop)) == schema(shop.database)
    assert "Nothing to apply." in shop.ok("migrate", SHOPDB_URL=f"sqlite:///{file_of(shop)}")


def test_wranglers_own_file_is_migrated_and_stays_wranglers(shop, apply, query):
    shop.ok("export", "d1")
    apply()
    query(PEOPLE)
    shop.ok("add-column", "products", "size:int:optional", "--no-migrate")
    shop = on_wranglers_file(shop)
    assert "add_size_to_products" in shop.ok("migrate")
    shop.ok("alter-column", "products", "name:string=200:optional")
    assert "rename_note_of_products" in shop.ok("rename-column", "products", "note", "remark")
    assert shop.ok("doctor") == "Nothing is wrong.\n"
    assert shop.ok("generate", "--check") == "The migrations make what the models say; there is nothing to generate.\n"
    written = shop.ok("export", "d1")
    names = sql_files(shop)
    assert [line for line in written.splitlines() if "record" in line] == [f"  record  {name}" for name in names[2:]]
    assert "No migrations to apply" in apply()
    assert query("SELECT id, seller_id, size FROM products") == [{"id": "p", "seller_id": "u", "size": None}]
    assert {"d1_migrations", "alembic_version"} <= {row["name"] for row in query("SELECT name FROM sqlite_master")}


def test_a_rebuilt_parent_loses_its_children_on_d1(shop, apply, query):
    shop.ok("add-table", "shop", "reviews", "product:ref=products", "text:text")
    shop.ok("export", "d1")
    apply()
    query(PEOPLE + REVIEWS)
    shop.ok("alter-column", "products", "price:decimal=14.2:default=0")
    assert shop.run("export", "d1").code == 2
    rebuilt = (
        "PRAGMA defer_foreign_keys = on; CREATE TABLE n AS SELECT * FROM products; DROP TABLE products;"
        "ALTER TABLE n RENAME TO products;"
    )
    query(rebuilt)
    assert query("SELECT count(*) AS n FROM reviews") == [{"n": 0}]


def test_steps_of_alter_table_keep_the_children(shop, apply, query):
    shop.ok("add-table", "shop", "reviews", "product:ref=products", "text:text")
    shop.ok("export", "d1")
    apply()
    query(PEOPLE + REVIEWS)
    shop.ok("add-column", "products", "new_note:string=80:optional")
    revision(shop, "copy", 'op.execute("UPDATE products SET new_note = note")')
    shop.ok("migrate")
    shop.ok("drop-column", "products", "note", "--yes")
    shop.ok("rename-column", "products", "new_note", "note")
    shop.ok("export", "d1")
    apply()
    assert query("SELECT note, text FROM reviews JOIN products ON products.id = product_id") == [
        {"note": "it's;", "text": "good"}
    ]


SECOND_WAY = '''\
op.execute("""CREATE TABLE products_new (
    id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE)""")
op.execute("INSERT INTO products_new SELECT id, name, organization_id FROM products")
with op.batch_alter_table("reviews") as batch:
    batch.drop_constraint("reviews_product_id_products_id_fk", type_="foreignkey")
    batch.create_foreign_key("reviews_product_id_products_id_fk", "products_new", ["product_id"], ["id"],
        ondelete="CASCADE")
'''


def test_children_that_are_pointed_elsewhere_first_are_kept_as_well(shop, apply, query):
    shop.ok("add-table", "shop", "reviews", "product:ref=products", "text:text")
    shop.ok("export", "d1")
    apply()
    query(PEOPLE + REVIEWS)
    revision(shop, "point", SECOND_WAY)
    shop.ok("migrate")
    names = ("name", "organization_id", "seller_id")
    dropped = "".join(f'op.drop_index("products_{name}_idx", "products")\n' for name in names)
    revision(shop, "swap", f'{dropped}op.drop_table("products")\nop.rename_table("products_new", "products")')
    shop.ok("migrate")
    shop.ok("export", "d1")
    apply()
    assert query("SELECT name, text FROM reviews JOIN products ON products.id = product_id") == [
        {"name": "P", "text": "good"}
    ]
    query("DELETE FROM products")
    assert query("SELECT count(*) AS n FROM reviews") == [{"n": 0}]


def test_a_file_that_fails_is_rolled_back_whole(shop, wrangler, apply, query):
    shop.ok("export", "d1")
    apply()
    query(PEOPLE)
    revision(shop, "insert", f"op.execute({AGAIN!r})\nop.create_table('t', sa.Column('id', sa.Integer))")
    shop.ok("migrate")
    shop.ok("export", "d1")
    said = wrangler(shop.root, "d1", "migrations", "apply", "DB", "--local", ok=False)
    assert "UNIQUE constraint failed: users." in said
    assert query("SELECT name FROM d1_migrations")[-1] == {"name": "0002_create_products.sql"}
    assert query("SELECT name FROM sqlite_master WHERE name = 't'") == []
