"""What git knows about the project's files, where it is there and knows anything; and its three-way merge."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from scaffold.errors import ScaffoldError
from scaffold.plan.merging import Merged, Side

DEFAULTS = ("refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master")
"""The branch that colleagues and deployments start from, as far as this clone knows."""

MOST_CONFLICTS = 127
"""git merge-file exits with the number of conflicts up to this one, and above it where it fails."""


def published(folder: Path) -> frozenset[str]:
    """The names of the files in `folder` that the default branch of `origin` has; empty where that can't be known."""
    for branch in DEFAULTS:
        listed = _git(folder, "ls-tree", "--name-only", "-z", branch, "./")
        if listed is not None:
            return frozenset(Path(name).name for name in listed.split("\0") if name)
    return frozenset()


def files_of_tree(folder: Path, tree: str) -> dict[str, bytes]:
    """The files of a tree object, by path with `/`; none where the repository around `folder` has no such object.

    Args:
        folder: anywhere in the repository.
        tree: the object's whole name.

    Raises:
        ScaffoldError: there is no git.
    """
    _require()
    if not re.fullmatch(r"[0-9a-f]{40}", tree):
        return {}
    listed = _git(folder, "ls-tree", "-r", "-z", "--full-tree", tree) or ""
    found: dict[str, bytes] = {}
    for line in filter(None, listed.split("\0")):
        entry, _, path = line.partition("\t")
        mode, _, name = entry.split(" ")
        is_file = mode.startswith("100") and ".." not in path.split("/")
        if is_file and (data := _bytes(folder, "cat-file", "blob", name)) is not None:
            found[path] = data
    return found


def merge(ours: str, base: str, theirs: str, labels: Sequence[str], side: Side | None = None) -> Merged:
    """What became of `base` on both ways, as Copier's own update lets git merge it.

    Args:
        ours: the text with a person's edits.
        base: what both came from.
        theirs: the text with the template's changes.
        labels: what the three are called where they conflict.
        side: the one that wins where they conflict; None to show both.

    Raises:
        ScaffoldError: there is no git, or it can't merge.
    """
    _require()
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch:
        names = ("ours", "base", "theirs")
        for name, text in zip(names, (ours, base, theirs), strict=True):
            Path(scratch, name).write_bytes(text.encode())
        called = [word for label in labels for word in ("-L", label)]
        wins = [f"--{side}"] if side else []
        command = ["git", "merge-file", "-p", "--diff3", *wins, *called, *names]
        done = subprocess.run(command, cwd=scratch, capture_output=True, check=False)
    if done.returncode > MOST_CONFLICTS:
        said = (done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}").splitlines()[0]
        raise ScaffoldError(f"git can't merge the template's new version: {said}; nothing was written.")
    return Merged(done.stdout.decode(), conflicts=bool(done.returncode))


def _require() -> None:
    if shutil.which("git") is None:
        raise ScaffoldError(
            "A template's new version is merged by git, and there is no git on this machine; nothing was written.",
            help="Install it: https://git-scm.com/downloads",
        )


def _git(folder: Path, *arguments: str) -> str | None:
    output = _bytes(folder, *arguments)
    return None if output is None else output.decode(errors="surrogateescape")


def _bytes(folder: Path, *arguments: str) -> bytes | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
