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
    ],
)
def test_a_domain_that_may_reach_out_makes_it_import_everything(importing: Importing, hook: str) -> None:
    text = importing.project.table("web")
    importing.project.write(importing.project.package / "tables" / "web.py", f"{text}\n\n{hook}")
    assert {"visits", "products"} <= importing.tables("posts")


@pytest.mark.parametrize(
    ("file", "addition"),
    [
        ("tables/__init__.py", "\nfor _ in ():\n    pass\n"),
        ("schema.py", "\nEXTRA = len(globals())\n"),
    ],
)
def test_a_package_that_computes_is_imported_whole(importing: Importing, file: str, addition: str) -> None:
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
