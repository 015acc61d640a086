"""`init`: a new project, or a project's pieces put beside what is there already."""

import keyword
import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from scaffold import naming
from scaffold.errors import UsageError
from scaffold.plan import FileEdit

PYPROJECT = "pyproject.toml"
SECTIONS = b"[tool.scaffold]"
"""Where the part of the rendered pyproject.toml begins that an existing one gets."""

TAKEN = frozenset(
    {"alembic", "copier", "psycopg", "pymysql", "pytest", "scaffold", "sqlalchemy", "test", "tests", "typer"}
)
"""Names that a package of one's own would hide."""


@dataclass(frozen=True, slots=True)
class Init:
    """What the user asked for.

    Args:
        directory: as it was typed.
        package: the import name of the database package.
        own_template: whether the project gets a copy of the domain template.
    """

    directory: str
    package: str
    own_template: bool = False


@dataclass(frozen=True, slots=True)
class Creation:
    """What is to be written.

    Args:
        edits: new files, and an existing pyproject.toml that gets longer; none where the project is there already.
        kept: files that are there already and stay as they are.
        notes: what the user should know, a sentence each.
        next_steps: commands worth typing next.
    """

    edits: tuple[FileEdit, ...]
    kept: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()


def check(request: Init) -> None:
    """Refuse a package name that can't be imported, or that hides another package.

    Raises:
        UsageError: with a name that can.
    """
    name = request.package
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", name, re.ASCII) or keyword.iskeyword(name):
        better = naming.snake_case(name)
        raise UsageError(
            f"{name!r} is no name for a package: use small ASCII letters, digits and `_`, beginning with a letter.",
            append=f"--package {f'{better}_db' if keyword.iskeyword(better) or not better else better}",
        )
    if name in TAKEN or name in sys.stdlib_module_names:
        raise UsageError(
            f"A package called {name!r} would hide the one that everybody knows by that name.",
            append=f"--package {name}_db",
        )


def plan(request: Init, rendered: Mapping[str, bytes], existing: Mapping[str, bytes | None]) -> Creation:
    """What is to be done.

    Args:
        request: what was asked.
        rendered: the files of a new project, by path with `/`.
        existing: what is at those paths: bytes, or None for a folder or anything else that is no file.

    Raises:
        UsageError: something is in the way.
    """
    check(request)
    config = _config(existing.get(PYPROJECT), request)
    if config is not None:
        _check_same(config, request)
        return Creation(edits=(), next_steps=_next_steps(request))
    owned = {path for path in rendered if f"/{request.package}/" in f"/{path}" or path.startswith("templates/")}
    conflicts = [
        path
        for path in sorted({*rendered, *_folders(rendered)} & existing.keys())
        if (path in _folders(rendered) and existing[path] is not None)
        or (path in rendered and existing[path] is None)
        or (path in owned and existing[path] != rendered[path])
    ]
    if conflicts:
        raise UsageError(
            f"{len(conflicts)} file{'s are' if len(conflicts) > 1 else ' is'} in the way, and nothing of yours is ever"
            " overwritten; nothing was written:\n\n" + "\n".join(f"  {path}" for path in conflicts),
            append=f"--package {request.package}_db"
            if all(f"/{request.package}/" in f"/{path}" for path in conflicts)
            else "",
        )
    edits = [FileEdit(path, None, data) for path, data in rendered.items() if path not in existing]
    kept = [path for path in rendered if path in existing and path != PYPROJECT and existing[path] != rendered[path]]
    notes = []
    if PYPROJECT in existing:
        edits.append(_appended(existing[PYPROJECT] or b"", rendered[PYPROJECT]))
        notes.append("add to your dependencies: " + ", ".join(_dependencies(rendered[PYPROJECT])))
    if ".gitignore" in kept:
        lines = [line for line in rendered[".gitignore"].decode().splitlines() if line in {"local.db*", ".scaffold/"}]
        notes.append(f"add to your .gitignore: {' and '.join(lines)}")
    # pyproject.toml makes it a project, so it comes last.
    edits.sort(key=lambda edit: (edit.path == PYPROJECT, edit.path))
    return Creation(tuple(edits), tuple(sorted(kept)), tuple(notes), _next_steps(request))


def _config(data: bytes | None, request: Init) -> Mapping[str, object] | None:
    """The section that makes a folder a project."""
    if data is None:
        return None
    tool = _parsed(data, f"{request.directory}/{PYPROJECT}").get("tool", {})
    section = tool.get("scaffold")
    if section is None and "alembic" in tool:
        raise UsageError(
            f"{PYPROJECT} has a [tool.alembic] section already, and a project has one history; nothing was written.",
            help="Take that section out of it, or start in a folder of its own: scaffold init NEW_FOLDER",
        )
    return section if isinstance(section, dict) else None


def _check_same(config: Mapping[str, object], request: Init) -> None:
    if config.get("package") != request.package:
        raise UsageError(
            f"{request.directory} is a project already, with the package {config.get('package')!r};"
            " nothing was written.",
            append=f"--package {config.get('package')}",
        )


def _parsed(data: bytes, path: str) -> dict[str, dict[str, object]]:
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(
            f"{path} can't be read as TOML: {error}; nothing was written.",
            help=f"Fix {path}, then run the command again.",
        ) from None


def _appended(before: bytes, rendered: bytes) -> FileEdit:
    """The sections at the end, in the file's own newlines; not a byte above them changes."""
    sections = rendered[rendered.index(SECTIONS) :]
    newline = b"\r\n" if b"\r\n" in before else b"\n"
    gap = b"" if not before.strip() else newline if before.endswith((b"\n", b"\r")) else newline * 2
    after = before + gap + sections.replace(b"\n", newline)
    try:
        tomllib.loads(after.decode("utf-8-sig"))
    except tomllib.TOMLDecodeError:
        raise UsageError(
            f"The sections can't be added at the end of {PYPROJECT}, as it says `tool` in another way; nothing was"
            " written.",
            help=f"Add by hand what these say, and run it again:\n\n{sections.decode()}",
        ) from None
    return FileEdit(PYPROJECT, before, after)


def _dependencies(rendered: bytes) -> list[str]:
    project: dict[str, object] = _parsed(rendered, PYPROJECT)["project"]
    dependencies = project["dependencies"]
    assert isinstance(dependencies, list)
    return dependencies


def _folders(paths: Mapping[str, bytes]) -> set[str]:
    folders = set()
    for path in paths:
        parts = path.split("/")[:-1]
        folders |= {"/".join(parts[: end + 1]) for end in range(len(parts))}
    return folders


def _next_steps(request: Init) -> tuple[str, ...]:
    enter = () if request.directory in {".", "./"} else (f"cd {request.directory}",)
    return (*enter, "scaffold new-domain DOMAIN [FIELD]...")
