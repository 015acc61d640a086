"""A three-way merge, as data."""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

Side = Literal["ours", "theirs"]


class Merged(NamedTuple):
    """A text that was merged.

    Args:
        text: with marks where both ways changed the same lines.
        conflicts: whether there are any.
    """

    text: str
    conflicts: bool


Merge = Callable[[str, str, str, Sequence[str], Side | None], Merged]
"""Merges (ours, base, theirs, their three labels, the side that wins)."""
