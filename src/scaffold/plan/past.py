"""What a verb did, kept so that it can be taken back, and what there is of it now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

Lost: TypeAlias = tuple[str, str]
"""What a verb dropped, or rewrote: a table and its column, or a table and nothing."""


class FormerFile(NamedTuple):
    """A file that a verb wrote.

    Args:
        path: relative to the project's root, with `/`.
        before: its bytes before the verb; None where there was no file.
        after: the SHA-256 of its bytes after the verb; None where there was no file.
    """

    path: str
    before: bytes | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Deed:
    """What a verb did.

    Args:
        record: the path of the file that tells it, relative to the project's root.
        message: what it did, in the imperative; its revision's message.
        revision: its revision's identifier; None if it made none.
        down: the revision before that; None if it was the first.
        files: that it wrote, the revision's file last.
        added: the tables and columns that it made: (table, "") or (table, column).
        began: when, as copies of the database are named.
        lost: the tables and columns that it dropped, each with the number of rows or values that the local database
            lost by that; None where it was not upgraded then.
        rewritten: the columns, by the names before it, in which it gave rows values that its way back leaves, each with
            the number of those rows; None where the local database was not upgraded then.
    """

    record: str
    message: str
    revision: str | None
    down: str | None
    files: tuple[FormerFile, ...]
    added: tuple[tuple[str, str], ...] = ()
    began: str = ""
    lost: Mapping[Lost, int | None] = field(default_factory=dict)
    rewritten: Mapping[Lost, int | None] = field(default_factory=dict)

    @property
    def taken(self) -> Mapping[Lost, int | None]:
        """All that going back leaves to be brought back."""
        return {**self.lost, **self.rewritten}


@dataclass(frozen=True, slots=True)
class Present:
    """What there is of a deed now.

    Args:
        files: the bytes of the deed's files and of its record; None where there is none.
        later: the names of the revisions that stand on the deed's.
        local: whether the local database has its revision.
        others: what has its revision besides, or can't be asked: a sentence each.
        rows: the number of rows, or of values, of what it added.
        copy: the copy of the local database from before it, for people; empty where there is none.
        obstacles: why something of what it lost can't be brought back from there, a clause each.
        wanting: the columns that come back as required ones without a value, each with the number of the rows that
            there are.
    """

    files: Mapping[str, bytes | None]
    later: tuple[str, ...] = ()
    local: bool = True
    others: tuple[str, ...] = ()
    rows: Mapping[tuple[str, str], int] | None = None
    copy: str = ""
    obstacles: Mapping[Lost, str] = field(default_factory=dict)
    wanting: Mapping[Lost, int] = field(default_factory=dict)
