"""`scaffold doctor`: what is wrong, and the way out; it never changes anything."""

import json
import signal
import sqlite3
import subprocess
import sys

import pytest
import sqlalchemy as sa

from tests.projects import TestProject

HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


def found(project: TestProject, **environment: str) -> dict[str, str]:
    """The findings, each with its message and help."""
    before = project.tree()
    result = project.run("doctor", "--json", **environment)
    assert project.tree() == before
    findings = json.loads(result.out)["findings"]
    assert result.code == (1 if findings else 0)
    assert all(finding["message"] and finding["help"] for finding in findings)
    return {finding["code"]: f"{finding['message']}\n{finding['help']}" for finding in findings}


def test_nothing_is_wrong(project: TestProject) -> None:
    project.ok("new-domain", "shop")
    assert project.ok("doctor") == "Nothing is wrong.\n"
    assert found(project) == {}


def test_behind(project: TestProject) -> None:
    assert "scaffold migrate" in found(project)["behind"]
    project.ok("migrate")
    assert found(project) == {}


def test_config(project: TestProject) -> None:
    project.write("pyproject.toml", '[tool.scaffold]\npackage = "shopdb"\nsouce = "src"\n')
    assert "did you mean source?" in found(project)["config"]


def test_template(project: TestProject) -> None:
    project.ok("migrate")
    text = (project.root / "pyproject.toml").read_text()
    project.write("pyproject.toml", text.replace('source = "src"', 'source = "src"\ntemplate = "gone"'))
    assert "no copier.yml" in found(project)["missing-template"]


def test_a_class_that_is_not_exported(project: TestProject) -> None:
    project.ok("new-domain", "shop")
    project.write(project.package / "tables" / "__init__.py", '"""Every domain table."""\n')
    assert "from shopdb.tables.shop import Shop as Shop" in found(project)["not-exported"]


@pytest.mark.parametrize("text", ["raise SystemExit(3)", "import os; os._exit(0)", "def ("])
def test_a_module_that_can_not_be_imported(project: TestProject, text: str) -> None:
    project.ok("new-domain", "shop")
    project.write(project.package / "tables" / "shop.py", f"{project.table('shop')}{text}\n")
    assert "src/shopdb/tables/shop.py, line " in found(project)["broken-module"]
    for argv in (("tables",), ("check",), ("generate", "--check"), ("add-column", "shop", "a:text:optional")):
        assert project.run(*argv).code == 2


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_locked(project: TestProject, journal: str) -> None:
    project.ok("migrate")
    connection = sqlite3.connect(project.database)
    connection.execute(f"PRAGMA journal_mode={journal}")
    connection.close()
    command = [sys.executable, "-c", HOLD, str(project.database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        result = json.loads(project.run("doctor", "--json").out)["findings"]
        holder.communicate("")
    assert [finding["code"] for finding in result] == ["locked"]
    assert f"Process {holder.pid} " in result[0]["message"]


def test_leftover_tables_and_broken_references(project: TestProject) -> None:
    project.ok("new-domain", "shop")
    project.execute('CREATE TABLE "_alembic_tmp_shop" (id TEXT)')
    project.execute(
        "INSERT INTO members (id, organization_id, user_id, role, created_at) VALUES ('1', 'x', 'y', 'z', 1)"
    )
    findings = found(project)
    assert 'DROP TABLE "_alembic_tmp_shop"' in findings["leftover-table"]
    assert "PRAGMA foreign_key_check" in findings["broken-references"]


def test_an_interrupted_command(project: TestProject) -> None:
    project.ok("migrate")
    project.write(
        "src/shopdb/migrations/versions/kill.py",
        'import os, signal\nrevision = "aaaa"\ndown_revision = "3d1f0c5a9b72"\n\n'
        "def upgrade():\n    os.kill(os.getpid(), signal.SIGKILL)\n",
    )
    with project.start("migrate") as process:
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert "scaffold migrate" in found(project)["interrupted-command"]


def test_a_driver_that_is_not_installed(project: TestProject) -> None:
    project.ok("migrate")
    url = "postgresql+asyncpg://user:secret@127.0.0.1:1/shop"
    findings = found(project, SHOPDB_URL=url)
    assert "domain-scaffold[postgresql]" in findings["missing-driver"]
    assert "secret" not in str(findings)


def test_a_database_that_does_not_answer(project: TestProject) -> None:
    findings = found(project, SHOPDB_URL="postgresql://user:secret@127.0.0.1:1/shop")
    assert "can't be reached" in findings["unreachable"]
    assert "secret" not in str(findings)


def test_invalid_indexes(project: TestProject, postgresql_url: str) -> None:
    project.environment["SHOPDB_URL"] = postgresql_url
    project.ok("migrate")
    with project.connect() as connection:
        connection.execute(sa.text("CREATE INDEX users_name_idx ON users (name)"))
        connection.execute(
            sa.text("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'users_name_idx'::regclass")
        )
    assert "DROP INDEX CONCURRENTLY public.users_name_idx" in found(project)["invalid-index"]


def test_the_guard_on_postgresql(project: TestProject, postgresql_url: str) -> None:
    project.environment["SHOPDB_URL"] = postgresql_url
    project.ok("new-domain", "shop")
    assert found(project) == {}
    [file] = (project.package / "migrations" / "versions").glob("*create_shop.py")
    file.write_text(file.read_text() + "# later\n")
    assert "git restore" in found(project)["edited-revision"]
    assert project.run("migrate").code == 2
