"""`scaffold update`"""

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli.output import note, say, say_json
from scaffold.cli.terminal import progress
from scaffold.cli.verb import Json, report_settled
from scaffold.errors import ScaffoldError

if TYPE_CHECKING:
    from scaffold.operations.update import Updating
    from scaffold.plan.merging import Side
    from scaffold.project.project import Project

EXAMPLES = """
Examples:

\b
  scaffold update
  scaffold update --dry-run
  scaffold update analytics --on-conflict mark
"""

CHOICES = """\
Write it with these marks:  scaffold update --on-conflict mark
Keep your lines:            scaffold update --on-conflict mine
Take the template's:        scaffold update --on-conflict template
One domain at a time:       scaffold update DOMAIN"""


class OnConflict(StrEnum):
    """What becomes of lines that both the template and a person changed."""

    REFUSE = "refuse"
    MARK = "mark"
    MINE = "mine"
    TEMPLATE = "template"


SIDES: "dict[OnConflict, Side]" = {OnConflict.MINE: "ours", OnConflict.TEMPLATE: "theirs"}


def command(
    domains: Annotated[
        list[str] | None, typer.Argument(metavar="[DOMAIN]...", help="The domains; all of them without it.")
    ] = None,
    on_conflict: Annotated[
        OnConflict,
        typer.Option(
            help="What becomes of lines that the template and you both changed: `refuse` writes nothing, `mark` shows"
            " both in the module, `mine` and `template` take one side."
        ),
    ] = OnConflict.REFUSE,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the diff; write nothing.")] = False,
    as_json: Json = False,
) -> None:
    from scaffold.operations import update
    from scaffold.project import git
    from scaffold.project.project import Project

    request = update.Update(tuple(domains or ()), SIDES.get(on_conflict))
    project = Project.find(Path.cwd(), on_wait=note)
    with project.exclusive(dry_run=dry_run) as settled, progress("Merging the template's changes"):
        report_settled(settled)
        found = update.plan(request, project.snapshot(), project.render, project.render_again, git.merge)
        refused = bool(found.conflicts) and on_conflict is OnConflict.REFUSE
        tables = () if found.conflicts else _changed_tables(project, found)
        if found.edits and not dry_run and not refused:
            project.rewrite(update.MESSAGE, found.edits)
    if as_json:
        say_json(_as_json(found, tables, dry_run=dry_run, refused=refused))
    elif refused:
        raise _refusal(found)
    else:
        _show(found, tables, dry_run=dry_run)
    if found.conflicts:
        raise typer.Exit(1)


def _changed_tables(project: "Project", found: "Updating") -> tuple[str, ...]:
    """The tables that change for the database; the modules must import."""
    try:
        return project.changed_tables(found.edits)
    except ScaffoldError as error:
        raise ScaffoldError(f"With the template's changes, {error.message}", help=error.help) from error


def _refusal(found: "Updating") -> ScaffoldError:
    shown = [f"{conflict.path}, line {conflict.line}:\n{conflict.text}" for conflict in found.conflicts]
    paths = ", ".join(dict.fromkeys(conflict.path for conflict in found.conflicts))
    return ScaffoldError(
        f"The template and you both changed the same lines of {paths}; nothing was written.",
        help="\n\n".join([*shown, CHOICES]),
    )


def _show(found: "Updating", tables: tuple[str, ...], *, dry_run: bool) -> None:
    for edit in found.edits:
        say(edit.diff() if dry_run else f"  {edit.action:<8}{edit.path}")
    for conflict in found.conflicts:
        say(f"  {'marked':<8}{conflict.path}, line {conflict.line}")
    if not found.edits:
        say("No module was updated." if found.left else "Every module is up to date; there is nothing to update.")
    else:
        say("Nothing was written." if dry_run else "\nDone; the database was left alone.")
    for line in _notes(found, tables):
        say(f"Note: {line}")
    if found.edits and not dry_run:
        say(f"\nNext:\n  {_next(tables)}")


def _as_json(found: "Updating", tables: tuple[str, ...], *, dry_run: bool, refused: bool) -> dict[str, Any]:
    result: dict[str, Any] = {
        "verb": "update",
        "dry_run": dry_run,
        "refused": refused,
        "files": [] if refused else [{"path": edit.path, "action": edit.action} for edit in found.edits],
        "conflicts": [asdict(conflict) for conflict in found.conflicts],
        "tables": list(tables),
        "notes": _notes(found, tables),
        "next": [_next(tables)] if found.edits and not refused else [],
    }
    if dry_run:
        result["diff"] = "".join(edit.diff() for edit in found.edits)
    return result


def _notes(found: "Updating", tables: tuple[str, ...]) -> list[str]:
    changed = [f"the models of {', '.join(tables)} have changed, and the database has not"] if tables else []
    marked = ["resolve what is marked, or take it all back with scaffold undo"] if found.conflicts else []
    return [*found.left, *changed, *marked]


def _next(tables: tuple[str, ...]) -> str:
    return "scaffold generate -m 'follow the template'" if tables else "git diff"


command.__doc__ = (
    "Bring a newer version of the domain template to the modules that an older one made; hand edits stay.\n" + EXAMPLES
)
