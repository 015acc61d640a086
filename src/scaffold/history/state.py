"""The history at one moment, and the questions about it as a graph."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from scaffold.errors import UsageError
from scaffold.history.checksums import Checksums, digest
from scaffold.history.head import Head
from scaffold.history.revision import RevisionFile, is_revision, read_header, read_revision

CHECKSUMS = "CHECKSUMS"
HEAD = "HEAD"
ATTRIBUTES = ".gitattributes"


@dataclass(frozen=True)
class State:
    """A history. What is asked of it is found once, and goes along when it is pickled.

    Args:
        folder: of the revisions, relative to the project's root, with `/`.
        revisions: those whose files say literally what they are, by file name.
        digests: of every revision file, by its name.
        opaque: the files that don't say it literally: what stands on what is then for Alembic to find out.
        broken: files with a syntax error, each with a sentence about it.
        checksums: None where there is no such file.
        head: None where there is no such file.
        raw: the bytes of the files beside the revisions, as far as they are there.
    """

    folder: str
    revisions: tuple[RevisionFile, ...]
    digests: Mapping[str, str]
    opaque: tuple[str, ...]
    broken: Mapping[str, str]
    checksums: Checksums | None
    head: Head | None
    raw: Mapping[str, bytes]

    def path(self, name: str) -> str:
        """A file of the history relative to the project's root."""
        return f"{self.folder}/{name}"

    def get(self, revision: str) -> RevisionFile | None:
        """The revision of an identifier."""
        return next((found for found in self.revisions if found.revision == revision), None)

    @property
    def complete(self) -> bool:
        """Whether every file could be read for what it is."""
        return not self.opaque and not self.broken

    @cached_property
    def line(self) -> tuple[str, ...]:
        """Every revision, oldest first, where each stands on just the one before it; empty where that is not so."""
        after: dict[tuple[str, ...], str] = {}
        for revision in self.revisions:
            if revision.depends or revision.labels:
                return ()
            after[revision.down] = revision.revision
        line: list[str] = []
        while (following := after.pop(tuple(line[-1:]), None)) is not None:
            line.append(following)
        return tuple(line) if self.complete and len(set(line)) == len(self.revisions) else ()

    @property
    def in_line(self) -> tuple[RevisionFile, ...]:
        """The revisions of `line`."""
        found = {revision.revision: revision for revision in self.revisions}
        return tuple(found[revision] for revision in self.line)

    @cached_property
    def known(self) -> frozenset[str]:
        """The identifiers of the revisions."""
        return frozenset(revision.revision for revision in self.revisions)

    @cached_property
    def heads(self) -> tuple[RevisionFile, ...]:
        """The revisions that nothing stands on."""
        stood_on = {down for revision in self.revisions for down in revision.down}
        return tuple(revision for revision in self.revisions if revision.revision not in stood_on)

    def below(self, revisions: Iterable[str]) -> frozenset[str]:
        """What a database at `revisions` has applied: they and all that they stand on."""
        if self.line:
            places = [self.line.index(revision) for revision in revisions if revision in self.known]
            return frozenset(self.line[: max(places, default=-1) + 1])
        known = {revision.revision: revision for revision in self.revisions}
        found: set[str] = set()
        waiting = [revision for revision in revisions if revision in known]
        while waiting:
            revision = waiting.pop()
            if revision not in found:
                found.add(revision)
                waiting += [one for one in (*known[revision].down, *known[revision].depends) if one in known]
        return frozenset(found)

    def recorded(self, name: str) -> frozenset[str]:
        """The digests that are recorded for a file; empty where there are none."""
        return self.checksums.digests.get(name, frozenset()) if self.checksums else frozenset()

    @cached_property
    def edited(self) -> tuple[RevisionFile, ...]:
        """The revisions whose file differs from what was recorded for it."""
        return tuple(revision for revision in self.revisions if self._is_edited(revision))

    def _is_edited(self, revision: RevisionFile) -> bool:
        recorded = self.recorded(revision.name)
        return bool(recorded) and revision.digest not in recorded

    @cached_property
    def gone(self) -> tuple[str, ...]:
        """The entries of CHECKSUMS whose file is not there, nor anywhere under another name."""
        recorded = self.checksums.digests if self.checksums else {}
        renamed = {digest for name, digest in self.digests.items() if name not in recorded}
        return tuple(sorted(n for n, digests in recorded.items() if n not in self.digests and not digests & renamed))


class Database(NamedTuple):
    """Where a database is in a history.

    Args:
        target: `local` or `remote`.
        heads: the revisions that it is at; empty where it was never migrated.
    """

    target: str
    heads: tuple[str, ...] = ()


def read_state(folder: str, files: Mapping[str, bytes]) -> State:
    """The history in `files`, the content of the folder by file name."""
    revisions: list[RevisionFile] = []
    opaque: list[str] = []
    broken: dict[str, str] = {}
    digests = {name: digest(files[name]) for name in sorted(files) if is_revision(name)}
    checksums = Checksums.parse(files[CHECKSUMS]) if CHECKSUMS in files else None
    recorded = checksums.digests if checksums else {}
    for name, known in digests.items():
        # What is recorded was run or generated as it is, so it has no syntax error.
        found = read_header(name, files[name], known) if known in recorded.get(name, ()) else None
        try:
            found = found or read_revision(name, files[name], f"{folder}/{name}")
        except UsageError as error:
            broken[name] = _told(error, f"{folder}/{name}")
            continue
        if found:
            revisions.append(found)
        else:
            opaque.append(name)
    raw = {name: files[name] for name in (CHECKSUMS, HEAD, ATTRIBUTES) if name in files}
    return State(
        folder=folder,
        revisions=tuple(revisions),
        digests=digests,
        opaque=tuple(opaque),
        broken=broken,
        checksums=checksums,
        head=Head.parse(raw[HEAD]) if HEAD in raw else None,
        raw=raw,
    )


def _told(error: UsageError, path: str) -> str:
    cause = error.__cause__
    return (
        f"{path}, line {cause.lineno}, has a syntax error: {cause.msg}."
        if isinstance(cause, SyntaxError)
        else error.message
    )
