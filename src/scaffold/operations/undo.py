"""`undo`: what the last verb did is taken back, if nothing has changed since."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from scaffold.errors import ScaffoldError, UsageError
from scaffold.plan import FileEdit
from scaffold.plan.past import Deed, Lost, Present


@dataclass(frozen=True, slots=True)
class Return:
    """What is to be done.

    Args:
        edits: the deed's files as they were, and its record gone.
        downgrade: whether the local database goes back too.
        losses: what it loses by that, a sentence each.
        restores: what comes back from the copy of the database: (table, column), or (table, "") for a whole table.
    """

    edits: tuple[FileEdit, ...]
    downgrade: bool
    losses: tuple[str, ...]
    restores: tuple[Lost, ...] = ()


def plan(deed: Deed | None, present: Present) -> Return:
    """What is to be done.

    Raises:
        UsageError: there is nothing to take back.
        ScaffoldError: something has changed since.
    """
    if deed is None:
        raise UsageError(
            "No verb is on record here that could be taken back; nothing was written.",
            help="A verb is recorded when it runs, in .scaffold/history of the project.",
        )
    changed = [file.path for file in deed.files if _digest(present.files[file.path]) != file.after]
    what = f"`{deed.message}` can't be taken back"
    if present.later:
        raise ScaffoldError(
            f"{what}: the revision{'s' * (len(present.later) != 1)} {', '.join(present.later)} stand"
            f"{'s' * (len(present.later) == 1)} on it; nothing was written.",
            help="Make a new revision that undoes it, such as that of the opposite verb: scaffold --help",
        )
    if changed:
        raise ScaffoldError(
            f"{what}: {', '.join(changed)} {'has' if len(changed) == 1 else 'have'} been edited since;"
            " nothing was written.",
            help=f"See what: git diff {' '.join(changed)}",
        )
    if present.others:
        raise ScaffoldError(
            f"{what}: {'; '.join(present.others)}; nothing was written.",
            help="What others have is only changed by a new revision, such as that of the opposite verb.",
        )
    restores = tuple(place for place in _lost(deed, present) if present.copy and place not in present.obstacles)
    for (table, column), rows in present.wanting.items() if present.local else ():
        if rows and (table, column) not in restores:
            why = stays_lost(deed, present).get((table, column), "there were none")
            raise ScaffoldError(
                f"{what}: {table} has {rows:,} row{'s' * (rows != 1)}, its column {column} is required, and its values"
                f" do not come back: {why}; nothing was written.",
                help="Add the column anew instead, as an optional one until it is filled: scaffold add-column --help\n"
                f"Or remove the rows of {table}, and then: scaffold undo",
            )
    files = tuple(FileEdit(file.path, present.files[file.path], file.before) for file in deed.files)
    record = FileEdit(deed.record, present.files[deed.record], None)
    return Return(
        edits=(*(edit for edit in files if edit.before != edit.after), record),
        downgrade=present.local,
        losses=tuple(_losses(present)) if present.local else (),
        restores=restores,
    )


def stays_lost(deed: Deed, present: Present, refused: Mapping[Lost, str] = MappingProxyType({})) -> dict[Lost, str]:
    """What of the rows and values that the deed took does not come back, and why.

    Args:
        deed: what is taken back.
        present: what there was of it before that.
        refused: what could not be brought back although nothing was known to stand against it, and why.
    """
    if not present.copy:
        return dict.fromkeys(_lost(deed, present), "there is no copy of the database from before")
    return {place: why for place, why in {**present.obstacles, **refused}.items() if place in _lost(deed, present)}


def notes(deed: Deed, present: Present, lost: Mapping[Lost, str]) -> list[str]:
    """What comes back and what doesn't, a sentence each.

    Args:
        deed: what is taken back.
        present: what there was of it before that.
        lost: from `stays_lost`.
    """
    told = []
    for place in _lost(deed, present):
        what, one = _what(deed, place), deed.taken[place] == 1
        if place not in lost:
            told.append(f"{what} come{'s' * one} back from {present.copy}.")
            continue
        if place in deed.rewritten:
            stay = f"stay{'s' * one} as the verb left {'it' if one else 'them'}"
            there = f" What {'it was' if one else 'they were'} is in {present.copy}."
        else:
            stay = f"do{'es' * one} not come back"
            there = f" {'It is' if one else 'They are'} in {present.copy}."
        told.append(f"{what} {stay}: {lost[place]}.{there if present.copy else ''}")
    return told


def _lost(deed: Deed, present: Present) -> list[Lost]:
    return [place for place, count in deed.taken.items() if count != 0 and present.local]


def _what(deed: Deed, place: Lost) -> str:
    table, column = place
    count = deed.taken[place]
    number = "the" if count is None else f"{count:,}"
    one = "" if count == 1 else "s"
    return f"{number} value{one} of {table}.{column}" if column else f"{number} row{one} of {table}"


def _losses(present: Present) -> list[str]:
    losses = []
    for (table, column), count in (present.rows or {}).items():
        if count:
            what = f"value{'s' * (count != 1)} of {table}.{column}" if column else f"row{'s' * (count != 1)} of {table}"
            losses.append(f"{count:,} {what} would be lost")
    return losses


def _digest(data: bytes | None) -> str | None:
    return None if data is None else hashlib.sha256(data).hexdigest()
