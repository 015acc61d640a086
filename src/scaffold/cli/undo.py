"""`scaffold undo`"""

from pathlib import Path

from scaffold.cli.output import say, say_json
from scaffold.cli.verb import DryRun, Json, Yes, agree, report_settled

EXAMPLES = """
Examples:

  scaffold undo

  scaffold undo --dry-run
"""


def command(
    dry_run: DryRun = False,
    as_json: Json = False,
    yes: Yes = False,
) -> None:
    from scaffold.operations import undo
    from scaffold.project.project import Project

    project = Project.find(Path.cwd())
    with project.exclusive(dry_run=dry_run) as settled:
        report_settled(settled)
        deed = project.last_deed()
        back = undo.plan(deed, project.present(deed))
        assert deed is not None
        if back.losses and not yes and not dry_run:
            agree(back.losses, as_json=as_json)
        database = None if dry_run else project.go_back(deed, back.edits, downgrade=back.downgrade)
    shown = [edit for edit in back.edits if edit.path != deed.record]
    if as_json:
        say_json(
            {
                "verb": "undo",
                "dry_run": dry_run,
                "undone": deed.message,
                "files": [{"path": edit.path, "action": edit.action} for edit in shown],
                "revision": {"id": deed.revision, "message": deed.message},
                "database": database,
                "backup": project.backup,
                "losses": list(back.losses),
            }
        )
        return
    for edit in shown:
        say(edit.diff() if dry_run else f"  {edit.action:<8}{edit.path}")
    if project.backup:
        say(f"  {'backup':<8}{project.backup}")
    if dry_run:
        for loss in back.losses:
            say(f"Note: {loss}")
        say(f"`{deed.message}` would be taken back{' in the database too' * back.downgrade}. Nothing was written.")
    else:
        where = f"; {database} is as before it" if database else ""
        say(f"\nDone: `{deed.message}` is taken back{where}.")


command.__doc__ = f"Take back what the last verb did: files, migration, local database.\n{EXAMPLES}"
