"""An application on a libSQL file, through `sqlalchemy-libsql`, and the same file as a SQLite."""

import pytest

from tests.projects import TestProject

PROGRAM = """\
from sqlalchemy import select
from shopdb import session
from shopdb.schema import User

with session() as db:
    db.add(User(name="Ada", email="ada@example.com"))
    db.commit()
with session() as db:
    print(db.scalars(select(User.email)).all())
"""


def test_an_application_works_on_what_was_migrated(project: TestProject) -> None:
    pytest.importorskip("sqlalchemy_libsql", reason="the extra libsql is not installed")
    project.environment["SHOPDB_URL"] = f"sqlite+libsql:///{project.database}"
    project.ok("new-domain", "shop", "--table", "products", "name:text")
    assert project.python(PROGRAM) == "['ada@example.com']\n"
    assert project.ok("migrate").endswith("Nothing to apply.\n")
