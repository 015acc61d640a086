"""Tables of text for a terminal."""

import unicodedata
from collections.abc import Iterable, Sequence

from scaffold.cli.terminal import coloured


def grid(head: Sequence[str], rows: Iterable[Sequence[str | int | None]]) -> str:
    """Aligned columns, numbers to the right; a column that is empty in every row is left out.

    Args:
        head: the headings.
        rows: the cells; None is shown as `-`.
    """
    body = [["-" if cell is None else f"{cell:,}" if isinstance(cell, int) else cell for cell in row] for row in rows]
    numeric = [
        all(cell.replace(",", "").isdigit() or cell == "-" for cell in column) for column in zip(*body, strict=True)
    ]
    kept = [index for index in range(len(head)) if any(row[index] for row in body)]
    lines = [[head[index].upper() for index in kept], *([row[index] for index in kept] for row in body)]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    right = [numeric[index] for index in kept]
    aligned = ["  ".join(map(_padded, line, widths, right)).rstrip() for line in lines]
    return "\n".join([coloured(aligned[0], "bright_black"), *aligned[1:]])


def _padded(cell: str, width: int, right: bool) -> str:
    blanks = " " * (width - _width(cell))
    return blanks + cell if right else cell + blanks


def _width(text: str) -> int:
    """How many places a terminal needs for it."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(bool(unicodedata.combining(character)) for character in text)
