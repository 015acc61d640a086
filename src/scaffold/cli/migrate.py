"""`scaffold migrate`"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scaffold.cli.output import note, say, say_json
from scaffold.cli.terminal import progress
from scaffold.cli.verb import Json, report_settled
from scaffold.errors import ScaffoldError, UsageError

if TYPE_CHECKING:
    from scaffold.project.project import Pending

EXAMPLES = """
Examples:

\b
  scaffold migrate
  APPDB_REMOTE_URL=postgresql://... scaffold migrate --remote
"""


def command(
    local: Annotated[bool, typer.Option("--local", help="Migrate the local database; the default.")] = False,
    remote: Annotated[bool, typer.Option("--remote", help="Migrate the remote database.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask before the remote database is changed.")] = False,
    as_json: Json = False,
) -> None:
    from scaffold.project.project import Project

    if local and remote:
        raise UsageError("A migration has one target: --local or --remote.", help="Try: scaffold migrate --remote")
    target = "remote" if remote else "local"
    project = Project.find(Path.cwd(), on_wait=note)
    with project.exclusive() as settled:
        report_settled(settled)
        pending = project.pending(target)
        if not as_json:
            say(f"{target.capitalize()}: {pending.database}")
        if pending.revisions and remote and not yes:
            _confirm(pending, as_json=as_json)
        announce = (lambda _: None) if as_json else lambda revision: say(f"  apply   {revision}")
        with progress(f"Migrating {pending.database}"):
            applied = project.migrate(pending, on_revision=announce) if pending.revisions else ()
        edits = () if pending.revisions or remote else project.record()
    if as_json:
        say_json(
            {
                "verb": "migrate",
                "target": target,
                "database": str(pending.database),
                "applied": list(applied),
                "backup": project.backup,
            }
        )
    else:
        for edit in edits:
            say(f"  {edit.action:<8}{edit.path}")
        if project.backup:
            say(f"  backup  {project.backup}")
        say(f"Done: {len(applied)} revision{'s' * (len(applied) != 1)} applied." if applied else "Nothing to apply.")


def _confirm(pending: "Pending", *, as_json: bool) -> None:
    """Go on only if the database's name is typed, so that a habit can't confirm it."""
    if as_json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            f"{len(pending.revisions)} revision(s) would be applied to {pending.database}"
            f" ({', '.join(pending.revisions)}), and there is no terminal to confirm that in; nothing was done.",
            append="--yes",
        )
    note("Pending:")
    for revision in pending.revisions:
        note(f"  {revision}")
    typed = typer.prompt(
        f"Type the database's name ({pending.database.name}) to apply them", default="", show_default=False, err=True
    )
    if typed.strip() != pending.database.name:
        raise ScaffoldError("That is not its name; nothing was done.")


command.__doc__ = f"Apply the pending migrations to the local or the remote database.\n{EXAMPLES}"
