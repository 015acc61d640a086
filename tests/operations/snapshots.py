"""Snapshots that never were on a disk."""

from collections.abc import Mapping

from scaffold.plan import Plan, Snapshot

EXPORTS = '"""Tables."""\n\nfrom app.db.tables.shop import Product as Product\n'
AUTH = """\
from app.db.base import Base


class User(Base):
    __tablename__ = "users"


class Organization(Base):
    __tablename__ = "organizations"
"""
MIXINS = """\
from sqlalchemy.orm import Mapped, mapped_column


class HasId:
    id: Mapped[str] = mapped_column(primary_key=True)


class HasTimestamps:
    created_at: Mapped[str]
    updated_at: Mapped[str]


class InOrganization:
    organization_id: Mapped[str]
"""
SHOP = """\
from sqlalchemy.orm import Mapped

from app.db.base import Base
from app.db.mixins import HasId, HasTimestamps


class Product(HasId, HasTimestamps, Base):
    __tablename__ = "products"

    name: Mapped[str]
"""


def snapshot(
    files: Mapping[str, str] | None = None, rows: Mapping[str, int] | None = None, width: int = 88
) -> Snapshot:
    """A package `app.db` with the table `products`, and more or other files."""
    texts = {
        "auth_schema.py": AUTH,
        "base.py": "class Base: ...\n",
        "mixins.py": MIXINS,
        "schema.py": "from app.db.tables import *\n",
        "tables/__init__.py": EXPORTS,
        "tables/shop.py": SHOP,
    } | dict(files or {})
    return Snapshot(
        package="app.db",
        folder="src/app/db",
        files={name: text.encode() for name, text in texts.items()},
        rows={"products": 0} | dict(rows or {}),
        line_length=width,
    )


def after(plan: Plan, path: str) -> str:
    """The text of a file that a plan writes."""
    [edit] = [edit for edit in plan.edits if edit.path == path]
    assert edit.after is not None
    return edit.after.decode()
