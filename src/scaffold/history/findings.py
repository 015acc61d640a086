"""What is wrong with a history, and the way out of it. One flaw, one function."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from scaffold.history.state import CHECKSUMS, HEAD, Database, State


class Finding(NamedTuple):
    """Something that is wrong.

    Args:
        code: names the flaw.
        message: one sentence that says what is wrong.
        help: the command that resolves it.
        blocks: whether no command may go on before it is resolved.
    """

    code: str
    message: str
    help: str
    blocks: bool = True


def of_files(state: State) -> list[Finding]:
    """The flaws that need no database to be seen."""
    return [finding for check in FILE_CHECKS for finding in check(state)]


def of_database(state: State, database: Database) -> list[Finding]:
    """The flaws that a database shows."""
    return [finding for check in DATABASE_CHECKS for finding in check(state, database)]


def syntax_error(state: State) -> Iterator[Finding]:
    for name, message in state.broken.items():
        yield Finding("syntax-error", message, f"Correct it, or take the edit back: git restore {state.path(name)}")


def same_revision(state: State) -> Iterator[Finding]:
    if len(state.known) == len(state.revisions):
        return
    counts = Counter(revision.revision for revision in state.revisions)
    for revision in (revision for revision, count in counts.items() if count > 1):
        names = [found.name for found in state.revisions if found.revision == revision]
        yield Finding(
            "same-revision",
            f"{' and '.join(map(state.path, names))} both say that they are revision {revision}.",
            f"Delete the copy: rm {state.path(names[-1])}",
        )


def missing_revision(state: State) -> Iterator[Finding]:
    if not state.complete:
        return
    for revision in state.revisions:
        for down in (down for down in revision.down if down not in state.known):
            yield Finding(
                "missing-revision",
                f"{state.path(revision.name)} stands on revision {down}, which no file in {state.folder} has.",
                _bring_back(state, down),
            )


def missing_file(state: State) -> Iterator[Finding]:
    for name in state.gone:
        yield Finding(
            "missing-file",
            f"{state.path(name)} is gone, and {CHECKSUMS} has its digest: it was generated, or applied somewhere.",
            f"Bring it back:             git restore {state.path(name)}\n"
            f"or from where it was last: git log --all --oneline -- {state.path(name)}\n"
            "Or, if it was removed for good and no database has it: scaffold heads --accept",
        )


def malformed_checksums(state: State) -> Iterator[Finding]:
    lines = state.checksums.malformed if state.checksums else ()
    if lines:
        yield Finding(
            "malformed-checksums",
            f"{state.path(CHECKSUMS)}, line {', '.join(map(str, lines))}, is no digest with a file name.",
            f"Take the edit back: git restore {state.path(CHECKSUMS)}\nOr write it anew:   scaffold heads --accept",
        )


def several_heads(state: State) -> Iterator[Finding]:
    if state.complete and len(state.heads) > 1:
        names = " and ".join(state.path(head.name) for head in state.heads)
        yield Finding(
            "several-heads",
            f"{len(state.heads)} revisions are the newest ({names}): two branches each added one, so it is not clear"
            " what comes next.",
            "Put yours on top of the others': scaffold rebase\nOr join them with a revision:    scaffold heads --merge",
        )


def head_conflict(state: State) -> Iterator[Finding]:
    if state.head and state.head.conflict and len(state.heads) < 2:
        yield Finding(
            "head-conflict",
            f"{state.path(HEAD)} holds git's conflict markers, although one revision is the newest.",
            "Let it say which: scaffold heads --merge",
        )


def unknown_head(state: State) -> Iterator[Finding]:
    if not state.head or not state.complete or state.head.conflict:
        return
    for revision in (revision for revision in state.head.revisions if revision not in state.known):
        yield Finding(
            "unknown-head",
            f"{state.path(HEAD)} says that revision {revision} is the newest, and no file in {state.folder} has it.",
            f"{_bring_back(state, revision)}\n"
            "Or, if it was removed for good and no database has it: scaffold heads --accept",
        )


def stale_head(state: State) -> Iterator[Finding]:
    heads = [head.revision for head in state.heads]
    if not state.head or state.head.conflict or not state.complete or len(heads) != 1:
        return
    if any(named != heads[0] and state.get(named) for named in state.head.revisions) or not state.head.revisions:
        says = " and ".join(state.head.revisions) or "nothing"
        yield Finding(
            "stale-head",
            f"{state.path(HEAD)} says {says}, and {heads[0]} is the newest: that one was not made by scaffold.",
            "Let it say so: scaffold migrate",
            blocks=False,
        )


def unknown_revision(state: State, database: Database) -> Iterator[Finding]:
    unknown = [head for head in database.heads if head not in state.known] if state.complete else []
    if unknown:
        yield Finding(
            "unknown-revision",
            f"The {database.target} database is at revision {', '.join(unknown)}, which no file in {state.folder} has:"
            " it belongs to another git branch, is ahead of this checkout, or its file was removed.",
            f"{_bring_back(state, unknown[0])}\n"
            "Or go back on the branch that has it, before you leave it: alembic downgrade REVISION",
        )


def edited_revision(state: State, database: Database) -> Iterator[Finding]:
    applied = state.below(database.heads) if state.edited else ()
    for revision in state.edited:
        if revision.revision in applied:
            yield Finding(
                "edited-revision",
                f"{state.path(revision.name)} was edited after the {database.target} database had applied it, so what"
                " is there is not what the file says.",
                f"Take the edit back:             git restore {state.path(revision.name)}\n"
                "and put the change into a new revision.\n"
                "Or, if it changes nothing that is run (a comment, formatting): scaffold heads --accept",
            )


def unrecorded_edit(state: State, database: Database) -> Iterator[Finding]:
    if database.target == "local":
        return
    applied = state.below(database.heads) if state.edited else ()
    for revision in state.edited:
        if revision.revision not in applied:
            yield Finding(
                "unrecorded-edit",
                f"{state.path(revision.name)} was edited after it was recorded, and what it says now was never run"
                f" anywhere that {CHECKSUMS} knows of.",
                "Run it on the local database first, which records it: scaffold migrate\n"
                f"Or take the edit back: git restore {state.path(revision.name)}",
            )


def _bring_back(state: State, revision: str) -> str:
    if state.gone:
        return f"Bring its file back: git restore {state.path(state.gone[0])}"
    return (
        f"See which commit has it: git log --all --oneline -S{revision} -- {state.folder}\n"
        f"then switch to its branch, or bring its file back: git checkout COMMIT -- {state.folder}"
    )


FILE_CHECKS: tuple[Callable[[State], Iterator[Finding]], ...] = (
    syntax_error,
    same_revision,
    missing_file,
    missing_revision,
    malformed_checksums,
    several_heads,
    head_conflict,
    unknown_head,
    stale_head,
)
DATABASE_CHECKS: tuple[Callable[[State, Database], Iterator[Finding]], ...] = (
    unknown_revision,
    edited_revision,
    unrecorded_edit,
)
