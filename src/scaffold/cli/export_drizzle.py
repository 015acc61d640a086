"""`scaffold export drizzle`"""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli.output import note, say, say_json
from scaffold.cli.verb import Json, report_settled

if TYPE_CHECKING:
    from scaffold.plan import FileEdit
    from scaffold.project.project import Project

EXAMPLES = """
Examples:

  scaffold export drizzle --out web/src/db

  scaffold export drizzle --dialect postgresql --check
"""


class DialectName(StrEnum):
    """A database that Drizzle has tables for."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"
    MYSQL = "mysql"


def command(
    out: Annotated[str, typer.Option(metavar="DIR", help="The folder, below the project's root.")] = "db",
    dialect: Annotated[
        DialectName | None, typer.Option(help="The database to write for; that of the local target without it.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if a file would change.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the diff; write nothing.")] = False,
    as_json: Json = False,
) -> None:
    from scaffold.operations import export_drizzle
    from scaffold.project import checking
    from scaffold.project.project import Project

    request = export_drizzle.ExportDrizzle(out.removeprefix("./").rstrip("/") or out)
    export_drizzle.check(request)
    project = Project.find(Path.cwd(), on_wait=note)
    with project.exclusive(dry_run=dry_run or check) as settled:
        report_settled(settled)
        edits = _edits(project, request.folder, dialect)
        if check and (error := export_drizzle.disagreement(edits)):
            raise error
        if edits and not (dry_run or check):
            checking.write(project.config, edits)
    if as_json:
        say_json(_as_json(edits, dry_run=dry_run or check))
    else:
        _show(edits, dry_run=dry_run)


def _edits(project: "Project", folder: str, dialect: DialectName | None) -> "tuple[FileEdit, ...]":
    from scaffold.operations import export_drizzle
    from scaffold.project import databases, reflect_models, typescript

    config = project.config
    wanted = dialect or DialectName(databases.local(config).dialect.name)
    models = reflect_models.read(config, wanted.value)
    return export_drizzle.plan(export_drizzle.ExportDrizzle(folder), models, typescript.written(config.root / folder))


def _show(edits: "tuple[FileEdit, ...]", *, dry_run: bool) -> None:
    for edit in edits:
        say(edit.diff() if dry_run else f"  {edit.action:<8}{edit.path}")
    if not edits:
        say("The files say what the models say; there is nothing to write.")
    else:
        say("Nothing was written." if dry_run else "\nDone.")


def _as_json(edits: "tuple[FileEdit, ...]", *, dry_run: bool) -> dict[str, Any]:
    result: dict[str, Any] = {"verb": "export drizzle", "dry_run": dry_run}
    result["files"] = [{"path": edit.path, "action": edit.action} for edit in edits]
    return result | ({"diff": "".join(edit.diff() for edit in edits)} if dry_run else {})


command.__doc__ = f"Write the models as TypeScript, for Drizzle.\n{EXAMPLES}"
