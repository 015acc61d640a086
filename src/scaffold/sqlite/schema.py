"""The statements that make a database, and whether one only grew out of another."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile


@dataclass(frozen=True, slots=True)
class Schema:
    """The statements that made a database, as SQLite keeps them: all of it but the rows.

    Args:
        statements: SQL by kind and name; indexes that SQLite made itself have none.
    """

    statements: Mapping[tuple[str, str], str]

    def grown_to(self, after: "Schema") -> tuple[str, ...] | None:
        """The tables that are new, or have new columns behind the others; None where anything else is different.

        ALTER TABLE ADD COLUMN puts a comma and the column into the statement, and changes nothing else of it. Where
        there are views or triggers, even that may break one: a name may mean two columns then.
        """
        if any(kind in {"view", "trigger"} for kind, _ in after.statements):
            return None
        grown = [name for kind, name in after.statements if kind == "table" and (kind, name) not in self.statements]
        for key, before in self.statements.items():
            now = after.statements.get(key, "")
            if now == before:
                continue
            if key[0] != "table" or not _has_one_more(before, now):
                return None
            grown.append(key[1])
        return tuple(grown)


def _has_one_more(before: str, after: str) -> bool:
    """Whether `after` is `before` with a piece put in that begins with a comma."""
    longer = len(after) - len(before)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
    # What follows the piece may begin as the piece does, so it may have begun earlier.
    places = range(max(same - longer, 0), same + 1) if longer > 0 else ()
    return any(after[place] == "," and after[place + longer :] == before[place:] for place in places)
