"""Edits that are promised, and then made or discarded."""

import os
from pathlib import Path

import pytest

from scaffold.errors import ScaffoldError
from scaffold.plan import FileEdit
from scaffold.project.config import Config, find
from scaffold.project.transaction import Settled, Transaction, interrupted, settle
from tests.projects import TestProject

REVISION = "aaaaaaaaaaaa"


@pytest.fixture
def config(project: TestProject) -> Config:
    project.write("old.py", "old\n")
    project.write("gone.py", "gone\n")
    return find(project.root)


class Database:
    """The local database: it has the revision or not, and remembers what was asked of it."""

    def __init__(self, *, has: bool) -> None:
        self.current, self.gained, self.lost = has, list[str](), list[str]()

    def has(self, revision: str) -> bool:
        assert revision == REVISION
        return self.current

    def gain(self, revision: str) -> None:
        self.gained.append(revision)

    def lose(self, file: Path) -> None:
        self.lost.append(file.read_text())


def _edits() -> tuple[FileEdit, ...]:
    return (
        FileEdit("new.py", None, b"new\n"),
        FileEdit("old.py", b"old\n", b"changed\n"),
        FileEdit("gone.py", b"gone\n", None),
    )


def _promised(config: Config, revision: str | None = REVISION) -> None:
    work = Transaction(config, _edits())
    work.stage()
    work.promise(revision)


FILES = ("new.py", "old.py", "gone.py")


@pytest.mark.parametrize(("revision", "has"), [(REVISION, True), (None, False)])
def test_a_promise_is_kept(config: Config, project: TestProject, revision: str | None, has: bool) -> None:
    _promised(config, revision)
    assert interrupted(config)
    assert settle(config, Database(has=has)) == Settled(finished=True, files=FILES, kept=())
    assert ((project.root / "new.py").read_text(), (project.root / "old.py").read_text()) == ("new\n", "changed\n")
    assert not (project.root / "gone.py").exists()
    assert not (project.root / ".scaffold").exists()
    assert settle(config, Database(has=has)) is None


@pytest.mark.parametrize("has", [False, True])
def test_a_database_that_is_to_follow(config: Config, project: TestProject, has: bool) -> None:
    work, database = Transaction(config, _edits()), Database(has=has)
    work.stage()
    work.promise_gain(REVISION)
    assert settle(config, database) == Settled(finished=True, files=FILES)
    assert (project.root / "new.py").exists()
    assert (database.gained, database.lost) == ([] if has else [REVISION], [])


@pytest.mark.parametrize("edits", [False, True])
def test_a_database_that_is_to_go_back(config: Config, project: TestProject, edits: bool) -> None:
    work, database = Transaction(config, _edits()), Database(has=False)
    work.stage()
    work.promise_gain(REVISION)
    work.promise_loss(project.write("revision.py", "its text"), edits=edits)
    assert settle(config, database) == Settled(finished=edits, files=FILES)
    assert (project.root / "new.py").exists() == edits
    assert (database.gained, database.lost) == ([], ["its text"])
    assert not interrupted(config)


def test_what_the_database_refuses_is_asked_again(config: Config) -> None:
    class Away(Database):
        def gain(self, revision: str) -> None:
            raise ScaffoldError(f"{revision} is out of reach.")

    work, database = Transaction(config, _edits()), Database(has=False)
    work.stage()
    work.promise_gain(REVISION)
    with pytest.raises(ScaffoldError, match="out of reach"):
        settle(config, Away(has=False))
    assert interrupted(config)
    assert settle(config, database) == Settled(finished=True, files=FILES)
    assert database.gained == [REVISION]


def test_a_promise_without_its_revision_is_discarded(config: Config, project: TestProject) -> None:
    before = project.tree()
    _promised(config)
    assert settle(config, Database(has=False)) == Settled(finished=False, files=FILES, kept=())
    assert project.tree() == before


def test_what_was_staged_and_not_promised_is_removed(config: Config, project: TestProject) -> None:
    before = project.tree()
    work = Transaction(config, _edits())
    work.stage()
    assert not interrupted(config)
    work.abandon()
    assert project.tree() == before
    work.stage()
    assert settle(config, Database(has=True)) is None
    assert project.tree() == before


def test_settling_can_be_interrupted_and_done_again(config: Config, project: TestProject) -> None:
    _promised(config)
    (project.root / "new.py").write_text("new\n")
    (project.root / "gone.py").unlink()
    settled = settle(config, Database(has=True))
    assert settled == Settled(finished=True, files=FILES, kept=())
    assert (project.root / "old.py").read_text() == "changed\n"


def test_an_edited_file_is_kept_and_ours_lies_beside_it(config: Config, project: TestProject) -> None:
    _promised(config)
    project.write("old.py", "edited\n")
    project.write("gone.py", "edited\n")
    assert settle(config, Database(has=True)) == Settled(
        finished=True, files=FILES, kept=("old.py",), spared=("gone.py",)
    )
    assert (project.root / "old.py").read_text() == "edited\n"
    assert (project.root / "old.py.scaffold").read_text() == "changed\n"
    assert (project.root / "gone.py").read_text() == "edited\n"
    assert not (project.root / ".scaffold").exists()


def test_a_file_that_changed_meanwhile_stops_it(config: Config, project: TestProject) -> None:
    project.write("old.py", "edited\n")
    before = project.tree()
    work = Transaction(config, _edits())
    with pytest.raises(ScaffoldError, match="was changed while the command ran; nothing was written"):
        work.stage()
    assert project.tree() == before


def test_a_file_keeps_its_mode(config: Config, project: TestProject) -> None:
    (project.root / "old.py").chmod(0o755)
    _promised(config)
    settle(config, Database(has=True))
    assert (project.root / "old.py").stat().st_mode & 0o777 == 0o755


def test_git_never_sees_the_working_folder(config: Config, project: TestProject) -> None:
    _promised(config)
    folders = [Path(folder) for folder, _, _ in os.walk(project.root / ".scaffold")]
    assert (project.root / ".scaffold" / ".gitignore").read_text() == "*\n"
    assert any((folder / "journal.json").exists() for folder in folders)
