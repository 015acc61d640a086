"""The comments that silence a rule at their line: `# scaffold: allow=CODE reason`."""

import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, replace

from scaffold.lint.finding import Edit, Finding, Place
from scaffold.source.text import Source

_COMMENT = re.compile(r"#\s*scaffold:\s*allow=(?P<code>[\w-]*)(?P<reason>[^#]*)")


@dataclass(frozen=True, slots=True)
class Allow:
    """One comment.

    Args:
        code: of the rule.
        reason: why; a comment without one silences nothing.
        place: the lines that it is about: its own, and where it stands alone, those up to the next line of code.
        removal: the edit that takes it away.
        used: whether it silences a finding; None as long as nobody knows.
    """

    code: str
    reason: str
    place: Place
    removal: Edit
    used: bool | None = None

    def silences(self, finding: Finding) -> bool:
        """Whether the finding is allowed."""
        return (
            bool(self.reason)
            and self.code == finding.code
            and self.place.file == finding.place.file
            and self.place.line <= finding.place.last
            and self.place.last >= finding.place.line
        )

    def judged(self, findings: tuple[Finding, ...]) -> "Allow":
        """The same comment, knowing whether it was needed."""
        return replace(self, used=any(self.silences(finding) for finding in findings))


def allows_in(source: Source, file: str) -> Iterator[Allow]:
    """The comments of a module."""
    lines = (source.line(number).rstrip("\r\n") + "\n" for number in range(1, source.last_line + 1))
    for token in tokenize.generate_tokens(lambda: next(lines, "")):
        match = _COMMENT.match(token.string) if token.type == tokenize.COMMENT else None
        if match:
            number, column = token.start
            last = _next_code(source, number) if not source.line(number)[:column].strip() else number
            place = Place(file, number, last)
            yield Allow(match["code"], match["reason"].strip(), place, _removal(source, number, column, match.end()))


def _next_code(source: Source, number: int) -> int:
    while source.is_comment(number) or (source.is_blank(number) and number < source.last_line):
        number += 1
    return number


def _removal(source: Source, number: int, column: int, length: int) -> Edit:
    """The comment with the blanks before it, and its whole line if nothing else stands there."""
    line = source.line(number)
    begin, ending = source.starts[number - 1], line[column + length :]
    if ending.strip():
        return Edit(begin + column, begin + column + length, "")
    if not line[:column].strip():
        return Edit(begin, source.starts[number], "")
    return Edit(begin + len(line[:column].rstrip()), begin + len(line.rstrip()), "")
