"""Alembic's folder of revisions, in which a revision is imported when it is to be run and not before.

Alembic imports every file to learn what it stands on; the headers say that as well.
"""

from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import Any

from alembic.script import Script, ScriptDirectory
from alembic.script.revision import tuple_rev_as_scalar
from alembic.util import load_python_file

from scaffold.history.revision import RevisionFile, is_revision
from scaffold.project.files import files_in


class Scripts(ScriptDirectory):
    """The revisions of a project.

    Args:
        folder: with `env.py`.
        versions: the folders of the revision files.
        headers: what is known of files in these folders, by name; the others are imported, as Alembic does.
    """

    def __init__(self, folder: Path, versions: list[Path], headers: Mapping[str, RevisionFile]) -> None:
        super().__init__(
            folder,
            version_locations=list(versions),
            timezone="UTC",
            messaging_opts={"quiet": True},
        )
        self._headers = headers
        self.loaded: dict[str, Script] = {}
        """By revision; filled when Alembic first asks for them."""

    def _load_revisions(self) -> Iterator[Script]:
        for folder in self._version_locations:
            for name in filter(is_revision, files_in(Path(folder), ".py")):
                header = self._headers.get(name)
                if header:
                    script: Script | None = Script(_Unread(folder, header), header.revision, f"{folder}/{name}")  # type: ignore[arg-type]
                else:
                    script = Script._from_path(self, Path(folder, name))
                if script:
                    self.loaded[script.revision] = script
                    yield script


class _Unread:
    """Stands for a revision's module: what its header says it knows, and for all else it imports the file."""

    def __init__(self, folder: str | PathLike[str], header: RevisionFile) -> None:
        self.revision = header.revision
        self.down_revision = tuple_rev_as_scalar(header.down)
        self.depends_on = tuple_rev_as_scalar(header.depends)
        self.branch_labels = tuple_rev_as_scalar(header.labels)
        self._folder, self._name = folder, header.name
        self._module: ModuleType | None = None

    def __getattr__(self, name: str) -> Any:
        if self._module is None:
            self._module = load_python_file(self._folder, self._name)
        return getattr(self._module, name)

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        text: str | None = self.__getattr__("__doc__")
        return text
