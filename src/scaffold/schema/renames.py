"""Which table or column may be an old one under a new name: nobody can know, so it is a question."""

import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from scaffold.schema.column import IMPLICIT
from scaffold.schema.shapes import Shapes, TableShape

ALIKE = 0.6
"""How alike two names are that are taken for one name and its correction (difflib's own measure and cutoff)."""


@dataclass(frozen=True, slots=True)
class Rename:
    """An old name and the new one that it probably has now.

    Args:
        table: the table of a column, by its new name; None for a table.
        old: the name that vanished.
        new: the name that appeared.
    """

    table: str | None
    old: str
    new: str

    @property
    def subject(self) -> str:
        """What vanished, as the command line calls it."""
        return f"{self.table}.{self.old}" if self.table else self.old

    def __str__(self) -> str:
        return f"{self.subject}={self.new}"


def table_renames(before: Shapes, after: Shapes, settled: Collection[str] = ()) -> tuple[Rename, ...]:
    """The tables that vanished while a similar one appeared.

    Args:
        before: the tables as they were.
        after: the tables as they are to be.
        settled: names of old tables that were asked about already.
    """
    gone = [name for name in before if name not in after and name not in settled]
    new = [name for name in after if name not in before]
    scores = sorted(
        ((_table_score(before[old], after[name]), old, name) for old in gone for name in new),
        key=lambda score: (-score[0], score[1], score[2]),
    )
    return tuple(Rename(None, old, name) for old, name in _best(scores))


def column_renames(before: TableShape, after: TableShape, settled: Collection[str] = ()) -> tuple[Rename, ...]:
    """The columns of a table that vanished while a similar one appeared: one of the same type, or of a like name.

    Args:
        before: the table as it was.
        after: the table as it is to be, under its new name.
        settled: names of old columns that were asked about already.
    """
    gone = [column for column in before.columns if not after.column(column.name) and column.name not in settled]
    new = [column for column in after.columns if not before.column(column.name)]
    scores = sorted(
        (
            (_score(old.name, column.name, old.has_type_of(column)), old.name, column.name)
            for old in gone
            for column in new
        ),
        key=lambda score: (-score[0], score[1], score[2]),
    )
    return tuple(Rename(after.name, old, name) for old, name in _best(scores))


def _score(old: str, new: str, same_type: bool) -> float:
    alike = difflib.SequenceMatcher(None, old, new).ratio()
    return alike + same_type if same_type or alike >= ALIKE else 0.0


def _table_score(old: TableShape, new: TableShape) -> float:
    """Alike are two tables that share most of their own columns, or their name but for a few letters."""
    ours, theirs = ({column.name for column in table.columns} - set(IMPLICIT) for table in (old, new))
    shared = len(ours & theirs) / max(len(ours | theirs), 1)
    alike = difflib.SequenceMatcher(None, old.name, new.name).ratio()
    return shared + alike if shared >= ALIKE or alike >= ALIKE else 0.0


def _best(scores: list[tuple[float, str, str]]) -> Iterator[tuple[str, str]]:
    taken: set[str] = set()
    paired: set[str] = set()
    for score, old, new in scores:
        if score > 0 and old not in paired and new not in taken:
            paired.add(old)
            taken.add(new)
            yield old, new
