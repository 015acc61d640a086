"""Revisions written by hand, run by `scaffold migrate`."""

import json
import re

import pytest

from tests.projects import TestProject

REVISION = '''\
"""By hand."""

import sqlalchemy as sa
from alembic import op

revision = "{name}"
down_revision = "{down}"


def upgrade():
    {body}


def downgrade():
    pass
'''
ENV = '''\
"""As somebody else writes it."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
'''
BATCH = 'with op.batch_alter_table("products") as batch_op:\n        '


@pytest.fixture
def shop(project: TestProject) -> TestProject:
    """A project with products and lines of them, whose rows know each other."""
    project.ok("new-domain", "shop", "--table", "products", "name:text", "spare:text:optional")
    project.ok("new-domain", "sales", "--table", "lines", "product:ref=products")
    with project.connect() as connection:
        for statement in (
            "INSERT INTO organizations (id, name, slug, created_at) VALUES ('o', 'O', 'o', 0)",
            "INSERT INTO products (id, organization_id, name, created_at, updated_at) VALUES ('p', 'o', 'Pen', 0, 0)",
            "INSERT INTO lines (id, organization_id, product_id, created_at, updated_at) VALUES ('l', 'o', 'p', 0, 0)",
            "CREATE TRIGGER touch AFTER UPDATE OF name ON products BEGIN SELECT new.name; END",
        ):
            connection.exec_driver_sql(statement)
    return project


def revise(project: TestProject, *bodies: str) -> None:
    """Add revisions on top of the head."""
    [head] = project.execute("SELECT version_num FROM alembic_version")
    down = head[0]
    for number, body in enumerate(bodies, 1):
        name = f"{number:012}"
        text = REVISION.format(name=name, down=down, body=body)
        project.write(project.package / "migrations" / "versions" / f"2999010{number}_000000_by_hand.py", text)
        down = name


def test_a_rebuild_keeps_everything_and_names_the_backup(shop: TestProject) -> None:
    revise(shop, BATCH + 'batch_op.alter_column("name", type_=sa.String(80))')
    out = shop.ok("migrate")
    [backup] = re.findall(r"^  backup  (local\.db\.backup-\d{8}-\d{6})$", out, re.MULTILINE)
    assert (shop.root / backup).is_file()
    assert shop.execute("SELECT product_id FROM lines") == [("p",)]
    assert shop.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'") == [("touch",)]


def test_json_has_the_backup_too(shop: TestProject) -> None:
    assert json.loads(shop.ok("migrate", "--json"))["backup"] is None
    revise(shop, BATCH + 'batch_op.drop_column("spare")')
    assert json.loads(shop.ok("migrate", "--json"))["backup"].startswith("local.db.backup-")


def test_a_loss_is_told_and_nothing_is_changed(shop: TestProject) -> None:
    revise(shop, 'op.execute("UPDATE products SET name = 1")', 'op.execute("DELETE FROM products")')
    before = shop.execute("SELECT * FROM products"), shop.execute("SELECT * FROM alembic_version")
    result = shop.run("migrate")
    assert result.code == 1
    assert result.err.startswith(
        "Error: After the migration 1 row(s) of lines would refer to rows of products that don't exist,"
        " which no revision asks for; everything was rolled back.\n"
    )
    assert "DELETE FROM lines WHERE (product_id) NOT IN (SELECT id FROM products)" in result.err
    assert (shop.execute("SELECT * FROM products"), shop.execute("SELECT * FROM alembic_version")) == before
    assert not list(shop.root.glob("*backup*"))


def test_any_env_that_uses_its_connection_will_do(shop: TestProject) -> None:
    shop.write(shop.package / "migrations" / "env.py", ENV)
    revise(
        shop,
        BATCH + 'batch_op.create_check_constraint("named", "name <> \'\'")',
        BATCH + 'batch_op.alter_column("spare", nullable=False)',
    )
    before = shop.execute("SELECT sql FROM sqlite_master ORDER BY name")
    result = shop.run("migrate")
    assert "1 row(s) of products have no spare, which the migration makes required" in result.err
    assert shop.execute("SELECT sql FROM sqlite_master ORDER BY name") == before


def test_a_block_for_autocommit_runs_inside_the_transaction(shop: TestProject) -> None:
    revise(
        shop,
        'with op.get_context().autocommit_block():\n        op.create_index("named", "products", ["name"])',
        'op.execute("nonsense")',
    )
    assert shop.run("migrate").code == 1
    assert shop.execute("SELECT name FROM sqlite_master WHERE name = 'named'") == []


@pytest.mark.parametrize("verb", [("drop-column", "products", "spare", "--yes"), ("undo",)], ids=lambda verb: verb[0])
def test_verbs_name_it_as_well(shop: TestProject, verb: tuple[str, ...]) -> None:
    if verb[0] == "undo":
        shop.ok("add-column", "products", "color:text:optional")
    assert re.search(r"backup +local\.db\.backup-", shop.ok(*verb))
