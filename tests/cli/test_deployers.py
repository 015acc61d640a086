"""Several deployers on one database: they queue, say behind whom, and a dead one blocks nobody."""

import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.cli.test_all_or_nothing import wait_for
from tests.projects import TestProject

DEPLOYERS = 6
REVISION = '''\
"""Count how often it is applied."""

import os
import pathlib
import time

import sqlalchemy as sa
from alembic import op

revision = "0123456789ab"
down_revision = "{head}"


def upgrade():
    op.create_table("applied", sa.Column("x", sa.Integer()))
    op.execute("INSERT INTO applied (x) VALUES (1)")
    if "HOLD" in os.environ:
        pathlib.Path(os.environ["HOLD"]).touch()
        time.sleep(60)


def downgrade():
    pass
'''


@pytest.fixture
def deployers(project: TestProject, database_url: str, tmp_path: Path) -> list[TestProject]:
    """Checkouts of one project whose remote database lacks three revisions."""
    project.ok("new-domain", "shop", "name:text")
    [(head,)] = project.execute("SELECT version_num FROM alembic_version")
    project.write("src/shopdb/migrations/versions/20990101_000000_count.py", REVISION.format(head=head))
    project.ok("migrate")
    made = [project.copy(tmp_path / f"deployer{number}") for number in range(DEPLOYERS)]
    for deployer in made:
        deployer.environment = {"SHOPDB_REMOTE_URL": database_url}
    return made


def rows(url: str, sql: str) -> list[object]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return list(connection.exec_driver_sql(sql).scalars())


def test_all_succeed_and_each_revision_is_applied_once(deployers: list[TestProject], database_url: str) -> None:
    processes = [deployer.start("migrate", "--remote", "--yes") for deployer in deployers]
    said = [process.communicate(timeout=240) for process in processes]
    assert [process.returncode for process in processes] == [0] * DEPLOYERS, said
    assert "".join(out for out, _ in said).count("  apply ") == 3
    assert rows(database_url, "SELECT x FROM applied") == [1]
    assert rows(database_url, "SELECT version_num FROM alembic_version") == ["0123456789ab"]


def test_one_that_waits_says_for_whom_and_a_killed_one_blocks_nobody(
    deployers: list[TestProject], database_url: str, tmp_path: Path
) -> None:
    holding = tmp_path / "holding"
    with deployers[0].start("migrate", "--remote", "--yes", env={"HOLD": str(holding)}) as holder:
        wait_for(holding, holder)
        with deployers[1].start("migrate", "--remote", "--yes") as waiting:
            assert waiting.stderr is not None
            said = waiting.stderr.readline()
            holder.kill()
            began = time.monotonic()
            _, err = waiting.communicate(timeout=120)
        holder.communicate()
    assert "is locked by " in said
    assert "since " in said
    if database_url.startswith("sqlite"):
        assert f"process {holder.pid} (" in said
        assert "scaffold migrate --remote --yes" in said
    assert (waiting.returncode, err) == (0, "")
    assert time.monotonic() - began < 60
    assert rows(database_url, "SELECT x FROM applied") == [1]
    assert rows(database_url, "SELECT version_num FROM alembic_version") == ["0123456789ab"]
