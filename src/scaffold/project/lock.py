"""One writing command at a time in one project."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from scaffold.dialects.base import OnWait, acquire
from scaffold.project.config import Config
from scaffold.project.transaction import running


@contextmanager
def project_lock(config: Config, on_wait: OnWait) -> Iterator[None]:
    """Hold the project's lock, queueing for it.

    It is a lock on `pyproject.toml` itself, so that taking it writes nothing, and the kernel frees it when its holder
    dies (man 2 flock).

    Raises:
        LockedError: another command held it for too long.
    """
    with config.file.open("rb") as file:
        acquire(lambda: _locks(file), lambda: running(config), on_wait, what=f"The project {config.root}")
        yield


def _locks(file: BinaryIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
