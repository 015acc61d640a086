"""Work for the second core: done in a fork of this process while this one goes on."""

import os
import pickle
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def aside(work: Callable[[], T]) -> Callable[[], T]:
    """Begin something that changes nothing here, and return what waits for its result.

    Where it fails, or there can be no fork, it is done when the result is asked for: then it raises what it raises.

    Args:
        work: its result can be pickled.
    """
    if sys.platform == "win32" or threading.active_count() > 1:
        # A fork has one thread only, and whatever lock another one held stays locked in it for ever.
        return work
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        _work(work, reading, writing)
    os.close(writing)

    def result() -> T:
        with open(reading, "rb") as pipe:  # noqa: PTH123 - a descriptor
            data = pipe.read()
        os.waitpid(child, 0)
        if not data:
            return work()
        done: T = pickle.loads(data)
        return done

    return result


def _work(work: Callable[[], T], reading: int, writing: int) -> None:
    """In the child: do it, hand it over, and end without a trace."""
    try:
        os.close(reading)
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        data = pickle.dumps(work())
        with open(writing, "wb") as pipe:
            pipe.write(data)
    except BaseException:  # noqa: BLE001 - the parent does it again, and tells
        pass
    finally:
        os._exit(0)
