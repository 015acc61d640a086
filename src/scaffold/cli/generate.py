"""`scaffold generate`"""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from scaffold.cli.verb import DryRun, Json, NoMigrate, Yes, carry_out

if TYPE_CHECKING:
    from scaffold.operations.generate import Generate
    from scaffold.plan import Plan, Snapshot
    from scaffold.project.project import Project
    from scaffold.schema.renames import Rename

Renames = Annotated[
    list[str] | None,
    typer.Option("--rename", metavar="TABLE.OLD=NEW", help="A column that has a new name; OLD=NEW for a table."),
]
NotRenamed = Annotated[
    list[str] | None,
    typer.Option(
        "--not-renamed",
        metavar="TABLE.OLD",
        help="A column that is gone, whatever new one is like it; OLD for a table.",
    ),
]
Backfill = Annotated[
    list[str] | None,
    typer.Option(
        "--backfill", metavar="TABLE.COLUMN=VALUE", help="What rows get in a column that is, or becomes, required."
    ),
]

EXAMPLES = """
Examples:

  scaffold generate -m "index page views by day"

  scaffold generate -m "call it a title" --rename products.name=title

  scaffold generate --check
"""


def command(
    message: Annotated[str, typer.Option("--message", "-m", help="What the revision does, in a few words.")] = "",
    rename: Renames = None,
    not_renamed: NotRenamed = None,
    allow_drop: Annotated[
        list[str] | None, typer.Option(metavar="TABLE", help="A table that may be dropped, with all of its rows.")
    ] = None,
    backfill: Backfill = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if there is something to generate.")
    ] = False,
    no_migrate: NoMigrate = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    from scaffold.operations import generate

    request = generate.Generate(
        message=message,
        renames=tuple(rename or ()),
        not_renamed=tuple(not_renamed or ()),
        allow_drop=tuple(allow_drop or ()),
        backfills=tuple(backfill or ()),
        migrate=not no_migrate,
    )
    if not check:
        generate.check(request)

    def decide(project: "Project", snapshot: "Snapshot") -> "Plan | None":
        comparison = project.compare(meanwhile=lambda: generate.check_exports(snapshot), whole=request.names_tables)
        before, after = comparison.before, comparison.after
        if check:
            if error := generate.disagreement(before, after):
                raise error
            return None
        asked = answered(request, lambda request: generate.question(request, before, after), as_json=as_json)
        return generate.plan(asked, snapshot, before, after)

    carry_out(
        "generate",
        decide,
        dry_run=dry_run or check,
        as_json=as_json,
        yes=yes,
        nothing="The migrations make what the models say; there is nothing to generate.",
        all_models=True,
    )


def answered(request: "Generate", ask: "Callable[[Generate], Rename | None]", *, as_json: bool) -> "Generate":
    """The request with an answer to every question, asked where there is a terminal.

    Args:
        request: with the answers that were given already.
        ask: the next question, None where nothing is left to ask.
        as_json: whether nobody is to be asked.
    """
    from scaffold.operations import generate

    while asked := ask(request):
        if as_json or not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise generate.unanswered(request, asked)
        new = f"{asked.table}.{asked.new}" if asked.table else asked.new
        renamed = typer.confirm(f"{asked.subject} is gone and {new} is new. Is it the same, renamed?", err=True)
        request = request.answered(asked, renamed=renamed)
    return request


command.__doc__ = f"Generate the migration for models that were edited by hand.\n{EXAMPLES}"
