"""A finding: what a rule says about a place."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Lines of a file.

    Args:
        file: relative to the project's root, with `/`.
        line: the first one, counted from 1.
        last: the last one.
    """

    file: str
    line: int
    last: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """The characters from `start` to `end` of a file's text become `text`."""

    start: int
    end: int
    text: str

    @classmethod
    def between(cls, before: str, after: str) -> "Edit":
        """The smallest edit that makes one text of the other."""
        start = _common(before, after)
        same = _common(before[start:][::-1], after[start:][::-1])
        return cls(start, len(before) - same, after[start : len(after) - same])


@dataclass(frozen=True, slots=True)
class Fix:
    """An edit that mends a flaw and loses nothing.

    Args:
        file: relative to the project's root.
        edit: of its text.
    """

    file: str
    edit: Edit


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong.

    Args:
        code: the rule's; it names the flaw.
        message: one sentence that says what is wrong.
        place: where.
        help: the code or the command to write instead; may span lines.
        fix: where a program can mend it safely.
    """

    code: str
    message: str
    place: Place
    help: str = ""
    fix: Fix | None = None


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with the edits made; of those that touch each other only the first."""
    parts: list[str] = []
    position = 0
    for edit in sorted(set(edits)):
        if edit.start < position or (parts and edit.start == position):
            continue
        parts += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*parts, text[position:]])


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
