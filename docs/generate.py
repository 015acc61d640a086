"""Write the pages that are made from the code; with --check, only say which are out of date.

A verb joins by being a command of `scaffold.cli.app`. A lint rule joins by being a module below `scaffold.lint.rules`
whose docstring is its page.
"""

import argparse
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import typer

import appdb.types
from scaffold.cli import app
from scaffold.schema.fields import parse_field
from scaffold.schema.types import TYPES
from scaffold.source.module import parse
from scaffold.source.new_columns import new_columns

FOLDER = Path(__file__).parent
NOTICE = "<!-- Made by docs/generate.py; edit the code instead. -->"
RULES = "scaffold.lint.rules"

RULES_INTRODUCTION = """\
What `scaffold check` finds. `[tool.scaffold.check]` in `pyproject.toml` says how it judges; all of it is optional:

```toml
[tool.scaffold.check]
select = ["missing-organization"]    # the only rules; without it, all
ignore = ["crowded-domain"]          # rules to leave out
query-columns = ["status"]           # columns that queries look for, so that each has an index
max-tables = 10                      # the most tables that a domain may have
```

A comment at its line, or on the line above, allows one thing in one place: `# scaffold: allow=CODE reason`."""


def cli() -> str:
    """Every command of the command line, with its examples, arguments and options."""
    root: Any = typer.main.get_command(app)
    parts = ["# Commands", NOTICE, _help(root), _table("option", _options(root))]
    for name, command in _commands("scaffold", root):
        arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
        usage = " ".join([name, *(_argument(argument) for argument in arguments), "[OPTIONS]"])
        parts += [f"## `{name}`", f"```text\n{usage}\n```", _help(command)]
        parts += [_table("argument", [(argument.metavar, argument.help) for argument in arguments])] * bool(arguments)
        parts += [_table("option", _options(command))]
    return _page(parts)


def fields() -> str:
    """Every type of the field language, as a model spells it and as databases store it."""
    rows = []
    for name, rule in TYPES.items():
        column = parse_field(rule.example)
        (line,) = new_columns(parse(""), [column], "appdb", width=1000).statements
        rows.append((f"`{name}`", f"`{rule.example}`", f"`{line}`", "yes" if rule.keyed else "no"))
    storage = inspect.cleandoc(appdb.types.__doc__ or "")
    return _page(
        [
            "# Fields",
            NOTICE,
            "What each type of the field language becomes in the model.",
            _rows(("type", "field", "in the model", "unique, index"), rows),
            "## Storage",
            storage,
        ]
    )


def rules() -> str:
    """The page of every lint rule, one after the other."""
    sections = [f"## {_short_name(rule)}\n\n{inspect.getdoc(rule) or ''}" for rule in _rules()]
    return _page(["# Rules", NOTICE, RULES_INTRODUCTION, *sections])


def pages() -> dict[str, Callable[[], str]]:
    """The generated pages, by file name."""
    found = {"cli.md": cli, "fields.md": fields}
    return found | ({"rules.md": rules} if _rules() else {})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a page is out of date")
    check = parser.parse_args().check
    old = []
    for name, make in pages().items():
        file, text = FOLDER / name, make()
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            old.append(name)
            if not check:
                file.write_text(text, encoding="utf-8")
    for name in old:
        sys.stdout.write(f"docs/{name} is out of date: run python docs/generate.py\n" if check else f"docs/{name}\n")
    return 1 if check and old else 0


def _commands(name: str, group: Any) -> Iterator[tuple[str, Any]]:
    for word, command in group.commands.items():
        if command.hidden:
            continue
        if hasattr(command, "commands"):
            yield from _commands(f"{name} {word}", command)
        else:
            yield f"{name} {word}", command


def _rules() -> list[ModuleType]:
    try:
        folders = importlib.import_module(RULES).__path__
    except ModuleNotFoundError:
        return []
    return [importlib.import_module(f"{RULES}.{module.name}") for module in pkgutil.iter_modules(folders)]


def _short_name(rule: ModuleType) -> str:
    return rule.__name__.rpartition(".")[2].replace("_", "-")


def _help(command: Any) -> str:
    """The docstring; a paragraph that the help may not wrap is code."""
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    return "\n\n".join(
        f"```text\n{inspect.cleandoc(paragraph[2:])}\n```" if paragraph.startswith("\b\n") else paragraph
        for paragraph in paragraphs
    )


def _argument(argument: Any) -> str:
    return str(argument.metavar or argument.name.upper())


def _options(command: Any) -> list[tuple[str, str]]:
    options = [p for p in command.params if p.param_type_name == "option" and not p.hidden]
    return [(_option(option), option.help or "") for option in options]


def _option(option: Any) -> str:
    value = "" if option.is_flag else f" {option.metavar or option.opts[0].lstrip('-').upper()}"
    return ", ".join(f"{name}{value}" for name in (*option.opts, *option.secondary_opts))


def _table(kind: str, rows: list[tuple[str, str]]) -> str:
    return _rows((kind, "meaning"), [(f"`{name}`", text) for name, text in rows])


def _rows(head: tuple[str, ...], rows: list[Any]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _page(parts: list[str]) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


if __name__ == "__main__":
    sys.exit(main())
