"""The one place that prints, and the one that catches errors."""

import contextlib
import errno
import json
import os
import re
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from typing import Any

import typer

from scaffold.cli.correction import settled
from scaffold.cli.terminal import coloured, make_room
from scaffold.errors import ScaffoldError, UsageError, command_line

STOPPED = 130
"""What Typer makes of a Ctrl-C; our own exit code for it is 1."""

_results: list[Any] = []


def run(app: typer.Typer, argv: Sequence[str]) -> int:
    """Run the command line and return its exit code: 0 done, 1 failed or found something, 2 bad usage or bad input."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _terminate)
    as_json = "--json" in argv
    _results.clear()
    with contextlib.ExitStack() as stack:
        if "--debug" in argv:
            stack.enter_context(_telling_the_log())
        if as_json:
            # What a project's own modules print is not our result.
            stack.enter_context(contextlib.redirect_stdout(sys.stderr))
        code = _run(app, argv, as_json)
    try:
        for result in _results:
            typer.echo(json.dumps(result, indent=2))
    except BrokenPipeError:
        return _without_reader()
    except OSError as error:
        note(f"Error: The output can't be written: {error.strerror}.")
        return 1
    return code


def _run(app: typer.Typer, argv: Sequence[str], as_json: bool) -> int:
    try:
        code = app(args=list(argv), prog_name="scaffold", standalone_mode=False)
    except ScaffoldError as error:
        return _fail(error.message, _help(error, argv, app), error.exit_code, as_json, argv)
    except (KeyboardInterrupt, typer.Abort):
        code = STOPPED
    except BrokenPipeError:
        return _without_reader()
    except Exception as error:  # noqa: BLE001 - the one place that catches
        if isinstance(error, FileNotFoundError) and _is_nowhere():
            return _fail(
                "The current directory is gone; nothing was written.", "Go into the project again.", 2, as_json, argv
            )
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            what = f"{error.filename} can't be written" if error.filename else "The output can't be written"
            return _fail(f"{what}: {error.strerror}.", "See what was done: scaffold doctor", 1, as_json, argv)
        # Typer carries its own copy of Click, whose exception classes it does not export.
        if hasattr(error, "format_message") and hasattr(error, "exit_code"):
            context = getattr(error, "ctx", None)
            if not argv and context:
                note(context.get_help())
                return 2
            usage = f"See: {context.command_path} --help" if context else "See: scaffold --help"
            return _fail(error.format_message(), _meant(error.format_message(), argv) or usage, 2, as_json, argv)
        return _fail(
            f"This is a bug in scaffold: {type(error).__name__}: {error}",
            "Run it again with `scaffold --debug ...` for the traceback, and report it.",
            1,
            as_json,
            argv,
        )
    if code == STOPPED:
        return _fail("Stopped; nothing was written.", "", 1, as_json, argv)
    return code if isinstance(code, int) else 0


def _without_reader() -> int:
    # Python would complain once more when it flushes on exit.
    sys.stdout = None
    return 1


def _is_nowhere() -> bool:
    try:
        os.getcwd()  # noqa: PTH109 - without pathlib's import
    except FileNotFoundError:
        return True
    return False


def say(text: str) -> None:
    """Print a line for people."""
    make_room()
    typer.echo(text)


def say_json(value: Any) -> None:
    """Print the one JSON object of a command, when it is done."""
    _results[:] = [value]


def note(text: str) -> None:
    """Print a line that is not the command's result."""
    make_room()
    typer.echo(text, err=True)


@contextlib.contextmanager
def _telling_the_log() -> Iterator[None]:
    """Print what the other layers log, while it lasts, and each line once."""
    import logging

    from scaffold.project import secrets

    told: set[str] = set()

    class Notes(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            line = secrets.redact(f"Debug: {self.format(record)}")
            if line not in told:
                note(line)
            told.add(line)

    logger = logging.getLogger("scaffold")
    level = logger.level
    logger.setLevel(logging.DEBUG)
    logger.handlers[:] = [Notes()]
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.handlers.clear()


def _terminate(*_: object) -> None:
    # As an exception, so that whatever is under way is rolled back and cleaned up.
    raise KeyboardInterrupt


def _meant(message: str, argv: Sequence[str]) -> str:
    """The command with the verb that Typer says was meant, as Typer's message is all that it gives."""
    found = re.match(r"No such command '([^']*)'\. Did you mean '([^']*)'", message)
    return f"Try: {command_line(found[2] if word == found[1] else word for word in argv)}" if found else ""


def _help(error: ScaffoldError, argv: Sequence[str], app: typer.Typer) -> str:
    if error.help or not isinstance(error, UsageError):
        return error.help
    words, further = settled(error, argv, lambda words: app(args=words, prog_name="scaffold", standalone_mode=False))
    if words == list(argv):
        return ""
    if further is None:
        return f"Try: {command_line(words)}"
    return f"`{command_line(words)}` would not do either: {further.message}\n\n{further.help}".rstrip()


def _fail(message: str, help: str, code: int, as_json: bool, argv: Sequence[str]) -> int:
    from scaffold.project import secrets

    if "--debug" in argv and sys.exc_info()[0] is not None:
        note(secrets.redact(traceback.format_exc()))
    if as_json:
        say_json({"error": {"message": secrets.redact(message), "help": secrets.redact(help), "exit_code": code}})
    else:
        note(f"{coloured('Error:', 'red', sys.stderr)} {secrets.redact(message)}")
        if help:
            note("\n" + secrets.redact(help))
    return code
