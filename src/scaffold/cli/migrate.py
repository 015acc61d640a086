"""`scaffold migrate`"""

from pathlib import Path
from typing import Annotated

import typer

from scaffold.cli.output import note, say, say_json
from scaffold.cli.terminal import progress
from scaffold.cli.verb import Json, agree_by_name, report_settled
from scaffold.errors import UsageError

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
        raise UsageError("A migration has one target: --local or --remote.", help="Try: scaffold migrate --local")
    target = "remote" if remote else "local"
    project = Project.find(Path.cwd(), on_wait=note)
    with project.exclusive() as settled:
        report_settled(settled)
        pending = project.pending(target)
        if not as_json:
            say(f"{target.capitalize()}: {pending.database}")
        if pending.revisions and remote and not yes:
            agree_by_name(pending.database, pending.revisions, "applied to", as_json=as_json)
        announce = (lambda _: None) if as_json else lambda revision: say(f"  apply   {revision}")
        with progress(f"Migrating {pending.database}"):
            applied = project.migrate(pending, on_revision=announce) if pending.revisions else ()
        edits = () if pending.revisions else project.tidy(pending)
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


command.__doc__ = f"Apply the pending migrations to the local or the remote database.\n{EXAMPLES}"
