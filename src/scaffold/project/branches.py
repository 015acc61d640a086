"""Two branches of a history become one: listed, merged by a revision, or put on top of each other."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scaffold import history as judged
from scaffold.errors import ScaffoldError, UsageError
from scaffold.history.findings import unknown_revision
from scaffold.history.names import next_stamp, slug
from scaffold.plan import FileEdit
from scaffold.project import databases, git, guard, models
from scaffold.project.history import History
from scaffold.project.project import Outcome, Project
from scaffold.source.layout import docstring

ACCEPTABLE = guard.BRANCHED | {"missing-file", "malformed-checksums"}
"""What `accept` takes as it is."""


@dataclass(frozen=True, slots=True)
class Head:
    """A revision that nothing stands on.

    Args:
        revision: its identifier.
        file: relative to the project's root.
        date: when it was made, as its docstring says.
        message: what it does.
        applied: whether the local database has it; None where that can't be known.
    """

    revision: str
    file: str
    date: str
    message: str
    applied: bool | None


@dataclass(frozen=True, slots=True)
class Branches:
    """What a rebase may look at to decide.

    Args:
        state: the history.
        files: the bytes of its files, by name.
        databases: those whose place in it is known.
        published: the names of the files that colleagues have.
        unknown: why a database's place is not known, a sentence each.
    """

    state: judged.State
    files: Mapping[str, bytes]
    databases: tuple[judged.Database, ...]
    published: frozenset[str]
    unknown: tuple[str, ...]


def heads(project: Project) -> tuple[Head, ...]:
    """The revisions that nothing stands on; several where branches were not joined yet."""
    state = guard.state(project.config)
    try:
        applied = state.below(databases.local(project.config).heads())
    except ScaffoldError:
        applied = None
    return tuple(
        Head(
            head.revision,
            state.path(head.name),
            head.date,
            head.message,
            None if applied is None else head.revision in applied,
        )
        for head in state.heads
    )


def branches(project: Project) -> Branches:
    """The branches, and who has which.

    Raises:
        UsageError: something else is wrong with the history.
    """
    config = project.config
    state = guard.state(config)
    guard.refuse(judged.of_files(state), guard.BRANCHED)
    local = judged.Database("local", databases.local(config).heads())
    guard.refuse(judged.of_database(state, local))
    known, unknown = [local], []
    if databases.has_remote(config):
        try:
            known.append(judged.Database("remote", databases.remote(config).heads()))
        except ScaffoldError as error:
            unknown.append(f"Whether the remote database has them is not known: {error.message}")
    return Branches(
        state, dict(guard.files(config)), tuple(known), git.published(guard.versions(config)), tuple(unknown)
    )


def merge(
    project: Project, *, migrate: bool, on_revision: Callable[[str], None] = lambda _: None
) -> tuple[Outcome, str | None]:
    """Join the heads with a revision that does nothing else; returns what was done and the revision's message.

    Where there is one head only, HEAD is made to say so.
    """
    from alembic.util import rev_id

    config = project.config
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch, models.importable(config):
        before = History(config, Path(scratch), tolerated=guard.BRANCHED)
        tips = before.state.heads
        if len(tips) < 2:
            edits = before.records(anew=False)
            if edits:
                project.together(before, edits, None)
            return Outcome(edits, before.head or ""), None
        message = f"merge {' and '.join(tip.message or tip.revision for tip in tips)}"
        before.scripts.file_template = f"{next_stamp(before.state.digests, datetime.now(UTC))}_{slug(message)}"
        text = docstring(message, width=config.line_length)
        script = before.scripts.generate_revision(
            rev_id(), text, head=[tip.revision for tip in tips], version_path=Path(scratch)
        )
        if script is None:
            raise UsageError(f"Alembic made no revision for {message!r}.")
        after = History(config, Path(scratch), tolerated=guard.BRANCHED)
        file = Path(script.path)
        new = FileEdit(after.state.path(file.name), None, file.read_bytes())
        edits = (*after.records(script, anew=migrate), new)
        return _effect(project, after, edits, migrate=migrate, on_revision=on_revision), message


def rebase(
    project: Project,
    edits: tuple[FileEdit, ...],
    *,
    migrate: bool,
    dry_run: bool = False,
    on_revision: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Carry out what a rebase decided."""
    with _edited(project, edits) as after:
        if dry_run:
            return Outcome(edits, after.head or "")
        return _effect(project, after, edits, migrate=migrate, on_revision=on_revision)


def accept(project: Project) -> tuple[FileEdit, ...]:
    """Let CHECKSUMS and HEAD say what the revision files are, whatever they said before.

    Raises:
        UsageError: the local database is at a revision that no file has, or the files don't make up a history.
    """
    with models.importable(project.config):
        history = History(project.config, tolerated=ACCEPTABLE)
        state = history.state
        guard.refuse(unknown_revision(state, judged.Database("local", databases.local(project.config).heads())))
        one = len(state.heads) == 1
        edits = judged.records(state, head=state.heads[0].revision if one else None, anew=True)
        edits = tuple(edit for edit in edits if one or edit.path != state.path(judged.HEAD))
        if edits:
            project.together(history, edits, None)
        return edits


def _effect(
    project: Project,
    history: History,
    edits: tuple[FileEdit, ...],
    *,
    migrate: bool,
    on_revision: Callable[[str], None],
) -> Outcome:
    database = databases.local(project.config) if migrate else None
    applied = project.together(history, edits, database, on_revision=on_revision)
    return Outcome(edits, history.head or "", applied, str(database) if database else None)


@contextmanager
def _edited(project: Project, edits: tuple[FileEdit, ...]) -> Iterator[History]:
    """The history as it is after `edits`, from a copy of its folder."""
    versions = guard.versions(project.config)
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch, models.importable(project.config):
        copy = shutil.copytree(versions, Path(scratch, "versions"), ignore=shutil.ignore_patterns("__pycache__"))
        for edit in edits:
            file = copy / Path(edit.path).name
            if edit.after is None:
                file.unlink()
            else:
                file.write_bytes(edit.after)
        yield History(project.config, versions=copy, tolerated=guard.BRANCHED)
