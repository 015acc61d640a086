"""The package's files as a mapping that reads a file when it is asked for."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

MODULES = (("", ".py"), ("tables/", ".py"))
"""The package's Python files, without `migrations/`: folders, and how names end."""

AMPLE = 1 << 16
"""More bytes than a module or a revision has."""


class Files(Mapping[str, bytes]):
    """The files of some folders: posix path relative to `folder` -> bytes.

    Args:
        folder: that the others lie in.
        places: these others with `/` behind them, each with how the names of its files end.
    """

    def __init__(self, folder: Path, places: tuple[tuple[str, str], ...] = MODULES) -> None:
        self._folder = folder
        self._paths = [below + name for below, end in places for name in files_in(folder / below, end)]
        self._known = frozenset(self._paths)
        self._read: dict[str, bytes] = {}

    def __getitem__(self, path: str) -> bytes:
        if path not in self._read:
            if path not in self._known:
                raise KeyError(path)
            self._read[path] = read(f"{self._folder}/{path}")
        return self._read[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def __contains__(self, path: object) -> bool:
        return path in self._known


def files_in(folder: Path, end: str) -> list[str]:
    """The names of the files in a folder that end so, sorted; none where there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.name.endswith(end) and entry.is_file())
    except (FileNotFoundError, NotADirectoryError):
        return []


def packages_in(folder: Path) -> list[str]:
    """The names of the folders in a folder that Python takes for packages, sorted."""
    with os.scandir(folder) as entries:
        folders = sorted(entry.name for entry in entries if entry.is_dir())
    return [name for name in folders if (folder / name / "__init__.py").exists()]


def read(path: str) -> bytes:
    """A whole file, in a third of the time that `Path.read_bytes` takes for a small one."""
    file = os.open(path, os.O_RDONLY)
    try:
        data = os.read(file, AMPLE)
        # A regular file gives less than was asked for only at its end.
        while len(data) % AMPLE == 0 and (more := os.read(file, AMPLE)):
            data += more
        return data
    finally:
        os.close(file)
