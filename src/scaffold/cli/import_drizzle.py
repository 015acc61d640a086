"""`scaffold import drizzle`"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scaffold.cli.output import note, say, say_json
from scaffold.cli.verb import Json, report_settled

EXAMPLES = """
Examples:

  scaffold import drizzle web/src/db

  scaffold import drizzle web/src/db/tables/analytics.table.ts --dry-run
"""

GENERATE = "scaffold generate -m 'import the tables of the front end'"
STAMP = ("scaffold generate -m 'import the tables of the front end' --no-migrate", "scaffold stamp")
"""Where the database has the tables already."""


class CasingName(StrEnum):
    """What Drizzle makes of a property whose column is not named."""

    SNAKE_CASE = "snake_case"
    CAMEL_CASE = "camelCase"


def command(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A folder with `.ts` files, or one file.")],
    casing: Annotated[
        CasingName | None, typer.Option(help="The `casing` of the Drizzle configuration, if it has one.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the diff; write nothing.")] = False,
    as_json: Json = False,
) -> None:
    from scaffold.operations import import_drizzle
    from scaffold.project import adoption, checking, typescript
    from scaffold.project.project import Project

    request = import_drizzle.ImportDrizzle(typescript.texts(path), casing.value if casing else "")
    project = Project.find(Path.cwd(), on_wait=note)
    with project.exclusive(dry_run=dry_run) as settled:
        report_settled(settled)
        found = import_drizzle.plan(request, project.snapshot())
        if not dry_run:
            checking.write(project.config, found.edits)
        next_steps = STAMP if adoption.is_there(project.config, found.tables) else (GENERATE,)
    if as_json:
        files = [{"path": edit.path, "action": edit.action} for edit in found.edits]
        result = {"verb": "import drizzle", "dry_run": dry_run, "files": files, "tables": list(found.tables)}
        diff = {"diff": "".join(edit.diff() for edit in found.edits)} if dry_run else {}
        say_json(result | diff | {"notes": list(found.notes), "next": list(next_steps)})
        return
    for edit in found.edits:
        say(edit.diff() if dry_run else f"  {edit.action:<8}{edit.path}")
    for line in found.notes:
        say(f"Note: {line}.")
    steps = "".join(f"\n  {step}" for step in next_steps)
    say("Nothing was written." if dry_run else f"\nDone; the database was left alone.\n\nNext:{steps}")


command.__doc__ = f"Make modules of the tables of a TypeScript project.\n{EXAMPLES}"
