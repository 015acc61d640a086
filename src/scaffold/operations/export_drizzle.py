"""`export drizzle`: the models as TypeScript, in the original's layout."""

from collections.abc import Mapping
from dataclasses import dataclass

from scaffold.drizzle.export import export
from scaffold.drizzle.model import Models
from scaffold.drizzle.parse import parse
from scaffold.errors import ScaffoldError, UsageError
from scaffold.plan import FileEdit

AUTH_FILE = "auth.schema.ts"


@dataclass(frozen=True, slots=True)
class ExportDrizzle:
    """What the user asked for.

    Args:
        folder: where the files go, relative to the project's root, with `/`.
    """

    folder: str


def check(request: ExportDrizzle) -> None:
    """Refuse a folder outside of the project.

    Raises:
        UsageError: it leads out.
    """
    parts = request.folder.split("/")
    if request.folder.startswith("/") or ".." in parts or not request.folder:
        raise UsageError(
            f"{request.folder!r} is no folder inside of the project, and scaffold never writes outside it.",
            wrong=request.folder,
            right="db",
        )


def plan(request: ExportDrizzle, models: Models, files: Mapping[str, bytes]) -> tuple[FileEdit, ...]:
    """The edits that make the folder say what the models say; files that nothing belongs to any more go.

    Args:
        request: what was asked for.
        models: of the project.
        files: the TypeScript files below the folder, by path relative to it.

    Raises:
        UsageError: the `auth.schema.ts` that is there can't be read.
    """
    check(request)
    auth = None
    if AUTH_FILE in files:
        auth = parse(files[AUTH_FILE].decode(errors="replace"), f"{request.folder}/{AUTH_FILE}")
        if auth.dialect != models.dialect:
            raise UsageError(
                f"{request.folder}/{AUTH_FILE} is for {auth.dialect}, and the export for {models.dialect}.",
                append=f"--dialect {auth.dialect}",
            )
    wanted = {path: text.encode() for path, text in export(models, auth).items()}
    written = (b"// Written by `scaffold export drizzle`",)
    gone = [path for path, data in files.items() if path not in wanted and data.startswith(written)]
    edits = [FileEdit(f"{request.folder}/{path}", files.get(path), data) for path, data in wanted.items()]
    edits += [FileEdit(f"{request.folder}/{path}", files[path], None) for path in gone]
    return tuple(edit for edit in edits if edit.before != edit.after)


def disagreement(edits: tuple[FileEdit, ...]) -> ScaffoldError | None:
    """The finding that the files are not what the models say, for CI; None where they are."""
    if not edits:
        return None
    return ScaffoldError(
        f"{len(edits)} file{'s' * (len(edits) != 1)} would change:\n\n" + "".join(edit.diff() for edit in edits),
        help="Write them with: scaffold export drizzle",
    )
