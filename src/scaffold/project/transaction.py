"""File edits that take effect together with the commit of a database, or not at all.

The commit of the database carries the new revision, and is the commit point: a journal written just before it names
the staged files, and whoever comes next finishes a journal whose revision the database has and discards one whose
revision it has not.

A database that commits each statement has no such point. There the journal is written first, and says which way the
database goes: on to the revision, or back from it. Whoever comes next takes it there.
"""

import contextlib
import hashlib
import json
import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol

from scaffold.errors import ScaffoldError, UsageError
from scaffold.plan import FileEdit
from scaffold.project.config import Config

FOLDER = ".scaffold"
"""The tool's own folder at the project's root; git ignores it."""

WORK = "work"
"""Where staged files and the journal lie, inside FOLDER; gone between two commands."""


class Local(Protocol):
    """The local database, as far as a journal is about it."""

    def has(self, revision: str) -> bool:
        """Whether it is at a revision."""
        ...

    def gain(self, revision: str) -> None:
        """Upgrade it to a revision, whose file is in place."""
        ...

    def lose(self, file: Path) -> None:
        """Take back all that it has of a revision, wholly or in part; `file` is a copy of the revision's."""
        ...


class _Way(StrEnum):
    """What a journal asks of the database."""

    COMMIT = "commit"
    """Nothing: the files follow it."""

    GAIN = "gain"
    """It follows the files."""

    LOSE = "lose"
    """It goes back, and then the files do."""

    REVERT = "revert"
    """It goes back, and the files stay as they are."""


class _Entry(NamedTuple):
    """One file of a journal: digests before and after (None: no file), and the staged copy's name."""

    path: str
    before: str | None
    after: str | None
    staged: str


class Settled(NamedTuple):
    """What became of an interrupted command.

    Args:
        finished: whether its files were put in place; else they were discarded.
        files: the files that it was about.
        kept: those of them that somebody edited since, and that were left alone; ours lie beside them.
        spared: those that were to be removed, and that somebody edited since.
    """

    finished: bool
    files: tuple[str, ...]
    kept: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()


class Transaction:
    """The edits of one command.

    Args:
        config: the project.
        edits: of files below its root.
    """

    def __init__(self, config: Config, edits: Iterable[FileEdit]) -> None:
        self._root = config.root
        self._folder = _work(config)
        self._edits = tuple(edits)

    def stage(self, *, new_database: bool = False) -> None:
        """Write the new files outside the tree.

        Args:
            new_database: whether the local database is a file that does not exist yet.

        Raises:
            ScaffoldError: a file is not what the plan was made for.
        """
        for edit in self._edits:
            path = self._root / edit.path
            _check_plain(path, edit.path)
            if _read(path) != edit.before:
                raise ScaffoldError(
                    f"{edit.path} was changed while the command ran; nothing was written.",
                    help="Run the command again: it then sees the change.",
                )
            if edit.path.startswith(f"{FOLDER}/"):
                continue
            folder = next(folder for folder in path.parents if folder.is_dir())
            if not os.access(path if path.exists() else folder, os.W_OK) or not os.access(folder, os.W_OK):
                raise ScaffoldError(
                    f"{edit.path} can't be written: it or its folder is read-only; nothing was written.",
                    help=f"Allow it: chmod u+w {shlex.join([str(path.parent), *([str(path)] * path.exists())])}",
                )
        _remove(self._folder)
        self._folder.mkdir(parents=True)
        _ignore(self._folder)
        running = {"pid": os.getpid(), "since": time.time(), "command": sys.argv[1:2], "new_database": new_database}
        (self._folder / "running.json").write_text(json.dumps(running))
        for number, edit in enumerate(self._edits):
            if edit.after is not None:
                staged = self._folder / str(number)
                _write(staged, edit.after)
                if edit.before is not None:
                    shutil.copymode(self._root / edit.path, staged)

    def promise(self, revision: str | None) -> None:
        """Write the journal: from now on a database that has `revision` means that the edits are to be made.

        Args:
            revision: None where no database takes part; then the journal itself is the commit point.
        """
        self._write_journal(_Way.COMMIT, revision)

    def promise_gain(self, revision: str) -> None:
        """Write the journal: the edits are to be made in any case, and the database is to gain `revision`."""
        self._write_journal(_Way.GAIN, revision)

    def promise_loss(self, revision: Path, *, edits: bool) -> None:
        """Write the journal: the database is to lose a revision in any case.

        Args:
            revision: its file.
            edits: whether the edits are then to be made; else they are given up.
        """
        _write(self._folder / revision.name, revision.read_bytes())
        self._write_journal(_Way.LOSE if edits else _Way.REVERT, revision.name)

    def _write_journal(self, way: _Way, revision: str | None) -> None:
        entries = [
            _Entry(edit.path, _digest(edit.before), _digest(edit.after), str(number))
            for number, edit in enumerate(self._edits)
        ]
        journal = {"version": 1, "way": way, "revision": revision, "files": [entry._asdict() for entry in entries]}
        partial = self._folder / "journal.tmp"
        _write(partial, json.dumps(journal, indent=1).encode())
        partial.replace(self._folder / "journal.json")
        _sync_folder(self._folder)

    def withdraw(self) -> None:
        """Take a promise back, as what it promised has been undone in the database."""
        (self._folder / "journal.json").unlink(missing_ok=True)
        _sync_folder(self._folder)

    def abandon(self) -> None:
        """Remove what was staged, unless a promise was made."""
        if not (self._folder / "journal.json").exists():
            _remove(self._folder)


def _check_plain(path: Path, shown: str) -> None:
    """Refuse to put a file where something else is that a person put there."""
    if path.is_symlink():
        raise UsageError(
            f"{shown} is a symbolic link to {path.readlink()}, and a file would take its place; nothing was written.",
            help=f"Put the file itself there: cp --remove-destination {shlex.join([str(path.resolve()), str(path)])}",
        )
    if path.is_dir():
        raise UsageError(
            f"{shown} is a folder, and a file is to be there; nothing was written.",
            help=f"Move it away: mv {shlex.join([str(path), f'{path}.old'])}",
        )


def interrupted(config: Config) -> bool:
    """Whether a command was cut off after its promise."""
    return (_work(config) / "journal.json").exists()


def left_behind(config: Config) -> bool:
    """Whether a command was cut off that was writing."""
    return _work(config).exists()


def new_database_left(config: Config) -> bool:
    """Whether a command was cut off, before or after its promise, that had to create the local database's file."""
    try:
        return bool(json.loads((_work(config) / "running.json").read_text())["new_database"])
    except (OSError, ValueError, KeyError):
        return False


def running(config: Config) -> str:
    """Who is writing in the project, as far as is known."""
    try:
        holder = json.loads((_work(config) / "running.json").read_text())
        since = datetime.fromtimestamp(holder["since"])
        return f"scaffold {' '.join(holder['command'])} (process {holder['pid']}), since {since:%H:%M:%S}"
    except (OSError, ValueError, KeyError):
        return "another scaffold command"


def settle(config: Config, local: Local | None = None) -> Settled | None:
    """Finish or discard what an interrupted command promised; also the last step of one that was not interrupted.

    Args:
        config: the project.
        local: its database; not needed where none took part.
    """
    folder = _work(config)
    journal = folder / "journal.json"
    if not journal.exists():
        _remove(folder)
        return None
    content = json.loads(journal.read_text())
    entries = [_Entry(**entry) for entry in content["files"]]
    files = tuple(entry.path for entry in entries)
    way, revision = _Way(content["way"]), content["revision"]
    assert local is not None or revision is None
    if local and way in {_Way.LOSE, _Way.REVERT}:
        local.lose(folder / revision)
    if way is _Way.REVERT or (local and way is _Way.COMMIT and revision is not None and not local.has(revision)):
        _clear(folder)
        return Settled(finished=False, files=files)
    kept = [entry for entry in entries if not _place(config.root, folder, entry)]
    for entry in kept:
        _set_aside(config.root, folder, entry)
    if local and way is _Way.GAIN and not local.has(revision):
        local.gain(revision)
    _clear(folder)
    return Settled(
        True,
        files,
        kept=tuple(entry.path for entry in kept if entry.after is not None),
        spared=tuple(entry.path for entry in kept if entry.after is None),
    )


def forget(config: Config) -> None:
    """Drop the journal: what it asks of the database has failed, and would fail again."""
    _clear(_work(config))


def _place(root: Path, folder: Path, entry: _Entry) -> bool:
    """Put one file in place; False where somebody has edited it since."""
    path = root / entry.path
    current = _digest(_read(path))
    if current == entry.after:
        if entry.after is None:
            _remove_if_empty(path.parent)
        return True
    if current != entry.before:
        # One that was in place already, and edited then, has nothing staged.
        return entry.after is not None and not (folder / entry.staged).exists()
    if entry.after is None:
        path.unlink()
        _sync_folder(path.parent)
        _remove_if_empty(path.parent)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        _move(folder / entry.staged, path)
        _sync_folder(path.parent)
    return True


def _remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):  # as it is not empty, most of the time
        folder.rmdir()


def _set_aside(root: Path, folder: Path, entry: _Entry) -> None:
    """Keep our version of a file beside the edited one, for a person to merge."""
    staged = folder / entry.staged
    if staged.exists():
        path = root / entry.path
        _move(staged, path.with_name(path.name + ".scaffold"))


def _move(staged: Path, path: Path) -> None:
    try:
        staged.replace(path)
    except OSError:
        # The folder may be on another file system: copy beside the target, then replace within it.
        beside = path.with_name(f".{path.name}.scaffold-tmp")
        _write(beside, staged.read_bytes())
        shutil.copymode(staged, beside)
        beside.replace(path)


def _clear(folder: Path) -> None:
    # The journal goes first: without it the staged files mean nothing.
    (folder / "journal.json").unlink()
    _sync_folder(folder)
    _remove(folder)


def _work(config: Config) -> Path:
    return config.root / FOLDER / WORK


def _ignore(work: Path) -> None:
    """Make git ignore the tool's own folder; whole or not at all, as it stays where there is a history."""
    ignored = work.parent / ".gitignore"
    if _read(ignored) != b"*\n":
        (work / "gitignore").write_text("*\n")
        (work / "gitignore").replace(ignored)


def _remove(work: Path) -> None:
    """Remove the working folder, and the tool's own with it if there is nothing else in that."""
    shutil.rmtree(work, ignore_errors=True)
    own = work.parent
    if own.is_dir() and {path.name for path in own.iterdir()} <= {".gitignore"}:
        shutil.rmtree(own, ignore_errors=True)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _digest(data: bytes | None) -> str | None:
    return None if data is None else hashlib.sha256(data).hexdigest()
