"""The statements that make a database, and whether one only grew out of another."""

from itertools import takewhile
from typing import NamedTuple


class Schema(NamedTuple):
    """The statements that made a database, as SQLite keeps them: all of it but the rows.

    Args:
        statements: kind, name and SQL of each; indexes that SQLite made itself have none.
    """

    statements: frozenset[tuple[str, str, str]]

    def grown_to(self, after: "Schema") -> tuple[str, ...] | None:
        """The tables that are new, or have new columns behind the others; None where anything else is different.

        ALTER TABLE ADD COLUMN puts a comma and the column into the statement, and changes nothing else of it. Where
        there are views or triggers, even that may break one: a name may mean two columns then.
        """
        if any(kind in {"view", "trigger"} for kind, _, _ in after.statements):
            return None
        new = {(kind, name): sql for kind, name, sql in after.statements - self.statements}
        for kind, name, sql in self.statements - after.statements:
            if kind != "table" or not _has_one_more(sql, new.get((kind, name), "")):
                return None
        return tuple(name for kind, name in new if kind == "table")


def _has_one_more(before: str, after: str) -> bool:
    """Whether `after` is `before` with a piece put in that begins with a comma."""
    longer = len(after) - len(before)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
    # What follows the piece may begin as the piece does, so it may have begun earlier.
    places = range(max(same - longer, 0), same + 1) if longer > 0 else ()
    return any(after[place] == "," and after[place + longer :] == before[place:] for place in places)
