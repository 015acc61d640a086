"""`scaffold generate`: the models were edited by hand, and the migration follows."""

import json
import sys
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa

from appdb.sqlite import register
from tests.cli.terminal import Terminal
from tests.projects import REPOSITORY, TestProject

FIELDS = (
    "slug:string=80:unique",
    "name:text",
    "price:decimal=12.2:default=0",
    "status:enum=draft,published:default=draft",
    "meta:json:optional",
    "author:ref=users:optional",
    "shown:bool:default=true",
    "note:text:optional",
    "place:int:default=0:index",
)
NOTHING = "The migrations make what the models say; there is nothing to generate.\n"

EDITS = {
    "type": ("types.String(80)", "types.String(90)"),
    "precision that SQLite can't tell": ("types.Decimal(12, 2)", "types.Decimal(14, 2)"),
    "default": ('server_default="draft"', 'server_default="published"'),
    "default that goes": ('mapped_column(server_default="draft")', "mapped_column()"),
    "optional": ("name: Mapped[str]", "name: Mapped[str | None]"),
    "required": ("note: Mapped[str | None]", "note: Mapped[str]"),
    "enum values": ('"draft", "published"]', '"draft", "published", "archived"]'),
    "enum order": ('"draft", "published"]', '"published", "draft"]'),
    "on delete": ('ondelete="SET NULL"', 'ondelete="CASCADE"'),
    "checked at the commit": ('ondelete="SET NULL"', 'ondelete="SET NULL", deferrable=True, initially="DEFERRED"'),
    "column checked at the commit": (
        "note: Mapped[str | None]",
        "note: Mapped[str | None]\n    b_id: Mapped[str | None] = mapped_column("
        'ForeignKey("users.id", deferrable=True, initially="DEFERRED"))',
    ),
    "index that goes": ("index=True, server_default", "server_default"),
    "index that comes": ("name: Mapped[str]", "name: Mapped[str] = mapped_column(types.ShortText, index=True)"),
    "column": ("note: Mapped[str | None]", "note: Mapped[str | None]\n    size: Mapped[int | None]"),
    "column that goes": ("    note: Mapped[str | None]\n", ""),
    "partial index": (
        "",
        '    __table_args__ = (Index("big", "place", sqlite_where=BIG, postgresql_where=BIG),)\n'.replace(
            "BIG", 'text("place > 9")'
        ),
    ),
    "CHECK": ("", '    __table_args__ = (CheckConstraint("place < 10", name="small"),)\n'),
    "unique over two": ("", '    __table_args__ = (UniqueConstraint("place", "author_id"),)\n'),
}


ALBUMS = """\
class Album(HasId, Base):
    __tablename__ = "albums"

    zoo_id: Mapped[str] = mapped_column(ForeignKey("zoos.id"))


class Zoo(HasId, Base):
    __tablename__ = "zoos"


"""


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> TestProject:
    """A project with one domain, whose local database does not exist."""
    project = TestProject(tmp_path_factory.mktemp("generate") / "project")
    project.ok("new-domain", "shop", "--table", "products", *FIELDS, "--no-migrate")
    return project


@pytest.fixture
def shop(blank: TestProject, tmp_path) -> TestProject:
    return blank.copy(tmp_path / "shop")


@pytest.fixture
def shop_on_any_database(blank: TestProject, tmp_path, database_url: str) -> TestProject:
    project = blank.copy(tmp_path / "shop")
    project.environment = {"SHOPDB_URL": database_url}
    return project


def edit(project: TestProject, old: str, new: str, file: str = "shop") -> None:
    path = project.package / "tables" / f"{file}.py"
    text = path.read_text()
    if not old:
        head = '    __tablename__ = "products"\n'
        old, new = head, head + new
        text = text.replace(
            "from sqlalchemy import ", "from sqlalchemy import CheckConstraint, Index, UniqueConstraint, "
        )
    assert old in text
    path.write_text(text.replace(old, new, 1))


def close(project: TestProject) -> None:
    """No model is left of the domain."""
    (project.package / "tables" / "shop.py").unlink()
    (project.package / "tables" / "__init__.py").write_text('"""Every domain table, one export line each."""\n')


def shapes(project: TestProject) -> object:
    """All that the local database's catalogue says."""
    if project.url.startswith("sqlite"):
        register()  # the package's dialect, which reads whole what a REFERENCES beside a column says
    engine = sa.create_engine(project.url, poolclass=sa.NullPool)
    inspector = sa.inspect(engine)
    found = {
        name: (
            {c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in inspector.get_columns(name)},
            sorted(str(sorted(i.items(), key=str)) for i in inspector.get_indexes(name)),
            sorted(str((c["name"], c["sqltext"])) for c in inspector.get_check_constraints(name)),
            sorted(str((k["constrained_columns"], k["options"])) for k in inspector.get_foreign_keys(name)),
        )
        for name in inspector.get_table_names()
    }
    engine.dispose()
    return found


def run_alembic(project: TestProject, *commands: tuple[str, str]) -> None:
    project.python(
        "from alembic import command, config\n"
        f"made = config.Config(attributes={{'url': {project.url!r}}})\n"
        "made.set_main_option('script_location', 'src/shopdb/migrations')\n"
        + "".join(f"command.{name}(made, {target!r})\n" for name, target in commands)
    )


def test_nothing_to_do(shop: TestProject) -> None:
    before = shop.tree()
    assert shop.ok("generate", "-m", "nothing") == NOTHING
    assert shop.ok("generate", "--check") == NOTHING
    assert json.loads(shop.ok("generate", "-m", "nothing", "--json"))["revision"] is None
    assert shop.tree() == before


def test_it_needs_no_local_database(shop: TestProject) -> None:
    edit(shop, *EDITS["enum values"])
    shop.ok("generate", "-m", "archive", "--no-migrate")
    assert not shop.database.exists()
    assert shop.ok("generate", "--check") == NOTHING


@pytest.mark.parametrize("name", EDITS)
def test_every_kind_of_edit_is_seen_once(shop: TestProject, name: str) -> None:
    edit(shop, *EDITS[name])
    found = shop.run("generate", "--check")
    assert found.code == 1
    assert "products" in found.err
    assert "differed before" not in shop.ok("generate", "-m", name, "--yes")
    assert shop.ok("generate", "-m", name) == NOTHING


def test_a_change_that_sqlite_can_not_tell_is_written_for_the_others(shop: TestProject) -> None:
    edit(
        shop,
        'Mapped[bool] = mapped_column(server_default=text("true"))',
        'Mapped[int] = mapped_column(server_default=text("1"))',
    )
    shop.ok("generate", "-m", "count")
    [text] = [text for name, text in shop.revisions().items() if name == "count"]
    assert "existing_type=types.Boolean()" in text
    assert "type_=sa.Integer()" in text


def test_many_edits_at_once_on_every_database(shop_on_any_database: TestProject) -> None:
    shop = shop_on_any_database
    shop.ok("migrate")
    before = shapes(shop)
    for name in ("type", "precision that SQLite can't tell", "enum values", "on delete", "column", "CHECK"):
        edit(shop, *EDITS[name])
    edit(shop, "name: Mapped[str]", "title: Mapped[str]")
    edit(
        shop,
        "    meta: Mapped[dict[str, Any] | None]\n",
        '    kind: Mapped[Literal["a", "b"]] = mapped_column(server_default="a")\n',
    )
    text = shop.ok("generate", "-m", "many", "--rename", "products.name=title", "--not-renamed", "products.meta")
    assert "many" in text
    assert shop.ok("generate", "--check") == NOTHING
    after = shapes(shop)
    run_alembic(shop, ("downgrade", "-1"))
    assert shapes(shop) == before
    run_alembic(shop, ("upgrade", "head"), ("downgrade", "base"), ("upgrade", "head"))
    assert shapes(shop) == after


ARGUMENTS = """\
    __table_args__ = (
        CheckConstraint("place < 10", name="small"),
        Index("big", "place", sqlite_where=text("place > 9"), postgresql_where=text("place > 9")),
    )
"""


def test_what_a_plain_comparison_misses_is_seen_on_every_database(shop_on_any_database: TestProject) -> None:
    shop = shop_on_any_database
    edit(shop, "", ARGUMENTS)
    shop.ok("generate", "-m", "arguments")
    edit(shop, '"draft", "published"]', '"published", "gone", "draft"]')
    edit(shop, 'server_default="draft"', 'server_default="published"')
    edit(shop, 'text("0.00")', 'text("1.50")')
    edit(shop, '"place < 10", name', '"place < 11", name')
    edit(shop, 'sqlite_where=text("place > 9")', 'sqlite_where=text("place > 8")')
    edit(shop, 'postgresql_where=text("place > 9")', 'postgresql_where=text("place > 8")')
    found = shop.run("generate", "--check")
    assert found.code == 1
    for said in ("no CHECK products_status_", "status: default 'draft'", "price: default 0.00", "_small_check"):
        assert said in found.err
    # An index of MySQL holds every row, so there is nothing to see there.
    assert ("index big" in found.err) is not shop.url.startswith("mysql")
    shop.ok("generate", "-m", "change them")
    assert shop.ok("generate", "--check") == NOTHING
    run_alembic(shop, ("downgrade", "-1"), ("upgrade", "head"))


def test_a_key_of_two_columns_comes_changes_and_goes(shop_on_any_database: TestProject) -> None:
    shop = shop_on_any_database
    edit(shop, "", '    __table_args__ = (UniqueConstraint("name", "place", name="places"),)\n')
    edit(shop, "name: Mapped[str]", "name: Mapped[str] = mapped_column(types.ShortText())")
    shop.ok("generate", "-m", "places")
    shop.ok("add-table", "shop", "shelves", "label:string=255", "floor:int")
    edit(
        shop,
        "label: Mapped[str] = mapped_column(types.String(255))",
        "label: Mapped[str] = mapped_column(types.ShortText())",
    )
    shop.ok("generate", "-m", "short")
    before = shapes(shop)
    head = '    __tablename__ = "shelves"\n'
    key = 'ForeignKeyConstraint(["label", "floor"], ["products.name", "products.place"], name="stand_fk")'
    edit(shop, "from sqlalchemy import ", "from sqlalchemy import ForeignKeyConstraint, ")
    edit(shop, head, f"{head}    __table_args__ = ({key},)\n")
    shop.ok("generate", "-m", "stand")
    edit(shop, 'name="stand_fk"', 'name="stand_fk", ondelete="CASCADE"')
    shop.ok("generate", "-m", "fall")
    text = shop.revisions()["fall"]
    assert text.count("stand_fk") == 4
    edit(shop, f'    __table_args__ = ({key[:-1]}, ondelete="CASCADE"),)\n', "")
    shop.ok("generate", "-m", "lie")
    assert shop.ok("generate", "--check") == NOTHING
    assert shapes(shop) == before
    run_alembic(shop, ("downgrade", "-3"), ("upgrade", "head"))


def test_what_is_renamed_and_referred_to_in_another_way_at_once(shop_on_any_database: TestProject) -> None:
    shop = shop_on_any_database
    shop.ok("add-table", "shop", "lines", "--no-tenant", "note:text")
    shop.ok("add-column", "lines", "buyer:ref=users:optional", "product:ref=products:optional")
    before = shapes(shop)
    module = shop.package / "tables" / "shop.py"
    head, line = module.read_text().split("class Line(")
    head = head.replace('"products"', '"goods"')
    line = line.replace("buyer_id:", "payer_id:").replace('"products.id", ondelete="SET NULL"', '"goods.id"')
    module.write_text(head + "class Line(" + line.replace('ondelete="SET NULL"', 'ondelete="RESTRICT"'))
    shop.ok("generate", "-m", "goods", "--rename", "products=goods", "--rename", "lines.buyer_id=payer_id", "--yes")
    assert shop.ok("generate", "--check") == NOTHING
    run_alembic(shop, ("downgrade", "-1"))
    assert shapes(shop) == before


def test_what_sqlite_still_calls_by_an_old_name_is_called_by_the_new_one_elsewhere(shop: TestProject) -> None:
    shop.ok("add-column", "products", "buyer:ref=users:optional")
    shop.ok("rename-table", "products", "goods")
    edit(shop, "name: Mapped[str]", "name: Mapped[str | None]")
    shop.ok("generate", "-m", "optional")
    assert "products" not in shop.revisions()["optional"]
    edit(shop, 'ForeignKey("users.id", ondelete="SET NULL")', 'ForeignKey("users.id", ondelete="CASCADE")')
    shop.ok("generate", "-m", "cascade")
    assert "goods_author_id_users_id_fk" in shop.revisions()["cascade"]
    assert "products" not in shop.revisions()["cascade"]
    assert shop.ok("generate", "--check") == NOTHING


PAY = """

class Pay(HasId, Base):
    __tablename__ = "pays"

    code: Mapped[int | None] = mapped_column(ForeignKey("products.code"))
"""


def test_what_a_key_refers_to_is_unique_before_it_comes_and_until_it_is_gone(shop_on_any_database: TestProject) -> None:
    shop = shop_on_any_database
    note = "note: Mapped[str | None]"
    edit(shop, note, f"{note}\n    code: Mapped[int]")
    shop.ok("generate", "-m", "code")
    shop.ok("add-table", "shop", "aisles", "code:int")
    before = shapes(shop)
    module = shop.package / "tables" / "shop.py"
    plain, exports = module.read_text(), shop.package / "tables" / "__init__.py"
    edit(shop, "code: Mapped[int]", "code: Mapped[int] = mapped_column(unique=True)")
    aisle = 'code: Mapped[int] = mapped_column(ForeignKey("products.code"))'
    module.write_text(aisle.join(module.read_text().rsplit("code: Mapped[int]", 1)) + PAY)
    exported = exports.read_text()
    exports.write_text(f"{exported}from shopdb.tables.shop import Pay as Pay\n")
    shop.ok("generate", "-m", "pay by code")
    assert shop.ok("generate", "--check") == NOTHING
    after = shapes(shop)
    module.write_text(plain)
    exports.write_text(exported)
    shop.ok("generate", "-m", "no more codes", "--allow-drop", "pays", "--yes")
    assert shapes(shop) == before
    run_alembic(shop, ("downgrade", "-1"))
    assert shapes(shop) == after


def test_a_type_that_only_one_database_has(blank: TestProject, tmp_path: Path, postgresql_url: str) -> None:
    shop = blank.copy(tmp_path / "shop")
    shop.environment = {"SHOPDB_URL": postgresql_url}
    edit(
        shop, "from sqlalchemy import ", "from sqlalchemy.dialects.postgresql import TSVECTOR\nfrom sqlalchemy import "
    )
    note = "note: Mapped[str | None]"
    edit(shop, note, f"{note}\n    words: Mapped[str | None] = mapped_column(TSVECTOR)")
    shop.ok("generate", "-m", "words")
    edit(shop, "mapped_column(TSVECTOR)", "mapped_column(TSVECTOR, index=True)")
    edit(shop, *EDITS["default"])
    shop.ok("generate", "-m", "default")
    assert shop.ok("generate", "--check") == NOTHING


def test_a_stored_column_for_rows_that_are_there(shop_on_any_database: TestProject) -> None:
    shop = shop_on_any_database
    shop.ok("migrate")
    shop.execute(
        "INSERT INTO organizations (id, name, slug, created_at) VALUES ('o', 'O', 'o', CREATED)".replace(
            "CREATED", "now()" if shop.url.startswith("postgresql") else "0"
        )
    )
    edit(shop, "from sqlalchemy import ", "from sqlalchemy import Computed, ")
    place = 'server_default=text("0"))\n'
    edit(shop, place, f'{place}    double: Mapped[int | None] = mapped_column(Computed("place * 2", persisted=True))\n')
    shop.ok("generate", "-m", "double")
    assert shop.ok("generate", "--check") == NOTHING
    edit(shop, "double: Mapped", "twice: Mapped")
    shop.ok("generate", "-m", "twice", "--rename", "products.double=twice")
    assert shop.ok("generate", "--check") == NOTHING
    run_alembic(shop, ("downgrade", "-1"), ("upgrade", "head"))


TIMINGS = (
    "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE conrelid = 'products'::regclass AND condeferrable ORDER BY conname"
)


def test_when_a_constraint_is_checked_is_compared(blank: TestProject, tmp_path: Path, postgresql_url: str) -> None:
    shop = blank.copy(tmp_path / "shop")
    shop.environment = {"SHOPDB_URL": postgresql_url}
    shop.ok("migrate")
    edit(shop, *EDITS["column checked at the commit"])
    edit(shop, "", '    __table_args__ = (UniqueConstraint("place", "b_id", deferrable=True, initially="DEFERRED"),)\n')
    assert "differed before" not in shop.ok("generate", "-m", "later")
    later = shop.execute(TIMINGS)
    assert [definition for _, definition in later] == [
        "FOREIGN KEY (b_id) REFERENCES users(id) DEFERRABLE INITIALLY DEFERRED",
        "UNIQUE (place, b_id) DEFERRABLE INITIALLY DEFERRED",
    ]
    edit(shop, 'ForeignKey("users.id", deferrable=True, initially="DEFERRED")', 'ForeignKey("users.id")')
    edit(shop, 'deferrable=True, initially="DEFERRED"', "deferrable=True")
    found = shop.run("generate", "--check")
    assert "foreign key (b_id) to users (id) ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED becomes" in found.err
    assert "(place, b_id) DEFERRABLE INITIALLY DEFERRED becomes unique constraint" in found.err
    shop.ok("generate", "-m", "at once")
    assert [definition for _, definition in shop.execute(TIMINGS)] == ["UNIQUE (place, b_id) DEFERRABLE"]
    assert shop.ok("generate", "--check") == NOTHING
    shop.ok("undo")
    assert shop.execute(TIMINGS) == later


def test_another_spelling_is_no_difference_that_is_told(shop_on_any_database: TestProject) -> None:
    shop = shop_on_any_database
    shop.ok("migrate")
    shop.execute("CREATE INDEX extra ON products (place)")
    edit(shop, "", '    __table_args__ = (Index("places", text("place DESC")),)\n')
    sums = 'sums: Mapped[Decimal] = mapped_column(types.Decimal(12, 2), server_default=text("(1.5 + 1)"))'
    edit(shop, "note: Mapped[str | None]", f"note: Mapped[str | None]\n    {sums}")
    told = [line for line in shop.ok("generate", "-m", "more").splitlines() if "differed before" in line]
    assert len(told) == 1
    assert "drop_index(op.f('extra'), table_name='products')" in told[0]
    assert shop.ok("generate", "--check") == NOTHING


def test_defaults_that_postgresql_spells_otherwise(blank: TestProject, tmp_path: Path, postgresql_url: str) -> None:
    shop = blank.copy(tmp_path / "shop")
    shop.environment = {"SHOPDB_URL": postgresql_url}
    shop.ok("migrate")
    shop.execute("ALTER TABLE products ALTER place SET DEFAULT 7")
    day = "day: Mapped[timedelta] = mapped_column(server_default=text(\"interval '1 day'\"))"
    edit(shop, "note: Mapped[str | None]", f"note: Mapped[str | None]\n    {day}")
    edit(shop, "from decimal import Decimal\n", "from datetime import timedelta\nfrom decimal import Decimal\n")
    edit(shop, "", """    __table_args__ = (Index("notes", text('note COLLATE "C"')),)\n""")
    told = shop.ok("generate", "-m", "more")
    assert "op.alter_column('products', 'place'," in told
    assert "'day'" not in told
    assert "notes" not in told


def test_the_kind_of_an_index_is_compared(blank: TestProject, tmp_path: Path, postgresql_url: str) -> None:
    shop = blank.copy(tmp_path / "shop")
    shop.environment = {"SHOPDB_URL": postgresql_url}
    query = "SELECT indexdef FROM pg_indexes WHERE indexname = 'names'"
    edit(shop, "", '    __table_args__ = (Index("names", "name"),)\n')
    shop.ok("generate", "-m", "names")
    before = shop.execute(query)
    edit(shop, 'Index("names", "name")', 'Index("names", "name", postgresql_using="hash")')
    assert "index names becomes index names on name using hash" in shop.run("generate", "--check").err
    shop.ok("generate", "-m", "hashed")
    assert "USING hash (name)" in shop.execute(query)[0][0]
    assert shop.ok("generate", "--check") == NOTHING
    shop.ok("undo")
    assert shop.execute(query) == before


def test_an_index_is_made_concurrently(blank: TestProject, tmp_path: Path, postgresql_url: str) -> None:
    shop = blank.copy(tmp_path / "shop")
    shop.environment = {"SHOPDB_URL": postgresql_url}
    shop.ok("migrate")
    edit(shop, "", '    __table_args__ = (Index("names", "name", postgresql_concurrently=True),)\n')
    shop.ok("generate", "-m", "names")
    assert 'op.create_index(op.f("names"), "products", ["name"]' in shop.revisions()["names"]
    [index] = shop.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 'names'::regclass")
    assert index == (True,)
    assert shop.ok("generate", "--check") == NOTHING
    shop.ok("undo")
    assert not shop.execute("SELECT 1 FROM pg_class WHERE relname = 'names'")


def test_no_scratch_database_is_left(shop_on_any_database: TestProject, monkeypatch: pytest.MonkeyPatch) -> None:
    # A prefix of its own: other tests use the same server at the same time.
    prefix = f"scaffold_scratch_{uuid.uuid4().hex[:6]}_"
    monkeypatch.setattr("scaffold.project.scratch.PREFIX", prefix)
    shop_on_any_database.ok("generate", "--check")
    url = sa.make_url(shop_on_any_database.url)
    if url.get_backend_name() == "sqlite":
        assert not list(shop_on_any_database.root.rglob("*scratch*"))
        return
    query = "SHOW DATABASES" if url.get_backend_name() == "mysql" else "SELECT datname FROM pg_database"
    databases = {row[0] for row in shop_on_any_database.execute(query)}
    assert not [name for name in databases if name.startswith(prefix)]


def test_rows_stay_when_a_column_is_renamed(shop: TestProject) -> None:
    shop.ok("migrate")
    shop.execute("INSERT INTO organizations (id, name, slug, created_at) VALUES ('o', 'O', 'o', 0)")
    shop.execute(
        "INSERT INTO products (id, slug, name, organization_id, created_at, updated_at)"
        " VALUES ('p', 's', 'Chair', 'o', 0, 0)"
    )
    edit(shop, "name: Mapped[str]", "title: Mapped[str]")
    shop.ok("generate", "-m", "title", "--rename", "products.name=title")
    assert shop.execute("SELECT title FROM products") == [("Chair",)]


def test_a_table_is_renamed_with_all_that_is_named_after_it(shop: TestProject) -> None:
    edit(shop, '__tablename__ = "products"', '__tablename__ = "goods"')
    refused = shop.run("generate", "-m", "goods")
    assert refused.code == 2
    assert "Renamed:  scaffold generate -m goods --rename products=goods\n" in refused.err
    assert "Dropped:  scaffold generate -m goods --allow-drop products\n" in refused.err
    shop.ok("generate", "-m", "goods", "--rename", "products=goods")
    assert shop.ok("generate", "--check") == NOTHING
    assert not [row for row in shop.execute("SELECT name FROM sqlite_master") if "products" in row[0]]


def test_a_rename_is_a_question_that_an_error_asks_where_there_is_no_terminal(shop: TestProject) -> None:
    before = shop.tree()
    edit(shop, "name: Mapped[str]", "title: Mapped[str]")
    edited = shop.tree()
    assert edited != before
    refused = shop.run("generate", "-m", "call it title")
    assert refused.code == 2
    assert refused.err == (
        "Error: The column 'products.name' is gone from the models while 'products.title' is new: renamed, or dropped"
        " with all that is in it? Nothing was written.\n\n"
        "Renamed:  scaffold generate -m 'call it title' --rename products.name=title\n"
        "Dropped:  scaffold generate -m 'call it title' --not-renamed products.name\n"
    )
    assert shop.tree() == edited


def test_a_class_that_is_not_exported_is_no_table_to_drop(shop: TestProject) -> None:
    exports = shop.package / "tables" / "__init__.py"
    exports.write_text('"""Every domain table, one export line each."""\n')
    refused = shop.run("generate", "-m", "oops")
    assert refused.code == 2
    assert "src/shopdb/tables/shop.py" in refused.err
    assert (
        "Add to src/shopdb/tables/__init__.py:\n\n  from shopdb.tables.shop import Product as Product\n" in refused.err
    )


def test_a_table_is_dropped_only_with_leave(shop: TestProject) -> None:
    close(shop)
    refused = shop.run("generate", "-m", "close the shop")
    assert refused.code == 2
    assert "Try: scaffold generate -m 'close the shop' --allow-drop products\n" in refused.err
    shop.ok("generate", "-m", "close the shop", "--allow-drop", "products")
    assert shop.ok("generate", "--check") == NOTHING
    run_alembic(shop, ("downgrade", "-1"), ("upgrade", "head"))


def test_new_tables_come_in_the_order_of_their_references(shop: TestProject) -> None:
    edit(shop, "class Product(", ALBUMS + "class Product(")
    refused = shop.run("generate", "-m", "zoos")
    assert "import Album as Album\n  from shopdb.tables.shop import Zoo as Zoo\n" in refused.err
    with (shop.package / "tables" / "__init__.py").open("a") as exports:
        exports.write("from shopdb.tables.shop import Album as Album\nfrom shopdb.tables.shop import Zoo as Zoo\n")
    shop.ok("generate", "-m", "zoos")
    text = shop.revisions()["zoos"]
    assert text.index('"zoos"') < text.index('"albums"')
    assert shop.ok("generate", "--check") == NOTHING


def test_check_names_every_difference(shop: TestProject) -> None:
    edit(shop, *EDITS["enum values"])
    edit(shop, *EDITS["on delete"])
    found = shop.run("generate", "--check")
    assert found.code == 1
    assert "products: foreign key (author_id) to users (id) ON DELETE SET NULL becomes foreign key" in found.err
    assert "products: new CHECK products_status_" in found.err


def test_a_dry_run_shows_the_migration_and_its_sql_and_writes_nothing(shop: TestProject) -> None:
    edit(shop, *EDITS["enum values"])
    before = shop.tree()
    shown = shop.ok("generate", "-m", "archive", "--dry-run")
    assert "+++ b/src/shopdb/migrations/versions/" in shown
    assert "'archived'" in shown.partition("-- SQL for")[2]
    assert shop.tree() == before


def test_json(shop: TestProject) -> None:
    edit(shop, *EDITS["column"])
    result = json.loads(shop.ok("generate", "-m", "size", "--json"))
    assert result["verb"] == "generate"
    assert result["tables"] == ["products"]
    assert [name.split("_", 2)[2] for name in result["applied"]][-1] == "size"


def test_a_required_column_for_rows_that_are_there(shop: TestProject) -> None:
    shop.ok("migrate")
    shop.execute("INSERT INTO organizations (id, name, slug, created_at) VALUES ('o', 'O', 'o', 0)")
    shop.execute(
        "INSERT INTO products (id, slug, name, organization_id, created_at, updated_at)"
        " VALUES ('p', 's', 'Chair', 'o', 0, 0)"
    )
    edit(shop, "note: Mapped[str | None]", "note: Mapped[str | None]\n    size: Mapped[int]")
    refused = shop.run("generate", "-m", "size")
    assert refused.code == 2
    assert "products has 1 row, and the new required column 'size' has no value for them" in refused.err
    assert "scaffold generate -m size --backfill products.size=VALUE" in refused.err
    assert "it should be a whole number" in shop.run("generate", "-m", "size", "--backfill", "products.size=big").err
    assert "--backfill products.size=7" in shop.run("generate", "-m", "size", "--backfill", "products.sice=7").err


def test_a_column_that_the_database_counts_up_needs_no_value_for_the_rows(
    blank: TestProject, tmp_path: Path, postgresql_url: str
) -> None:
    shop = blank.copy(tmp_path / "shop")
    column = "note: Mapped[str | None]\n    seq: Mapped[int] = mapped_column(Identity(start=10))"
    edit(shop, "note: Mapped[str | None]", column)
    edit(shop, "from sqlalchemy import ", "from sqlalchemy import Identity, ")
    assert "seq is required and has no default" in shop.ok("generate", "-m", "count", "--dry-run")
    shop.environment = {"SHOPDB_URL": postgresql_url}
    shop.ok("migrate")
    shop.execute("INSERT INTO organizations (id, name, slug, created_at) VALUES ('o', 'O', 'o', now())")
    shop.execute(
        "INSERT INTO products (id, slug, name, organization_id, created_at, updated_at)"
        " SELECT n, n, n, 'o', now(), now() FROM generate_series(1, 2) n"
    )
    assert "Note" not in shop.ok("generate", "-m", "count")
    assert sorted(shop.execute("SELECT seq FROM products")) == [(10,), (11,)]
    assert shop.ok("generate", "--check") == NOTHING


def test_a_backfill_fills_the_rows_that_are_there(shop_on_any_database: TestProject) -> None:
    shop = shop_on_any_database
    shop.ok("migrate")
    shop.execute("INSERT INTO organizations (id, name, slug, created_at) VALUES ('o', 'O', 'o', '2026-01-31')")
    shop.execute(
        "INSERT INTO products (id, slug, name, organization_id, created_at, updated_at)"
        " VALUES ('p', 's', 'Chair', 'o', '2026-01-31', '2026-01-31')"
    )
    edit(shop, "note: Mapped[str | None]", "note: Mapped[str]\n    size: Mapped[int]\n    label: Mapped[str]")
    refused = shop.run("generate", "-m", "fill")
    assert (
        "--backfill products.label=VALUE --backfill products.note=VALUE --backfill products.size=VALUE" in refused.err
    )
    fills = ("products.label=it's", "products.note=a:b", "products.size=7")
    shop.ok("generate", "-m", "fill", *(word for fill in fills for word in ("--backfill", fill)))
    assert shop.execute("SELECT label, note, size FROM products") == [("it's", "a:b", 7)]
    assert shop.ok("generate", "--check") == NOTHING
    run_alembic(shop, ("downgrade", "-1"), ("upgrade", "head"))
    assert shop.execute("SELECT label, note, size FROM products") == [("it's", "a:b", 7)]


def test_a_value_that_rows_have_is_not_taken_from_an_enum(shop_on_any_database: TestProject) -> None:
    shop = shop_on_any_database
    shop.ok("migrate")
    shop.execute("INSERT INTO organizations (id, name, slug, created_at) VALUES ('o', 'O', 'o', '2026-01-31')")
    shop.execute(
        "INSERT INTO products (id, slug, name, organization_id, created_at, updated_at)"
        " VALUES ('p', 's', 'Chair', 'o', '2026-01-31', '2026-01-31')"
    )
    module = shop.table("shop")
    edit(shop, '"draft", "published"]', '"published", "sold"]')
    edit(shop, 'server_default="draft"', 'server_default="sold"')
    before = shop.tree()
    refused = shop.run("generate", "-m", "sold")
    assert refused.code == 2
    assert "1 row of products holds what status could not: 'draft'; nothing was written." in refused.err
    [way] = [line.rpartition("scaffold ")[2] for line in refused.err.splitlines() if "--map" in line]
    assert way == "alter-column products status:enum=published,sold:default=sold --map draft=published"
    if shop.url.startswith("sqlite"):
        assert shop.tree() == before
    shop.ok("generate", "-m", "sold", "--no-migrate", "--dry-run")
    (shop.package / "tables" / "shop.py").write_text(module)
    shop.ok(*way.split())
    assert shop.execute("SELECT status FROM products") == [("published",)]
    edit(shop, '"published", "sold"]', '"published", "sold", "gone"]')
    shop.ok("generate", "-m", "gone")


def test_a_check_of_a_mixins_column_is_no_enum(shop: TestProject) -> None:
    shop.ok("migrate")
    edit(shop, "", '    __table_args__ = (CheckConstraint("updated_at > 0", name="late"),)\n')
    shop.ok("generate", "-m", "late")


@pytest.mark.parametrize(
    ("arguments", "message", "right"),
    [
        (("generate",), "needs a message", "scaffold generate -m 'describe the change'"),
        (("generate", "-m", "x", "--rename", "products.name"), "no rename", "--rename products.name=new"),
        (("generate", "-m", "x", "--rename", "product.name=title"), "names no table", "--rename products.name=title"),
        (("generate", "-m", "x", "--rename", "products.nam=title"), "not in the migrations", "products.name=title"),
        (("generate", "-m", "x", "--rename", "products.name=titel"), "not new", "--rename products.name=title"),
        (("generate", "-m", "x", "--allow-drop", "products"), "no table that the migrations have", "generate -m x"),
    ],
)
def test_bad_input(shop: TestProject, arguments: tuple[str, ...], message: str, right: str) -> None:
    edit(shop, "name: Mapped[str]", "title: Mapped[str]")
    if "--allow-drop" in arguments:
        edit(shop, "title: Mapped[str]", "name: Mapped[str]")
    before = shop.tree()
    refused = shop.run(*arguments)
    assert refused.code == 2, str(refused)
    assert message in refused.err
    assert right in refused.err
    assert shop.tree() == before


def with_rows(shop: TestProject, *notes: str | None) -> None:
    """A row for each note."""
    shop.ok("migrate")
    shop.execute("INSERT INTO organizations (id, name, slug, created_at) VALUES ('o', 'O', 'o', 0)")
    for number, note in enumerate(notes):
        shop.execute(
            "INSERT INTO products (id, slug, name, note, organization_id, created_at, updated_at)"
            f" VALUES ('{number}', '{number}', 'Chair', {'NULL' if note is None else repr(note)}, 'o', 0, 0)"
        )


def test_a_column_goes_only_with_a_yes(shop: TestProject) -> None:
    with_rows(shop, "good", None, "bad")
    edit(shop, *EDITS["column that goes"])
    before = shop.tree()
    refused = shop.run("generate", "-m", "no notes")
    assert refused.code == 2
    assert refused.err.startswith("Error: 2 values of products.note would be lost, and there is no terminal to confirm")
    assert "Try: scaffold generate -m 'no notes' --yes\n" in refused.err
    assert shop.tree() == before
    assert "Note: 2 values of products.note would be lost\n" in shop.ok("generate", "-m", "no notes", "--dry-run")
    assert json.loads(shop.ok("generate", "-m", "no notes", "--yes", "--json"))["losses"] == [
        "2 values of products.note would be lost"
    ]


def test_a_terminal_asks_whether_it_is_a_rename_and_then_how_much_may_be_lost(shop: TestProject) -> None:
    with_rows(shop, "good", None, "bad")
    edit(shop, "note: Mapped[str | None]", "remark: Mapped[str | None]")
    terminal = Terminal(
        [sys.executable, "-m", "scaffold", "generate", "-m", "remarks"],
        shop.root,
        {"PYTHONPATH": str(REPOSITORY / "src")},
    )
    terminal.wait_for(r"products.note is gone and products.remark is new. Is it the same, renamed\? \[y/N\]: ")
    terminal.type("n\n")
    terminal.wait_for(r"2 values of products.note would be lost.\nGo on\? \[y/N\]: ")
    terminal.type("n\n")
    assert terminal.end() == 1
    assert not [name for name in shop.revisions() if name == "remarks"]


@pytest.mark.parametrize("renamed", [False, True])
def test_a_column_is_made_required_only_if_no_row_is_without_it(shop: TestProject, renamed: bool) -> None:
    with_rows(shop, "good", None)
    answers = ["--rename", "products.note=remark"] if renamed else []
    edit(shop, "note: Mapped[str | None]", "remark: Mapped[str]" if renamed else "note: Mapped[str]")
    before = shop.tree()
    refused = shop.run("generate", "-m", "notes for all", *answers)
    assert refused.code == 2
    assert refused.err.startswith("Error: 1 row of products has no note; nothing was written.\n\n")
    assert "UPDATE products SET note = ... WHERE note IS NULL" in refused.err
    assert ("scaffold alter-column products note:text --backfill VALUE" in refused.err) is not renamed
    assert shop.tree() == before
    shop.execute("UPDATE products SET note = '' WHERE note IS NULL")
    shop.ok("generate", "-m", "notes for all", *answers)


THINGS = '''\
"""Things."""

from sqlalchemy import Computed, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shopdb.base import Base
from shopdb.mixins import HasId


class Pair(Base):
    __tablename__ = "pairs"
    __table_args__ = (PrimaryKeyConstraint("a", "b"),)

    a: Mapped[int]
    b: Mapped[int]
    c: Mapped[int]


class Sum(HasId, Base):
    __tablename__ = "sums"

    c: Mapped[int]
    d: Mapped[int | None] = mapped_column(Computed("c * 2"))
'''


@pytest.mark.parametrize(("old", "new"), [('"a", "b"', '"a", "c"'), ("c * 2", "c * 3")])
def test_a_primary_key_and_a_generated_column(shop_on_any_database: TestProject, old: str, new: str) -> None:
    shop = shop_on_any_database
    shop.write(shop.package / "tables" / "thing.py", THINGS)
    with (shop.package / "tables" / "__init__.py").open("a") as exports:
        exports.write("from shopdb.tables.thing import Pair as Pair\nfrom shopdb.tables.thing import Sum as Sum\n")
    shop.ok("generate", "-m", "things")
    edit(shop, old, new, "thing")
    assert shop.run("generate", "--check").code == 1
    shop.ok("generate", "-m", "change them")
    assert shop.ok("generate", "--check") == NOTHING
    run_alembic(shop, ("downgrade", "-1"), ("upgrade", "head"))


def test_what_a_generated_column_computes_ends_where_it_ends(shop_on_any_database: TestProject) -> None:
    shop = shop_on_any_database
    generated = "twice: Mapped[int | None] = mapped_column(Computed('(place + 1) * 2'))"
    edit(
        shop, "note: Mapped[str | None]", f"{generated}\n    code: Mapped[str | None] = mapped_column(types.String(30))"
    )
    edit(shop, "from sqlalchemy import ", "from sqlalchemy import Computed, ")
    shop.ok("generate", "-m", "two columns", "--not-renamed", "products.note", "--yes")
    assert shop.ok("generate", "--check") == NOTHING
    edit(shop, "(place + 1) * 2", "(place + 1) * 3")
    shop.ok("generate", "-m", "thrice")
    assert shop.ok("generate", "--check") == NOTHING


def test_a_dropped_table_comes_back_with_its_quoted_enum(project: TestProject) -> None:
    project.ok("new-domain", "shop", "--table", "prices", "rank:enum=a,b", "--no-tenant")
    exports = project.package / "tables" / "__init__.py"
    (project.package / "tables" / "shop.py").unlink()
    exports.write_text('"""Every domain table."""\n')
    project.ok("generate", "-m", "close", "--allow-drop", "prices", "--yes")
    text = project.revisions()["close"]
    assert "POSTCOMPILE" not in text
    assert "sa.column('rank').in_(['a', 'b'])".replace("'", '"') in text
    project.ok("undo")


RING = '''\
"""Teams."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shopdb.base import Base
from shopdb.mixins import HasId


class Person(HasId, Base):
    __tablename__ = "persons"

    note: Mapped[str | None]


class Team(HasId, Base):
    __tablename__ = "teams"

    lead_id: Mapped[str | None] = mapped_column(ForeignKey("persons.id", ondelete="SET NULL"), index=True)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("teams.id"))
'''
TEAM_ID = 'team_id: Mapped[str | None] = mapped_column(ForeignKey("teams.id"), index=True)'


def test_tables_that_refer_to_each_other_go_together(on_any_database: TestProject) -> None:
    project = on_any_database
    project.write(project.package / "tables" / "team.py", RING)
    exports = project.package / "tables" / "__init__.py"
    empty = exports.read_text()
    lines = [f"from shopdb.tables.team import {name} as {name}" for name in ("Person", "Team")]
    exports.write_text("\n".join([empty, *lines]))
    project.ok("generate", "-m", "teams")
    edit(project, "note: Mapped[str | None]", f"note: Mapped[str | None]\n    {TEAM_ID}", "team")
    project.ok("generate", "-m", "members")
    project.execute("INSERT INTO persons (id) VALUES ('p')")
    project.execute("INSERT INTO teams (id, lead_id) VALUES ('t', 'p')")
    project.execute("UPDATE persons SET team_id = 't'")
    before = shapes(project)
    exports.write_text(empty)
    project.write(project.package / "tables" / "team.py", '"""Teams."""\n')
    project.ok("generate", "-m", "alone", "--allow-drop", "teams", "--allow-drop", "persons", "--yes")
    assert "drop_constraint" in project.revisions()["alone"]
    assert project.ok("generate", "--check") == NOTHING
    project.ok("undo", "--yes")
    assert shapes(project) == before
    if project.url.startswith("sqlite"):
        assert project.execute("SELECT t.id, t.lead_id, p.team_id FROM teams t, persons p") == [("t", "p", "t")]


def test_a_unique_column_keeps_its_index_when_its_table_is_renamed(on_any_database: TestProject) -> None:
    project = on_any_database
    project.ok("new-domain", "shop", "--table", "prices", "code:string=40:unique", "--no-tenant")
    project.ok("rename-column", "prices", "code", "sku")
    edit(project, '"prices"', '"costs"')
    project.ok("generate", "-m", "call them costs", "--rename", "prices=costs")
    assert project.ok("generate", "--check") == NOTHING
    run_alembic(project, ("downgrade", "-1"), ("upgrade", "head"))
    assert project.ok("generate", "--check") == NOTHING


MOODS = '''"""Moods."""

from sqlalchemy import Enum
from sqlalchemy.orm import Mapped, mapped_column

from shopdb import types
from shopdb.base import Base
from shopdb.mixins import HasId


class Person(HasId, Base):
    __tablename__ = "people"

    mood: Mapped[str] = mapped_column({mood}, server_default="{default}")
    {more}


class Pet(HasId, Base):
    __tablename__ = "pets"

    mood: Mapped[str | None] = mapped_column({pet})
'''


def native(*values: str, name: str = "mood") -> str:
    return f"Enum({', '.join(map(repr, values))}, name={name!r})"


def with_moods(project: TestProject, mood: str, default: str = "sad", more: str = "", pet: str = "") -> None:
    text = MOODS.format(mood=mood, default=default, more=more, pet=pet or mood)
    (project.package / "tables" / "moods.py").write_text(text)


def labels(project: TestProject) -> dict[str, list[str]]:
    query = (
        "SELECT typname, enumlabel FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid ORDER BY typname, enumsortorder"
    )
    found: dict[str, list[str]] = {}
    for name, label in project.execute(query) if "postgresql" in project.url else ():
        found.setdefault(name, []).append(label)
    return found


def test_a_databases_own_enum_on_every_database(shop_on_any_database: TestProject) -> None:
    shop = shop_on_any_database
    here = "postgresql" in shop.url
    exports = shop.package / "tables" / "__init__.py"
    exports.write_text(
        "from shopdb.tables.moods import Person as Person\nfrom shopdb.tables.moods import Pet as Pet\n"
        + exports.read_text()
    )
    steps = [
        ({"mood": native("happy", "sad")}, {"mood": ["happy", "sad"]}, "CREATE TYPE mood AS ENUM"),
        (
            {"mood": native("a:b", "happy", "it's", "sad", "zen")},
            {"mood": ["a:b", "happy", "it's", "sad", "zen"]},
            "ADD VALUE",
        ),
        # A value that the same revision makes the default, one that goes, another order.
        (
            {"mood": native("new", "sad", "happy"), "default": "new"},
            {"mood": ["new", "sad", "happy"]},
            "USING mood::text::mood",
        ),
        (
            {
                "mood": native("new", "sad", "happy"),
                "default": "new",
                "more": f"size: Mapped[str | None] = mapped_column({native('s', 'm', name='Size')})",
                "pet": native("wild", "tame", name="nature"),
            },
            {"Size": ["s", "m"], "mood": ["new", "sad", "happy"], "nature": ["wild", "tame"]},
            "CREATE TYPE nature",
        ),
        ({"mood": "types.ShortText", "pet": "types.Text"}, {}, "DROP TYPE mood"),
    ]
    seen, found = [], {}
    for number, (models, wanted, words) in enumerate(steps):
        with_moods(shop, **models)
        for again in ("undo", "")[number % 2 :]:
            shop.ok("generate", "-m", f"step {number}", *["--yes"] * (number == 4))
            assert labels(shop) == (wanted if here else {})
            if again:
                shop.ok("undo")
                assert labels(shop) == (found if here else {})
        assert shop.ok("generate", "--check") == NOTHING
        assert any(words in text for text in shop.revisions().values()), words
        found = wanted
        seen.append(shapes(shop))
        shop.execute(f"INSERT INTO people (id, mood) VALUES ('{number}', 'sad')")
    shop.execute("DELETE FROM pets")
    run_alembic(shop, ("downgrade", "-4"))
    assert shapes(shop) == seen[0]
    assert {mood for (mood,) in shop.execute("SELECT mood FROM people")} == {"sad"}
    run_alembic(shop, ("downgrade", "-1"))
    assert labels(shop) == {}
    run_alembic(shop, ("upgrade", "head"))
    assert shapes(shop) == seen[-1]


def test_an_index_whose_condition_is_an_expression(project: TestProject) -> None:
    project.ok("new-domain", "shop", "--table", "products", "place:int")
    module = project.package / "tables" / "shop.py"
    text = module.read_text().replace("from sqlalchemy import ", "from sqlalchemy import Index, ", 1)
    if "import Index" not in text:
        text = text.replace("from sqlalchemy.orm", "from sqlalchemy import Index\nfrom sqlalchemy.orm", 1)
    condition = "Product.place > 9"
    module.write_text(
        f'{text}\n\nIndex("big", Product.place, sqlite_where={condition}, postgresql_where={condition})\n'
    )
    project.ok("generate", "-m", "index the big ones")
    assert project.execute("SELECT sql FROM sqlite_master WHERE name = 'big'")[0][0].endswith("WHERE place > 9")
    assert project.ok("generate", "-m", "nothing") == NOTHING
    assert "postgresql_where" in project.revisions()["index_the_big_ones"]


def with_types(project: TestProject) -> None:
    """The module may use types of SQLAlchemy's and PostgreSQL's."""
    edit(
        project,
        "from sqlalchemy import ",
        "import sqlalchemy as sa\nfrom sqlalchemy.dialects import postgresql\nfrom sqlalchemy import ",
    )


def test_a_type_that_is_another_one_on_postgresql(shop_on_any_database: TestProject) -> None:
    shop = shop_on_any_database
    with_types(shop)
    packed = 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    edit(shop, *EDITS["column"])
    edit(shop, "size: Mapped[int | None]", f"size: Mapped[Any | None] = mapped_column({packed})")
    shop.ok("generate", "-m", "packed")
    text = shop.revisions()["packed"]
    assert 'sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")' in text
    assert "from sqlalchemy.dialects import postgresql\n" in text
    assert shop.ok("generate", "--check") == NOTHING
    run_alembic(shop, ("downgrade", "-1"), ("upgrade", "head"))


def test_types_that_only_postgresql_has(blank: TestProject, tmp_path: Path, postgresql_url: str) -> None:
    shop = blank.copy(tmp_path / "shop")
    shop.environment = {"SHOPDB_URL": postgresql_url}
    with_types(shop)
    edit(shop, *EDITS["column"])
    edit(shop, "size: Mapped[int | None]", "size: Mapped[Any | None] = mapped_column(postgresql.JSONB())")
    edit(shop, "note: Mapped[str | None]", "note: Mapped[Any | None] = mapped_column(postgresql.ARRAY(sa.Text()))")
    shop.ok("generate", "-m", "lists")
    text = shop.revisions()["lists"]
    assert "postgresql.JSONB(astext_type=sa.Text())" in text
    assert "postgresql.ARRAY(sa.Text())" in text
    before = shapes(shop)
    edit(shop, "size: Mapped[Any | None]", "size: Mapped[Any]")
    shop.ok("generate", "-m", "sizes for all")
    assert shop.ok("generate", "--check") == NOTHING
    shop.ok("undo")
    assert shapes(shop) == before


def test_an_enum_that_is_a_check(shop_on_any_database: TestProject) -> None:
    shop = shop_on_any_database
    with_types(shop)
    shop.ok("migrate")
    before = shapes(shop)
    kind = 'sa.Enum("a", "b", name="KIND", native_enum=False, create_constraint=True)'
    column = f"    KIND: Mapped[str | None] = mapped_column({kind})\n"
    edit(shop, *EDITS["column"])
    edit(shop, "    size: Mapped[int | None]\n", column.replace("KIND", "kind") + column.replace("KIND", "order"))
    shop.ok("generate", "-m", "kinds")
    assert shop.ok("generate", "--check") == NOTHING
    after = shapes(shop)
    edit(shop, '"a", "b", name="kind"', '"a", "b", "c", name="kind"')
    shop.ok("generate", "-m", "another kind")
    assert shop.ok("generate", "--check") == NOTHING
    shop.ok("undo")
    assert shapes(shop) == after
    run_alembic(shop, ("downgrade", "-1"))
    assert shapes(shop) == before


def test_a_table_with_an_enum_that_is_a_check(shop_on_any_database: TestProject) -> None:
    shop = shop_on_any_database
    kind = 'sa.Enum("a", "b", name="kind", native_enum=False, create_constraint=True)'
    shown = 'sa.Boolean(create_constraint=True, name="shown")'
    things = THINGS.replace("c: Mapped[int]", f"c: Mapped[str] = mapped_column({kind})", 1)
    things = things.replace(
        "    b: Mapped[int]\n", f"    b: Mapped[int]\n    shown: Mapped[bool] = mapped_column({shown})\n"
    )
    shop.write(
        shop.package / "tables" / "thing.py",
        things.replace("from sqlalchemy", "import sqlalchemy as sa\nfrom sqlalchemy", 1),
    )
    with (shop.package / "tables" / "__init__.py").open("a") as exports:
        exports.write("from shopdb.tables.thing import Pair as Pair\nfrom shopdb.tables.thing import Sum as Sum\n")
    shop.ok("generate", "-m", "things")
    assert shop.ok("generate", "--check") == NOTHING
    assert any("pairs_kind_check" in str(found) for found in shapes(shop)["pairs"])


def test_a_new_column_whose_default_is_the_time_and_that_has_a_check(shop: TestProject) -> None:
    with_rows(shop, "good")
    edit(shop, *EDITS["column"])
    edit(
        shop,
        "size: Mapped[int | None]",
        'since: Mapped[int] = mapped_column(server_default=text("(unixepoch())"))',
    )
    edit(
        shop,
        "",
        '    __table_args__ = (CheckConstraint("since > 0", name="a"), CheckConstraint("since < 9e9", name="b"))\n',
    )
    shop.ok("generate", "-m", "since")
    assert shop.ok("generate", "--check") == NOTHING
    assert shop.execute("SELECT since > 0 FROM products") == [(1,)]
    shop.ok("undo", "--yes")


INDEXES = """\
    __table_args__ = (
        Index("a", "place", sa.text("lower(note) DESC"), unique=True, postgresql_nulls_not_distinct=True,
              postgresql_include=["name", "slug"], postgresql_with={"fillfactor": 70},
              postgresql_where=text("place > 3")),
        Index("b", sa.text('"note" DESC'), "place"),
        Index("c", sa.text('lower(note) COLLATE "C"')),
        Index("d", "note", postgresql_ops={"note": "text_pattern_ops"}),
        Index("e", "note", postgresql_include=["place"]),
        Index("f", sa.text("to_tsvector('english', note)"),
              postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    )
"""
OTHER_INDEXES = (
    ('"name", "slug"', '"name"'),
    ("DESC'), ", "ASC'), "),
    ('COLLATE "C"', 'COLLATE "POSIX"'),
    ("text_pattern_ops", "varchar_pattern_ops"),
    ('=["place"]', '=["name"]'),
    ('"fastupdate": "off"', '"fastupdate": "on"'),
)
INDEX_DEFINITIONS = "SELECT indexdef FROM pg_indexes WHERE length(indexname) = 1 ORDER BY indexname"


def test_all_that_an_index_of_postgresql_has_comes_back(
    blank: TestProject, tmp_path: Path, postgresql_url: str
) -> None:
    shop = blank.copy(tmp_path / "shop")
    shop.environment = {"SHOPDB_URL": postgresql_url}
    with_types(shop)
    edit(shop, "", INDEXES)
    shop.ok("generate", "-m", "indexes")
    assert shop.ok("generate", "--check") == NOTHING
    before = shop.execute(INDEX_DEFINITIONS)
    assert len(before) == 6
    edits = shop.package / "tables" / "shop.py"
    models = edits.read_text()
    for old, new in OTHER_INDEXES:
        edit(shop, old, new)
    found = shop.run("generate", "--check")
    assert "index e becomes index e on note INCLUDE (name)\n" in found.err
    assert found.err.count(" index ") == 2 * 6
    shop.ok("generate", "-m", "other indexes")
    assert shop.ok("generate", "--check") == NOTHING
    shop.ok("undo")
    assert shop.execute(INDEX_DEFINITIONS) == before
    edits.write_text(models.replace(INDEXES, ""))
    shop.ok("generate", "-m", "no indexes")
    shop.ok("undo")
    assert shop.execute(INDEX_DEFINITIONS) == before
    edits.write_text(models.replace("note", "remark"))
    shop.ok("generate", "-m", "remarks", "--rename", "products.note=remark")
    assert "index" not in shop.revisions()["remarks"]
    close(shop)
    renamed = shop.execute(INDEX_DEFINITIONS)
    shop.ok("generate", "-m", "close", "--allow-drop", "products", "--yes")
    assert shop.execute(INDEX_DEFINITIONS) == []
    shop.ok("undo")
    assert shop.execute(INDEX_DEFINITIONS) == renamed


def test_an_index_over_a_quoted_name_comes_back(shop: TestProject) -> None:
    with_types(shop)
    indexes = """Index("b", sa.text('"note" DESC'), "place"), Index("c", sa.text('note COLLATE "nocase"')),"""
    edit(shop, "", f"    __table_args__ = ({indexes})\n")
    shop.ok("generate", "-m", "indexes")
    query = "SELECT sql FROM sqlite_master WHERE name IN ('b', 'c') ORDER BY name"
    before = shop.execute(query)
    edit(shop, indexes, "")
    shop.ok("generate", "-m", "no indexes")
    assert shop.execute(query) == []
    shop.ok("undo")
    assert (
        shop.execute(query)
        == before
        == [
            ('CREATE INDEX b ON products ("note" DESC, place)',),
            ('CREATE INDEX c ON products (note COLLATE "nocase")',),
        ]
    )


CONSTRAINTS = """\
    __table_args__ = (
        UniqueConstraint("note", "place", name="a", postgresql_nulls_not_distinct=True, deferrable=True),
        UniqueConstraint("note", name="b", postgresql_include=["place"]),
        sa.ForeignKeyConstraint(["editor_id"], ["users.id"], name="c", match="FULL"),
    )
    editor_id: Mapped[str | None] = mapped_column(types.Id)
"""
CONSTRAINT_DEFINITIONS = (
    "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE length(conname) = 1 ORDER BY conname"
)


def test_all_that_a_constraint_of_postgresql_has_comes_back(
    blank: TestProject, tmp_path: Path, postgresql_url: str
) -> None:
    shop = blank.copy(tmp_path / "shop")
    shop.environment = {"SHOPDB_URL": postgresql_url}
    shop.ok("migrate")
    with_types(shop)
    edit(shop, "", CONSTRAINTS)
    shop.ok("generate", "-m", "constraints")
    assert shop.ok("generate", "--check") == NOTHING
    before = shop.execute(CONSTRAINT_DEFINITIONS)
    assert before == [
        ("a", "UNIQUE NULLS NOT DISTINCT (note, place) DEFERRABLE"),
        ("b", "UNIQUE (note) INCLUDE (place)"),
        ("c", "FOREIGN KEY (editor_id) REFERENCES users(id) MATCH FULL"),
    ]
    for old, new in (("postgresql_nulls_not_distinct=True, ", ""), ('["place"]', '["name"]'), (', match="FULL"', "")):
        edit(shop, old, new)
    found = shop.run("generate", "--check").err
    assert (
        "constraint a (note, place) NULLS NOT DISTINCT DEFERRABLE becomes unique constraint a (note, place) DEF"
        in found
    )
    assert "unique constraint b (note) INCLUDE (place) becomes unique constraint b (note) INCLUDE (name)\n" in found
    assert (
        "foreign key (editor_id) to users (id) MATCH FULL ON DELETE NO ACTION becomes foreign key (editor_id)" in found
    )
    shop.ok("generate", "-m", "other constraints")
    assert shop.ok("generate", "--check") == NOTHING
    shop.ok("undo")
    assert shop.execute(CONSTRAINT_DEFINITIONS) == before
    close(shop)
    shop.ok("generate", "-m", "close", "--allow-drop", "products", "--yes")
    assert shop.execute(CONSTRAINT_DEFINITIONS) == []
    shop.ok("undo")
    assert shop.execute(CONSTRAINT_DEFINITIONS) == before


def test_what_only_postgresql_knows_of_a_constraint_is_kept_on_sqlite(shop: TestProject) -> None:
    with_types(shop)
    edit(shop, "", CONSTRAINTS.replace(", deferrable=True", ""))
    shop.ok("generate", "-m", "constraints")
    edit(shop, *EDITS["checked at the commit"])
    shop.ok("generate", "-m", "another change")
    assert "create_unique_constraint" not in shop.revisions()["another_change"]
    close(shop)
    shop.ok("generate", "-m", "close", "--allow-drop", "products", "--yes")
    assert "postgresql_nulls_not_distinct=True" in shop.revisions()["close"]
    assert 'postgresql_include=["place"]' in shop.revisions()["close"]
    shop.ok("undo")
