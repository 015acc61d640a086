"""`export d1`: the migrations as the numbered SQL files that wrangler applies to Cloudflare D1.

Nobody can ask D1 from here, so what is exported is what the files say: each begins with the revisions that it holds.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scaffold import naming
from scaffold.errors import ScaffoldError, UsageError
from scaffold.history import digest
from scaffold.plan import FileEdit
from scaffold.sqlite.d1 import objection
from scaffold.sqlite.heard import Heard

SCRATCH_PREFIX = "_scaffold_new_"
"""What a table that is being rebuilt is called meanwhile."""

_HEADER = "-- Written by `scaffold export d1`. Don't edit it: change the models, and export the next revision.\n"
_REVISION = re.compile(r"^-- revision: (\w+)", re.MULTILINE | re.ASCII)
_SOURCE = re.compile(r"^-- its file:  sha256 (\w+)$", re.MULTILINE | re.ASCII)
_BELOW = re.compile(r"^-- all below: sha256 (\w+)\n", re.MULTILINE | re.ASCII)
_STAMP = re.compile(r"^\d{8}_\d{6}_")


@dataclass(frozen=True, slots=True)
class ExportD1:
    """What the user asked for.

    Args:
        folder: where the files go, relative to the project's root, with `/`.
        to: the last revision to export; empty for the head.
    """

    folder: str
    to: str = ""


@dataclass(frozen=True, slots=True)
class _Exported:
    """A file that holds revisions.

    Args:
        name: of the file.
        revisions: that it holds, by identifier.
        source: the digest of its revision's file at that time; empty for a file that a person wrote.
        below: the digest of its statements as they were written; empty for a file that a person wrote.
        body: its statements.
    """

    name: str
    revisions: tuple[str, ...]
    source: str
    below: str
    body: str


def check(request: ExportD1) -> None:
    """Refuse a folder outside of the project.

    Raises:
        UsageError: it leads out.
    """
    if request.folder.startswith("/") or ".." in request.folder.split("/") or not request.folder:
        raise UsageError(
            f"{request.folder!r} is no folder inside of the project, and scaffold never writes outside it.",
            wrong=request.folder,
            right="migrations",
        )


def plan(request: ExportD1, revisions: Sequence[Heard], files: Mapping[str, bytes]) -> tuple[FileEdit, ...]:
    """The files to write, one for each revision that no file holds.

    Args:
        request: where to.
        revisions: all of them, in the order that they run in.
        files: the SQL files of the folder, by name.

    Raises:
        UsageError: a file there was edited or is out of order, or a revision can't run on D1.
    """
    last = _last(request, revisions)
    exported = [found for name in sorted(files, key=_order) if (found := _read(name, files[name])).revisions]
    for found in exported:
        _check_unedited(request, found, revisions)
    _check_order(request, exported, revisions)
    first = sum(len(found.revisions) for found in exported)
    number = max((_number(name) for name in files), default=0)
    edits: list[FileEdit] = []
    for place, heard in enumerate(revisions[first:last], number + 1):
        path = f"{request.folder}/{place:04}_{_slug(heard)}.sql"
        _check_possible(heard, path, before=revisions[place - number + first - 2].revision if edits else "")
        edits.append(FileEdit(path, None, _file(heard).encode()))
    return tuple(edits)


def held(files: Mapping[str, bytes], revisions: Collection[str]) -> tuple[str, ...]:
    """The names of the files that hold some of these revisions and no others, in wrangler's order."""
    found = {name: _read(name, files[name]).revisions for name in sorted(files, key=_order)}
    return tuple(name for name, inside in found.items() if inside and set(inside) <= set(revisions))


def disagreement(edits: tuple[FileEdit, ...]) -> ScaffoldError | None:
    """The finding that revisions are not exported, for CI; None where all are."""
    if not edits:
        return None
    names = ", ".join(edit.path for edit in edits)
    return ScaffoldError(
        f"{len(edits)} revision{'s are' if len(edits) != 1 else ' is'} not exported: {names}.",
        help="Write the files with: scaffold export d1",
    )


def _last(request: ExportD1, revisions: Sequence[Heard]) -> int:
    """How many revisions there are up to the one that is asked for."""
    if not request.to:
        return len(revisions)
    places = [place for place, heard in enumerate(revisions, 1) if heard.revision.startswith(request.to)]
    if len(places) != 1:
        known = ", ".join(heard.revision for heard in revisions)
        raise UsageError(f"{request.to!r} is no revision of the project; they are {known}.")
    return places[0]


def _number(name: str) -> int:
    """As wrangler counts: the digits that a name begins with."""
    found = re.match(r"\d+", name, re.ASCII)
    return int(found[0]) if found else 0


def _order(name: str) -> tuple[int, str]:
    return _number(name), name


def _slug(heard: Heard) -> str:
    return naming.snake_case(_STAMP.sub("", heard.name))


def _file(heard: Heard) -> str:
    body = _body(heard)
    return (
        f"{_HEADER}-- revision: {heard.revision} ({heard.name}.py)\n"
        f"-- its file:  sha256 {heard.digest}\n-- all below: sha256 {digest(body.encode())}\n{body}"
    )


def _body(heard: Heard) -> str:
    # D1 always enforces foreign keys; with this it looks at them when all is done, as it is done elsewhere.
    statements = ("PRAGMA defer_foreign_keys = on", *heard.statements)
    return "".join(f"\n{statement};\n" for statement in statements)


def _read(name: str, data: bytes) -> _Exported:
    text = data.decode(errors="replace").replace("\r\n", "\n")
    source, below = _SOURCE.search(text), _BELOW.search(text)
    return _Exported(
        name,
        tuple(_REVISION.findall(text)),
        source[1] if source else "",
        below[1] if below else "",
        text[below.end() :] if below else text,
    )


def _check_unedited(request: ExportD1, found: _Exported, revisions: Sequence[Heard]) -> None:
    path = f"{request.folder}/{found.name}"
    if found.below and found.below != digest(found.body.encode()):
        raise UsageError(
            f"{path} was edited after it was exported, so it is not what revision {found.revisions[0]} does; nothing"
            " was written.",
            help=f"Take the edit back: git restore {path}\nOr, if it is meant, delete the line in it that begins with"
            " `-- all below:`.",
        )
    heard = next((one for one in revisions if one.revision == found.revisions[0]), None)
    if heard and found.source and found.source != heard.digest and found.body != _body(heard):
        raise UsageError(
            f"{heard.name}.py was edited after it was exported to {path}, so a D1 that has applied that file is not"
            " what the revision says; nothing was written.",
            help="Take the edit back, and put the change into a new revision.\n"
            f"Or, if no D1 has applied the file yet, export it anew: rm {path} && scaffold export d1",
        )


def _check_order(request: ExportD1, exported: Sequence[_Exported], revisions: Sequence[Heard]) -> None:
    held = [(revision, found.name) for found in exported for revision in found.revisions]
    known = {heard.revision for heard in revisions}
    for place, (revision, name) in enumerate(held):
        path = f"{request.folder}/{name}"
        if revision not in known:
            raise UsageError(
                f"{path} holds revision {revision}, which the project has not; nothing was written.",
                help=f"If no D1 has applied it yet: rm {path}\nElse bring the revision back: scaffold doctor",
            )
        if revision in [earlier for earlier, _ in held[:place]]:
            raise UsageError(f"{path} holds revision {revision}, and so does a file before it; nothing was written.")
        if revision != revisions[place].revision:
            raise UsageError(
                f"{path} holds revision {revision}, and {revisions[place].name}, which comes before it, is in no file"
                " before that; nothing was written.",
                help=f"If no D1 has applied it yet, export it anew: rm {path} && scaffold export d1",
            )


def _check_possible(heard: Heard, path: str, *, before: str) -> None:
    """Refuse what would fail on D1, or do something else there.

    Args:
        heard: the revision.
        path: of the file that it would become.
        before: the last one that would be exported before it; empty where there is none.
    """
    first = f" scaffold export d1 --to {before}\nthen" if before else ""
    for message, advice in (*_reading(heard), *_orphaning(heard), *_refused(heard)):
        raise UsageError(
            f"{message}; nothing was written.",
            help=f"{advice}\n\nOr do it by hand:{first} write {path}, which has to begin and to end with these lines:"
            f"\n\n-- revision: {heard.revision}\n{heard.statements[-1]};",
        )


def _reading(heard: Heard) -> Iterator[tuple[str, str]]:
    for query in heard.reads:
        yield (
            f"{heard.name}.py asks the database ({_shortened(query)}) and goes on from the answer, and a file of SQL"
            " can't",
            "Say it in SQL that runs by itself, such as op.execute('UPDATE ... SET ... WHERE ...').",
        )


def _orphaning(heard: Heard) -> Iterator[tuple[str, str]]:
    for table, children in heard.orphans:
        others = [child for child in children if child != f"{SCRATCH_PREFIX}{table}"]
        who = ", ".join(others) or f"{table} itself"
        yield (
            f"{heard.name}.py drops or rebuilds {table} while {who} refers to it, and as D1 enforces foreign keys"
            " whatever a PRAGMA says, that would delete the rows that refer to it, or their references",
            _sequence(table, others),
        )


def _sequence(table: str, children: Sequence[str]) -> str:
    """How a parent is changed without being dropped while it is one."""
    each = ", ".join(children) or "each table that refers to it"
    return (
        f"Take the revision back (scaffold undo), and change {table} in steps that SQLite's ALTER TABLE can do:\n\n"
        f"  scaffold add-column {table} new_COLUMN:TYPE:optional\n"
        f"  a revision with op.execute('UPDATE {table} SET new_COLUMN = COLUMN')\n"
        f"  scaffold drop-column {table} COLUMN\n"
        f"  scaffold rename-column {table} new_COLUMN COLUMN\n\n"
        f"SQLite can't drop a column with a CHECK, as an enum has, or with a key. For such a one, and for what is no"
        f" column's: in one revision make {table}_new, copy the rows, and rebuild {each}"
        f" so that it refers to {table}_new; in the next drop {table}, which nothing refers to any more, and rename"
        f" {table}_new, which its references follow."
    )


def _refused(heard: Heard) -> Iterator[tuple[str, str]]:
    for statement in heard.statements:
        if reason := objection(statement):
            yield (
                f"{heard.name}.py runs a statement that D1 would not: {reason} ({_shortened(statement)})",
                "Say it in another way.",
            )


def _shortened(statement: str) -> str:
    text = " ".join(statement.split())
    return text if len(text) <= 80 else f"{text[:77]}..."
