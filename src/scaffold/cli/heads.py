"""`scaffold heads`"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli.output import note, say, say_json
from scaffold.cli.verb import Json, NoMigrate, report_settled
from scaffold.errors import UsageError

if TYPE_CHECKING:
    from scaffold.project.branches import Head
    from scaffold.project.project import Outcome

EXAMPLES = """
Examples:

  scaffold heads

  scaffold heads --merge
"""


def command(
    merge: Annotated[bool, typer.Option("--merge", help="Join the heads with a revision, and apply it.")] = False,
    accept: Annotated[
        bool,
        typer.Option("--accept", help="Take the revision files as they are: write CHECKSUMS and HEAD anew."),
    ] = False,
    no_migrate: NoMigrate = False,
    as_json: Json = False,
) -> None:
    from scaffold.project import branches
    from scaffold.project.project import Project

    if merge and accept:
        raise UsageError("One thing at a time: --merge or --accept.", help="Try: scaffold heads --accept")
    project = Project.find(Path.cwd(), on_wait=note)
    if not merge and not accept:
        _show(branches.heads(project), as_json=as_json)
        return
    with project.exclusive() as settled:
        report_settled(settled)
        if accept:
            edits = branches.accept(project)
            show_outcome("heads", edits, as_json=as_json)
        else:
            outcome, message = branches.merge(project, migrate=not no_migrate)
            show_outcome("heads", outcome.edits, outcome, message, as_json=as_json)


def show_outcome(
    verb: str, edits: Any, outcome: "Outcome | None" = None, message: str | None = None, *, as_json: bool, **more: Any
) -> None:
    """Print what became of the history."""
    applied = outcome.applied if outcome else ()
    if as_json:
        result = {
            "verb": verb,
            "files": [{"path": edit.path, "action": edit.action} for edit in edits],
            "revision": {"id": outcome.revision, "message": message} if outcome else None,
            "database": outcome.database if outcome else None,
            "applied": list(applied),
        }
        say_json(result | more)
        return
    for edit in edits:
        say(f"  {edit.action:<8}{edit.path}")
    for revision in applied:
        say(f"  {'apply':<8}{revision}")
    if outcome and outcome.database:
        say(f"\nDone: {outcome.database} is up to date.")
    elif edits:
        say("\nDone; the database was left alone.")
    else:
        say("Nothing to do.")


def _show(heads: "tuple[Head, ...]", *, as_json: bool) -> None:
    if as_json:
        say_json(
            {
                "verb": "heads",
                "heads": [
                    {
                        "revision": head.revision,
                        "file": head.file,
                        "date": head.date,
                        "message": head.message,
                        "applied": head.applied,
                    }
                    for head in heads
                ],
            }
        )
        return
    has = {True: "applied to the local database", False: "not applied to the local database", None: "applied or not?"}
    for head in heads:
        say(f"{head.revision}  {head.message}\n  {head.file}\n  {head.date or 'no date'}, {has[head.applied]}")
    if len(heads) > 1:
        say("\nNext:\n  scaffold rebase          # yours on top of the others'\n  scaffold heads --merge   # or joined")
    elif not heads:
        say("There is no revision yet.")


command.__doc__ = f"List the newest revisions; there are several where branches were not joined yet.\n{EXAMPLES}"
