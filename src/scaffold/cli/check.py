"""`scaffold check`"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scaffold.cli.output import note, say, say_json
from scaffold.cli.terminal import progress
from scaffold.cli.verb import Json, report_settled

EXAMPLES = """
Examples:

\b
  scaffold check
  scaffold check --fix
  scaffold check --format sarif > scaffold.sarif
"""


class Format(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


def command(
    fix: Annotated[bool, typer.Option("--fix", help="Mend what can be mended safely, and show the rest.")] = False,
    form: Annotated[Format, typer.Option("--format", help="How to print what is found.")] = Format.TEXT,
    as_json: Json = False,
) -> None:
    from scaffold.cli import findings as show
    from scaffold.lint.rules import rules
    from scaffold.project import checking
    from scaffold.project.project import Project

    form = Format.JSON if as_json else form
    project = Project.find(Path.cwd(), on_wait=note)
    options = project.config.check
    mended: tuple[str, ...] = ()
    if fix:
        with project.exclusive() as settled, progress("Mending"):
            report_settled(settled)
            edits = checking.fixes(project.config, project.snapshot(), options)
            if edits:
                checking.write(project.config, edits)
            mended = tuple(edit.path for edit in edits)
    snapshot = project.snapshot(all_models=True)
    models = checking.declaring(project.config, snapshot)
    with progress("Checking"):
        found = checking.findings(snapshot, models, options)
    if form is Format.JSON:
        say_json({"verb": "check", "findings": show.as_json(found), "fixed": list(mended)})
    elif form is Format.SARIF:
        say_json(show.as_sarif(found, rules()))
    else:
        for file in mended:
            say(f"  update  {file}")
        if mended:
            say("\nThe models may have changed: scaffold generate makes the migration.\n")
        say(show.as_text(found))
    if found:
        raise typer.Exit(1)


command.__doc__ = f"Judge the tables by the conventions; exit 1 if anything is found.\n{EXAMPLES}"
