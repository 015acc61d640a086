"""`versions/CHECKSUMS`: one line per revision, `digest  file name`, sorted by file name, as `sha256sum` writes it."""

import hashlib
import re
from collections.abc import Mapping
from typing import NamedTuple

_LINE = re.compile(r"([0-9a-f]{64}) [ *](\S.*)", re.ASCII)
_MARKER = re.compile(r"(<{7}|\|{7}|={7}|>{7})( .*)?")


class Checksums(NamedTuple):
    """The recorded digests.

    Args:
        digests: by file name. Git's merge may have kept the lines of both sides, so a file may have several.
        malformed: the numbers of the lines that can't be read.
    """

    digests: Mapping[str, frozenset[str]]
    malformed: tuple[int, ...] = ()

    @classmethod
    def parse(cls, data: bytes) -> "Checksums":
        """The content of the file. Where git left conflict markers, both sides hold."""
        digests: dict[str, frozenset[str]] = {}
        malformed = []
        for number, line in enumerate(data.decode(errors="replace").splitlines(), 1):
            if match := _LINE.fullmatch(line):
                digests[match[2]] = digests.get(match[2], frozenset()) | {match[1]}
            elif line.strip() and not _MARKER.fullmatch(line):
                malformed.append(number)
        return cls(digests, tuple(malformed))


def format_checksums(digests: Mapping[str, frozenset[str]]) -> bytes:
    """The content of the file, sorted by file name."""
    return "".join(
        f"{digest}  {name}\n" for name, several in sorted(digests.items()) for digest in sorted(several)
    ).encode()


def digest(data: bytes) -> str:
    """The sha256 of a revision's bytes, the same whatever newlines a checkout gave it."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return hashlib.sha256(data).hexdigest()
