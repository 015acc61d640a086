"""Only the touched models are imported: what a verb does is the same as with all of them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scaffold.plan import FileEdit
from scaffold.project import config, models, touched
from tests.faults.harness import difference, normalized, state
from tests.projects import PACKAGE, TestProject

VERBS = (
    ("new-domain", "crm", "--table", "leads", "name:text", "order:ref=orders:optional"),
    ("add-table", "shop", "stocks", "product:ref=products", "amount:int:default=0"),
    ("add-column", "products", "weight:decimal=8.3:optional", "note:text"),
    ("add-column", "lines", "visit:ref=visits:optional"),
    ("alter-column", "products", "name:string=120:optional"),
    ("rename-column", "products", "name", "title"),
    ("rename-column", "orders", "number", "code"),
    ("rename-table", "products", "articles"),
    ("rename-table", "visits", "calls"),
    ("add-index", "orders", "number", "created_at", "--unique"),
    ("drop-column", "orders", "number", "--yes"),
    ("drop-table", "visits", "--yes"),
    ("drop-domain", "web", "--yes"),
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> TestProject:
    """Four domains that refer to each other."""
    project = TestProject(tmp_path_factory.mktemp("touched") / "shop")
    project.ok("new-domain", "shop", "--table", "products", "name:text", "status:enum=new,old:default=new")
    project.ok("new-domain", "sales", "--table", "orders", "number:string=20", "user:ref=users:optional")
    project.ok("add-table", "sales", "lines", "order:ref=orders", "product:ref=products")
    project.ok("new-domain", "web", "--table", "visits", "path:text", "order:ref=orders:optional")
    project.ok("new-domain", "blog", "--table", "posts", "body:text")
    return project


@pytest.mark.parametrize("argv", VERBS, ids=" ".join)
@pytest.mark.parametrize("options", [(), ("--dry-run",), ("--no-migrate",)], ids=["", "dry run", "no migrate"])
def test_both_ways_do_the_same(
    shop: TestProject, argv: tuple[str, ...], options: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    some, everything = shop.copy(tmp_path / "some" / "shop"), shop.copy(tmp_path / "everything" / "shop")
    found = some.run(*argv, *options)
    monkeypatch.setattr(touched, "metadata", lambda config, *_: models.metadata(config))
    expected = everything.run(*argv, *options)
    assert found.code == expected.code, f"{found}\n{expected}"
    assert not difference(normalized(state(some.root)), normalized(state(everything.root)))


def test_a_dry_run_reads_no_other_domain(shop: TestProject) -> None:
    said = shop.run("--debug", "add-column", "posts", "title:text:optional", "--dry-run")
    assert said.code == 0
    assert "All models" not in said.err


@pytest.fixture
def importing(shop: TestProject, tmp_path: Path) -> Iterator["Importing"]:
    """A copy whose package can be imported."""
    project = shop.copy(tmp_path / "shop")
    found = config.find(project.root)
    with models.importable(found):
        yield Importing(project, found)


class Importing:
    def __init__(self, project: TestProject, found: config.Config) -> None:
        self.project, self.config = project, found

    def tables(self, *names: str, edits: tuple[FileEdit, ...] = ()) -> set[str]:
        return set(touched.metadata(self.config, edits, names).tables) - {
            "accounts", "invitations", "members", "organizations", "sessions", "users", "verifications"
        }  # fmt: skip


def test_a_table_comes_with_what_it_refers_to_and_what_refers_to_it(importing: Importing) -> None:
    assert importing.tables("posts") == {"posts"}
    models.forget(PACKAGE)
    assert importing.tables("products") == {"products", "orders", "lines"}


def test_whoever_asks_the_package_gets_everything(importing: Importing) -> None:
    assert importing.tables("posts") == {"posts"}
    from shopdb.tables import Visit  # type: ignore[import-not-found]

    assert Visit.__tablename__ == "visits"
    assert {"orders", "lines", "posts"} <= set(sys.modules[f"{PACKAGE}.base"].Base.metadata.tables)
    from shopdb.schema import Product  # type: ignore[import-not-found]

    assert Product.metadata is Visit.metadata


@pytest.mark.parametrize(
    "hook",
    [
        "from sqlalchemy import event\nevent.contains\n",
        "from shopdb.base import Base\nBase.metadata.info['x'] = 1\n",
        "setattr(object, 'x', 1) if False else None\n",
        "from shopdb.mixins import HasTimestamps\nHasTimestamps.extra = 1\n",
        "from sqlalchemy.event import listen\n",
        "from sqlalchemy import (\n    Integer,\n    event as happening,  # aside\n)\n",
        "import sqlalchemy.event as ev\n",
        "for each in ():\n    each.extra = 1\n",
        "class Loop:\n    for each in ():\n        each.extra = 1\n",
        "def wire():\n    pass\nMADE = wire()\n",
        "import uuid; uuid.uuid4()\n",
        "import uuid\n'' .join([uuid.uuid4().hex])\n",
        "import uuid\nmade = uuid.extra = 1\n",
        "import uuid\nclass Wired:\n    print()\n",
        "import uuid\nclass Typed:\n    uuid.extra: int = 1\n",
        "import uuid\rprint()\r",
        "class Late:\n    __tablename__ = 'la' 'tes'\n",
        "from shopdb import auditing\n",
        "from ..auditing import ready\n",
        "from shopdb.tables.deep import inner\n",
        "from shopdb.tables.deep.inner import X\n",
    ],
)
def test_a_domain_that_may_reach_out_makes_it_import_everything(importing: Importing, hook: str) -> None:
    package = importing.project.package
    listener = "from sqlalchemy import event\nready = X = event\n"
    for file in ("auditing.py", "tables/deep/__init__.py", "tables/deep/inner.py"):
        importing.project.write(package / file, "" if "__init__" in file else listener)
    text = importing.project.table("web")
    importing.project.write(importing.project.package / "tables" / "web.py", f"{text}\n\n{hook}")
    assert {"visits", "products"} <= importing.tables("posts")


@pytest.mark.parametrize(
    "plain",
    [
        "from decimal import Decimal\nfrom shopdb import types, constants\nMOST: int = max(1, constants.MOST)\n",
        "from . import blog as blog\nfrom .sales import (\n    Order,\n)\n",
        "import enum\n\n\n@enum.unique\nclass Kind(enum.StrEnum):\n    A = 'a'\n",
        "def plain() -> int:\n    return 1\n",
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from shopdb.tables.sales import Order\n",
    ],
)
def test_a_domain_that_only_defines_stays_unread(importing: Importing, plain: str) -> None:
    importing.project.write(importing.project.package / "constants.py", "MOST = 3\n")
    text = importing.project.table("web")
    importing.project.write(importing.project.package / "tables" / "web.py", f"{text}\n\n{plain}")
    assert "visits" not in importing.tables("posts")


def test_heirs_of_heirs_come_along(importing: Importing) -> None:
    tables = importing.project.package / "tables"
    importing.project.write(
        tables / "middle.py", "from shopdb.tables.blog import Post\n\n\nclass Special(Post):\n    pass\n"
    )
    heir = "from sqlalchemy.orm import Mapped\n\nfrom shopdb.tables.middle import Special\n\n\n"
    importing.project.write(tables / "heir.py", f"{heir}class More(Special):\n    extra: Mapped[str | None]\n")
    with (tables / "__init__.py").open("a") as file:
        file.write("from shopdb.tables.heir import More as More\nfrom shopdb.tables.middle import Special as Special\n")
    found = touched.metadata(importing.config, (), {"posts"})
    assert "extra" in found.tables["posts"].c
    assert "visits" not in found.tables


@pytest.mark.parametrize(
    ("file", "addition"),
    [
        ("tables/__init__.py", "\nfor _ in ():\n    pass\n"),
        ("tables/__init__.py", "\nfrom shopdb import auditing as auditing\n"),
        ("schema.py", "\nEXTRA = len(globals())\n"),
    ],
)
def test_a_package_that_computes_is_imported_whole(importing: Importing, file: str, addition: str) -> None:
    importing.project.write(importing.project.package / "auditing.py", "from sqlalchemy import event\n")
    path = importing.project.package / file
    path.write_text(path.read_text() + addition)
    assert {"visits", "products"} <= importing.tables("posts")


def test_a_broken_domain_is_found_although_nothing_needs_it(shop: TestProject, tmp_path: Path) -> None:
    project = shop.copy(tmp_path / "shop")
    web = project.package / "tables" / "web.py"
    web.write_text(web.read_text() + "def\n")
    before = project.tree()
    result = project.run("add-column", "posts", "title:text:optional")
    assert (result.code, "web.py" in result.err) == (2, True), str(result)
    assert project.tree() == before
