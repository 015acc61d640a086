"""`scaffold rebase`"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from scaffold.cli.heads import show_outcome
from scaffold.cli.output import note, say
from scaffold.cli.verb import DryRun, Json, NoMigrate, report_settled

EXAMPLES = """
Examples:

  scaffold rebase

  scaffold rebase --onto 3f2a9c41d07b
"""


def command(
    onto: Annotated[
        str | None, typer.Option(metavar="REVISION", help="The newest revision that stays; the others go on top of it.")
    ] = None,
    no_migrate: NoMigrate = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    from scaffold.operations import rebase
    from scaffold.project import branches
    from scaffold.project.project import Project

    project = Project.find(Path.cwd(), on_wait=note)
    with project.exclusive(dry_run=dry_run) as settled:
        report_settled(settled)
        found = branches.branches(project)
        decided = rebase.plan(onto, found.state, found.files, found.databases, found.published, datetime.now(UTC))
        outcome = branches.rebase(project, decided.edits, migrate=not no_migrate, dry_run=dry_run)
    for sentence in found.unknown:
        note(sentence)
    moved = [
        {"revision": move.revision.revision, "from": move.revision.name, "to": move.name} for move in decided.moved
    ]
    if dry_run and not as_json:
        for edit in outcome.edits:
            say(edit.diff())
        say("Nothing was written.")
        return
    if not as_json:
        for move in decided.moved:
            say(f"  {'move':<8}{move.revision.message or move.name}, onto {decided.onto.message or decided.onto.name}")
    more: dict[str, Any] = {"dry_run": dry_run, "onto": decided.onto.revision, "moved": moved}
    if dry_run:
        more["diff"] = "".join(edit.diff() for edit in outcome.edits)
    show_outcome("rebase", outcome.edits, outcome, as_json=as_json, **more)


command.__doc__ = (
    "Put the revisions of your branch, which are not applied yet, on top of the other branch's newest.\n" + EXAMPLES
)
