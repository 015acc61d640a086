"""What only a terminal gets to see: colour, and the progress of what takes over a second."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TextIO

import typer

PATIENCE = 1.0
"""How long nothing is shown, in seconds."""

_FRAMES = "|/-\\"
_CLEAR = "\r\x1b[2K"


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person sees what is written there."""
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def has_colour(stream: TextIO | None) -> bool:
    """Whether to write colours there: not where NO_COLOR is set to anything (no-color.org)."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR")


def coloured(text: str, colour: str, stream: TextIO | None = None) -> str:
    """The text in a colour, if `stream` (stdout without it) shows colours."""
    return typer.style(text, fg=colour) if has_colour(stream or sys.stdout) else text


class _Progress(threading.Thread):
    """One line at the bottom of the terminal that moves as long as the work goes on."""

    def __init__(self, what: str, stream: TextIO) -> None:
        super().__init__(daemon=True)
        self._what = what
        self._stream = stream
        self._since = monotonic()
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._shown = False

    def run(self) -> None:
        frame = 0
        while not self._over.wait(0.15 if frame else PATIENCE):
            with self._lock:
                line = f"{_FRAMES[frame % len(_FRAMES)]} {self._what} ({monotonic() - self._since:.0f} s)"
                self._stream.write(_CLEAR + line)
                self._stream.flush()
                self._shown, frame = True, frame + 1

    def hide(self) -> None:
        with self._lock:
            if self._shown:
                self._stream.write(_CLEAR)
                self._stream.flush()
                self._shown = False

    def end(self) -> None:
        self._over.set()
        self.join()
        self.hide()


_current: list[_Progress] = []


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Show that `what` goes on, from its second second on, on stderr, if that is a terminal.

    Ask nothing while it lasts; what is printed through `scaffold.cli.output` takes the line away first.
    """
    if _current or not is_terminal(sys.stderr):
        yield
        return
    line = _Progress(what, sys.stderr)
    _current.append(line)
    line.start()
    try:
        yield
    finally:
        _current.clear()
        line.end()


def make_room() -> None:
    """Take the progress away, as something else is about to be printed."""
    for line in _current:
        line.hide()
