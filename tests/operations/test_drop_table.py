"""`drop-table` and `drop-domain`, without a disk."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from scaffold.errors import UsageError
from scaffold.operations import drop_domain, drop_table
from scaffold.plan import Plan, Snapshot
from scaffold.schema.changes import DropTable
from tests.operations.snapshots import SHOP, after, snapshot

TAG = """

class Tag(HasId, Base):
    __tablename__ = "tags"
"""
TAGGED = SHOP + TAG
EXPORTS = '"""Tables."""\n\nfrom app.db.tables.shop import Product as Product, Tag as Tag\n'
ANSWERS = {
    f"tables/.answers/{file}.json": (
        f'{{"_src_path": "t", "_commit": "c", "domain": "shop", "table": "{table}", "class_name": "{class_name}"}}'
    ).encode()
    for file, table, class_name in (("shop", "products", "Product"), ("shop.tags", "tags", "Tag"))
}


@pytest.fixture
def shop() -> Snapshot:
    files = {"tables/shop.py": TAGGED, "tables/__init__.py": EXPORTS}
    return replace(snapshot(files, {"products": 1200, "tags": 1}), answers=ANSWERS)


def _removed(made: Plan) -> list[str]:
    return [edit.path.removeprefix("src/app/db/tables/") for edit in made.edits if edit.after is None]


def test_one_of_two_tables(shop: Snapshot) -> None:
    made = drop_table.plan(drop_table.DropOneTable("tags"), shop)
    assert made.revision.changes == (DropTable("tags"),)
    assert made.losses == ("1 row of tags would be lost",)
    assert after(made, "src/app/db/tables/shop.py") == SHOP
    assert "Tag" not in after(made, "src/app/db/tables/__init__.py")
    assert _removed(made) == [".answers/shop.tags.json"]


def test_the_last_table_of_a_module() -> None:
    alone = snapshot(rows={"products": 1200})
    made = drop_table.plan(drop_table.DropOneTable("products"), replace(alone, answers=ANSWERS))
    assert made.losses == ("1,200 rows of products would be lost",)
    assert _removed(made) == ["shop.py", ".answers/shop.json", ".answers/shop.tags.json"]


def test_a_domain(shop: Snapshot) -> None:
    made = drop_domain.plan(drop_domain.DropOneDomain("shop"), shop)
    assert set(made.revision.changes) == {DropTable("products"), DropTable("tags")}
    assert set(made.losses) == {"1,200 rows of products would be lost", "1 row of tags would be lost"}
    assert _removed(made) == ["shop.py", ".answers/shop.json", ".answers/shop.tags.json"]
    assert "import" not in after(made, "src/app/db/tables/__init__.py")


def test_without_a_database_the_loss_is_for_later(shop: Snapshot) -> None:
    made = drop_table.plan(drop_table.DropOneTable("tags", migrate=False), shop)
    assert made.losses == ("A later migration drops tags with all its rows",)
    assert made.next_steps == ("scaffold undo", "scaffold migrate")


@pytest.mark.parametrize(
    "decide",
    [
        lambda shop: drop_table.plan(drop_table.DropOneTable("products"), shop),
        lambda shop: drop_domain.plan(drop_domain.DropOneDomain("shop"), shop),
    ],
    ids=["table", "domain"],
)
def test_what_others_refer_to_stays(decide: Callable[[Snapshot], Plan]) -> None:
    stock = (
        "from sqlalchemy import ForeignKey\nfrom sqlalchemy.orm import Mapped, mapped_column\n\n"
        "from app.db.base import Base\n\n\n"
        'class Item(Base):\n    __tablename__ = "items"\n\n'
        '    product_id: Mapped[str] = mapped_column(ForeignKey("products.id"))\n'
    )
    with pytest.raises(UsageError) as caught:
        decide(snapshot({"tables/stock.py": stock}))
    assert "Foreign keys of items point to" in caught.value.message
    assert "src/app/db/tables/stock.py:10" in caught.value.help


def test_names_that_are_not_there() -> None:
    with pytest.raises(UsageError, match="There is no table 'product'") as caught:
        drop_table.plan(drop_table.DropOneTable("product"), snapshot())
    assert caught.value.right == "products"
    with pytest.raises(UsageError, match="There is no domain 'shap'") as caught:
        drop_domain.plan(drop_domain.DropOneDomain("shap"), snapshot())
    assert caught.value.right == "shop"
    with pytest.raises(UsageError, match="'users' is a table of Better Auth"):
        drop_table.plan(drop_table.DropOneTable("users"), snapshot())
