"""Tables, found in texts."""

import pytest

from scaffold.errors import UsageError
from scaffold.source.catalog import Catalog
from tests.operations.snapshots import SHOP, snapshot

SUBCLASSED = """\
from app.db.base import Base
from app.db.mixins import HasId, HasTimestamps
from sqlalchemy.orm import Mapped, declared_attr, mapped_column


class Named(HasId):
    name: Mapped[str] = mapped_column("full_name")

    @declared_attr
    def slug(cls) -> Mapped[str]:
        return mapped_column()


class Person(Named, HasTimestamps, Base):
    __tablename__ = "people"

    metadata_: Mapped[str] = mapped_column("metadata")
"""


def test_every_table() -> None:
    assert Catalog(snapshot()).names() == {"products", "users", "organizations"}


def test_where_a_table_is() -> None:
    catalog = Catalog(snapshot({"tables/people.py": SUBCLASSED}))
    found = catalog.require("people")
    assert (found.file, found.table.class_name, catalog.is_auth(found)) == ("tables/people.py", "Person", False)
    assert catalog.is_auth(catalog.require("users"))
    assert catalog.find("Person") is None


def test_columns_come_from_mixins_too() -> None:
    catalog = Catalog(snapshot({"tables/people.py": SUBCLASSED}))
    assert catalog.columns(catalog.require("people")) == {
        "metadata": "tables/people.py",
        "full_name": "tables/people.py",
        "slug": "tables/people.py",
        "id": "mixins.py",
        "created_at": "mixins.py",
        "updated_at": "mixins.py",
    }


def test_a_name_in_a_comment_is_no_table() -> None:
    assert Catalog(snapshot({"tables/shop.py": SHOP + "\n# people\n"})).find("people") is None


def test_the_nearest_table() -> None:
    with pytest.raises(UsageError, match="There is no table 'produts'; the tables are organizations, products, users"):
        Catalog(snapshot()).require("produts")


def test_only_what_mentions_a_table_is_parsed() -> None:
    catalog = Catalog(snapshot({"tables/broken.py": "class\n"}))
    assert catalog.find("products")
    with pytest.raises(UsageError, match="tables/broken"):
        catalog.names()


def test_class_names_that_are_taken() -> None:
    assert Catalog(snapshot()).class_names() == {
        "Product": "src/app/db/tables/__init__.py",
        "User": "src/app/db/auth_schema.py",
        "Organization": "src/app/db/auth_schema.py",
    }


def test_the_tables_of_a_file() -> None:
    assert Catalog(snapshot()).tables_in("auth_schema.py") == ["users", "organizations"]
