"""The errors that reach a user: one sentence on what is wrong, then what to type instead."""

import shlex
from collections.abc import Iterable


def command_line(words: Iterable[str]) -> str:
    """The command as a person types it."""
    return shlex.join(["scaffold", *words])


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
