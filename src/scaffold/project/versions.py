"""The versions of the domain template, each named by its content, as git names it.

So a version needs no tag and no number, a template is the same wherever it lies, and the repository that a template of
one's own is kept in has every version that was ever committed. Those of the template that scaffold brings lie beside
it, as an installed package has no history.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scaffold.project import git
from scaffold.project.config import Config

left_out = shutil.ignore_patterns(".git", ".DS_Store", "__pycache__", "*.py[co]")
"""Which of a folder's entries are no part of a template."""


def builtin(name: str = "domain_table") -> Path:
    """A template that scaffold brings, or all versions of one below `versions/`.

    They are inside the installed package, or at the top of scaffold's repository.
    """
    package = Path(__file__).parent.parent
    installed = package / "templates"
    return (installed if installed.is_dir() else package.parent.parent / "templates") / name


def version(folder: Path) -> str:
    """The name that git gives to what is in a folder (git-scm.com/book/en/v2/Git-Internals-Git-Objects)."""
    entries = []
    names = [path.name for path in folder.iterdir()]
    for path in [folder / name for name in names if name not in left_out(str(folder), names)]:
        if path.is_dir():
            if any(file.is_file() for file in path.rglob("*")):
                entries.append((f"{path.name}/", "40000", path.name, version(path)))
        else:
            mode = "100755" if os.access(path, os.X_OK) else "100644"
            entries.append((path.name, mode, path.name, _object("blob", path.read_bytes())))
    entries.sort(key=lambda entry: entry[0].encode())
    return _object("tree", b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(id) for _, mode, name, id in entries))


@contextmanager
def kept(config: Config, name: str) -> Iterator[Path | None]:
    """A folder with an old version of the domain template; None where it is not known.

    It is one that scaffold brings, or one that the repository around the project's template has, or the project's own.
    """
    brought = builtin(f"versions/domain_table/{name}")
    if name.isalnum() and brought.is_dir():
        yield brought
        return
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch:
        folder = Path(scratch, "template")
        for path, data in _committed(config, name).items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        yield folder if folder.is_dir() else None


def _committed(config: Config, name: str) -> dict[str, bytes]:
    repositories = [config.root, *([config.template] if config.template else [])]
    return next((files for folder in repositories if (files := git.files_of_tree(folder, name))), {})


def _object(kind: str, data: bytes) -> str:
    return hashlib.sha1(f"{kind} {len(data)}\0".encode() + data, usedforsecurity=False).hexdigest()
