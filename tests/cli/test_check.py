"""`scaffold check`: what it prints, how it exits, what it mends."""

import json

import pytest

from scaffold.drizzle.auth import signed
from tests.cli.sarif import Log
from tests.projects import TestProject

BILLING = '''"""Billing tables."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shopdb.base import Base
from shopdb.mixins import HasId, HasTimestamps, InOrganization


class Invoice(HasId, InOrganization, HasTimestamps, Base):
    __tablename__ = "invoices"

    data: Mapped[str]
    author_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
'''
TEXT = """\
src/shopdb/tables/billing.py:10: not-exported: The class Invoice of the table 'invoices' is not exported by src/shopdb/\
tables/__init__.py, so nothing knows it.
    from shopdb.tables.billing import Invoice as Invoice
src/shopdb/tables/billing.py:13: generic-name: The column name 'data' of 'invoices' says nothing about what it holds.
    scaffold rename-column invoices data NEW
src/shopdb/tables/billing.py:14: foreign-key-without-index: The foreign key author_id of 'invoices' has no index, so \
deleting one row of 'users' reads all of 'invoices'.
    scaffold add-index invoices author_id

3 found; 2 fixed by: scaffold check --fix
"""
MENDED = """\
  update  src/shopdb/tables/__init__.py
  update  src/shopdb/tables/billing.py

The models may have changed: scaffold generate makes the migration.

src/shopdb/tables/billing.py:13: generic-name: The column name 'data' of 'invoices' says nothing about what it holds.
    scaffold rename-column invoices data NEW

1 found.
"""


@pytest.fixture
def flawed(project: TestProject) -> TestProject:
    auth = project.package / "auth_schema.py"
    auth.write_text(signed(auth.read_text()))
    project.write("src/shopdb/tables/billing.py", BILLING)
    return project


def test_text(flawed: TestProject) -> None:
    before = flawed.tree()
    result = flawed.run("check")
    assert (result.code, result.out, result.err) == (1, TEXT, "")
    assert flawed.tree() == before, "a check writes nothing"


def test_fix(flawed: TestProject) -> None:
    result = flawed.run("check", "--fix")
    assert (result.code, result.out) == (1, MENDED)
    assert flawed.table("billing") == BILLING.replace('"CASCADE"))', '"CASCADE"), index=True)')
    assert "from shopdb.tables.billing import Invoice as Invoice" in flawed.table("__init__")
    assert flawed.run("check", "--fix").out.startswith("src/shopdb/tables/billing.py:13")


def test_what_new_domain_makes_is_right(project: TestProject) -> None:
    auth = project.package / "auth_schema.py"
    auth.write_text(signed(auth.read_text()))
    fields = "number:string=20:unique", "status:enum=a,b:default=a", "user:ref=users:optional", "at:datetime:optional"
    project.ok("new-domain", "billing", *fields, "paid:bool", "total:decimal", "extra:json:optional", "token:uuid")
    assert project.ok("check") == "Nothing found.\n"


def test_json(flawed: TestProject) -> None:
    for argv in (["check", "--json"], ["check", "--format", "json"]):
        result = flawed.run(*argv)
        found = json.loads(result.out)
        assert (result.code, found["verb"], len(found["findings"])) == (1, "check", 3)
        assert found["findings"][1] == {
            "code": "generic-name",
            "message": "The column name 'data' of 'invoices' says nothing about what it holds.",
            "file": "src/shopdb/tables/billing.py",
            "line": 13,
            "last_line": 13,
            "help": "scaffold rename-column invoices data NEW",
            "fixable": False,
        }


def test_sarif(flawed: TestProject) -> None:
    log = Log.model_validate_json(flawed.run("check", "--format", "sarif").out)
    (run,) = log.runs
    assert len(run.results) == 3
    for result in run.results:
        assert run.tool.driver.rules[result.ruleIndex].id == result.ruleId
        (location,) = result.locations
        artifact = location.physicalLocation.artifactLocation
        assert (artifact.uri, artifact.uriBaseId) == ("src/shopdb/tables/billing.py", "ROOT")
        assert artifact.uriBaseId in run.originalUriBaseIds
        assert location.physicalLocation.region.startLine <= location.physicalLocation.region.endLine


def test_sarif_without_findings(project: TestProject) -> None:
    (run,) = Log.model_validate_json(project.run("check", "--format", "sarif").out).runs
    assert run.results == []


def test_sarif_spells_paths_as_uris(flawed: TestProject) -> None:
    pyproject = flawed.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace('source = "src"', 'source = "höhe 100%"'))
    (flawed.root / "src").rename(flawed.root / "höhe 100%")
    (run,) = Log.model_validate_json(flawed.run("check", "--format", "sarif").out).runs
    uris = {result.locations[0].physicalLocation.artifactLocation.uri for result in run.results}
    assert uris == {"h%C3%B6he%20100%25/shopdb/tables/billing.py"}


def test_configuration(flawed: TestProject) -> None:
    pyproject = (flawed.root / "pyproject.toml").read_text()
    flawed.write("pyproject.toml", f'{pyproject}\n[tool.scaffold.check]\nselect = ["generic-name"]\n')
    assert flawed.run("check").out.endswith("\n1 found.\n")
    flawed.write("pyproject.toml", f'{pyproject}\n[tool.scaffold.check]\nignore = ["generic-name", "not-exported"]\n')
    assert "foreign-key-without-index" in flawed.run("check").out


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ('select = ["genric-name"]', "check.select: genric-name is unknown (did you mean check.select: generic-name?)"),
        ("ignore = 1", "check.ignore is no list of strings"),
        ("max-tables = 0", "check.max-tables is no whole number above 0"),
        ("query_columns = []", "check.query_columns is unknown (did you mean check.query-columns?)"),
    ],
)
def test_a_wrong_configuration(flawed: TestProject, line: str, mistake: str) -> None:
    pyproject = (flawed.root / "pyproject.toml").read_text()
    flawed.write("pyproject.toml", f"{pyproject}\n[tool.scaffold.check]\n{line}\n")
    result = flawed.run("check")
    assert (result.code, mistake in result.err) == (2, True), str(result)


@pytest.mark.parametrize("verb", [("new-domain", "geo", "--table"), ("add-table", "shop")], ids=lambda verb: verb[0])
def test_a_table_that_was_asked_for_without_an_organization_is_allowed(
    project: TestProject, verb: tuple[str, ...]
) -> None:
    auth = project.package / "auth_schema.py"
    auth.write_text(signed(auth.read_text()))
    project.ok("new-domain", "shop", "name:text")
    project.ok(*verb, "countries", "code:text", "--no-tenant")
    assert project.ok("check") == "Nothing found.\n"
    project.ok("drop-table", "countries", "--yes")
    assert "scaffold: allow" not in project.table("shop")
