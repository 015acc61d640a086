"""Completion of tables, columns and fields, for every verb whose arguments are called TABLE, COLUMN, FIELD and so on.

Typer completes the verbs and options and talks to the shells. What is here reads the project's texts only: nothing is
imported that takes time.

A candidate that may go on is offered in two forms, so that no shell takes it for finished and puts a blank behind it.
"""

import io
import os
import re
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.models import ArgumentInfo, OptionInfo

from scaffold.cli.output import say

if TYPE_CHECKING:
    from scaffold.source.catalog import Catalog

_BREAKS = re.compile("[:=]+")


@contextmanager
def in_bash(environment: MutableMapping[str, str] = os.environ) -> Iterator[None]:
    """While it lasts, bash's question is asked in whole words, and answered in its own.

    Bash splits at colons and equals signs (bash(1), COMP_WORDBREAKS), and replaces what stands behind the last one.
    """
    if environment.get("_SCAFFOLD_COMPLETE") != "complete_bash":
        yield
        return
    joined, behind = _joined(environment["COMP_WORDS"].split("\n"), int(environment["COMP_CWORD"]))
    environment["COMP_WORDS"], environment["COMP_CWORD"] = "\n".join(joined), str(len(joined) - 1)
    answer = io.StringIO()
    try:
        with redirect_stdout(answer):
            yield
    finally:
        for line in answer.getvalue().splitlines():
            say(line[behind:] if line.startswith(joined[-1]) else line)


def _joined(words: list[str], at: int) -> tuple[list[str], int]:
    """The words up to `at` put together again, and how much of the last one bash does not take for part of it."""
    joined: list[str] = []
    behind = 0
    for number, word in enumerate([*words, *[""] * (at + 1 - len(words))][: at + 1]):
        is_break = bool(_BREAKS.fullmatch(word))
        if number > 1 and word and (is_break or _BREAKS.fullmatch(words[number - 1])):
            behind = len(joined[-1]) + len(word) * is_break
            joined[-1] += word
        else:
            behind = 0
            joined.append(word)
    return joined, behind


def attach(app: typer.Typer) -> None:
    """Give every argument and option of the app the completion that its metavar asks for."""
    for command in app.registered_commands:
        for annotation in getattr(command.callback, "__annotations__", {}).values():
            for info in getattr(annotation, "__metadata__", ()):
                if isinstance(info, ArgumentInfo | OptionInfo) and info.autocompletion is None:
                    info.autocompletion = _COMPLETE.get((info.metavar or "").strip("[].").upper())


def _completing(candidates: Callable[[Any, str], Iterable[str]]) -> Callable[[typer.Context, str], list[str]]:
    def complete(context: typer.Context, incomplete: str) -> list[str]:
        from scaffold.errors import ScaffoldError

        try:
            return list(dict.fromkeys(candidates(context, incomplete)))
        except (ScaffoldError, OSError):
            return []

    return complete


def _catalog() -> "Catalog":
    from scaffold.plan import Snapshot
    from scaffold.project.config import find
    from scaffold.project.files import Files
    from scaffold.source.catalog import Catalog

    config = find(Path.cwd())
    return Catalog(Snapshot(config.package, "", Files(config.folder), {}, config.line_length))


def _tables(_: Any, __: str) -> list[str]:
    return sorted(_catalog().names())


def _columns(context: Any, _: str) -> list[str]:
    catalog = _catalog()
    found = catalog.find(str(context.params.get("table")))
    return list(catalog.columns(found)) if found else []


def _old_names(context: Any, incomplete: str) -> list[str]:
    return (_columns if context.params.get("table") else _tables)(context, incomplete)


def _domains(context: Any, _: str) -> list[str]:
    from scaffold.project.config import find

    if context.info_name == "new-domain":
        return []
    return sorted(file.stem for file in (find(Path.cwd()).folder / "tables").glob("[!_]*.py"))


def _fields(context: Any, incomplete: str) -> Iterator[str]:
    name, colon, rest = incomplete.partition(":")
    type_part, more, modifiers = rest.partition(":")
    if not colon and context.info_name == "alter-column":
        yield from (form for column in _columns(context, "") for form in (f"{column}:", f"{column}:TYPE"))
        return
    if not name:
        return
    if not more:
        yield from (f"{name}:{candidate}" for candidate in _types(type_part))
        return
    before = modifiers.rpartition(":")[0]
    kept = f"{name}{colon}{type_part}:{before}:" if before else f"{name}{colon}{type_part}:"
    used = {modifier.partition("=")[0] for modifier in before.split(":")}
    for candidate in _modifiers(type_part):
        if candidate.partition("=")[0].rstrip(":") not in used:
            yield kept + candidate


def _types(typed: str) -> Iterator[str]:
    from scaffold.schema.types import TYPES

    arguments = {"string": "LENGTH", "decimal": "DIGITS.SCALE", "enum": "VALUE,VALUE"}
    for name in TYPES:
        if name == "ref":
            # Their tables are many: they are offered once the type is settled.
            tables = _tables(None, "") if typed.startswith("r") else []
            yield from (form for table in tables for form in (f"ref={table}", f"ref={table}:"))
            yield from [] if tables else ["ref=", "ref=TABLE"]
        elif name == "enum":
            yield from ("enum=", f"enum={arguments[name]}")
        else:
            yield from (name, f"{name}={arguments[name]}" if name in arguments else f"{name}:")


def _modifiers(type_part: str) -> Iterator[str]:
    from scaffold.schema.fields import ON_DELETE
    from scaffold.schema.types import TYPES

    type_name, _, args = type_part.partition("=")
    yield from (form for name in ("optional", "unique", "index") for form in (name, f"{name}:"))
    if type_name == "ref":
        yield from (form for action in ON_DELETE for form in (f"on_delete={action}", f"on_delete={action}:"))
    elif type_name in TYPES:
        values = {"enum": args.split(","), "bool": ["true", "false"]}.get(type_name, ["", "VALUE"])
        yield from (f"default={value}" for value in values)


_COMPLETE = {
    "TABLE": _completing(_tables),
    "COLUMN": _completing(_columns),
    "DOMAIN": _completing(_domains),
    "OLD": _completing(_old_names),
    "FIELD": _completing(_fields),
}
"""What completes an argument, by its metavar without brackets and dots."""
