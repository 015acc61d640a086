"""What CHECKSUMS and HEAD are to hold, as edits of the two files."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from scaffold.history.checksums import format_checksums
from scaffold.history.head import format_head
from scaffold.history.state import ATTRIBUTES, CHECKSUMS, HEAD, State
from scaffold.plan import FileEdit

_NONE: Mapping[str, str] = MappingProxyType({})
_MERGED = b"# Two branches that each add a line have both.\nCHECKSUMS merge=union\n"


def records(
    state: State,
    *,
    head: str | None,
    added: Mapping[str, str] = _NONE,
    removed: Collection[str] = (),
    anew: bool,
) -> tuple[FileEdit, ...]:
    """The edits that make CHECKSUMS and HEAD say what the files will be.

    Every file that has no entry gets one. Entries without a file go.

    Args:
        state: before.
        head: the newest revision after.
        added: digests of new files, by name.
        removed: files that go away.
        anew: whether a file that differs from its entry is recorded as it is now. Only right where nothing that
            differs has been applied.
    """
    after: dict[str, frozenset[str]] = {}
    for name, digest in {**state.digests, **added}.items():
        if name in removed:
            continue
        recorded = state.recorded(name)
        keep = name not in added and recorded and not anew and digest not in recorded
        after[name] = recorded if keep else frozenset({digest})
    edits = [
        FileEdit(state.path(CHECKSUMS), state.raw.get(CHECKSUMS), format_checksums(after)),
        FileEdit(state.path(HEAD), state.raw.get(HEAD), format_head(head)),
    ]
    if CHECKSUMS not in state.raw and ATTRIBUTES not in state.raw:
        edits.insert(0, FileEdit(state.path(ATTRIBUTES), None, _MERGED))
    return tuple(edit for edit in edits if edit.before != edit.after)
