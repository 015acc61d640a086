"""A project with one domain, `shop`, judged."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from scaffold.drizzle.auth import signed
from scaffold.lint.finding import Finding
from scaffold.lint.options import Options
from scaffold.plan import FileEdit
from scaffold.project import checking
from scaffold.project.project import Project
from tests.projects import TestProject

HEAD = '''"""Shop tables."""

import datetime as dt
import enum
from typing import Literal

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from shopdb import types
from shopdb.base import Base
from shopdb.mixins import HasId, HasTimestamps, InOrganization


'''
CLASS = """class Order(HasId, InOrganization, HasTimestamps, Base):
    __tablename__ = "orders"
"""
EXPORT = "from shopdb.tables.shop import Order as Order\n"
SHOP, EXPORTS = "src/shopdb/tables/shop.py", "src/shopdb/tables/__init__.py"


class Shop:
    """The project."""

    def __init__(self, project: TestProject) -> None:
        self.project = project
        project.write(EXPORTS, EXPORT)
        auth = project.package / "auth_schema.py"
        auth.write_text(signed(auth.read_text()))

    def write(self, body: str) -> None:
        """Write the domain: whole classes, or what stands in the class of the table `orders`."""
        self.project.write(SHOP, HEAD + (body if body.startswith(("class ", "@", "#")) else CLASS + "\n" + body))

    def found(self, *select: str, **options: object) -> tuple[Finding, ...]:
        """What the selected rules find."""
        project = Project.find(self.project.root)
        snapshot = project.snapshot()
        return checking.findings(snapshot, checking.declaring(project.config, snapshot), _options(select, options))

    def fixes(self, *select: str) -> tuple[FileEdit, ...]:
        """What the fixes of the selected rules change."""
        project = Project.find(self.project.root)
        return checking.fixes(project.config, project.snapshot(), _options(select, {}))

    def line(self, text: str) -> int:
        """The line of the domain's module with a text."""
        lines = (self.project.root / SHOP).read_text().split("\n")
        return next(number for number, line in enumerate(lines, 1) if text in line)


def _options(select: Sequence[str], options: dict[str, object]) -> Options:
    return replace(Options(select=tuple(select)), **options)  # type: ignore[arg-type]


@pytest.fixture
def shop(project: TestProject) -> Shop:
    """A project with the domain `shop`, which is not written yet."""
    return Shop(project)
