"""A three-way merge, as data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Side = Literal["ours", "theirs"]


@dataclass(frozen=True, slots=True)
class Merged:
    """A text that was merged.

    Args:
        text: with marks where both ways changed the same lines.
        conflicts: whether there are any.
    """

    text: str
    conflicts: bool


Merge = Callable[[str, str, str, Sequence[str], Side | None], Merged]
"""Merges (ours, base, theirs, their three labels, the side that wins)."""
