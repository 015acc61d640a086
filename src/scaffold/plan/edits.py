"""A plan: nothing in it has happened yet."""

import difflib
from typing import NamedTuple

from scaffold.schema.changes import Change


class FileEdit(NamedTuple):
    """One file's bytes before and after.

    Args:
        path: relative to the project's root, with `/`.
        before: None where the file does not exist yet.
        after: None where the file goes away.
    """

    path: str
    before: bytes | None
    after: bytes | None

    @property
    def action(self) -> str:
        """What happens to the file: create, update or delete."""
        if self.before is None:
            return "create"
        return "delete" if self.after is None else "update"

    def diff(self) -> str:
        """The edit as a unified diff, as `git diff` would print it."""
        old, new = (_lines(data) for data in (self.before, self.after))
        names = (
            "/dev/null" if self.before is None else f"a/{self.path}",
            "/dev/null" if self.after is None else f"b/{self.path}",
        )
        return "".join(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for line in difflib.unified_diff(old, new, *names)
        )


def _lines(data: bytes | None) -> list[str]:
    # Only "\n" ends a line of a diff; splitlines would also break at form feeds and at U+2028.
    text = (data or b"").decode(errors="replace")
    return [line + "\n" for line in text.split("\n")[:-1]] + ([last] if (last := text.rpartition("\n")[2]) else [])


class Revision(NamedTuple):
    """A revision to generate.

    Args:
        message: what it does, in the imperative; its file is named after it.
        changes: what its upgrade does, in order.
        compared: whether a comparison of the migrations with the models found the changes; then they may be many to one
            table, and each is made on what the one before left.
    """

    message: str
    changes: tuple[Change, ...]
    compared: bool = False

    @property
    def touches(self) -> frozenset[str]:
        """The names of the tables that it changes."""
        return frozenset().union(*(change.touches for change in self.changes))


class Plan(NamedTuple):
    """What a verb wants done, all of it or nothing.

    Args:
        edits: of the user's files; the revision's own file is not among them.
        revision: to generate from the edited models; None where the edits change nothing that a database has.
        upgrade: whether the local database is upgraded to the new head.
        notes: what the user should know about it, a sentence each.
        next_steps: commands or code worth typing next.
        losses: what the local database loses, a sentence each; a person has to agree to that.
    """

    edits: tuple[FileEdit, ...]
    revision: Revision | None
    upgrade: bool
    notes: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
