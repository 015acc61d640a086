"""Random kills of whole commands, each a process of its own: `python -m tests.faults.soak --kills 500`."""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tests.faults.cases import CASES, prepared
from tests.faults.harness import Judge, Server, Tally, build_shim


def main() -> int:
    """Kill commands after random times, let the next one settle, and count what is torn; Ctrl-C ends it early."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**6)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    tally = Tally()
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    with tempfile.TemporaryDirectory() as scratch, Server(build_shim(Path(scratch, "shim"))) as server:
        victims = [
            Victim(
                Judge(
                    server,
                    prepared(case, Path(scratch, f"base{number}")),
                    case.argv,
                    Path(scratch, f"work{number}"),
                    then=case.then,
                    environment=case.environment,
                )
            )
            for number, case in enumerate(CASES.values())
        ]
        with suppress(KeyboardInterrupt):
            while tally.kills < options.kills:
                chance.choice(victims).kill_once(chance, tally)
    print(f"seed {options.seed}: {tally}")
    for torn in tally.torn:
        print(torn)
    return 1 if tally.torn else 0


class Victim:
    """A command that is killed at random moments of the time that it takes."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._longest = self._run_for(None)

    def kill_once(self, chance: random.Random, tally: Tally) -> None:
        """One run, one kill."""
        took = self._run_for(chance.uniform(0.1, 1.1) * self._longest)
        self._judge.settle(f"killed after {took:.3f} s", tally)

    def _run_for(self, seconds: float | None) -> float:
        self._judge.start_over()
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-B", "-m", "scaffold", *self._judge.argv],
            cwd=self._judge.project,
            env=os.environ | self._judge.environment | {"TMPDIR": str(self._judge.scratch)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
