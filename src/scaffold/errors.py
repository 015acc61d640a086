"""The errors that reach a user: one sentence on what is wrong, then what to type instead."""

import shlex
import unicodedata
from collections.abc import Iterable


def command_line(words: Iterable[str]) -> str:
    """The command as a person types it."""
    return " ".join(["scaffold", *map(_word, words)])


def _word(word: str) -> str:
    # A terminal acts on a control character, and does not show it; bash and zsh read $'...'.
    if not any(unicodedata.category(character) == "Cc" for character in word):
        return shlex.quote(word)
    spelled = [rf"\x{ord(c):02x}" if unicodedata.category(c) == "Cc" and ord(c) < 256 else c for c in word]
    named = {"\n": r"\n", "\r": r"\r", "\t": r"\t", "\\": r"\\", "'": r"\'"}
    return "$'" + "".join(named.get(c, text) for c, text in zip(word, spelled, strict=True)) + "'"


class ScaffoldError(Exception):
    """The work failed, or a check found something (exit code 1).

    Args:
        message: one sentence that says what is wrong and what would have happened.
        help: the command or the code that the user should have written, with their own names in it; may span lines.
    """

    exit_code = 1

    def __init__(self, message: str, *, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class UsageError(ScaffoldError):
    """Bad usage or bad input (exit code 2), found before anything is written.

    Only the command line knows the whole command, so an error deep below tells what to change in it, and the place
    that prints errors shows the corrected command.

    Args:
        message: as for ScaffoldError.
        help: as for ScaffoldError; replaces the corrected command where both could be shown.
        wrong: a word of the command, or a part of one, that is to be replaced by `right`.
        append: words to add at the end of the command; an option takes the place of the one that is there.
        drop: a word of the command that is to be left out.
    """

    exit_code = 2

    def __init__(
        self, message: str, *, help: str = "", wrong: str = "", right: str = "", append: str = "", drop: str = ""
    ) -> None:
        super().__init__(message, help=help)
        self.wrong = wrong
        self.right = right
        self.append = append
        self.drop = drop
