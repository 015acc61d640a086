"""The package's files as a mapping that reads a file when it is asked for."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

MODULES = ("*.py", "tables/*.py")
"""The package's Python files, without `migrations/`."""


class Files(Mapping[str, bytes]):
    """The files below `folder` that match patterns: posix path relative to it -> bytes."""

    def __init__(self, folder: Path, patterns: Sequence[str] = MODULES) -> None:
        self._folder = folder
        self._paths = {
            path.relative_to(folder).as_posix(): path
            for pattern in patterns
            for path in sorted(folder.glob(pattern))
            if path.is_file()
        }
        self._read: dict[str, bytes] = {}

    def __getitem__(self, path: str) -> bytes:
        if path not in self._read:
            self._read[path] = self._paths[path].read_bytes()
        return self._read[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)
