"""The lot on SQLite, PostgreSQL and MariaDB: domains, columns of every type, up, down, up again, and real rows."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from tests import fields
from tests.projects import TestProject

DOMAINS = {"plain": fields.EVERY_TYPE, "keyed": fields.KEYED, "optional": fields.OPTIONAL}
MORE = {"plain": (*fields.DEFAULTS[:3], "b_ref:ref=keyed"), "keyed": fields.RESERVED, "optional": fields.DEFAULTS}

ROW = """
import datetime as dt
from decimal import Decimal
from uuid import UUID

from shopdb import session
from shopdb.schema import Defaulted, Organization, User

user = User(name="Ada", email="ada@example.com")
organization = Organization(name="Org", slug="org")
with session() as db:
    db.add_all([user, organization])
    db.flush()
    db.add(Defaulted(organization_id=organization.id, a_user_id=user.id, {arguments}))
    db.commit()
with session() as db:
    row = db.query(Defaulted).one()
    expected = {{{expected}}}
    found = {{name: getattr(row, name) for name in expected}}
    print({{name: found[name] for name in expected if repr(found[name]) != repr(expected[name])}})
"""
"""What a program writes and reads back; it prints what is not as expected."""


def _alembic(project: TestProject, command: str, *arguments: str) -> str:
    code = (
        "from alembic import command, config, util\n"
        "made = config.Config(attributes={'url': URL})\n"
        "made.set_main_option('script_location', 'src/shopdb/migrations')\n"
        f"command.{command}(made, *{arguments!r})\n"
    )
    return project.python(code.replace("URL", repr(project.url)))


def _tables(project: TestProject) -> set[str]:
    engine = sa.create_engine(project.url, poolclass=sa.NullPool)
    names = set(sa.inspect(engine).get_table_names())
    engine.dispose()
    return names


def test_up_and_down(on_any_database: TestProject) -> None:
    project = on_any_database
    for domain, columns in DOMAINS.items():
        project.ok("new-domain", domain, *columns)
    for domain, columns in MORE.items():
        out = project.ok("add-column", domain, *columns)
        assert "differed" not in out
    assert {"plain", "keyed", "optional", "users"} <= _tables(project)
    _alembic(project, "check")
    _alembic(project, "downgrade", "base")
    assert _tables(project) == {"alembic_version"}
    assert project.ok("migrate").count("  apply ") == 1 + len(DOMAINS) + len(MORE)
    _alembic(project, "check")


VALUES = {
    "a_text": "'naïve ☃'",
    "a_string": "'x' * 80",
    "an_int": "-(2 ** 31)",
    "a_bigint": "2 ** 63 - 1",
    "a_float": "0.1",
    "a_decimal": "Decimal('1234567.8901')",
    "a_bool": "True",
    "a_date": "dt.date(2026, 1, 31)",
    "a_datetime": "dt.datetime(2026, 1, 31, 9, 30, 15, tzinfo=dt.UTC)",
    "a_time": "dt.time(9, 30, 15)",
    "a_json": "{'a': [1, None, True, 'ü']}",
    "a_uuid": "UUID('6f1c8f0e-5d0a-4d51-9a35-3f6d0a1b2c3d')",
    "a_bytes": "bytes(range(256))",
    "an_enum": "'published'",
}
DEFAULTS = {
    "empty_text": "''",
    "quoted_text": "'it\\'s \"so\" 100% \\\\n a:b'",
    "unicode_text": "'ключ ☃'",
    "default_string": "'x'",
    "default_int": "-5",
    "default_bigint": "9007199254740993",
    "default_float": "2.5",
    "default_decimal": "Decimal('-9.9000')",
    "a_true": "True",
    "a_false": "False",
    "default_date": "dt.date(2026, 1, 31)",
    "default_datetime": "dt.datetime(2026, 1, 31, 9, 30, 15, tzinfo=dt.UTC)",
    "default_time": "dt.time(9, 30, 15)",
    "an_object": "{'a': [1, None, True, \"it's : 100%\"]}",
    "a_list": "[]",
    "default_uuid": "UUID('6f1c8f0e-5d0a-4d51-9a35-3f6d0a1b2c3d')",
    "default_bytes": "b'\\x00\\xff'",
    "default_enum": '"it\'s"',
}


@pytest.mark.parametrize("added", [False, True], ids=["created", "added"])
def test_values_and_defaults_come_back(on_any_database: TestProject, added: bool) -> None:
    project = on_any_database
    every = tuple(f"{field}:optional" for field in fields.EVERY_TYPE)
    if added:
        project.ok("new-domain", "defaulted", *fields.DEFAULTS[:1])
        project.ok("add-column", "defaulted", *every, *fields.DEFAULTS[1:])
    else:
        project.ok("new-domain", "defaulted", *every, *fields.DEFAULTS)
    arguments = ", ".join(f"{name}={value}" for name, value in VALUES.items())
    expected = ", ".join(f"{name!r}: {value}" for name, value in (VALUES | DEFAULTS).items())
    assert project.python(ROW.format(arguments=arguments, expected=expected)) == "{}\n"


def test_a_default_beyond_the_basic_plane(on_any_database: TestProject) -> None:
    project = on_any_database
    project.ok("new-domain", "moods", "face:text:default=\U0001f600", 'more:json:default={"face":"\U0001f600"}')
    _alembic(project, "check")
    project.ok("generate", "--check")


def test_mariadb_is_called_by_its_name(tmp_path: Path, mysql_url: str) -> None:
    engine = sa.create_engine(mysql_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        name = "MariaDB" if getattr(connection.dialect, "is_mariadb", False) else "MySQL"
    engine.dispose()
    project = TestProject(tmp_path / "project", {"SHOPDB_URL": mysql_url})
    assert project.ok("migrate").startswith(f"Local: {name} ")
    assert f"Done: {name} " in project.ok("new-domain", "shop")
