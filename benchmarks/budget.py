"""The ratios that are promised, and which of them a run misses."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import Measured

FILE = Path(__file__).with_name("budget.toml")

Results = Mapping[tuple[str, str, int], Measured]
"""Medians, by task, contender and size."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One line of the budget, and how a run stands to it.

    Args:
        text: what is promised.
        ratio: what was measured.
        most: what it may be.
    """

    text: str
    ratio: float
    most: float

    @property
    def kept(self) -> bool:
        """Whether it is kept."""
        return self.ratio <= self.most


def promises(results: Results) -> list[Promise]:
    """Those that a run can tell of, as both sides of the ratio were measured."""
    found = (_promise(line, results) for line in tomllib.loads(FILE.read_text())["budget"])
    return [promise for promise in found if promise]


def _promise(line: Mapping[str, Any], results: Results) -> Promise | None:
    task, contender, size = line["task"], line["contender"], line.get("size", 0)
    other = (line.get("of", task), line.get("than", contender), line.get("at", size))
    if (task, contender, size) not in results or other not in results:
        return None
    mine, theirs = results[task, contender, size], results[other]
    what = "memory" if line.get("memory") else "time"
    ratio = mine.megabytes / theirs.megabytes if line.get("memory") else mine.seconds / theirs.seconds
    at = f" at N={size}" if size else ""
    than = f"its own at N={line['at']}" if "at" in line else f"{other[1]}'s"
    return Promise(f"{contender}: {what}{at} to {than}", ratio, line["most"])
