"""Alembic's folder of revisions, in which a revision is imported when it is to be run and not before.

Alembic imports every file to learn what it stands on; the headers say that as well. Where they show that each revision
stands on just the one before, there is nothing to sort or to prove, and a revision is made when it is asked for.
"""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import Any

from alembic.script import Script, ScriptDirectory
from alembic.script.revision import Revision, RevisionMap, tuple_rev_as_scalar
from alembic.util import load_python_file

from scaffold.history.revision import RevisionFile, is_revision
from scaffold.project.files import files_in


class Scripts(ScriptDirectory):
    """The revisions of a project.

    Args:
        folder: with `env.py`.
        versions: the folders of the revision files.
        headers: what is known of files in these folders, by name; the others are imported, as Alembic does.
        line: all of them in the first folder, oldest first, where they are known to be a line; else empty.
    """

    def __init__(
        self,
        folder: Path,
        versions: list[Path],
        headers: Mapping[str, RevisionFile],
        line: Sequence[RevisionFile] = (),
    ) -> None:
        super().__init__(
            folder,
            version_locations=list(versions),
            timezone="UTC",
            messaging_opts={"quiet": True},
        )
        self._headers = headers
        if line:
            self.revision_map = _Line(line, versions[0])

    def _load_revisions(self) -> Iterator[Script]:
        for folder in self._version_locations:
            for name in filter(is_revision, files_in(Path(folder), ".py")):
                header = self._headers.get(name)
                script = _unread(folder, header) if header else Script._from_path(self, Path(folder, name))
                if script:
                    yield script


class _Line(RevisionMap):
    """Alembic's map of revisions, of which each stands on just the one before.

    Args:
        line: oldest first.
        folder: of their files.
    """

    def __init__(self, line: Sequence[RevisionFile], folder: Path) -> None:
        super().__init__(lambda: ())
        self.bases = self._real_bases = (line[0].revision,)
        self.heads = self._real_heads = (line[-1].revision,)
        self._revision_map = _Made(line, folder)


class _Made(MutableMapping[Any, Revision | None]):
    """The revisions of a line by identifier, as `RevisionMap` holds them: None and () stand for what is before it."""

    def __init__(self, line: Sequence[RevisionFile], folder: Path) -> None:
        self._line, self._folder = line, folder
        self._places = {header.revision: place for place, header in enumerate(line)}
        self._made: dict[Any, Revision | None] = {None: None, (): None}

    def __getitem__(self, key: Any) -> Revision | None:
        if key not in self._made:
            self._made[key] = self._make(self._places[key])
        return self._made[key]

    def _make(self, place: int) -> Script:
        script = _unread(self._folder, self._line[place])
        script._resolved_dependencies = script._normalized_resolved_dependencies = ()
        script.nextrev = script._all_nextrev = frozenset(after.revision for after in self._line[place + 1 : place + 2])
        return script

    def __setitem__(self, key: Any, revision: Revision | None) -> None:
        self._made[key] = revision

    def __delitem__(self, key: Any) -> None:
        raise NotImplementedError

    def __contains__(self, key: object) -> bool:
        return key in self._places or key in self._made

    def __iter__(self) -> Iterator[Any]:
        yield from self._places
        yield from (key for key in self._made if key not in self._places)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _unread(folder: str | PathLike[str], header: RevisionFile) -> Script:
    return Script(_Unread(folder, header), header.revision, f"{folder}/{header.name}")  # type: ignore[arg-type]


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
