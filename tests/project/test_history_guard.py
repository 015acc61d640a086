"""History is guarded: two git branches that each add a revision, edits of applied ones, files that are gone."""

import subprocess
from pathlib import Path

import pytest

from scaffold.history import State, of_files
from scaffold.project import config as configuration
from scaffold.project import guard, models
from scaffold.project.history import History
from tests.projects import REPOSITORY, TestProject

AUTH = "20260101_000000_create_auth_tables.py"


@pytest.fixture
def versions(project: TestProject) -> Path:
    return project.package / "migrations" / "versions"


def git(project: TestProject, *arguments: str, ok: bool = True) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *identity, *arguments], cwd=project.root, capture_output=True, text=True, check=False)
    assert not ok or done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def commit(project: TestProject, message: str) -> None:
    git(project, "add", "-A")
    git(project, "commit", "-qm", message)


def branched(project: TestProject, versions: Path) -> tuple[str, str]:
    """Ours makes invoices, and has applied it; theirs makes page_views. Returns both files, after a conflict."""
    project.write(".gitignore", "__pycache__/\n*.db*\n.scaffold/\n")
    git(project, "init", "-q")
    project.ok("migrate")
    commit(project, "start")
    git(project, "checkout", "-qb", "theirs")
    project.ok("new-domain", "analytics", "--table", "page_views", "--no-migrate")
    commit(project, "theirs")
    git(project, "checkout", "-q", "main")
    project.ok("new-domain", "billing", "--table", "invoices", "--no-migrate")
    commit(project, "ours")
    merged = git(project, "merge", "theirs", ok=False)
    conflicts = git(project, "diff", "--name-only", "--diff-filter=U").split()
    assert (versions / "HEAD").relative_to(project.root).as_posix() in conflicts, merged
    assert not any("CHECKSUMS" in path for path in conflicts)
    exports = project.package / "tables" / "__init__.py"
    lines = [line for line in exports.read_text().splitlines() if not line.startswith(("<<<<", "====", ">>>>"))]
    exports.write_text("\n".join(lines) + "\n")
    names = sorted(file.name for file in versions.glob("*.py"))
    return next(n for n in names if "invoices" in n), next(n for n in names if "page_views" in n)


def refused(project: TestProject, *command: str, **environment: str) -> str:
    before = project.tree()
    result = project.run(*command, **environment)
    assert result.code == 2, str(result)
    assert project.tree() == before
    return result.err


def revision_of(file: Path) -> str:
    return next(line for line in file.read_text().splitlines() if line.startswith("revision")).split('"')[1]


def test_git_conflicts_in_head_and_merges_checksums(project: TestProject, versions: Path) -> None:
    branched(project, versions)
    error = refused(project, "migrate")
    assert "2 revisions are the newest" in error
    assert "scaffold rebase" in error
    assert "scaffold heads --merge" in error
    listed = project.ok("heads")
    assert "create invoices" in listed
    assert "create page_views" in listed


def test_merge(project: TestProject, versions: Path) -> None:
    branched(project, versions)
    assert "apply" in project.ok("heads", "--merge")
    head = (versions / "HEAD").read_text().strip()
    assert project.execute("SELECT version_num FROM alembic_version") == [(head,)]
    tables = {name for (name,) in project.execute("SELECT name FROM sqlite_master")}
    assert {"invoices", "page_views"} <= tables
    assert project.ok("doctor") == "Nothing is wrong.\n"
    project.ok("new-domain", "shop")


def test_rebase_moves_what_is_not_applied(project: TestProject, versions: Path) -> None:
    ours, theirs = branched(project, versions)
    stays = revision_of(versions / theirs)
    assert "not clear" in refused(project, "rebase")
    before = (versions / ours).read_text()
    assert "Nothing was written" in project.ok("rebase", "--onto", stays, "--dry-run")
    project.ok("rebase", "--onto", stays)
    moved = next(versions.glob("*create_invoices.py"))
    assert moved.name > theirs
    assert moved.read_text() == before.replace(revision_of(versions / AUTH), stays)
    assert project.execute("SELECT version_num FROM alembic_version") == [((versions / "HEAD").read_text().strip(),)]
    assert project.ok("doctor") == "Nothing is wrong.\n"
    git(project, "add", "-A")
    git(project, "commit", "-qm", "rebased")


@pytest.mark.parametrize("command", ["rebase", "heads"])
def test_branches_are_joined_on_every_database(on_any_database: TestProject, command: str) -> None:
    project = on_any_database
    versions = project.package / "migrations" / "versions"
    _, theirs = branched(project, versions)
    onto = ("--onto", revision_of(versions / theirs))
    out = project.ok(command, *(onto if command == "rebase" else ("--merge",)))
    assert out.count("  apply ") == (2 if command == "rebase" else 3)
    assert project.execute("SELECT version_num FROM alembic_version") == [((versions / "HEAD").read_text().strip(),)]
    for table in ("invoices", "page_views"):
        assert project.execute(f"SELECT count(*) FROM {table}") == [(0,)]
    assert project.ok("doctor") == "Nothing is wrong.\n"
    project.ok("add-column", "invoices", "total:int:optional")


def test_rebase_refuses_what_is_applied(project: TestProject, versions: Path) -> None:
    ours, theirs = branched(project, versions)
    aside = {name: (versions / name).read_bytes() for name in (theirs, "HEAD")}
    (versions / theirs).rename(project.root / "aside.py")
    checksums = (versions / "CHECKSUMS").read_bytes()
    project.ok("heads", "--accept")
    project.ok("migrate")
    (project.root / "aside.py").rename(versions / theirs)
    (versions / "HEAD").write_bytes(aside["HEAD"])
    (versions / "CHECKSUMS").write_bytes(checksums)
    error = refused(project, "rebase", "--onto", revision_of(versions / theirs))
    assert f"alembic downgrade {revision_of(versions / ours)}@{revision_of(versions / AUTH)}" in error
    remote = {"SHOPDB_REMOTE_URL": f"sqlite:///{project.database}"}
    error = refused(project, "rebase", "--onto", revision_of(versions / theirs), **remote)
    # The other one goes on top of what is applied.
    project.ok("rebase")
    assert project.ok("doctor") == "Nothing is wrong.\n"


def test_rebase_refuses_what_production_has(project: TestProject, versions: Path) -> None:
    ours, _ = branched(project, versions)
    (project.root / "aside").mkdir()
    (versions / ours).rename(project.root / "aside" / ours)
    git(project, "checkout", "-q", "--theirs", (versions / "HEAD").as_posix())
    project.ok("heads", "--accept")
    remote = {"SHOPDB_REMOTE_URL": f"sqlite:///{project.root}/remote.db"}
    project.ok("migrate", "--remote", "--yes", **remote)
    (project.root / "aside" / ours).rename(versions / ours)
    error = refused(project, "rebase", "--onto", revision_of(versions / ours), **remote)
    assert "The remote database has applied" in error
    project.ok("rebase", **remote)
    assert (versions / "HEAD").read_text().strip() == revision_of(next(versions.glob("*invoices.py")))


def test_an_applied_revision_that_was_edited(project: TestProject, versions: Path) -> None:
    project.ok("new-domain", "shop")
    file = next(versions.glob("*create_shop.py"))
    file.write_text(file.read_text() + "\n# later\n")
    for command in (["migrate"], ["new-domain", "billing"], ["add-column", "shop", "a:text:optional"]):
        error = refused(project, *command)
        assert f"{file.name} was edited after the local database had applied it" in error
        assert "git restore" in error
    assert "edited-revision" in project.run("doctor").out
    project.ok("heads", "--accept")
    assert "Nothing to apply" in project.ok("migrate")


def test_newlines_are_no_edit(project: TestProject, versions: Path) -> None:
    project.ok("new-domain", "shop")
    file = next(versions.glob("*create_shop.py"))
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert "Nothing to apply" in project.ok("migrate")


def test_an_unapplied_revision_may_be_edited_locally_but_not_remotely(project: TestProject, versions: Path) -> None:
    project.ok("new-domain", "shop", "--no-migrate")
    file = next(versions.glob("*create_shop.py"))
    file.write_text(file.read_text() + "\n# before it is applied\n")
    remote = {"SHOPDB_REMOTE_URL": f"sqlite:///{project.root}/remote.db"}
    assert "was edited after it was recorded" in refused(project, "migrate", "--remote", "--yes", **remote)
    project.ok("migrate")
    project.ok("migrate", "--remote", "--yes", **remote)


def test_a_revision_made_by_hand_is_recorded_when_it_is_applied(project: TestProject, versions: Path) -> None:
    project.ok("migrate")
    (versions / "by_hand.py").write_text(
        f'revision = "aaaa"\ndown_revision = "{revision_of(versions / AUTH)}"\n\n'
        "def upgrade(): pass\n\ndef downgrade(): pass\n"
    )
    assert "by_hand" in project.ok("migrate")
    assert "by_hand.py" in (versions / "CHECKSUMS").read_text()
    assert (versions / "HEAD").read_text() == "aaaa\n"


@pytest.mark.parametrize("name", ["create_auth_tables", "create_shop"])
def test_a_missing_file(project: TestProject, versions: Path, name: str) -> None:
    project.ok("new-domain", "shop")
    project.ok("add-column", "shop", "a:text:optional")
    file = next(versions.glob(f"*{name}.py"))
    file.unlink()
    error = refused(project, "migrate")
    assert f"git restore src/shopdb/migrations/versions/{file.name}" in error
    assert {"missing-file", "missing-revision"} <= {
        line.partition(":")[0] for line in project.run("doctor").out.split("\n")
    }


def test_a_database_of_another_branch(project: TestProject, versions: Path) -> None:
    project.ok("new-domain", "shop")
    file = next(versions.glob("*create_shop.py"))
    revision = revision_of(file)
    file.unlink()
    for name in ("HEAD", "CHECKSUMS"):
        (versions / name).unlink()
    error = refused(project, "migrate")
    assert f"is at revision {revision}" in error
    assert f"git log --all --oneline -S{revision}" in error
    assert "unknown-revision" in project.run("doctor").out


def test_head_that_no_file_has_and_conflict_markers(project: TestProject, versions: Path) -> None:
    project.ok("migrate")
    head = (versions / "HEAD").read_bytes()
    (versions / "HEAD").write_text("ffffffffffff\n")
    assert "says that revision ffffffffffff is the newest" in refused(project, "migrate")
    (versions / "HEAD").write_bytes(b"<<<<<<< ours\nx\n=======\n" + head + b">>>>>>> theirs\n")
    assert "scaffold heads --merge" in refused(project, "migrate")
    project.ok("heads", "--merge")
    assert (versions / "HEAD").read_bytes() == head
    (versions / "CHECKSUMS").write_text("nonsense\n")
    assert "is no digest with a file name" in refused(project, "migrate")


def test_a_custom_version_table(project: TestProject) -> None:
    env = project.package / "migrations" / "env.py"
    env.write_text(env.read_text().replace('"compare_type": True,', '"compare_type": True, "version_table": "moves",'))
    project.ok("new-domain", "shop")
    assert len(project.execute("SELECT version_num FROM moves")) == 1
    assert "Nothing to apply" in project.ok("migrate")
    env.write_text(env.read_text().replace('"moves"', '"mo" + "ves"'))
    assert "computes that name" in project.run("new-domain", "billing").err


def test_failures_name_the_line(project: TestProject, versions: Path) -> None:
    project.ok("migrate")
    (versions / "by_hand.py").write_text(
        f'revision = "aaaa"\ndown_revision = "{revision_of(versions / AUTH)}"\n\n'
        'def upgrade():\n    raise ValueError("no such luck")\n\ndef downgrade(): pass\n'
    )
    before = project.tree()
    error = project.run("migrate").err
    assert "by_hand.py, line 5: ValueError: no such luck; the database is as before" in error
    assert project.tree() == before
    (versions / "by_hand.py").unlink()
    env = project.package / "migrations" / "env.py"
    (versions / "other.py").write_text(
        f'revision = "bbbb"\ndown_revision = "{revision_of(versions / AUTH)}"\n\ndef upgrade(): pass\n'
    )
    env.write_text('import os\n\nos.environ["NOT_SET"]\n')
    assert "migrations/env.py, line 3: KeyError: 'NOT_SET'" in project.run("migrate").err
    env.write_text("raise SystemExit(3)\n")
    assert "ends the process" in project.run("migrate").err


def test_this_repository_s_own_history() -> None:
    state = guard.state(configuration.find(REPOSITORY))
    assert of_files(state) == []
    assert [name for name in state.digests if not state.recorded(name)] == []
    assert state.edited == ()


def test_a_line_needs_no_sorting_to_be_upgraded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = TestProject(tmp_path / "shop")
    for number in range(3):
        project.ok("new-domain", f"things{number}", "name:text", "--no-migrate")
    found = configuration.find(project.root)
    with models.importable(found):
        history = History(found)
        ids = [script.revision for script in history.revisions]
        for start in range(len(ids)):
            current = tuple(ids[start - 1 : start])
            expected = [step.info.up_revision_id for step in history.scripts._upgrade_revs("heads", current)]
            assert [step.info.up_revision_id for step in history._steps("heads", current)] == expected == ids[start:]
            assert [script.revision for script in history.pending(current)] == ids[start:]
        monkeypatch.setattr(State, "line", property(lambda _: ()))
        assert [script.revision for script in History(found).revisions] == ids
