"""A new project's files, rendered from the template that scaffold brings, and put into their folder."""

import contextlib
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from scaffold.errors import ScaffoldError
from scaffold.plan import FileEdit
from scaffold.project import template, versions
from scaffold.project.failures import reason


def render_project(root: Path, package: str, *, own_template: bool = False) -> dict[str, bytes]:
    """The files of a new project by path, with `/`, relative to its root.

    Args:
        root: the project's folder, which gives its name and, where it has something in it already, its layout.
        package: the import name of the database package.
        own_template: whether it gets a copy of the domain template.
    """
    source = "." if (root / "pyproject.toml").exists() and not (root / "src").is_dir() else "src"
    name = re.sub(r"[^a-z0-9]+", "-", root.resolve().name.lower()).strip("-") or package
    answers = {"package": package, "name": name, "source": source, "own_template": own_template}
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch:
        output = Path(scratch, "output")
        copied = shutil.copytree(versions.builtin("project"), Path(scratch, "template"))
        template.copy("of a project", copied, output, answers)
        files = {file.relative_to(output).as_posix(): file.read_bytes() for file in output.rglob("*") if file.is_file()}
    if source == ".":
        files = {path.removeprefix("src/"): data for path, data in files.items()}
    if own_template:
        domain = versions.builtin()
        for file in domain.rglob("*"):
            if file.is_file():
                files[f"templates/domain_table/{file.relative_to(domain).as_posix()}"] = file.read_bytes()
    return files


def existing(root: Path, rendered: Mapping[str, bytes]) -> dict[str, bytes | None]:
    """What lies at the paths of a new project already: bytes of files, None for what is none."""
    found: dict[str, bytes | None] = {}
    for path in rendered:
        for part in (root / path, *(root / path).parents):
            if part == root:
                break
            if part.is_file():
                found[part.relative_to(root).as_posix()] = part.read_bytes()
            elif part.exists() or part.is_symlink():
                found[part.relative_to(root).as_posix()] = None
    return found


def write_project(root: Path, edits: Iterable[FileEdit]) -> None:
    """Write the files, in their order; if one fails, none stays.

    What a killed process leaves is no project yet, as pyproject.toml comes last, and the next run completes it.

    Raises:
        ScaffoldError: a file can't be written.
    """
    made: list[Path] = []
    undo: list[tuple[Path, bytes | None]] = []
    try:
        for edit in edits:
            file = root / edit.path
            for folder in reversed([folder for folder in file.parents if not folder.exists()]):
                folder.mkdir()
                made.append(folder)
            undo.append((file, edit.before))
            _replace(file, edit.after or b"")
    except BaseException as error:
        for file, before in reversed(undo):
            with contextlib.suppress(OSError):
                _replace(file, before) if before is not None else file.unlink(missing_ok=True)
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                folder.rmdir()
        if isinstance(error, OSError):
            raise ScaffoldError(
                f"The project can't be written: {reason(error)}; nothing was left behind.",
                help="Choose a folder that you may write to: scaffold init DIR",
            ) from error
        raise


def _replace(file: Path, data: bytes) -> None:
    beside = file.with_name(f".{file.name}.scaffold-tmp")
    beside.write_bytes(data)
    if file.exists():
        shutil.copymode(file, beside)
    beside.replace(file)
