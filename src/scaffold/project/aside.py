"""Work for the second core: done in a fork of this process while this one goes on."""

import contextlib
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Generic, NoReturn, TypeVar

if sys.platform == "linux":
    import fcntl

A = TypeVar("A")
T = TypeVar("T")

SIZE = 8
"""Bytes that say how long a result is."""

WIDE = 1 << 20
"""Bytes; more is for privileged users (man 7 pipe, /proc/sys/fs/pipe-max-size)."""


def aside(work: Callable[[], T], *, yielding: bool = False) -> Callable[[], T]:
    """Begin something that changes nothing here, and return what waits for its result.

    Where it fails, or there can be no fork, it is done when the result is asked for: then it raises what it raises.

    Args:
        work: its result can be pickled.
        yielding: whether it is to take no core from processes that somebody waits for already.
    """

    def begun(_: None) -> T:
        return work()

    return Helper(begun, partial(os.nice, 10) if yielding else lambda: None).begin(None)


class Helper(Generic[A, T]):
    """A process that gets ready for some work before it is known what to do it on.

    Args:
        work: what `begin` begins; what it is given and what it returns can be pickled.
        prepare: done in the other process at once.
    """

    def __init__(self, work: Callable[[A], T], prepare: Callable[[], object] = lambda: None) -> None:
        self._work = work
        self._child: int | None = None
        # A fork has one thread only, and whatever lock another one held stays locked in it for ever. Where a standard
        # stream is closed, a pipe would take its number.
        closed = None in (sys.stdin, sys.stdout, sys.stderr)
        if sys.platform == "win32" or threading.active_count() > 1 or closed:
            return
        asked, self._asking = os.pipe()
        self._told, telling = os.pipe()
        _widen(telling)
        sys.stdout.flush()
        sys.stderr.flush()
        self._child = os.fork()
        if self._child == 0:
            _serve(work, prepare, asked, telling, (self._asking, self._told))
        os.close(asked)
        os.close(telling)

    def begin(self, argument: A, *, more: bool = False) -> Callable[[], T]:
        """Begin the work, and return what waits for its result; see `aside`.

        Args:
            argument: of the work.
            more: whether there will be more to begin once the result is there; else this is the last.
        """
        child = self._child
        if child is None:
            return lambda: self._work(argument)
        with contextlib.suppress(BrokenPipeError), open(self._asking, "wb", closefd=not more) as pipe:
            pickle.dump(argument, pipe)
        self._child = child if more else None

        def result() -> T:
            with open(self._told, "rb", closefd=not more) as pipe:
                size = int.from_bytes(pipe.read(SIZE))
                data = pipe.read(size)
            failed = not data or len(data) < size
            if failed:
                self.dismiss()
            if not more:
                os.waitpid(child, 0)
            if failed:
                return self._work(argument)
            done: T = pickle.loads(data)
            return done

        return result

    def dismiss(self) -> None:
        """End the process, unless it ends by itself after the last work."""
        if self._child is not None:
            os.close(self._asking)
            os.close(self._told)
            os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)
            self._child = None


def _widen(pipe: int) -> None:
    """Let a result of some size lie in a pipe, so that the child ends before it is asked for; only Linux can."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, WIDE)


@contextlib.contextmanager
def helper(work: Callable[[A], T], prepare: Callable[[], object]) -> Iterator[Helper[A, T]]:
    """A `Helper` that is dismissed in the end."""
    found = Helper(work, prepare)
    try:
        yield found
    finally:
        found.dismiss()


def _serve(
    work: Callable[[Any], object], prepare: Callable[[], object], asked: int, telling: int, theirs: Iterable[int]
) -> NoReturn:
    """In the child: get ready, do it, hand it over, and end without a trace."""
    try:
        for descriptor in theirs:
            os.close(descriptor)
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        prepare()
        with open(asked, "rb") as questions, open(telling, "wb") as answers:
            while True:
                data = pickle.dumps(work(pickle.load(questions)))
                answers.write(len(data).to_bytes(SIZE) + data)
                answers.flush()
    except BaseException:  # noqa: BLE001 - nothing is left to do; or the parent does it again, and tells
        pass
    finally:
        os._exit(0)
