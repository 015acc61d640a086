"""A revision's file, read without importing it: a broken one must not keep the others from being judged."""

import ast
import re
from dataclasses import dataclass

from scaffold.history.checksums import digest
from scaffold.source.text import decode, syntax_tree


@dataclass(frozen=True, slots=True)
class RevisionFile:
    """One revision.

    Args:
        name: of its file.
        digest: of its file.
        revision: its identifier.
        down: the revisions that it stands on.
        depends: further revisions that have to be applied before it.
        message: what it does.
        date: when it was made, as its docstring says.
    """

    name: str
    digest: str
    revision: str
    down: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()
    message: str = ""
    date: str = ""


def is_revision(name: str) -> bool:
    """Whether Alembic takes a file of this name for a revision."""
    return name.endswith(".py") and not name.startswith((".#", "__init__"))


def read_revision(name: str, data: bytes, path: str = "") -> RevisionFile | None:
    """The revision in a file; None where it does not say literally what it is, so that only running it could tell.

    Raises:
        UsageError: the file has a syntax error.
    """
    tree = syntax_tree(decode(data, path or name).text.lstrip("\ufeff"), path or name)
    values = assignments(tree)
    try:
        revision, down, depends = (
            ast.literal_eval(values[key]) if key in values else None
            for key in ("revision", "down_revision", "depends_on")
        )
    except ValueError:
        return None
    if not isinstance(revision, str):
        return None
    docstring = ast.get_docstring(tree) or ""
    made = re.search(r"^Create Date:[ \t]*(.*)$", docstring, re.MULTILINE)
    return RevisionFile(
        name=name,
        digest=digest(data),
        revision=revision,
        down=_several(down),
        depends=_several(depends),
        message=docstring.strip().partition("\n")[0].rstrip("."),
        date=made[1].strip() if made else "",
    )


def assignments(tree: ast.Module) -> dict[str, ast.expr]:
    """What each name of a module is set to at last, where that is a plain assignment."""
    found: dict[str, ast.expr] = {}
    for statement in tree.body:
        match statement:
            case ast.Assign([ast.Name(name)], value) | ast.AnnAssign(ast.Name(name), _, ast.expr() as value):
                found[name] = value
    return found


def _several(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(item) for item in value) if isinstance(value, list | tuple | set) else ()
