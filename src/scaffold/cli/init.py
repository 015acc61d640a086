"""`scaffold init`"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scaffold.cli.output import say, say_json
from scaffold.cli.verb import Json
from scaffold.errors import UsageError

if TYPE_CHECKING:
    from scaffold.operations.init import Creation, Init

EXAMPLES = """
Examples:

  scaffold init shop

  scaffold init . --package shopdb
"""


def command(
    directory: Annotated[str, typer.Argument(metavar="[DIR]", help="The project's folder; this one without it.")] = ".",
    package: Annotated[str, typer.Option(help="The import name of the database package.")] = "appdb",
    own_template: Annotated[
        bool, typer.Option("--own-template", help="Copy the domain template into the project, to be changed there.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the files; write nothing.")] = False,
    as_json: Json = False,
) -> None:
    from scaffold.operations import init
    from scaffold.project.skeleton import existing, render_project, write_project

    # Without one Copier fails, and that would be taken for the template's fault.
    Path.cwd()
    request = init.Init(directory=directory, package=package, own_template=own_template)
    init.check(request)
    root = Path(directory)
    if root.exists() and not root.is_dir():
        raise UsageError(
            f"{directory} is a file; a project is a folder.", wrong=directory, right=f"{directory}-project"
        )
    rendered = render_project(root, package, own_template=own_template)
    creation = init.plan(request, rendered, existing(root, rendered))
    if not dry_run:
        write_project(root, creation.edits)
    if as_json:
        say_json(_as_json(request, creation, dry_run=dry_run))
    else:
        _show(request, creation, dry_run=dry_run)


def _show(request: "Init", creation: "Creation", *, dry_run: bool) -> None:
    if not creation.edits:
        say(f"{request.directory} is a project already; there is nothing to do.")
        return
    for edit in creation.edits:
        say(edit.diff() if dry_run else f"  {edit.action:<8}{edit.path}")
    for path in creation.kept:
        say(f"  {'keep':<8}{path}")
    say("\nNothing was written." if dry_run else "\nDone: a project without a database; its first domain makes one.")
    for note in creation.notes:
        say(f"Note: {note}")
    say("\nNext:")
    for step in creation.next_steps:
        say(f"  {step}")


def _as_json(request: "Init", creation: "Creation", *, dry_run: bool) -> dict[str, object]:
    result: dict[str, object] = {
        "verb": "init",
        "dry_run": dry_run,
        "directory": request.directory,
        "package": request.package,
        "files": [{"path": edit.path, "action": edit.action} for edit in creation.edits],
        "kept": list(creation.kept),
        "notes": list(creation.notes),
        "next": list(creation.next_steps),
    }
    if dry_run:
        result["diff"] = "".join(edit.diff() for edit in creation.edits)
    return result


command.__doc__ = f"Make a project: its database package, its configuration, its migrations and its tests.\n{EXAMPLES}"
