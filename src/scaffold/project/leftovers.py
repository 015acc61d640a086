"""What a migration that failed has left in its database."""

import os
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from scaffold.errors import ScaffoldError
from scaffold.history import runs_only_operations
from scaffold.project.databases import Database

if TYPE_CHECKING:
    from scaffold.project.history import History

AS_BEFORE = "the database is as before"
GO_ON = "Run the command again: it goes on where this one stopped."
GO_ON_LATER = "Put that right, and run the command again: it goes on where this one stopped."
SEE_IN_DOCTOR = "See what is there, and the way out: scaffold doctor"
UNKNOWN = "what is left of it there is not known, as the database does not answer"


class MigrationFailure(ScaffoldError):
    """A migration failed.

    Args:
        what: happened.
        state: that the database is in.
        help: as for ScaffoldError.
    """

    def __init__(self, what: str, state: str, *, help: str = "") -> None:
        super().__init__(f"{what}; {state}.", help=help)
        self.what = what
        self.state = state


class Leftovers(NamedTuple):
    """What is left, and the way on.

    Args:
        state: of the database, the last part of a sentence.
        help: empty where nothing is left.
    """

    state: str = AS_BEFORE
    help: str = ""


def of_upgrade(
    history: "History",
    database: Database,
    applied: Sequence[str],
    transaction: int | None,
    *,
    taken_back: bool,
    stopped: bool,
) -> Leftovers:
    """What is left of an upgrade.

    Args:
        history: with the revisions.
        database: that was upgraded.
        applied: the names of the revisions that began; the last one failed.
        transaction: see `Dialect.transaction`; that of the beginning.
        taken_back: whether the caller takes the last revision back.
        stopped: whether somebody stopped it.
    """
    if not applied:
        return Leftovers()
    go_on = GO_ON if stopped else GO_ON_LATER
    if database.dialect.transactional:
        return _committed(history, database, applied, transaction, go_on)
    *earlier, last = applied
    if taken_back:
        return Leftovers(_sentence(f"{last} is taken back", earlier))
    return Leftovers(_sentence(f"{last} {_extent(history, database, last)}", earlier), go_on)


def of_downgrade(database: Database, name: str, transaction: int | None) -> Leftovers:
    """What is left of a downgrade in one transaction.

    Args:
        database: that was downgraded.
        name: of the revision.
        transaction: see `Dialect.transaction`; that of the beginning.
    """
    try:
        if not database.has_committed(transaction):
            return Leftovers()
    except ScaffoldError:
        return Leftovers(UNKNOWN, SEE_IN_DOCTOR)
    return Leftovers(f"{name} may be taken back in part, as a transaction ended before it did", SEE_IN_DOCTOR)


def unlocking(database: Database) -> str:
    """How to allow writing to a SQLite file, or to its folder, in which the journal lies; empty where it is allowed."""
    paths = [database.file.parent, database.file] if database.file else []
    locked = [str(path) for path in paths if path.exists() and not os.access(path, os.W_OK)]
    return f"Allow it: chmod u+w {shlex.join(locked)}" if locked else ""


def _committed(
    history: "History", database: Database, applied: Sequence[str], transaction: int | None, go_on: str
) -> Leftovers:
    """What is left where a transaction holds DDL, but a revision or `env.py` may have ended it."""
    try:
        if not database.has_committed(transaction):
            return Leftovers()
        there = set(history.lineage(database.heads()))
    except ScaffoldError:
        return Leftovers(UNKNOWN, SEE_IN_DOCTOR)
    revisions = {name: history.revision_of(f"{name}.py") for name in applied}
    stay = [name for name in applied if revisions[name] in there]
    rest = [name for name in applied if name not in stay]
    parts = [name for name in rest if not runs_only_operations(history.file(revisions[name]).read_bytes())]
    if not parts and stay:
        return Leftovers(_sentence(f"{rest[-1]} is not applied", stay) if rest else _sentence("", stay), go_on)
    names = _and(parts or rest)
    ended = f"a transaction ended before {'it' if len(parts or rest) == 1 else 'they'} did"
    return Leftovers(
        _sentence(f"{names} may be applied in part, as {ended}", stay),
        f"Take out of the database what {names} made there, and run the command again.",
    )


def _extent(history: "History", database: Database, name: str) -> str:
    """How far a revision is applied to a database that commits each statement."""
    revision = history.revision_of(f"{name}.py")
    try:
        if revision in database.heads():
            return "is applied"
        in_part = "is applied in part, as the database commits each statement"
        return in_part if revision in database.begun() else "is not applied"
    except ScaffoldError:
        return "may be applied in part: the database does not answer"


def _sentence(last: str, earlier: Sequence[str]) -> str:
    stay = f"{', '.join(earlier)} {'stays' if len(earlier) == 1 else 'stay'} applied" if earlier else ""
    return "; ".join(filter(None, [last, stay]))


def _and(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
