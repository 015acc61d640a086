"""A revision's file, read without importing it: a broken one must not keep the others from being judged."""

import ast
import re
from typing import NamedTuple

from scaffold.history.checksums import digest
from scaffold.source.text import decode, syntax_tree

_NAMES = (b"\nrevision", b"\ndown_revision", b"\ndepends_on", b"\nbranch_labels")
"""What Alembic looks for in a revision, at the start of a line."""

_VALUE = re.compile(rb"(?: *:[^=\n]*)? *= *(None|\"[\w.-]+\"|'[\w.-]+')[ \r]*$", re.MULTILINE)
"""The rest of an assignment whose value is no more than a name."""

_SUMMARY = re.compile(rb'"""[ !#-\[\]-~]+')
"""The first line of a docstring of several, in ASCII, without an escape or a quote."""

_CREATED = re.compile(rb"^Create Date:([ -~]*)", re.MULTILINE)


_DECIDES = re.compile(
    rb"\b(?:if|for|while|match|try|lambda|def (?!upgrade\(\)|downgrade\(\))|class|dialect\w*|get_bind|get_context|bind|"
    rb"context|inspect|run_async|getattr|vars|globals|eval|exec|import_module|__\w+__)\b"
)
"""Words by which a revision may do one thing here and another there."""

_ASKS = re.compile(
    rb"\b(?:get_bind|bind|inspect\w*|\w*connect\w*|execute|execution_options|is_offline_mode|as_sql|opts|config|"
    rb"server_version\w*|run_async|getattr|vars|globals|eval|exec|import_module|open|environ|__\w+__)\b"
)
"""Words by which a revision may do one thing with a database and another without."""

_ENDS = re.compile(rb"commit|rollback|\b(?:abort|end)\b", re.IGNORECASE)
"""Words by which a revision may end a transaction."""

_IMPORT = re.compile(rb"^[ \t]*(?:from|import)\b.*", re.MULTILINE)
_HARMLESS = re.compile(
    rb"(?:import sqlalchemy as sa|from alembic import op|from (?:typing|collections\.abc) import [\w, ]+"
    rb"|from [\w.]+ import types|from sqlalchemy(?:\.dialects)? import (?!inspect|event)\w+)\s*"
)


class RevisionFile(NamedTuple):
    """One revision; a plain tuple, as one process hands thousands to another.

    Args:
        name: of its file.
        digest: of its file.
        revision: its identifier.
        down: the revisions that it stands on.
        depends: further revisions that have to be applied before it.
        labels: of the branches that it begins.
        message: what it does.
        date: when it was made, as its docstring says.
    """

    name: str
    digest: str
    revision: str
    down: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
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
        revision, down, depends, labels = (
            ast.literal_eval(values[key]) if key in values else None
            for key in ("revision", "down_revision", "depends_on", "branch_labels")
        )
    except ValueError:
        return None
    if not isinstance(revision, str):
        return None
    docstring = (ast.get_docstring(tree) or "").strip()
    made = re.search(r"^Create Date:[ \t]*(.*)$", docstring, re.MULTILINE)
    return RevisionFile(
        name=name,
        digest=digest(data),
        revision=revision,
        down=_several(down),
        depends=_several(depends),
        labels=_several(labels),
        message=" ".join(docstring.partition("\n\n")[0].split()).rstrip("."),
        date=made[1].strip() if made else "",
    )


def read_header(name: str, data: bytes, known: str) -> RevisionFile | None:
    """The same of a file that was read before and is unchanged, without parsing it: a twentieth of the time.

    Args:
        name: of the file.
        data: its bytes.
        known: their digest, which CHECKSUMS has.

    Returns:
        The revision; None where the file says what it is in any but the usual way, so that `read_revision` has to look.
    """
    head, _, rest = data.partition(b"\n")
    values: list[str | None] = []
    for key in _NAMES:
        at = data.find(key)
        match = _VALUE.match(data, at + len(key)) if at >= 0 else None
        if at >= 0 and (match is None or data.find(key, match.end()) >= 0):
            return None
        values.append(match[1][1:-1].decode("ascii") if match and match[1] != b"None" else None)
    revision, *others = values
    if not revision or not _SUMMARY.fullmatch(head.rstrip(b"\r")) or rest.partition(b"\n")[0].strip():
        return None
    down, depends, labels = map(_several, others)
    made = _CREATED.search(data, 0, data.find(b'"""', 3))
    return RevisionFile(
        name=name,
        digest=known,
        revision=revision,
        down=down,
        depends=depends,
        labels=labels,
        message=head[3:].decode("ascii").strip().rstrip("."),
        date=made[1].decode("ascii").strip() if made else "",
    )


def is_unconditional(data: bytes) -> bool:
    """Whether a revision's file shows that it runs the same operations on every database; False where that is unclear.

    Args:
        data: the file's bytes.
    """
    imports = _IMPORT.findall(data)
    return not _DECIDES.search(data) and all(map(_HARMLESS.fullmatch, imports))


def asks_no_database(data: bytes) -> bool:
    """Whether a revision's file shows that it says the same with a database and without; False where that is unclear.

    It may still say one thing to one kind of database, and something else to another.

    Args:
        data: the file's bytes.
    """
    return not _ASKS.search(data) and all(map(_HARMLESS.fullmatch, _IMPORT.findall(data)))


def runs_only_operations(data: bytes) -> bool:
    """Whether a revision's file shows that it asks nothing, and leaves the transaction to Alembic.

    Args:
        data: the file's bytes.
    """
    return (is_unconditional(data) or asks_no_database(data)) and not _ENDS.search(data)


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
