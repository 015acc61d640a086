"""`rebase`: the revisions of one branch, put on top of the other one's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from scaffold.errors import UsageError
from scaffold.history.checksums import digest
from scaffold.history.names import next_stamp, stamp_of
from scaffold.history.records import records
from scaffold.history.reparent import reparent
from scaffold.history.revision import RevisionFile
from scaffold.history.state import Database, State
from scaffold.plan import FileEdit
from scaffold.source.text import decode, encode


@dataclass(frozen=True, slots=True)
class Moved:
    """A revision of the branch that moves.

    Args:
        revision: as it was.
        name: of its file from now on.
    """

    revision: RevisionFile
    name: str


@dataclass(frozen=True, slots=True)
class Rebased:
    """What is to be done.

    Args:
        onto: the revision that the branch is put on.
        moved: the branch, oldest first.
        head: the newest revision afterwards.
        edits: of the revisions' files, and of CHECKSUMS and HEAD.
    """

    onto: RevisionFile
    moved: tuple[Moved, ...]
    head: str
    edits: tuple[FileEdit, ...]


def plan(
    onto: str | None,
    state: State,
    files: Mapping[str, bytes],
    databases: tuple[Database, ...],
    published: frozenset[str],
    now: datetime,
) -> Rebased:
    """What is to be done.

    Args:
        onto: the revision to put the others on; None to find out which one stays.
        state: the history.
        files: the bytes of the revision files, by name.
        databases: those whose place in the history is known; a revision that one has applied does not move.
        published: names of files that git's upstream branch has.
        now: the time in UTC, for the new file names.

    Raises:
        UsageError: there is nothing to rebase, it is not clear what stays, or what would move is applied somewhere.
    """
    heads = state.heads
    if len(heads) < 2:
        raise UsageError(
            "There is nothing to rebase: one revision is the newest"
            + (f", {heads[0].revision} ({heads[0].name})." if heads else "."),
            help="Let HEAD say so, if it does not: scaffold heads --merge" if state.head else "",
        )
    stays = _named(onto, state) if onto else _staying(state, databases, published)
    below = state.below([stays.revision])
    branch = [revision for revision in state.revisions if revision.revision not in below]
    _check_unapplied(branch, stays, state, databases)
    _check_unpublished(branch, state, published)
    moved = _renamed(_ordered(branch), state, stays, now)
    above = {revision.revision for revision in branch}
    edits: list[FileEdit] = []
    digests: dict[str, str] = {}
    # Each tip goes onto the one before it, so that one revision is the newest.
    base = stays.revision
    for move in moved:
        inside = tuple(down for down in move.revision.down if down in above)
        before = files[move.revision.name]
        after = before
        if not inside:
            path = state.path(move.revision.name)
            source = decode(before, path)
            after = encode(source.with_text(reparent(source.text, (base,), path)), path)
        digests[move.name] = digest(after)
        edits += _edits(state, move, before, after)
        if not any(move.revision.revision in other.down for other in branch):
            base = move.revision.revision
    removed = {move.revision.name for move in moved if move.name != move.revision.name}
    kept = records(state, head=base, added=digests, removed=removed, anew=False)
    return Rebased(stays, moved, base, (*edits, *kept))


def _named(onto: str, state: State) -> RevisionFile:
    found = [revision for revision in state.revisions if revision.revision.startswith(onto) or revision.name == onto]
    names = ", ".join(f"{head.revision} ({head.name})" for head in state.heads)
    if len(found) != 1:
        raise UsageError(
            f"{onto!r} is no revision here; the newest ones are {names}.", wrong=onto, right=state.heads[0].revision
        )
    if found[0] not in state.heads:
        raise UsageError(
            f"{onto!r} is not among the newest revisions; they are {names}.", wrong=onto, right=state.heads[0].revision
        )
    return found[0]


def _staying(state: State, databases: tuple[Database, ...], published: frozenset[str]) -> RevisionFile:
    """The head that the others are put on: what production has, else what colleagues have, else what is applied."""
    applied = {database.target: state.below(database.heads) for database in databases}
    remote, local = applied.get("remote", frozenset()), applied.get("local", frozenset())
    evidence = (
        [head for head in state.heads if head.revision in remote],
        [head for head in state.heads if head.name in published],
        [head for head in state.heads if head.revision in local],
    )
    for having in evidence:
        if len(having) == 1:
            return having[0]
    choices = "\n".join(f"  scaffold rebase --onto {head.revision}    # {head.name} stays" for head in state.heads)
    raise UsageError(
        "It is not clear which of the newest revisions is to stay, and which is to be put on top of it; nothing was"
        " written.",
        help=f"Say which one stays, the one that others have already:\n\n{choices}",
    )


def _check_unapplied(
    branch: list[RevisionFile], stays: RevisionFile, state: State, databases: tuple[Database, ...]
) -> None:
    for database in databases:
        applied = state.below(database.heads)
        there = [revision for revision in branch if revision.revision in applied]
        if not there:
            continue
        names = ", ".join(revision.name for revision in there)
        if database.target != "local":
            raise UsageError(
                f"The {database.target} database has applied {names}, so it can't be put on top of {stays.name} any"
                " more; nothing was written.",
                help="Join the branches with a revision instead: scaffold heads --merge",
            )
        above = {revision.revision for revision in branch}
        roots = [revision for revision in there if not above & set(revision.down)]
        downgrades = [f"  alembic downgrade {_back_to(root, state)}" for root in roots]
        raise UsageError(
            f"The local database has applied {names}, so it can't be put on top of {stays.name} as it is; nothing was"
            " written.",
            help="Go back first, which undoes what it did to the local database:\n\n"
            + "\n".join([*downgrades, f"  scaffold rebase --onto {stays.revision}"])
            + "\n\nOr join the branches with a revision: scaffold heads --merge",
        )


def _check_unpublished(branch: list[RevisionFile], state: State, published: frozenset[str]) -> None:
    theirs = [revision.name for revision in branch if revision.name in published]
    if theirs:
        raise UsageError(
            f"{', '.join(theirs)} is in the upstream branch, so others may have applied it, and moving it would leave"
            " their databases without what it is put on; nothing was written.",
            help=f"Keep it, and put the other on top: scaffold rebase --onto {_tip(branch, state)}\n"
            "Or join them with a revision:     scaffold heads --merge",
        )


def _tip(branch: list[RevisionFile], state: State) -> str:
    return next(head.revision for head in state.heads if head in branch)


def _back_to(root: RevisionFile, state: State) -> str:
    """Where `alembic downgrade` is to go so that `root` is undone, and nothing of another branch."""
    tip = next(head.revision for head in state.heads if root.revision in state.below([head.revision]))
    return f"{tip}@{root.down[0] if root.down else 'base'}"


def _ordered(branch: list[RevisionFile]) -> list[RevisionFile]:
    """Parents before children, and otherwise as they are named."""
    waiting = sorted(branch, key=lambda revision: revision.name)
    placed: list[RevisionFile] = []
    while waiting:
        names = {revision.revision for revision in waiting}
        ready = next((one for one in waiting if not names & set(one.down)), waiting[0])
        placed.append(ready)
        waiting.remove(ready)
    return placed


def _renamed(branch: list[RevisionFile], state: State, stays: RevisionFile, now: datetime) -> tuple[Moved, ...]:
    """The new names: a file keeps its own where that sorts behind what it stands on."""
    below = state.below([stays.revision])
    names = [revision.name for revision in state.revisions if revision.revision in below]
    moved: list[Moved] = []
    for revision in branch:
        stamp, name = stamp_of(revision.name), revision.name
        if stamp and stamp <= max(map(stamp_of, names)):
            name = next_stamp([*names, *(move.name for move in moved)], now) + name[len(stamp) :]
        names.append(name)
        moved.append(Moved(revision, name))
    return tuple(moved)


def _edits(state: State, move: Moved, before: bytes, after: bytes) -> list[FileEdit]:
    old, new = state.path(move.revision.name), state.path(move.name)
    if old == new:
        return [FileEdit(old, before, after)] if before != after else []
    return [FileEdit(old, before, None), FileEdit(new, None, after)]
