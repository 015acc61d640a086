"""`undo`: what the last verb did is taken back, if nothing has changed since."""

import hashlib
from dataclasses import dataclass

from scaffold.errors import ScaffoldError, UsageError
from scaffold.plan import FileEdit
from scaffold.plan.past import Deed, Present


@dataclass(frozen=True, slots=True)
class Return:
    """What is to be done.

    Args:
        edits: the deed's files as they were, and its record gone.
        downgrade: whether the local database goes back too.
        losses: what it loses by that, a sentence each.
    """

    edits: tuple[FileEdit, ...]
    downgrade: bool
    losses: tuple[str, ...]


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
            f"{'s' * (len(present.later) == 1)} on it; nothing was written."
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
    files = tuple(FileEdit(file.path, present.files[file.path], file.before) for file in deed.files)
    record = FileEdit(deed.record, present.files[deed.record], None)
    return Return(
        edits=(*(edit for edit in files if edit.before != edit.after), record),
        downgrade=present.local,
        losses=tuple(_losses(present)) if present.local else (),
    )


def _losses(present: Present) -> list[str]:
    losses = []
    for (table, column), count in (present.rows or {}).items():
        if count:
            what = f"value{'s' * (count != 1)} of {table}.{column}" if column else f"row{'s' * (count != 1)} of {table}"
            losses.append(f"{count:,} {what} would be lost")
    return losses


def _digest(data: bytes | None) -> str | None:
    return None if data is None else hashlib.sha256(data).hexdigest()
