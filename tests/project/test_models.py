"""The project's modules, imported with edits that are not on the disk."""

import sys

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import registry

from scaffold.errors import UsageError
from scaffold.project import config as configuration
from scaffold.project import models
from tests.projects import TestProject


def _config(project: TestProject) -> configuration.Config:
    return configuration.find(project.root)


def _table(name: str) -> bytes:
    return (
        "from shopdb.base import Base\nfrom shopdb.mixins import HasId\n\n\n"
        f'class Thing(HasId, Base):\n    __tablename__ = "{name}"\n'
    ).encode()


def test_an_edit_stands_for_the_file(project: TestProject) -> None:
    file = project.write(project.package / "tables" / "things.py", _table("old"))
    exports = project.package / "tables" / "__init__.py"
    edits = {file: _table("new"), exports: b"from shopdb.tables.things import Thing as Thing\n"}
    before = project.tree()
    config = _config(project)
    with models.importable(config, edits):
        assert {"new", "users"} <= set(models.metadata(config).tables)
    with models.importable(config):
        assert {"old", "new"}.isdisjoint(models.metadata(config).tables)
    assert project.tree() == before


def test_nothing_stays_behind(project: TestProject) -> None:
    config = _config(project)
    before = list(sys.path), list(sys.meta_path), set(sys.modules), sys.dont_write_bytecode, dict(registry.impls)
    with models.importable(config):
        models.metadata(config)
        assert "shopdb" in sys.modules
    assert before[:2] == (sys.path, sys.meta_path)
    assert not [name for name in set(sys.modules) - before[2] if name.startswith("shopdb")]
    assert before[3:] == (sys.dont_write_bytecode, registry.impls)
    sa.create_engine("sqlite://").dispose()


def test_a_module_that_raises(project: TestProject) -> None:
    file = project.write(project.package / "tables" / "__init__.py", "raise RuntimeError('out of order')\n")
    config = _config(project)
    with models.importable(config), pytest.raises(UsageError) as caught:
        models.metadata(config)
    assert f"{file}, line 1, can't be imported: RuntimeError: out of order" in caught.value.message


def test_a_module_that_does_not_parse(project: TestProject) -> None:
    file = project.write(project.package / "tables" / "__init__.py", "x = 1\ndef\n")
    config = _config(project)
    with models.importable(config), pytest.raises(UsageError) as caught:
        models.metadata(config)
    assert f"{file}, line 2, has a syntax error" in caught.value.message


def test_a_module_that_leaves(project: TestProject) -> None:
    project.write(project.package / "tables" / "__init__.py", "import sys\nsys.exit(3)\n")
    config = _config(project)
    with models.importable(config), pytest.raises(UsageError, match="can't be imported: SystemExit: 3"):
        models.metadata(config)


def test_a_base_without_metadata(project: TestProject) -> None:
    project.write(project.package / "schema.py", "")
    project.write(project.package / "base.py", "Base = 1\n")
    config = _config(project)
    with models.importable(config), pytest.raises(UsageError, match="has no declarative class called Base"):
        models.metadata(config)
