"""The first revision, and an env.py that finds real changes and nothing else."""

import ast
import io
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from appdb import types
from appdb.base import NAMING_CONVENTION
from appdb.constraints import check_enums, unique
from appdb.engine import migration_connection
from appdb.schema import Base
from tests.appdb.revisions import MIGRATIONS, config, differences, first_revision, rendered, upgrade

ROOT = Path(__file__).parents[2]


def test_the_first_revision_goes_up_agrees_with_the_models_and_goes_down(database_url, engine_of):
    upgrade(database_url)
    with engine_of(database_url).connect() as db:
        assert differences(db, Base.metadata, AUTH_TABLES) == []
    command.downgrade(config(url=database_url), "base")
    with engine_of(database_url).connect() as db:
        assert sa.inspect(db).get_table_names() == ["alembic_version"]


AUTH_TABLES = {"users", "sessions", "accounts", "verifications", "organizations", "members", "invitations"}


def test_check_is_silent_right_after_an_upgrade(database_url):
    settings = config(url=database_url, target_metadata=auth_metadata())
    command.upgrade(settings, "head")
    command.check(settings)


def auth_metadata() -> sa.MetaData:
    """The auth tables alone: other tests' models live in the same metadata."""
    only = sa.MetaData(naming_convention=NAMING_CONVENTION)
    for name in AUTH_TABLES:
        Base.metadata.tables[name].to_metadata(only)
    return only


def test_a_callers_connection_is_used_and_left_open_in_its_transaction(database_url):
    with migration_connection(database_url) as db:
        transaction = db.begin()
        command.upgrade(config(connection=db), "head")
        assert transaction.is_active
        assert not db.closed
        transaction.rollback()
        left = sa.inspect(db).get_table_names()
    assert "mysql" in database_url or left == []


def test_nothing_of_a_failing_upgrade_stays_on_sqlite(sqlite_url, engine_of, tmp_path):
    versions = tmp_path / "versions"
    versions.mkdir()
    (versions / "broken.py").write_text(
        "from alembic import op\nrevision = 'b'\ndown_revision = '3d1f0c5a9b72'\n"
        "def upgrade():\n    op.execute('CREATE TABLE made (id INTEGER)')\n    op.execute('nonsense')\n"
    )
    settings = config(url=sqlite_url)
    settings.set_main_option("version_locations", f"{first_revision()}\n{versions}")
    with pytest.raises(sa.exc.OperationalError, match="nonsense"):
        command.upgrade(settings, "head")
    with engine_of(sqlite_url).connect() as db:
        assert sa.inspect(db).get_table_names() == []


def test_more_arguments_reach_alembics_configure(sqlite_url):
    seen: list[str] = []
    listener = {"on_version_apply": lambda step, **_: seen.append(step.up_revision_id)}
    settings = config(url=sqlite_url, configure=listener)
    command.upgrade(settings, "head")
    assert seen == ["3d1f0c5a9b72"]


@pytest.mark.parametrize("where", [ROOT, Path("/")])
def test_plain_alembic_works_from_the_project_and_from_a_bare_script_folder(where, sqlite_url):
    bare = (
        "from alembic import command; from alembic.config import Config; c = Config(); "
        f"c.set_main_option('script_location', {str(MIGRATIONS)!r}); "
        "command.upgrade(c, 'head'); command.downgrade(c, 'base')"
    )
    way = ["-m", "alembic", "upgrade", "head"] if where == ROOT else ["-c", bare]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | {"APPDB_URL": sqlite_url}
    result = subprocess.run([sys.executable, *way], cwd=where, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("url", "begins"), [("sqlite:///x.db", False), ("postgresql://h/d", True), ("mysql://h/d", False)]
)
def test_sql_is_written_without_a_database(url, begins):
    settings = config(url=url)
    settings.output_buffer = io.StringIO()
    command.upgrade(settings, "head", sql=True)
    sql = settings.output_buffer.getvalue()
    assert ("BEGIN;" in sql) is begins
    assert "CREATE TABLE invitations" in sql


def test_the_command_lines_url_wins(sqlite_url, engine_of):
    import argparse

    settings = config(url="sqlite:////nowhere/at/all.db")
    settings.cmd_opts = argparse.Namespace(x=[f"url={sqlite_url}"])
    command.upgrade(settings, "head")
    with engine_of(sqlite_url).connect() as db:
        assert "users" in sa.inspect(db).get_table_names()


DEFAULTS: dict[str, tuple[Any, Any, Any]] = {
    # name: type, default, another default
    "empty": (types.ShortText(), "", "x"),
    "apostrophe": (types.ShortText(), "it's", "its"),
    "quotes": (types.ShortText(), "'", '"'),
    "hard": (types.ShortText(), "50%\\ a\nb %s :x %%", "50%\\ a\nb %s :x %"),
    "upper": (types.ShortText(), "A", "a"),
    "looks_like_number": (types.ShortText(), "007", "7"),
    "string": (types.String(80), "x y", "xy"),
    "enum": (types.Enum("a", "b"), "a", "b"),
    "false": (types.Boolean(), sa.text("false"), sa.text("true")),
    "true": (types.Boolean(), sa.text("true"), None),
    "zero": (sa.Integer(), sa.text("0"), sa.text("1")),
    "five": (sa.Integer(), sa.text("5"), sa.text("-5")),
    "minus": (sa.Integer(), sa.text("-1"), sa.text("1")),
    "big": (types.BigInt(), sa.text("5000000000"), sa.text("5000000001")),
    "decimal": (types.Decimal(12, 2), sa.text("12.50"), sa.text("12.51")),
    "real": (types.Real(), sa.text("1.5"), sa.text("1.25")),
    "date": (types.Date(), "2026-01-01", "2026-01-02"),
    "time": (types.Time(), "12:30", "12:31"),
    "uuid": (types.Uuid(), "0190a0a0-0000-7000-8000-00000000ABCD", "0190a0a0-0000-7000-8000-000000000000"),
    "seconds": (
        types.EpochSeconds(),
        types.EpochSeconds.default("2026-01-01T00:00:00Z"),
        types.EpochSeconds.default("2026-01-01T00:00:01Z"),
    ),
    "old": (types.EpochSeconds(), types.EpochSeconds.default("1969-12-31T23:59:59Z"), None),
    "milliseconds": (
        types.EpochMilliseconds(),
        types.EpochMilliseconds.default("2026-01-01T00:00:00.123Z"),
        types.EpochMilliseconds.now(),
    ),
    "now": (
        types.EpochMilliseconds(),
        types.EpochMilliseconds.now(),
        types.EpochMilliseconds.default("2026-01-01T00:00:00Z"),
    ),
    "json": (
        types.Json(),
        types.Json.default({"a": 1, "é": "it's \\ % \n :x"}),
        types.Json.default({"a": 2, "é": "it's \\ % \n :x"}),
    ),
    "list": (types.Json(), types.Json.default("[]"), types.Json.default("{}")),
    "bytes": (types.Bytes(), types.Bytes.default("00ff"), types.Bytes.default("00fe")),
    "none": (types.ShortText(), None, "x"),
    "function": (sa.TIMESTAMP(), sa.func.current_timestamp(), None),
}


def table_of_defaults(which: int) -> sa.Table:
    metadata = sa.MetaData(naming_convention=NAMING_CONVENTION)
    columns = [sa.Column(f"c_{n}", row[0], server_default=row[which], nullable=False) for n, row in DEFAULTS.items()]
    return sa.Table("t", metadata, sa.Column("id", types.Id(), primary_key=True), *columns)


def test_no_default_is_taken_for_another(engine):
    table = table_of_defaults(1)
    with engine.connect() as db:
        table.create(db)
        assert differences(db, table.metadata) == []


def test_every_changed_default_is_seen(engine):
    with engine.connect() as db:
        table_of_defaults(1).create(db)
        changes = [change for group in differences(db, table_of_defaults(2).metadata) for change in group]
    assert [change[0] for change in changes] == ["modify_default"] * len(DEFAULTS)
    assert {change[3] for change in changes} == {f"c_{name}" for name in DEFAULTS}


TYPES: list[tuple[Any, Any]] = [
    # type, a type that its column may be changed to
    (types.Id(), sa.Integer()),
    (types.ShortText(), sa.Integer()),
    (types.String(80), types.String(81)),
    (types.Enum("a", "b"), types.Bytes()),
    (types.EpochSeconds(), types.ShortText()),
    (types.EpochMilliseconds(), types.ShortText()),
    (types.Boolean(), types.ShortText()),
    (types.Json(), types.Real()),
    (types.Date(), types.Real()),
    (types.Time(), types.Real()),
    (types.Uuid(), types.Real()),
    (types.Decimal(12, 2), types.ShortText()),
    (types.Real(), types.ShortText()),
    (types.Bytes(), sa.Integer()),
    (types.BigInt(), types.ShortText()),
    (types.Text(), types.BigInt()),
    (sa.Integer(), types.Real()),
]


def table_of_types(which: int) -> sa.Table:
    columns = [sa.Column(f"c{number}", pair[which]) for number, pair in enumerate(TYPES)]
    return sa.Table("t", sa.MetaData(), sa.Column("id", types.Id(), primary_key=True), *columns)


def test_no_type_is_taken_for_another(engine):
    with engine.connect() as db:
        table_of_types(0).create(db)
        assert differences(db, table_of_types(0).metadata) == []


def test_every_changed_type_is_seen(engine):
    with engine.connect() as db:
        table_of_types(0).create(db)
        changes = [change for group in differences(db, table_of_types(1).metadata) for change in group]
    assert [change[0] for change in changes] == ["modify_type"] * len(TYPES)


def test_a_new_enum_value_and_only_that_is_a_change(engine):
    def posts(*values: str, name: str = "posts") -> sa.Table:
        metadata = sa.MetaData(naming_convention=NAMING_CONVENTION)
        table = sa.Table(name, metadata, sa.Column("a_status_with_a_name", types.Enum(*values)))
        check_enums(table)
        return table

    long = "posts_in_a_table_whose_name_leaves_no_room_for_the_checks"
    with engine.connect() as db:
        for name in ("posts", long):
            posts("a", "b", name=name).create(db)
        for name in ("posts", long):
            assert differences(db, posts("a", "b", name=name).metadata, {name}) == []
            kinds = [change[0] for change in differences(db, posts("a", "b", "c", name=name).metadata, {name})]
            assert sorted(kinds) == ["add_constraint", "remove_constraint"]


def test_a_unique_column_is_drizzles_on_every_database(engine):
    table = sa.Table("t", sa.MetaData(), sa.Column("a", types.ShortText()), *unique("t_a_unique", "a"))
    plain = sa.Table("t", sa.MetaData(), sa.Column("a", types.ShortText()))
    with engine.connect() as db:
        table.metadata.create_all(db)
        assert differences(db, table.metadata) == []
        assert [change[0] for change in differences(db, plain.metadata)] in (["remove_index"], ["remove_constraint"])
        constraints = sa.inspect(db).get_unique_constraints("t")
    assert [c["name"] for c in constraints] == ([] if engine.dialect.name == "sqlite" else ["t_a_unique"])


def test_a_revision_spells_the_packages_types_and_defaults():
    metadata = sa.MetaData()
    columns = [sa.Column(f"c{n}", row[0], server_default=row[1]) for n, row in enumerate(DEFAULTS.values())]
    source = rendered(sa.Table("t", metadata, *columns))
    assert "types.Enum('a', 'b')" in source
    assert "types.Decimal(12, 2)" in source
    assert "server_default=types.EpochSeconds.default('2026-01-01T00:00:00Z')" in source
    made: dict[str, sa.Column[Any]] = {}
    op = SimpleNamespace(create_table=lambda _, *columns: made.update({c.name: c for c in columns}))
    exec(textwrap.dedent(f"    {source}"), {"sa": sa, "types": types, "op": op})
    for n, (type_, default, _) in enumerate(DEFAULTS.values()):
        assert repr(made[f"c{n}"].type) == repr(type_)
        if isinstance(default, str):
            assert made[f"c{n}"].server_default.arg == default


def test_a_generated_revision_is_clean_and_runs_both_ways(tmp_path, database_url):
    metadata = auth_metadata()
    made = sa.Table(
        "things",
        metadata,
        sa.Column("id", types.Id(), primary_key=True),
        sa.Column("at", types.Json(), server_default=types.Json.default("{}")),
        sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE"), index=True),
    )
    upgrade(database_url)
    settings = config(
        url=database_url,
        target_metadata=metadata,
        configure={"include_object": lambda item, _, kind, *__: kind != "table" or item.name == made.name},
    )
    settings.set_main_option("version_locations", f"{first_revision()}\n{tmp_path}")
    messages = {"add things": True, 'a "quoted" \\ message': False}
    for number, (message, autogenerate) in enumerate(messages.items()):
        command.revision(
            settings, message, autogenerate=autogenerate, version_path=str(tmp_path), head="head", rev_id=f"r{number}"
        )
        command.upgrade(settings, "head")
    for path in tmp_path.glob("*.py"):
        text = path.read_text()
        assert next(iter(messages)) in text or "quoted" in ast.get_docstring(ast.parse(text))
        result = subprocess.run(
            ["ruff", "check", "--config", str(ROOT / "pyproject.toml"), "--config", 'src=["src"]', str(path)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            env=os.environ | {"PATH": BIN},
        )
        assert result.returncode == 0, result.stdout + text
    command.check(settings)
    command.downgrade(settings, "base")
    assert ScriptDirectory.from_config(settings).get_current_head() == "r1"


BIN = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
