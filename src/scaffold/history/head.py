"""`versions/HEAD`: the newest revision's identifier, and nothing else."""

import re
from typing import NamedTuple


class Head(NamedTuple):
    """What the file says.

    Args:
        revisions: the identifiers in it; several where git left a conflict.
        conflict: whether it holds git's conflict markers.
    """

    revisions: tuple[str, ...]
    conflict: bool = False

    @classmethod
    def parse(cls, data: bytes) -> "Head":
        """The content of the file."""
        lines = [line.strip() for line in data.decode(errors="replace").splitlines()]
        markers = [line for line in lines if re.match(r"<{7}|\|{7}|={7}|>{7}", line)]
        named = [line for line in lines if line and line not in markers]
        return cls(tuple(dict.fromkeys(named)), bool(markers))


def format_head(revision: str | None) -> bytes:
    """The content of the file."""
    return f"{revision}\n".encode() if revision else b""
