"""What a verb may look at to decide: the package's texts and the local database's row counts."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A project at one moment. The mappings may be lazy: what a verb does not ask for is never read.

    Args:
        package: the import name of the database package.
        folder: its folder relative to the project's root, with `/`.
        files: the bytes of the package's Python files, by path relative to `folder`, with `/`.
        rows: the number of rows of a table in the local database; 0 for one that is not there.
        line_length: the width that the project formats its code to.
        filled: how many rows of the local database have a value in a column, by table and column.
        made: whether the migrations make a table; a name that is not in it counts as made.
        there: whether the local database has a table; False too where it can't be asked.
        packages: the folders below `tables/` that Python would import instead of a module of their name.
        values: what a column of the local database holds, as its driver gives it, each with the number of its rows.
        copied: whether a copy of the local database is kept before something of it is dropped.
        answers: the bytes of the files that keep what the domain template was given, by path relative to `folder`.
    """

    package: str
    folder: str
    files: Mapping[str, bytes]
    rows: Mapping[str, int]
    line_length: int
    filled: Mapping[tuple[str, str], int] = field(default_factory=dict)
    packages: Collection[str] = ()
    made: Mapping[str, bool] = field(default_factory=dict)
    there: Mapping[str, bool] = field(default_factory=dict)
    values: Mapping[tuple[str, str], Mapping[Any, int]] = field(default_factory=dict)
    answers: Mapping[str, bytes] = field(default_factory=dict)
    copied: Callable[[], bool] = lambda: True

    def path(self, file: str) -> str:
        """The path of a package file relative to the project's root."""
        return f"{self.folder}/{file}" if self.folder else file

    @property
    def domains(self) -> tuple[str, ...]:
        """The names of the domain modules, sorted."""
        files = (file for file in self.files if file.startswith("tables/") and file.count("/") == 1)
        return tuple(sorted(file[len("tables/") : -len(".py")] for file in files if file != "tables/__init__.py"))
