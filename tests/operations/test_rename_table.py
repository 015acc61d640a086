"""`rename-table`, without a disk."""

import json
from dataclasses import replace
from typing import Any

import pytest

from scaffold.errors import UsageError
from scaffold.operations.rename_table import RenameOneTable, plan
from scaffold.plan import Snapshot
from scaffold.schema.changes import RenameTable
from tests.operations.snapshots import EXPORTS, SHOP, after, snapshot

STOCK = """\
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base


class Item(Base):
    __tablename__ = "items"

    product_id: Mapped[str] = mapped_column(ForeignKey("products.id"))
"""


@pytest.fixture
def shop() -> Snapshot:
    return snapshot({"tables/stock.py": STOCK}, width=120)


def _request(new: str = "articles", **options: Any) -> RenameOneTable:
    return RenameOneTable("products", new, **options)


def test_the_class_its_export_and_references_follow(shop: Snapshot) -> None:
    made = plan(_request(), shop)
    assert made.revision.message == "rename products to articles"
    assert made.revision.changes == (RenameTable("products", "articles", ("items",)),)
    assert after(made, "src/app/db/tables/shop.py") == SHOP.replace("Product(", "Article(").replace(
        '"products"', '"articles"'
    )
    assert after(made, "src/app/db/tables/__init__.py") == EXPORTS.replace("Product", "Article")
    assert after(made, "src/app/db/tables/stock.py") == STOCK.replace("products.id", "articles.id")


def test_a_class_may_have_a_name_of_its_own(shop: Snapshot) -> None:
    assert "class Ware(" in after(plan(_request(class_name="Ware"), shop), "src/app/db/tables/shop.py")
    own = snapshot(
        {"tables/shop.py": SHOP.replace("Product", "Ware"), "tables/__init__.py": EXPORTS.replace("Product", "Ware")}
    )
    assert "class Ware(" in after(plan(_request(), own), "src/app/db/tables/shop.py")


@pytest.mark.parametrize(("file", "then"), [("shop", "shop"), ("shop.products", "shop.articles")])
def test_the_templates_answers_follow(shop: Snapshot, file: str, then: str) -> None:
    table = {"table": "products", "class_name": "Product", "header": ["class Product(Base):"]}
    told = {"_src_path": "t", "_commit": "c", "domain": "shop", **table}
    kept = {f"tables/.answers/{file}.json": json.dumps(told).encode()}
    made = plan(_request(), replace(shop, answers=kept))
    path = f"src/app/db/tables/.answers/{then}.json"
    assert json.loads(after(made, path)) == told | {
        "table": "articles",
        "class_name": "Article",
        "header": ["class Article(Base):"],
    }
    removed = [edit.path for edit in made.edits if edit.after is None]
    assert removed == ([] if file == then else [f"src/app/db/tables/.answers/{file}.json"])


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (_request("items"), "The table 'items' exists already, in src/app/db/tables/stock.py"),
        (_request(class_name="User"), "The class name 'User' is taken"),
        (RenameOneTable("product", "articles"), "There is no table 'product'"),
        (RenameOneTable("users", "people"), "'users' is a table of Better Auth"),
        (_request("sqlite_x"), "is taken by the database itself"),
        (_request("data"), "data"),
    ],
)
def test_what_stands_against_it(shop: Snapshot, request_: RenameOneTable, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        plan(request_, shop)
    assert message in caught.value.message
