"""Where in the project's own code something failed, in a sentence."""

import traceback
from pathlib import Path

from scaffold.errors import UsageError
from scaffold.project import secrets
from scaffold.project.config import Config


class Misconduct(Exception):
    """The project's own code does what no migration can go on from.

    Args:
        what: it does, and where.
        help: what to do instead.
    """

    def __init__(self, what: str, help: str) -> None:
        super().__init__(what)
        self.help = help


class EnvFailure(Misconduct):
    """The project's `env.py` does not do what a migration needs.

    Args:
        file: its path.
        does: what it does instead.
    """

    def __init__(self, file: str, does: str) -> None:
        help = f"Let {file} call context.run_migrations() once, raise what that raises, and keep what it did."
        super().__init__(f"{file} {does}", help)


class ProcessEnd(Misconduct):
    """A revision or `env.py` calls sys.exit().

    Args:
        place: where; empty where that is not known.
    """

    def __init__(self, place: str) -> None:
        who = f"{place}," if place else "A revision"
        super().__init__(f"{who} ends the process", "Raise an exception there instead of calling sys.exit().")


class Rollback(Misconduct):
    """A revision ends the transaction that it runs in, so that a part of it is lost, and the rest stays.

    Args:
        who: does it: `it` where the revision is named already.
    """

    def __init__(self, who: str = "a revision") -> None:
        help = "Take the rollback out of it; what may fail is tried within: with op.get_bind().begin_nested():"
        super().__init__(f"{who} rolls back what ran before it", help)


def explain(config: Config, error: BaseException) -> str:
    """What failed: a database's own words, else the place in the project's code and what was raised there."""
    if isinstance(error, Misconduct):
        return str(error)
    original = getattr(error, "orig", None)
    if original is not None:
        return reason(original)
    kind = "" if type(error).__name__ == "CommandError" else f"{type(error).__name__}: "
    said = kind + reason(error) if str(error).strip() else type(error).__name__
    place = place_of(config, error)
    return f"{place}: {said}" if place else said


def way_out(error: BaseException, otherwise: str = "") -> str:
    """What the project's own code should do instead; `otherwise` where that is not known."""
    return error.help if isinstance(error, Misconduct) else otherwise


def misspelled(error: SyntaxError) -> UsageError:
    """The refusal of a file that is not Python."""
    place = f"line {error.lineno} of {error.filename}"
    return UsageError(
        f"{error.filename}, line {error.lineno}, has a syntax error: {error.msg}; nothing was written.",
        help=f"Fix {place}, then run the command again.",
    )


def place_of(config: Config, error: BaseException) -> str:
    """The innermost line of the project's migrations that `error` came from; empty where it came from elsewhere."""
    migrations = (config.folder / "migrations").resolve()
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        file = Path(frame.filename).resolve()
        if file.is_relative_to(migrations) and file.is_relative_to(config.root.resolve()):
            return f"{file.relative_to(config.root.resolve()).as_posix()}, line {frame.lineno}"
    return ""


def reason(error: BaseException) -> str:
    """The first line of what a database said, without statement, parameters or passwords."""
    text = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
    return secrets.redact(text.splitlines()[0])
