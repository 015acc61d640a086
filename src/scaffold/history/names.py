"""The file names of revisions: they begin with a time in UTC, so that they sort as the revisions do."""

import contextlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

_STAMP = re.compile(r"(\d{8}_\d{6})(?=_)", re.ASCII)
_FORMAT = "%Y%m%d_%H%M%S"
_SLUG = 80
"""The bytes that a message takes of a file name; any verb and a name of 63 bytes fit."""


def stamp_of(name: str) -> str:
    """The time that a file name begins with; empty where it has none."""
    match = _STAMP.match(name)
    return match[1] if match else ""


def next_stamp(names: Iterable[str], now: datetime) -> str:
    """The time for a new file: now, or a second after the newest of `names` where that is not before now."""
    newest = max(map(stamp_of, names), default="")
    if newest >= f"{now:{_FORMAT}}":
        # Fifteen digits may be no time: nothing could sort behind them and still be one.
        with contextlib.suppress(ValueError):
            now = datetime.strptime(newest, _FORMAT).replace(tzinfo=UTC) + timedelta(seconds=1)
    return f"{now:{_FORMAT}}"


def slug(message: str) -> str:
    """What a message becomes in a file name: its words, as many as fit."""
    words = re.findall(r"\w+", message.lower())
    while len(words) > 1 and len("_".join(words).encode()) > _SLUG:
        words.pop()
    return "_".join(words).encode()[:_SLUG].decode(errors="ignore")
