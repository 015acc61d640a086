"""`add-column` on modules that people wrote: the column is there, every other byte stays, and all still works."""

import difflib
import re

import pytest

from tests.projects import TestProject

MIXED = """\
# -*- coding: utf-8 -*-
from sqlalchemy import (
    ForeignKey,   # aligned by hand
    String,
)
from sqlalchemy.orm import Mapped, mapped_column
from ..base import Base
from ..mixins import HasId

LIMIT = 80


class Product(HasId, Base):
\t'''Tabs, single quotes.'''

\t__tablename__ = 'products'
\t__table_args__ = ({'comment': 'sold'},)

\tname: Mapped[str] = mapped_column(String(LIMIT))
\t# about the name


class Other(HasId, Base):
\t__tablename__ = "other"
"""
ALIASED = """\
import datetime
import sqlalchemy as sa
import sqlalchemy.orm as so

from shopdb import base as b, mixins as m


class Product(m.HasId, b.Base):
    __tablename__ = "products"
    name: so.Mapped[str]

    @property
    def text(self) -> str:
        return self.name
"""
FUTURE = """\
from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped, relationship

from shopdb.base import Base
from shopdb.mixins import HasId, HasTimestamps

if TYPE_CHECKING:
    from shopdb.auth_schema import User


class Product(Base, HasTimestamps, HasId):
    __tablename__ = "products"

    name: Mapped[str]; short: Mapped[str | None]

    def decimal(self) -> int: return 1
"""
EMPTY = """\
from shopdb.base import Base
from shopdb.mixins import HasId
class Product(HasId,Base):
  __tablename__="products"
"""
CLASSIC = """\
from sqlalchemy import Column, Text
from shopdb.base import Base
from shopdb.mixins import HasId


class Product(HasId, Base):
    __tablename__ = "products"

    name = Column(Text, nullable=False)

    if True:
        LEVEL = 1
"""
STYLES = {"mixed": MIXED, "aliased": ALIASED, "future": FUTURE, "empty": EMPTY, "classic": CLASSIC}
FIELDS = (
    "price:decimal=12.2:default=0",
    "kind:enum=a,b:default=a",
    "sold_at:datetime:optional",
    "owner:ref=users:optional",
    "settings:json:default={}",
    "on_sale:bool:default=true",
    "metadata:json:optional",
)


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("style", STYLES)
def test_columns_are_added(project: TestProject, style: str, ending: str) -> None:
    before = STYLES[style].replace("\n", ending)
    project.write(project.package / "tables" / "odd.py", before)
    exports = [f"from shopdb.tables.odd import {name} as {name}\n" for name in re.findall(r"class (\w+)", before)]
    project.write(project.package / "tables" / "__init__.py", '"""x"""\n\n' + "".join(sorted(exports)))
    project.ok("generate", "-m", "products")
    columns, values = ("id", "'1'") if style == "empty" else ("id, name", "'1', 'a'")
    stamps = (", created_at, updated_at", ", 1, 1") if style == "future" else ("", "")
    project.execute(f"INSERT INTO products ({columns}{stamps[0]}) VALUES ({values}{stamps[1]})")
    project.ok("add-column", "products", *FIELDS)
    after = (project.package / "tables" / "odd.py").read_bytes().decode()
    assert after.count(ending) == after.count("\n")
    removed = [line for line in difflib.ndiff(before.split(ending), after.split(ending)) if line.startswith("- ")]
    assert [line for line in removed if "import" not in line] == []
    shown = project.python(
        "from sqlalchemy import text\nfrom shopdb import session\nfrom shopdb.schema import Product\n"
        "with session() as db:\n"
        "    columns = [Product.__table__.c[name] for name in"
        " ('price', 'kind', 'sold_at', 'owner_id', 'settings', 'on_sale', 'metadata')]\n"
        "    from sqlalchemy import select\n"
        "    print(*db.execute(select(*columns)).one(), sep='|')\n"
    )
    assert shown == "0.00|a|None|None|{}|True|None\n"


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (
            "import sqlalchemy as sa\nfrom shopdb.base import Base\n"
            "products = sa.Table('products', Base.metadata, sa.Column('id', sa.Text))\n",
            "core Table, which has no class to add a column to",
        ),
        (
            "from shopdb.base import Base\nfrom shopdb.mixins import HasId\n"
            "class Product(HasId, Base): __tablename__ = 'products'\n",
            "has the body of Product on its header's line",
        ),
    ],
)
def test_what_has_no_place_for_a_column(project: TestProject, module: str, message: str) -> None:
    project.write(project.package / "tables" / "odd.py", module)
    before = project.tree()
    result = project.run("add-column", "products", "size:text:optional")
    assert result.code == 2
    assert message in result.err
    assert "size: Mapped[str | None]" in result.err
    assert project.tree() == before


def test_a_module_that_is_not_exported_is_noticed(project: TestProject) -> None:
    project.write(project.package / "tables" / "odd.py", EMPTY)
    before = project.tree()
    result = project.run("add-column", "products", "size:text:optional")
    assert result.code == 2
    assert "does not import the module that defines 'products'" in result.err
    assert project.tree() == before


def test_attributes_that_would_hide_each_other(project: TestProject) -> None:
    project.ok("new-domain", "shop", "--table", "products", "--no-tenant")
    project.ok("add-column", "products", "metadata:json:optional", "metadata_:text:optional", "self:text:optional")
    assert (
        project.python(
            "from shopdb.schema import Product\np = Product(metadata_='a', self_='b')\n"
            "print(p.metadata__, p.metadata_, p.self_, sep='.')\n"
        )
        == "None.a.b\n"
    )
