"""TypeScript files on the disk."""

from collections.abc import Iterator
from pathlib import Path

from scaffold.errors import UsageError
from scaffold.project.config import Config

SKIPPED = frozenset({"node_modules", "dist", "build", "coverage"})
"""Folders whose files nobody has written."""

USUAL_PLACES = ("auth-schema.ts", "db/auth.schema.ts", "src/auth-schema.ts", "src/db/auth-schema.ts")
"""Where Better Auth's command line writes, and where the projects keep it that this one is like; below the root."""

_NO_SCHEMAS = (".d.ts", ".test.ts", ".spec.ts", ".config.ts")


def read(path: Path) -> str:
    """The text of one file.

    Raises:
        UsageError: there is none, or it is no text.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} can't be read: {getattr(error, 'strerror', None) or 'it is no UTF-8'}.") from None


def auth_schema(config: Config, given: Path | None) -> Path:
    """The file that Better Auth's command line generates: the given one, the configured one, or where it usually is.

    Raises:
        UsageError: nobody says which one it is, and it is in none of the usual places, or in several.
    """
    if path := given or config.auth_schema:
        return _from_here(path)
    found = [config.root / place for place in USUAL_PLACES if (config.root / place).is_file()]
    if len(found) == 1:
        return _from_here(found[0])
    several = f"both {found[0]} and {found[1]} are there" if found else f"{', '.join(USUAL_PLACES)} are not there"
    raise UsageError(
        f"Which file Better Auth's command line generates is not said, and {several}.",
        help="Name it: --from web/auth-schema.ts, or once and for all in [tool.scaffold]:\n\n"
        '  auth-schema = "web/auth-schema.ts"',
    )


def _from_here(path: Path) -> Path:
    """A path as a person would type it."""
    return path.relative_to(Path.cwd()) if path.is_absolute() and path.is_relative_to(Path.cwd()) else path


def texts(path: Path) -> dict[str, str]:
    """The texts of a file, or of all `.ts` files below a folder, by path with `/`.

    Raises:
        UsageError: there is none.
    """
    files = sorted(_below(path)) if path.is_dir() else [path]
    if not files:
        raise UsageError(f"There is no TypeScript file below {path}.")
    return {file.as_posix(): read(file) for file in files}


def written(folder: Path) -> dict[str, bytes]:
    """The bytes of the `.ts` files below a folder, by path relative to it; empty where there is no folder."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(_below(folder))}


def _below(folder: Path) -> Iterator[Path]:
    for file in folder.rglob("*.ts"):
        inner = file.relative_to(folder).parts[:-1]
        hidden = any(part in SKIPPED or part.startswith(".") for part in inner)
        if not hidden and not file.name.endswith(_NO_SCHEMAS) and file.is_file():
            yield file
