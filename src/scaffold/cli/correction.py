"""The command that the user should have typed, made of the one that they typed and the error that it met."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from scaffold.errors import UsageError

REHEARSED = frozenset(
    {
        "add-column",
        "add-index",
        "add-table",
        "alter-column",
        "drop-column",
        "drop-domain",
        "drop-index",
        "drop-table",
        "new-domain",
        "rename-column",
        "rename-table",
    }
)
"""The verbs that decide before they ask or do anything, so that a correction can be tried up to there."""

MISTAKES = 20
"""How many of them are corrected in one command."""

_rehearsing: ContextVar[bool] = ContextVar("rehearsing", default=False)


def is_rehearsal() -> bool:
    """Whether the command that runs is a correction that is being tried, and stops once it has decided."""
    return _rehearsing.get()


def settled(
    error: UsageError, argv: Sequence[str], run: Callable[[list[str]], object]
) -> tuple[list[str], UsageError | None]:
    """The command with every mistake corrected: behind the one that was met there may be more.

    Args:
        error: that `argv` met.
        argv: the command.
        run: runs a command; called for rehearsals only.

    Returns:
        The command, and the error that even so it would meet, for which there is no correction.
    """
    words = corrected(error, argv)
    for _ in range(MISTAKES):
        further = _rehearse(words, run)
        if further is None:
            return words, None
        better = [] if further.help else corrected(further, words)
        if not better or better == words:
            return words, further
        words = better
    return words, None


def corrected(error: UsageError, argv: Sequence[str]) -> list[str]:
    """The command with one mistake corrected; the same one where the error does not say how."""
    words = list(argv)
    if error.wrong and error.right:
        whole = [index for index, word in enumerate(words) if word == error.wrong]
        fields = [index for index, word in enumerate(words) if word.startswith(f"{error.wrong}:")]
        for index in whole or fields[:1]:
            words[index] = error.right + words[index][len(error.wrong) :]
    if error.drop and error.drop in words:
        # The last one: what stands there twice was right the first time.
        del words[len(words) - 1 - words[::-1].index(error.drop)]
    option, *value = shlex.split(error.append) or [""]
    if value and option in words:
        words[words.index(option) + 1] = value[0]
        return words
    return words + [word for word in (option, *value) if word]


def _rehearse(words: list[str], run: Callable[[list[str]], object]) -> UsageError | None:
    """The error of bad input that a command would meet, as far as that can be known before it does anything."""
    if not REHEARSED & set(words[:1]) or {"--interactive", "-i"} & set(words):
        return None
    with _rehearsal():
        try:
            run(words)
        except UsageError as error:
            return error
        except Exception:  # noqa: BLE001 - whatever else goes wrong, it is the first error that is to be told
            return None
    return None


@contextmanager
def _rehearsal() -> Iterator[None]:
    token = _rehearsing.set(True)
    try:
        yield
    finally:
        _rehearsing.reset(token)
