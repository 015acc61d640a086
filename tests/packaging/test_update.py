"""A newer wheel brings a newer domain template, which reaches the modules that the older one made."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.packaging.builds import REPOSITORY, Environment, build

pytestmark = pytest.mark.slow

PROGRAM = "import sys; sys.path.insert(0, {newer!r}); from scaffold.cli import main; main()"
OLD, NEW = '__tablename__ = "{{ table }}"', '__tablename__ = "{{ table }}"\n    __allow_unmapped__ = True'


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a wheel has whose template was changed as docs say."""
    source = tmp_path_factory.mktemp("newer")
    for folder in ("src", "templates", "docs"):
        shutil.copytree(REPOSITORY / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE"):
        shutil.copy(REPOSITORY / file, source)
    module = source / "templates" / "domain_table" / "template" / "{{ domain }}.py.jinja"
    assert OLD in module.read_text()
    module.write_text(module.read_text().replace(OLD, NEW))
    subprocess.run([sys.executable, "docs/template.py"], cwd=source, env={"PYTHONPATH": "src"}, check=True)
    with zipfile.ZipFile(build("wheel", source, source / "dist")) as wheel:
        wheel.extractall(source / "installed")
    return source / "installed"


def test_update(environment: Environment, newer: Path, tmp_path: Path) -> None:
    def upgraded(*argv: str) -> str:
        return environment.run("python", "-c", PROGRAM.format(newer=str(newer)), *argv, cwd=shop)

    environment.run("scaffold", "init", "shop", cwd=tmp_path)
    shop = tmp_path / "shop"
    environment.run("scaffold", "new-domain", "billing", "--table", "invoices", "paid:bool", cwd=shop)
    environment.run("scaffold", "add-column", "invoices", "note:text:optional", cwd=shop)
    assert "there is nothing to update" in environment.run("scaffold", "update", cwd=shop)
    module = shop / "src" / "appdb" / "tables" / "billing.py"
    before = module.read_text()

    assert "  update  src/appdb/tables/billing.py\n" in upgraded("update")
    after = module.read_text()
    assert after == before.replace('__tablename__ = "invoices"', NEW.replace("{{ table }}", "invoices"))
    assert "there is nothing to update" in upgraded("update")
    upgraded("generate", "--check")

    left = environment.run("scaffold", "update", cwd=shop)
    assert "Invoice of src/appdb/tables/billing.py is left as it is: its version " in left
    assert module.read_text() == after
