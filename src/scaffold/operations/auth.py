"""`auth sync` and `auth check`: `auth_schema.py` from the TypeScript that Better Auth's command line generates."""

from dataclasses import dataclass

from scaffold.drizzle.auth import auth_schema, is_edited
from scaffold.drizzle.model import Casing
from scaffold.drizzle.parse import parse
from scaffold.errors import ScaffoldError, UsageError
from scaffold.plan import FileEdit, Snapshot
from scaffold.source.catalog import AUTH


@dataclass(frozen=True, slots=True)
class AuthSchema:
    """What the user asked for.

    Args:
        text: of the TypeScript file.
        path: of the file, for messages.
        casing: drizzle's option of that name.
    """

    text: str
    path: str
    casing: Casing = ""


def plan(request: AuthSchema, snapshot: Snapshot) -> FileEdit | None:
    """The edit that makes `auth_schema.py` say what the file says; None where it does.

    Raises:
        UsageError: the file can't be represented, or somebody has edited `auth_schema.py` by hand.
    """
    before = snapshot.files.get(AUTH)
    after = _wanted(request, snapshot)
    if before is not None and before.replace(b"\r\n", b"\n") == after:
        return None
    if before is not None and is_edited(before.decode(errors="replace")):
        path = snapshot.path(AUTH)
        raise UsageError(
            f"{path} was edited by hand, and that would be lost; nothing was written.",
            help=f"Better Auth decides what is in it. Take the edit back, or, to let it go, delete {path} and run this"
            " again.",
        )
    return FileEdit(snapshot.path(AUTH), before, after)


def disagreement(request: AuthSchema, snapshot: Snapshot) -> ScaffoldError | None:
    """The finding that `auth_schema.py` is not what the file says, for CI; None where it is."""
    before = snapshot.files.get(AUTH)
    edit = FileEdit(snapshot.path(AUTH), before, _wanted(request, snapshot))
    if before is not None and before.replace(b"\r\n", b"\n") == edit.after:
        return None
    return ScaffoldError(
        f"{edit.path} is not what {request.path} says:\n\n{edit.diff()}",
        help=f"Bring it up to date with: scaffold auth sync --from {request.path}",
    )


def _wanted(request: AuthSchema, snapshot: Snapshot) -> bytes:
    schema = parse(request.text, request.path, casing=request.casing)
    return auth_schema(schema, snapshot.package, width=snapshot.line_length).encode()
