"""Whatever goes wrong, the tree and the database are as before."""

import ctypes
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from scaffold.dialects import base as dialects
from scaffold.dialects import postgresql
from scaffold.project.transaction import WORK
from tests.projects import REPOSITORY, TestProject

pytestmark = pytest.mark.slow

REVISION = """\
import sqlalchemy as sa
from alembic import op

revision = "cccccccccccc"
down_revision = "{head}"


def upgrade():
{body}

def downgrade():
    pass
"""
FAILS = """\
    op.create_table("half_way", sa.Column("id", sa.Integer()))
    op.execute("SELECT * FROM nothing_of_that_name")
"""
"""The body of a migration that does something, and then fails."""

SLEEPS = """\
    op.create_table("half_way", sa.Column("id", sa.Integer()))
    __import__("pathlib").Path(__file__).with_name("waiting").touch()
    __import__("time").sleep(30)
"""


@pytest.fixture
def shop(project: TestProject) -> TestProject:
    """A project with a domain, and a row in its table."""
    project.ok("new-domain", "shop", "name:text", "--table", "products", "--no-tenant")
    project.execute("INSERT INTO products VALUES ('1', 'a', 0, 0)")
    return project


def _pending(project: TestProject, body: str) -> Path:
    """A revision of a person's that is not applied yet."""
    versions = project.package / "migrations" / "versions"
    newest = sorted(versions.glob("*.py"))[-1].read_text()
    [head] = re.findall(r'^revision\b.* = "(\w+)"', newest, re.MULTILINE)
    text = REVISION.format(head=head, body=body)
    return project.write(versions / "20990101_000000_by_hand.py", text)


@pytest.mark.parametrize(
    "argv", [("new-domain", "crm"), ("add-column", "products", "size:text:optional"), ("migrate",)]
)
def test_a_migration_that_fails(shop: TestProject, argv: tuple[str, ...]) -> None:
    file = _pending(shop, FAILS)
    before = shop.tree()
    result = shop.run(*argv)
    assert result.code == 1
    assert f"{file.stem} failed on SQLite {shop.database}: no such table: nothing_of_that_name" in result.err
    assert "the database is as before" in result.err
    assert shop.tree() == before


def test_a_database_that_was_not_there_is_gone_again(project: TestProject) -> None:
    _pending(project, FAILS)
    before = project.tree()
    assert project.run("new-domain", "shop").code == 1
    assert project.tree() == before
    assert not project.database.exists()


def test_a_table_that_is_there_but_in_no_revision(shop: TestProject) -> None:
    shop.execute("CREATE TABLE crm (id TEXT)")
    before = shop.tree()
    result = shop.run("new-domain", "crm")
    assert result.code == 2
    assert "The local database has a table 'crm' already, which no model describes; nothing was written." in result.err
    assert "Try: scaffold new-domain crm --table app_crm\n" in result.err
    assert shop.tree() == before


def test_orphans_are_not_committed(shop: TestProject) -> None:
    shop.execute(
        "INSERT INTO sessions (id, expires_at, token, created_at, updated_at, user_id)"
        " VALUES ('s', 0, 't', 0, 0, 'nobody')"
    )
    before = shop.tree()
    result = shop.run("new-domain", "crm")
    if result.code:
        assert shop.tree() == before
        assert "sessions" in result.err


@pytest.mark.parametrize(
    ("file", "text", "code", "message"),
    [
        ("tables/shop.py", "class Product(:\n", 2, "tables/shop.py"),
        ("base.py", "from shopdb.nowhere import x\n", 2, "No module named 'shopdb.nowhere'"),
        ("auth_schema.py", "1 / 0\n", 2, "division by zero"),
        ("tables/shop.py", b"\xff\xfe\x00", 2, "tables/shop.py"),
        ("tables/__init__.py", "def\n", 2, "tables/__init__.py"),
        (
            "migrations/versions/20260202_000000_odd.py",
            "def\n",
            2,
            "20260202_000000_odd.py",
        ),
        ("migrations/versions/20260202_000000_odd.py", "1 / 0\n", 2, "can't be imported: "),
        ("migrations/versions/20260202_000000_odd.py", "x = 1\n", 2, "20260202_000000_odd.py"),
        ("migrations/env.py", "1 / 0\n", 1, "division by zero"),
    ],
)
def test_a_module_that_is_broken(shop: TestProject, file: str, text: str | bytes, code: int, message: str) -> None:
    shop.write(shop.package / file, text)
    before = shop.tree()
    for argv in (("new-domain", "crm"), ("add-column", "products", "size:text:optional")):
        result = shop.run(*argv)
        assert shop.tree() == before
        assert (result.code, message in result.err) == (code, True), str(result)
        assert "bug in scaffold" not in result.err


def test_a_module_that_prints(shop: TestProject) -> None:
    shop.write(shop.package / "tables" / "shop.py", "print('hello')\n" + shop.table("shop"))
    result = shop.run("add-column", "products", "size:text:optional", "--json")
    assert json.loads(result.out)["tables"] == ["products"]


def test_two_heads(shop: TestProject) -> None:
    [newest] = (shop.package / "migrations" / "versions").glob("*_create_products.py")
    lines = newest.read_text().splitlines()
    [own] = [line.split('"')[1] for line in lines if line.startswith("revision")]
    shop.write(newest.with_name("20990101_000000_other.py"), newest.read_text().replace(own, "aaaaaaaaaaaa"))
    before = shop.tree()
    for argv in (("new-domain", "crm"), ("add-column", "products", "size:text:optional"), ("migrate",)):
        result = shop.run(*argv)
        assert result.code == 2
        assert "20990101_000000_other" in result.err
        assert shop.tree() == before


def test_a_revision_whose_base_is_missing(shop: TestProject) -> None:
    [newest] = (shop.package / "migrations" / "versions").glob("*_create_products.py")
    newest.write_text(newest.read_text().replace("3d1f0c5a9b72", "bbbbbbbbbbbb"))
    before = shop.tree()
    for argv in (("new-domain", "crm"), ("migrate",)):
        result = shop.run(*argv)
        assert result.code == 2
        assert "bbbbbbbbbbbb" in result.err
        assert "bug in scaffold" not in result.err
        assert shop.tree() == before


@pytest.mark.parametrize(
    "argv",
    [
        ("new-domain", "crm", "name:text:unique", "owner:ref=users"),
        ("new-domain", "crm", "--json"),
        ("new-domain", "crm", "--no-migrate"),
        ("add-column", "products", "kind:enum=a,b:default=a"),
        ("add-column", "products", "owner:ref=users:optional", "--json"),
    ],
)
@pytest.mark.parametrize("log", [False, True], ids=["closed", "wal"])
def test_a_dry_run_writes_nothing(shop: TestProject, argv: tuple[str, ...], log: bool) -> None:
    if log:
        shop.execute("PRAGMA journal_mode=WAL")
        shop.execute("INSERT INTO products VALUES ('2', 'a', 0, 0)")
    before = shop.tree()
    times = {path: path.stat().st_mtime_ns for path in shop.root.rglob("*") if path.name != "local.db-shm"}
    out = shop.ok(*argv, "--dry-run")
    assert shop.tree() == before
    assert times == {path: path.stat().st_mtime_ns for path in times}
    shown = json.loads(out) if "--json" in argv else None
    diff, sql = (shown["diff"], shown["sql"]) if shown else (out, out)
    assert "+++ b/src/shopdb/tables/" in diff
    assert "+++ b/src/shopdb/migrations/versions/" in diff
    assert ("CREATE TABLE crm" if "crm" in argv else "ALTER TABLE products ADD COLUMN") in sql


def test_a_dry_run_before_the_first_database(project: TestProject) -> None:
    before = project.tree()
    result = project.start("new-domain", "shop", "--dry-run")
    out, err = result.communicate()
    assert (result.returncode, err) == (0, "")
    assert out.endswith("Nothing was written.\n")
    assert project.tree() == before


def test_what_is_left_after_a_success(project: TestProject) -> None:
    before = set(project.tree())
    process = project.start("new-domain", "shop")
    assert process.wait() == 0
    process.communicate()
    new = {path for path in set(project.tree()) - before if not path.endswith("/")}
    versions = {path for path in new if "/versions/" in path}
    kept = {path for path in new if path.startswith(".scaffold/")}
    made = {"src/shopdb/tables/shop.py", "src/shopdb/tables/.answers/shop.json"}
    assert new - versions - kept == made | {"local.db"}
    assert not [path for path in kept if path.startswith(f".scaffold/{WORK}/")]
    assert sum(path.endswith("_create_shop.py") for path in versions) == 1


def wait_for(file: Path, process: "subprocess.Popen[str]") -> None:
    give_up = time.monotonic() + 60
    while not file.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < give_up
        time.sleep(0.02)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("argv", [("new-domain", "crm"), ("migrate",)], ids=["new-domain", "migrate"])
def test_stopped_half_way(shop: TestProject, argv: tuple[str, ...], stop: signal.Signals) -> None:
    file = _pending(shop, SLEEPS)
    before = shop.tree()
    waiting = file.with_name("waiting")
    process = shop.start(*argv)
    wait_for(waiting, process)
    waiting.unlink()
    process.send_signal(stop)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (1, "Error: Stopped; nothing was written.\n")
    assert shop.tree() == before


NEVER_ENDS = """\
import pathlib
import time

pathlib.Path("waiting").touch()
while True:
    time.sleep(1)
"""


@pytest.mark.parametrize(
    "file", ["tables/shop.py", "migrations/versions/20990101_000000_by_hand.py", "migrations/env.py"]
)
def test_a_module_that_never_ends(shop: TestProject, file: str) -> None:
    path = shop.package / file
    text = path.read_text() if path.exists() else ""
    shop.write(path, NEVER_ENDS + text if path.name == "env.py" else text + NEVER_ENDS)
    before = shop.tree()
    process = shop.start("add-column", "products", "size:text:optional")
    wait_for(shop.root / "waiting", process)
    (shop.root / "waiting").unlink()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (1, "Error: Stopped; nothing was written.\n")
    assert shop.tree() == before


def _stopped(project: TestProject, *argv: str) -> str:
    """What a command says that is stopped in the middle of a revision."""
    file = _pending(project, SLEEPS)
    waiting = file.with_name("waiting")
    process = project.start(*argv)
    wait_for(waiting, process)
    waiting.unlink()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    file.write_text(file.read_text().replace("sleep(30)", "sleep(0)"))
    return str(err)


def test_stopped_where_each_statement_is_committed(project: TestProject, mysql_url: str) -> None:
    project.environment["SHOPDB_URL"] = mysql_url
    project.ok("new-domain", "shop", "name:text")
    assert _stopped(project, "migrate") == (
        "Error: Stopped; 20990101_000000_by_hand is applied in part, as the database commits each statement.\n\n"
        "Run the command again: it goes on where this one stopped.\n"
    )
    assert "20990101_000000_by_hand" in project.run("doctor").out
    project.ok("migrate")
    project.execute("SELECT id FROM half_way")
    assert project.ok("doctor") == "Nothing is wrong.\n"


def test_a_failure_where_each_statement_is_committed(project: TestProject, mysql_url: str) -> None:
    project.environment["SHOPDB_URL"] = mysql_url
    project.ok("new-domain", "shop", "name:text")
    file = _pending(project, FAILS)
    result = project.run("migrate")
    assert f"{file.stem} is applied in part, as the database commits each statement." in result.err
    assert "goes on where this one stopped" in result.err
    project.execute("CREATE TABLE nothing_of_that_name (id INT)")
    project.ok("migrate")
    project.execute("SELECT id FROM half_way")


def test_a_verb_that_fails_where_each_statement_is_committed(project: TestProject, mysql_url: str) -> None:
    project.environment["SHOPDB_URL"] = mysql_url
    project.ok("new-domain", "shop", "name:string=20", "--no-tenant")
    for number in (1, 2):
        project.execute(f"INSERT INTO shop VALUES ('{number}', 'same', NOW(), NOW())")
    before = project.tree(), project.execute("SHOW CREATE TABLE shop")
    result = project.run("add-index", "shop", "name", "--unique")
    assert result.code
    assert (project.tree(), project.execute("SHOW CREATE TABLE shop")) == before


HOLDERS = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": f"SELECT pg_advisory_lock({postgresql.LOCK})",
    "mysql": "SELECT GET_LOCK(CONCAT('scaffold:', DATABASE()), 0)",
}


def test_a_database_that_somebody_keeps_locked(on_any_database: TestProject, monkeypatch: pytest.MonkeyPatch) -> None:
    project = on_any_database
    project.ok("new-domain", "shop", "name:text")
    before = project.tree()
    engine = sa.create_engine(project.url, poolclass=sa.NullPool)
    monkeypatch.setattr(dialects, "PATIENCE", 2.0)
    with engine.connect() as connection:
        connection.exec_driver_sql(HOLDERS[engine.dialect.name])
        result = project.run("new-domain", "crm")
        assert result.code == 1
        waiting, failed = result.err.splitlines()[0], result.err
        assert "is locked by " in waiting
        assert waiting.endswith("; waiting.")
        assert "has been locked for over 2 seconds by " in failed
        assert "nothing was written" in failed
        connection.rollback()
    assert {path: data for path, data in project.tree().items() if "local.db" not in path} == {
        path: data for path, data in before.items() if "local.db" not in path
    }
    project.ok("new-domain", "crm")


def _without_root_s_rights() -> None:
    """Let a process of root's be refused what its own bits refuse (man 2 prctl, PR_CAPBSET_DROP)."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None)
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            libc.prctl(24, capability, 0, 0, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="root keeps its rights elsewhere")
@pytest.mark.parametrize(
    "place", [".", "src/shopdb/tables", "src/shopdb/tables/shop.py", "src/shopdb/migrations/versions", "local.db"]
)
@pytest.mark.parametrize(
    "argv", [("add-column", "products", "size:text:optional"), ("undo", "--yes")], ids=lambda a: a[0]
)
def test_a_read_only_place(shop: TestProject, place: str, argv: tuple[str, ...]) -> None:
    path = shop.root / place
    mode = path.stat().st_mode
    path.chmod(0o555 if path.is_dir() else 0o444)
    before = shop.tree()
    try:
        process = shop.start(*argv, preexec_fn=_without_root_s_rights)
        _, err = process.communicate(timeout=60)
    finally:
        path.chmod(mode)
    assert shop.tree() == before
    assert process.returncode == 1, err
    assert "bug" not in err
    assert "read-only" in err or "readonly" in err or "allow writing there" in err


def test_two_verbs_at_once_queue(shop: TestProject) -> None:
    processes = [shop.start("new-domain", f"crm_{number}", "name:text") for number in range(3)]
    for process in processes:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    for number in range(3):
        shop.execute(f"SELECT name FROM crm_{number}")
    assert shop.run("migrate").code == 0


def _killed(project: TestProject, moment: str, *argv: str) -> None:
    """Run a verb that dies, as by kill -9, when a function of the transaction is called."""
    code = (
        "import os, sys\n"
        "from scaffold.project import transaction\n"
        f"{moment} = lambda *_, **__: os._exit(9)\n"
        "from scaffold.cli import main\n"
        "main()\n"
    )
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY / "src")}
    done = subprocess.run(
        [sys.executable, "-c", code, *argv], cwd=project.root, env=environment, capture_output=True, check=False
    )
    assert done.returncode == 9, done.stderr.decode()


def test_killed_after_the_commit(shop: TestProject) -> None:
    _killed(shop, "transaction._place", "new-domain", "crm")
    assert shop.execute("SELECT count(*) FROM crm") == [(0,)]
    assert not (shop.package / "tables" / "crm.py").exists()
    result = shop.run("migrate")
    assert result.code == 0
    assert "An interrupted command was finished, as the database has its revision" in result.err
    assert "crm.py" in result.err
    assert "from shopdb.tables.crm import Crm as Crm\n" in shop.table("__init__")
    shop.python("from shopdb.schema import Crm")
    assert not (shop.root / ".scaffold" / WORK).exists()


def test_killed_before_the_commit(shop: TestProject) -> None:
    before = shop.tree()
    _killed(shop, "transaction.Transaction.promise", "new-domain", "crm")
    shop.ok("migrate")
    assert not (shop.root / ".scaffold" / WORK).exists()
    after = shop.tree()
    assert {path for path in before if path.endswith(".py") and before[path] != after.get(path)} == set()
    shop.ok("new-domain", "crm")


def test_a_file_that_was_edited_since_is_kept(shop: TestProject) -> None:
    exports = shop.package / "tables" / "__init__.py"
    _killed(shop, "transaction._place", "new-domain", "crm")
    edited = exports.read_text() + "\n# a remark\n"
    exports.write_text(edited)
    result = shop.run("migrate")
    assert "src/shopdb/tables/__init__.py was edited since and is left as it is" in result.err
    assert exports.read_text() == edited
    assert "from shopdb.tables.crm import Crm as Crm" in exports.with_name("__init__.py.scaffold").read_text()
    assert (shop.package / "tables" / "crm.py").exists()


@pytest.mark.parametrize("text", ["class Product(:\n", "1 / 0\n"], ids=["syntax", "raises"])
def test_every_verb_that_imports_a_broken_module_calls_it_bad_input(shop: TestProject, text: str) -> None:
    _pending(shop, "    pass\n")
    shop.write(shop.package / "tables" / "shop.py", shop.table("shop") + text)
    before = shop.tree()
    for argv in (("generate", "-m", "x"), ("check",), ("tables",), ("add-column", "products", "a:int:optional")):
        result = shop.run(*argv)
        assert (result.code, "tables/shop.py" in result.err) == (2, True), f"{argv}: {result}"
        assert shop.tree() == before
    # Revisions need no models.
    assert "Done: 1 revision applied." in shop.ok("migrate")


def test_a_dry_run_leaves_an_interruption_alone(shop: TestProject) -> None:
    _killed(shop, "transaction._place", "new-domain", "crm")
    before = shop.tree()
    result = shop.run("new-domain", "other", "--dry-run")
    assert result.code == 1
    assert "Finish it with: scaffold migrate" in result.err
    assert shop.tree() == before


def _link(project: TestProject) -> None:
    module = project.package / "tables" / "shop.py"
    module.rename(project.root.parent / "elsewhere.py")
    module.symlink_to(project.root.parent / "elsewhere.py")


def _folder(project: TestProject) -> None:
    (project.package / "tables" / "crm.py").mkdir()


def _package(project: TestProject) -> None:
    project.write(project.package / "tables" / "crm" / "__init__.py", "")


def _case(project: TestProject) -> None:
    project.write(project.package / "tables" / "Crm.py", "")


@pytest.mark.parametrize(
    ("obstacle", "argv", "message"),
    [
        (_link, ("add-column", "products", "size:text:optional"), "shop.py is a symbolic link to "),
        (_folder, ("new-domain", "crm"), "crm.py is a folder, and a file is to be there"),
        (_package, ("new-domain", "crm"), "crm is a package, which Python would import instead"),
        (_case, ("new-domain", "crm"), "Crm.py differs by case only"),
    ],
)
def test_what_stands_where_a_file_is_to_be(
    shop: TestProject, obstacle: Callable[[TestProject], None], argv: tuple[str, ...], message: str
) -> None:
    obstacle(shop)
    before = shop.tree()
    result = shop.run(*argv)
    assert (result.code, message in result.err) == (2, True), str(result)
    assert result.err.partition("\n\n")[2].startswith(("Try: scaffold ", "Move it away: mv ", "Put the file itself"))
    assert shop.tree() == before


def test_a_dry_run_names_what_would_be_applied_first(shop: TestProject) -> None:
    file = _pending(shop, "    pass\n")
    shown = shop.ok("new-domain", "crm", "--dry-run")
    assert f"Note: SQLite {shop.database} is behind, so this would be applied first: {file.stem}\n" in shown
    assert shop.run("new-domain", "crm", "--dry-run", "--no-migrate").out.count("is behind") == 0
