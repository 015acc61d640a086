"""What git knows about the project's files, where it is there and knows anything."""

import subprocess
from pathlib import Path

DEFAULTS = ("refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master")
"""The branch that colleagues and deployments start from, as far as this clone knows."""


def published(folder: Path) -> frozenset[str]:
    """The names of the files in `folder` that the default branch of `origin` has; empty where that can't be known."""
    for branch in DEFAULTS:
        listed = _git(folder, "ls-tree", "--name-only", "-z", branch, "./")
        if listed is not None:
            return frozenset(Path(name).name for name in listed.split("\0") if name)
    return frozenset()


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
