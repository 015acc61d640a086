"""Random kills of whole commands, each a process of its own: `python -m tests.faults.soak --kills 500`."""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.harness import Judge, Server, Tally, build_shim
from tests.faults.test_faults import CASES, prepared


def main() -> int:
    """Kill commands after random times, let the next one settle, and count what is torn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**6)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    tally = Tally()
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    with tempfile.TemporaryDirectory() as scratch, Server(build_shim(Path(scratch, "shim"))) as server:
        judges = [
            Judge(server, prepared(case, Path(scratch, f"base{number}")), case.argv, Path(scratch, f"work{number}"))
            for number, case in enumerate(CASES.values())
        ]
        while tally.kills < options.kills:
            kill_once(chance.choice(judges), chance, tally)
    print(f"seed {options.seed}: {tally}")
    for torn in tally.torn:
        print(torn)
    return 1 if tally.torn else 0


def kill_once(judge: Judge, chance: random.Random, tally: Tally) -> None:
    """One command, one kill at a random moment of what it takes at most."""
    with judge.copy() as project:
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-B", "-m", "scaffold", *judge.argv],
            cwd=project,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.2, 2.0))
        process.kill()
        process.wait()
        judge.settle(project, f"killed after {time.monotonic() - began:.3f} s", tally)


if __name__ == "__main__":
    sys.exit(main())
