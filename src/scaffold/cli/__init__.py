"""The command line: parse, call one operation, run the plan, print."""

import contextlib
import gc
import os
import sys
import warnings
from typing import Annotated

import typer

from scaffold.cli import (
    add_column,
    add_index,
    add_table,
    alter_column,
    check,
    complete,
    doctor,
    drop_column,
    drop_domain,
    drop_index,
    drop_table,
    generate,
    groups,
    heads,
    init,
    migrate,
    new_domain,
    rebase,
    rename_column,
    rename_table,
    show,
    stamp,
    tables,
    undo,
    update,
)
from scaffold.cli.output import run, say
from scaffold.cli.words import Command, Group

app = typer.Typer(
    name="scaffold",
    cls=Group,
    help="One command from a domain's name to a migrated table, and safe migrations ever after.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("init", cls=Command)(init.command)
app.command("new-domain", cls=Command)(new_domain.command)
app.command("add-column", cls=Command)(add_column.command)
app.command("alter-column", cls=Command)(alter_column.command)
app.command("rename-column", cls=Command)(rename_column.command)
app.command("rename-table", cls=Command)(rename_table.command)
app.command("drop-column", cls=Command)(drop_column.command)
app.command("drop-table", cls=Command)(drop_table.command)
app.command("drop-domain", cls=Command)(drop_domain.command)
app.command("undo", cls=Command)(undo.command)
app.command("add-table", cls=Command)(add_table.command)
app.command("add-index", cls=Command)(add_index.command)
app.command("drop-index", cls=Command)(drop_index.command)
app.command("generate", cls=Command)(generate.command)
app.command("update", cls=Command)(update.command)
app.command("migrate", cls=Command)(migrate.command)
app.command("stamp", cls=Command)(stamp.command)
app.command("check", cls=Command)(check.command)
app.command("tables", cls=Command)(tables.command)
app.command("show", cls=Command)(show.command)
app.command("heads", cls=Command)(heads.command)
app.command("rebase", cls=Command)(rebase.command)
app.command("doctor", cls=Command)(doctor.command)


def show_version(wanted: bool) -> None:
    """Print the installed version, and stop there."""
    if wanted:
        from importlib.metadata import version

        say(f"scaffold {version('domain-scaffold')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=show_version, is_eager=True)
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error, and which shortcuts are not taken.")
    ] = False,
) -> None:
    """One command from a domain's name to a migrated table, and safe migrations ever after."""
    # SQLAlchemy's word on tables that refer to each other in a ring; the verbs have one of their own where it matters.
    warnings.filterwarnings("ignore", message="Cannot correctly sort tables")
    del version, debug  # one has a callback; `run` reads the other: an error can come before this is called


groups.attach(app)
complete.attach(app)


def main() -> None:
    """The `scaffold` command; alone, it shows its help."""
    # The process is short: collecting garbage, and taking the interpreter apart in the end, cost more than they free.
    gc.disable()
    with complete.in_bash():
        code = run(app, sys.argv[1:] or ["--help"])
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code)
