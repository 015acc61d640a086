"""Wheels, source distributions, and virtual environments that have nothing but a wheel."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment in which scaffold is installed from its wheel."""

    home: Path

    def run(self, command: str, *arguments: str, cwd: Path) -> str:
        """What a command of the environment prints; it must succeed."""
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("APPDB_", "SHOP", "PYTHON", "VIRTUAL_ENV"))
        }
        done = subprocess.run(
            [self.home / "bin" / command, *arguments],
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command} {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done.stdout


def build(kind: str, source: Path, target: Path) -> Path:
    """Build the `wheel` or the `sdist` of the project in `source`."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(target)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = target.iterdir()
    return built
