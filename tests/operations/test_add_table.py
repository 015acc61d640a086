"""`add-table`, without a disk."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from scaffold.errors import UsageError
from scaffold.operations.add_table import AddOneTable, plan
from scaffold.plan import Rendering
from scaffold.schema.changes import AddTable
from scaffold.schema.column import Table
from scaffold.schema.fields import parse_fields
from tests.operations.snapshots import SHOP, after, snapshot

FILE = "src/app/db/tables/shop.py"
ANSWERS = "src/app/db/tables/.answers/shop.reviews.json"


def _render(_: str, values: Mapping[str, Any]) -> Rendering:
    first = f"class {values['class_name']}({', '.join(values['bases'])}):"
    body = [f'    __tablename__ = "{values["table"]}"', "", *values["columns"], ""]
    return Rendering("\n".join([*values["imports"], "@ours", first, *body]), "templates/domain", "0123")


def _request(*fields: str, domain: str = "shop", table: str = "reviews", **options: Any) -> AddOneTable:
    return AddOneTable(domain=domain, table=table, fields=fields, **options)


def test_the_class_of_the_template_stands_below_all_others() -> None:
    made = plan(_request("stars:int", "product:ref=products"), snapshot(width=120), _render)
    columns = parse_fields(("stars:int", "product:ref=products"))
    assert made.revision.message == "create reviews"
    assert made.revision.changes == (AddTable(Table("reviews", "Review", columns)),)
    assert [(edit.action, edit.path) for edit in made.edits] == [
        ("update", FILE),
        ("create", ANSWERS),
        ("update", "src/app/db/tables/__init__.py"),
    ]
    assert after(made, FILE) == SHOP.replace(
        "from sqlalchemy.orm import Mapped\n",
        "from sqlalchemy import ForeignKey\nfrom sqlalchemy.orm import Mapped, mapped_column\n",
    ).replace("HasId, HasTimestamps\n", "HasId, HasTimestamps, InOrganization\n") + (
        "\n\n@ours\n"
        "class Review(HasId, InOrganization, HasTimestamps, Base):\n"
        '    __tablename__ = "reviews"\n\n'
        "    stars: Mapped[int]\n"
        '    product_id: Mapped[str] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), index=True)\n'
    )


def test_what_the_template_was_given_is_kept() -> None:
    kept = json.loads(after(plan(_request("stars:int"), snapshot(), _render), ANSWERS))
    assert (kept["_src_path"], kept["_commit"]) == ("templates/domain", "0123")
    assert (kept["domain"], kept["table"], kept["class_name"]) == ("shop", "reviews", "Review")
    assert kept["columns"] == ["    stars: Mapped[int]"]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (_request(domain="shap"), "There is no domain 'shap'; the domains are shop."),
        (_request(table="products"), "The table 'products' exists already, in src/app/db/tables/shop.py"),
        (_request(table="users"), "'users' is a table of Better Auth, in src/app/db/auth_schema.py"),
        (_request(class_name="Product"), "The class name 'Product' is taken"),
        (_request("by:ref=nobody"), "'nobody'"),
        (_request("created_at:datetime"), "Every table has the column 'created_at' without asking"),
        (_request(table="sqlite_x"), "is taken by the database itself"),
    ],
)
def test_what_stands_against_it(request_: AddOneTable, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        plan(request_, snapshot(), _render)
    assert message in caught.value.message
