"""One command, from shell to shell: how long it took, and how much memory it had at most."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measured:
    """What a command took.

    Args:
        seconds: of the wall.
        megabytes: resident at most, of its largest process.
    """

    seconds: float
    megabytes: float

    def __add__(self, other: "Measured") -> "Measured":
        """One after the other."""
        return Measured(self.seconds + other.seconds, max(self.megabytes, other.megabytes))


def measure(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], *, codes: Sequence[int] = (0,)
) -> Measured:
    """Run a command to its end.

    Args:
        command: program and arguments.
        folder: where it runs.
        environment: all of its variables.
        codes: the exit codes that it may end with.

    Raises:
        RuntimeError: it ended with another one.
    """
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in codes:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{output.decode(errors='replace')}")
    unit = 1024 if os.uname().sysname == "Linux" else 1024 * 1024
    return Measured(seconds, usage.ru_maxrss / unit)
