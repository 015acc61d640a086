"""The three verbs from an installed wheel, in a project with another package name, from a subfolder."""

import sqlite3
from pathlib import Path

import pytest

from tests.packaging.builds import Environment
from tests.projects import TestProject

pytestmark = pytest.mark.slow

ALEMBIC = """
[tool.alembic]
script_location = "%(here)s/src/{folder}/migrations"
prepend_sys_path = ["%(here)s/src"]
"""
PROGRAM = """
from {package} import session
from {package}.schema import Organization, Product

with session() as db:
    acme = Organization(name="Acme", slug="acme")
    db.add(acme)
    db.flush()
    db.add(Product(name="Chair", organization_id=acme.id))
    db.commit()
with session() as db:
    product = db.query(Product).one()
    print(product.name, product.price, product.status)
"""


def project_named(package: str, root: Path) -> TestProject:
    """A project whose database package has that import name, with Alembic configured."""
    project = TestProject(root)
    folder = package.replace(".", "/")
    for file in [*project.package.rglob("*.*"), root / "pyproject.toml"]:
        text = file.read_text().replace("shopdb", package).replace("SHOPDB", package.replace(".", "_").upper())
        file.write_text(text)
    target = root / "src" / folder
    target.parent.mkdir(exist_ok=True)
    project.package.rename(target)
    with (root / "pyproject.toml").open("a") as pyproject:
        pyproject.write(ALEMBIC.format(folder=folder))
    return project


def test_the_version_is_the_wheels(environment: Environment, wheel: Path, tmp_path: Path) -> None:
    assert environment.run("scaffold", "--version", cwd=tmp_path) == f"scaffold {wheel.name.split('-')[1]}\n"


@pytest.mark.parametrize(
    ("package", "folder"), [("storedb", "store"), ("shop.db", "my 100% schöner shop"), ("app_db", "'quoted' $HOME; #x")]
)
def test_the_three_verbs(environment: Environment, package: str, folder: str, tmp_path: Path) -> None:
    project = project_named(package, tmp_path / folder)
    below = project.root / "src" / package.replace(".", "/") / "tables"

    fields = ("name:string=80", "price:decimal=12.2:default=9.90")
    environment.run("scaffold", "new-domain", "shop", "--table", "products", *fields, cwd=below)
    environment.run("scaffold", "add-column", "products", "status:enum=draft,live:default=draft", cwd=below)
    environment.run("scaffold", "add-column", "products", "maker:ref=users:optional", "--no-migrate", cwd=below)
    assert "add_maker_id_to_products" in environment.run("scaffold", "migrate", cwd=below)

    assert "No new upgrade operations detected" in environment.run("alembic", "check", cwd=project.root)
    program = PROGRAM.format(package=package)
    source = str(project.root / "src")
    ran = environment.run("python", "-c", f"import sys; sys.path.insert(0, {source!r})\n{program}", cwd=project.root)
    assert ran == "Chair 9.90 draft\n"
    database = sqlite3.connect(project.root / "local.db")
    assert database.execute("SELECT name, price, status, maker_id FROM products").fetchall() == [
        ("Chair", 9.9, "draft", None)
    ]
    database.close()
    environment.run("alembic", "downgrade", "base", cwd=project.root)
    environment.run("alembic", "upgrade", "head", cwd=project.root)
