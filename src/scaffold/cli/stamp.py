"""`scaffold stamp`"""

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
  scaffold stamp
  APPDB_REMOTE_URL=postgresql://... scaffold stamp 4f0c2b7d91aa --remote
"""


def command(
    revision: Annotated[
        str, typer.Argument(metavar="[REVISION]", help="The last revision that the database has; the head without it.")
    ] = "heads",
    local: Annotated[bool, typer.Option("--local", help="Stamp the local database; the default.")] = False,
    remote: Annotated[bool, typer.Option("--remote", help="Stamp the remote database.")] = False,
    complete: Annotated[bool, typer.Option("--complete", help="Add the CHECKs that the database lacks.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask before the remote database is changed.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compare; write nothing.")] = False,
    as_json: Json = False,
) -> None:
    from scaffold.operations import stamp
    from scaffold.project.adoption import Adoption, stamp_command
    from scaffold.project.project import Project

    if local and remote:
        raise UsageError("A stamp has one target: --local or --remote.", help="Try: scaffold stamp --remote")
    project = Project.find(Path.cwd(), on_wait=note)
    with project.exclusive(dry_run=dry_run) as settled:
        report_settled(settled)
        adoption = Adoption(project.config, "remote" if remote else "local", note)
        pending = adoption.pending(revision)
        checks: tuple[stamp.Addition, ...] = ()
        if pending:
            with progress(f"Comparing {adoption.database} with the migrations"):
                lacking = adoption.lacking(revision)
            database = adoption.database
            checks = stamp.additions(lacking, str(database), stamp_command(database), complete=complete)
        if pending and not dry_run:
            if remote and not yes:
                agree_by_name(adoption.database, pending, "written down as applied to", as_json=as_json)
            adoption.stamp(revision, [(one.table, one.check.name or "", one.check.condition) for one in checks])
    if as_json:
        result = {"verb": "stamp", "dry_run": dry_run, "database": str(adoption.database), "stamped": list(pending)}
        say_json(result | {"added": [str(one) for one in checks], "backup": adoption.backup})
        return
    for one in checks:
        say(f"  {'add':<8}{one}")
    for name in pending:
        say(f"  {'stamp':<8}{name}")
    if adoption.backup:
        say(f"  {'backup':<8}{adoption.backup}")
    if not pending:
        say(f"{adoption.database} has every revision already; there is nothing to stamp.")
    else:
        say("Nothing was written." if dry_run else f"\nDone: {adoption.database} has what these revisions make.")


command.__doc__ = f"Say that a database has the migrations already, after comparing it with them.\n{EXAMPLES}"
