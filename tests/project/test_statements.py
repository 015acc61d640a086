"""What the same statements make is the same, and what else there is to compare."""

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.ddl.base import AddColumn, RenameTable
from sqlalchemy.dialects import sqlite

from scaffold.history import asks_no_database
from scaffold.project import compare, models, statements
from scaffold.project import config as configuration
from scaffold.project.databases import local
from scaffold.project.history import History
from scaffold.project.statements import TYPES, About, Listener, Statements, Unclear, needed, with_targets
from tests.projects import TestProject


def table(name: str, *items: Any, **options: Any) -> sa.Table:
    return sa.Table(name, sa.MetaData(), sa.Column("id", sa.Text(), primary_key=True), *items, **options)


def heard(*constructs: Any) -> Statements:
    listener = Listener(sqlite.dialect())
    for construct in constructs:
        listener.hear(construct)
    return listener.heard


def test_the_same_statements_are_alike() -> None:
    def made(*constraints: Any) -> Statements:
        products = table("products", sa.Column("size", sa.Integer()), *constraints)
        return heard(sa.schema.CreateTable(products), sa.schema.CreateIndex(sa.Index("sizes", products.c.size)))

    small, large = sa.CheckConstraint("size > 0", name="small"), sa.CheckConstraint("size < 9", name="large")
    assert not made(small, large).unlike(made(large._copy(), small._copy()))
    assert made(small._copy()).unlike(made()) == {"products"}


def test_a_type_that_this_database_does_not_tell_is_unlike() -> None:
    flags, numbers = (
        heard(sa.schema.CreateTable(table("products", sa.Column("flag", kind))))
        for kind in (sa.Integer(), sa.SmallInteger().with_variant(sa.Integer(), "sqlite"))
    )
    assert flags.made == numbers.made
    assert flags.unlike(numbers) == {"products"}


def test_what_only_one_side_has_is_unlike() -> None:
    assert heard(sa.schema.CreateTable(table("products"))).unlike(Statements()) == {"products"}
    assert not heard(sa.schema.CreateTable(table("alembic_version"))).unlike(Statements())


@pytest.mark.parametrize(
    "construct",
    [
        AddColumn("products", sa.Column("size", sa.Integer())),
        RenameTable("products", "goods"),
        sa.schema.DropIndex(sa.Index("sizes", table("products").c.id)),
        sa.schema.AddConstraint(sa.UniqueConstraint(table("products").c.id)),
    ],
)
def test_a_table_that_is_changed_later_is_compared(construct: Any) -> None:
    made = sa.schema.CreateTable(table("products"))
    assert "products" in heard(made, construct).unlike(heard(made))


def test_a_table_that_is_gone_is_not() -> None:
    products = table("products")
    assert not heard(sa.schema.CreateTable(products), sa.schema.DropTable(products)).unlike(Statements())


@pytest.mark.parametrize(
    "construct",
    [
        sa.text("CREATE TABLE products (id TEXT)"),
        sa.text("DELETE FROM a; DROP TABLE products"),
        sa.text("SELECT 1"),
        "PRAGMA foreign_keys=OFF",
        sa.schema.CreateTable(table("products", schema="other")),
        sa.schema.CreateTable(table("products", prefixes=["TEMPORARY"])),
        sa.schema.CreateTable(table("products", postgresql_inherits="goods")),
        sa.schema.CreateSequence(sa.Sequence("numbers")),
        sa.schema.DropIndex(sa.Index("sizes", table("no_table").c.id)),
        sa.schema.DropTable(table("Things")),
        AddColumn("Things", sa.Column("size", sa.Integer())),
        RenameTable("Things", "goods"),
        RenameTable("things", "Things"),
        sa.schema.CreateTable(table("THINGS")),
        sa.update(sa.table("things", sa.column("id"))).values(id=sa.text("(SELECT name FROM others)")),
        sa.insert(sa.table("Things")),
    ],
)
def test_what_may_do_anything(construct: Any) -> None:
    with pytest.raises(Unclear):
        heard(sa.schema.CreateTable(table("things")), construct)


def test_rows_are_no_part_of_a_table() -> None:
    listener = Listener(sqlite.dialect())
    products = table("products")
    old = table("old-notes")
    for construct in (sa.schema.CreateTable(products), sa.schema.CreateTable(old), sa.schema.DropTable(old)):
        listener.hear(construct)
    assert listener.hear(sa.text("UPDATE PRODUCTS SET id = lower(id)")) == About(used={"products"})
    assert listener.hear(sa.text('DELETE FROM products WHERE id IN (SELECT id FROM "old-notes")')) == About(
        used={"products", "old-notes"}
    )
    listener.hear(sa.schema.CreateTable(old))
    assert listener.hear(sa.insert(products)) == About(used={"products"})
    copying = sa.insert(products).from_select(["id"], sa.select(old.c.id))
    assert listener.hear(copying) == About(used={"products", "old-notes"})
    filled = sa.update(products).values(id=sa.select(old.c.id).scalar_subquery())
    assert listener.hear(filled) == About(used={"products", "old-notes"})
    assert listener.hear(sa.update(products).values(id=sa.text("'x'"))) == About(used={"products"})
    assert not listener.heard.changed


def test_the_revisions_that_a_table_needs() -> None:
    metadata = sa.MetaData()
    id_ = sa.Column("id", sa.Text(), primary_key=True)
    sa.Table("users", metadata, id_._copy())
    sa.Table("orders", metadata, id_._copy(), sa.Column("user", sa.ForeignKey("users.id")))
    sa.Table("lines", metadata, id_._copy(), sa.Column("order", sa.ForeignKey("orders.id")))
    sa.Table("posts", metadata, id_._copy(), sa.Column("user", sa.ForeignKey("users.id")))
    sides = heard(*map(sa.schema.CreateTable, metadata.sorted_tables))
    about = {
        "1": About({"users"}),
        "2": About({"orders"}),
        "3": About({"lines"}),
        "4": About({"posts"}),
        "5": About({"orders"}, used={"posts"}),
    }
    assert with_targets({"lines"}, [sides]) == {"lines", "orders", "users"}
    assert needed({"users"}, sides, about) == {"1"}
    assert needed({"posts"}, sides, about) == {"1", "4"}
    types = {**about, "6": About({TYPES})}
    assert needed({"users"}, sides, types) == {"1", "6"}
    # What a revision needs for something else has to be there as well.
    assert needed({"lines"}, sides, about) == {"1", "2", "3", "4", "5"}


@pytest.mark.parametrize(
    ("line", "asks"),
    [
        ('if op.get_context().dialect.name == "sqlite": pass', False),
        ("if op.get_context().as_sql: pass", True),
        ("if op.get_context().bind is None: pass", True),
        ("sa.inspect(op.get_bind())", True),
        ("from shop.helpers import make", True),
        ("from alembic import context", True),
    ],
)
def test_a_revision_that_asks_a_database(line: str, asks: bool) -> None:
    assert asks_no_database(f"from alembic import op\n\n\ndef upgrade():\n    {line}\n".encode()) is not asks


def test_nothing_but_what_differs_is_compared(tmp_path: Any) -> None:
    project = TestProject(tmp_path / "shop")
    project.ok("new-domain", "shop", "--table", "products", "name:text")
    project.ok("new-domain", "sales", "--table", "orders", "product:ref=products")
    project.ok("new-domain", "web", "--table", "visits", "path:text")
    module = project.package / "tables" / "sales.py"
    module.write_text(module.read_text() + "    note: Mapped[str | None]\n")
    found = configuration.find(project.root)
    with models.importable(found):
        comparison = compare.compare(History(found), lambda: models.metadata(found), local(found))
        assert {"orders", "products"} <= comparison.before.keys()
        assert "visits" not in comparison.before
        assert [difference.table for difference in comparison.differences] == ["orders"]
        assert statements.of_models(models.metadata(found), local(found)) is not None


def test_an_index_with_a_condition_is_heard() -> None:
    def made(condition: Any) -> Statements:
        products = table("products", sa.Column("size", sa.Integer()))
        options = {"sqlite_where": condition(products), "postgresql_where": condition(products)}
        index = sa.Index("sizes", products.c.size, **options)
        return heard(sa.schema.CreateTable(products), sa.schema.CreateIndex(index))

    assert not made(lambda found: found.c.size > 0).unlike(made(lambda _: sa.text("size > 0")))
    assert made(lambda found: found.c.size > 0).unlike(made(lambda _: None)) == {"products"}


@pytest.mark.parametrize("name", statements.NAMES)
def test_what_scaffold_writes_is_alike_on_every_database(tmp_path: Any, name: str) -> None:
    project = TestProject(tmp_path / "shop")
    project.ok(
        "new-domain", "shop", "--table", "products", "name:text:index", "slug:string=80:unique", "user:ref=users"
    )
    found = configuration.find(project.root)
    database = local(found).on(name)
    with models.importable(found):
        revisions = statements.of_revisions(History(found), database)
        theirs = statements.of_models(models.metadata(found), database)
    assert theirs is not None
    assert "products" in theirs.made
    assert "products" not in revisions[0].unlike(theirs)


def told(comparison: compare.Comparison) -> list[tuple[str, ...]]:
    """The differences; a new table's indexes have no order of their own."""
    return sorted((type(one).__name__, one.table, getattr(one, "column", "")) for one in comparison.differences)


REVISION = """
from alembic import op

revision = "{revision}"
down_revision = "{down}"


def upgrade() -> None:
    {body}


def downgrade() -> None:
    pass
"""


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ('op.drop_index("visits_path_idx", if_exists=True)', "visits"),
        ('op.drop_table("VISITS", if_exists=True)', "visits"),
        (
            'if op.get_context().dialect.name == "postgresql":\n'
            '        op.alter_column("visits", "path", nullable=True)',
            None,
        ),
        ('op.execute("UPDATE visits SET path = (SELECT max(name) FROM PRODUCTS)")', None),
    ],
)
def test_revisions_by_hand(tmp_path: Any, body: str, found: str | None) -> None:
    project = TestProject(tmp_path / "shop")
    project.ok("new-domain", "shop", "--table", "products", "name:text")
    project.ok("new-domain", "web", "--table", "visits", "path:text:index")
    versions = project.package / "migrations" / "versions"
    down = (versions / "HEAD").read_text().strip()
    (versions / "29990101_000000_by_hand.py").write_text(REVISION.format(revision="abc", down=down, body=body))
    module = project.package / "tables" / "web.py"
    module.write_text(module.read_text() + "    note: Mapped[str | None]\n")
    config = configuration.find(project.root)
    with models.importable(config):
        some, everything = (
            compare.compare(History(config), lambda: models.metadata(config), local(config), whole=whole)
            for whole in (False, True)
        )
    assert told(some) == told(everything)
    assert found is None or found in {difference.table for difference in some.differences}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("pass", ""),
        ("op.get_bind()", "29990101_000000_by_hand.py may ask a database"),
        ('op.execute("VACUUM")', "29990101_000000_by_hand.py runs what may change any table"),
        ('op.create_table("visits", named="web")', "the revisions do not run without one: TypeError"),
    ],
)
def test_the_long_way_is_told(tmp_path: Any, body: str, reason: str) -> None:
    project = TestProject(tmp_path / "shop")
    versions = project.package / "migrations" / "versions"
    (versions / "29990101_000000_by_hand.py").write_text(
        REVISION.format(revision="abc", down="3d1f0c5a9b72", body=body)
    )
    said = project.run("--debug", "generate", "-m", "nothing", "--dry-run").err
    notes = [line for line in said.splitlines() if line.startswith("Debug: All tables are made on databases")]
    assert len(notes) == bool(reason)
    assert reason in "".join(notes)
