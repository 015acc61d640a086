"""A command in a pseudo-terminal, typed at as a person would."""

import os
import pty
import re
import select
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

PATIENCE = 60.0


class Terminal:
    """A process that believes that a person sits before it."""

    def __init__(self, argv: Sequence[str], cwd: Path, environment: Mapping[str, str] | None = None) -> None:
        self.seen = ""
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.chdir(cwd)
            os.execvpe(argv[0], list(argv), {**os.environ, "TERM": "dumb", **(environment or {})})

    def type(self, text: str) -> None:
        os.write(self._fd, text.encode())

    def wait_for(self, pattern: str) -> str:
        """What was printed since the last time, up to the first match."""
        end = time.monotonic() + PATIENCE
        while not (match := re.search(pattern, plain(self.seen))):
            assert time.monotonic() < end, f"{pattern!r} was never printed, but this: {plain(self.seen)!r}"
            self._read(0.5)
        text, self.seen = plain(self.seen)[: match.end()], plain(self.seen)[match.end() :]
        return text

    def end(self) -> int:
        """The exit code."""
        end = time.monotonic() + PATIENCE
        while self._read(0.5):
            assert time.monotonic() < end, f"it does not end: {self.seen!r}"
        _, status = os.waitpid(self._pid, 0)
        os.close(self._fd)
        return os.waitstatus_to_exitcode(status)

    def kill(self) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._fd)

    def _read(self, timeout: float) -> bool:
        """Whether there may be more."""
        if not select.select([self._fd], [], [], timeout)[0]:
            return True
        try:
            data = os.read(self._fd, 65536)
        except OSError:  # Linux says so where the other end is closed.
            return False
        self.seen += data.decode(errors="replace")
        return bool(data)


def plain(text: str) -> str:
    """The text without colours, cursor movements and bells."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|[\r\a]", "", text)
