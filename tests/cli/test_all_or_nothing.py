"""Whatever goes wrong, the tree and the database are as before."""

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

from scaffold.project.transaction import WORK
from tests.projects import REPOSITORY, TestProject

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


def _wait_for(file: Path, process: "subprocess.Popen[str]") -> None:
    give_up = time.monotonic() + 60
    while not file.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < give_up
        time.sleep(0.02)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("argv", [("new-domain", "crm"), ("migrate",)], ids=["new-domain", "migrate"])
def test_stopped_half_way(shop: TestProject, argv: tuple[str, ...], stop: signal.Signals) -> None:
    file = _pending(shop, SLEEPS)
    before = shop.tree()
    waiting = file.with_name("waiting")
    process = shop.start(*argv)
    _wait_for(waiting, process)
    waiting.unlink()
    process.send_signal(stop)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (1, "Error: Stopped; nothing was written.\n")
    assert shop.tree() == before


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
def test_every_verb_calls_a_broken_module_bad_input(shop: TestProject, text: str) -> None:
    _pending(shop, "    pass\n")
    shop.write(shop.package / "tables" / "shop.py", shop.table("shop") + text)
    before = shop.tree()
    for argv in (
        ("migrate",),
        ("generate", "-m", "x"),
        ("check",),
        ("tables",),
        ("add-column", "products", "a:int:optional"),
    ):
        result = shop.run(*argv)
        assert (result.code, "tables/shop.py" in result.err) == (2, True), f"{argv}: {result}"
        assert shop.tree() == before


def test_a_dry_run_leaves_an_interruption_alone(shop: TestProject) -> None:
    _killed(shop, "transaction._place", "new-domain", "crm")
    before = shop.tree()
    result = shop.run("new-domain", "other", "--dry-run")
    assert result.code == 1
    assert "Finish it with: scaffold migrate" in result.err
    assert shop.tree() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_module(shop: TestProject) -> None:
    module = shop.package / "tables" / "shop.py"
    module.chmod(0o444)
    before = shop.tree()
    result = shop.run("add-column", "products", "size:text:optional")
    assert result.code == 1
    assert "src/shopdb/tables/shop.py can't be written" in result.err
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
