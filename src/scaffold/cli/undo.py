"""`scaffold undo`"""

from pathlib import Path

from scaffold.cli.output import note, say, say_json
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
        present = project.present(deed)
        back = undo.plan(deed, present)
        assert deed is not None
        if back.losses and not yes and not dry_run:
            for line in undo.notes(deed, present, undo.stays_lost(deed, present)):
                note(f"Note: {line}")
            agree(back.losses, as_json=as_json)
        returned = None
        if not dry_run:
            returned = project.go_back(deed, back.edits, downgrade=back.downgrade, restores=back.restores)
    lost = undo.stays_lost(deed, present, returned.refused if returned else {})
    notes = undo.notes(deed, present, lost)
    database = returned.database if returned else None
    shown = [edit for edit in back.edits if edit.path != deed.record]
    if as_json:
        say_json(
            {
                "verb": "undo",
                "dry_run": dry_run,
                "undone": deed.message,
                "files": [{"path": edit.path, "action": edit.action} for edit in shown],
                "revision": {"id": deed.revision, "message": deed.message} if deed.revision else None,
                "database": database,
                "backup": project.backup,
                "losses": list(back.losses),
                "notes": notes,
            }
        )
        return
    for edit in shown:
        say(edit.diff() if dry_run else f"  {edit.action:<8}{edit.path}")
    if project.backup:
        say(f"  {'backup':<8}{project.backup}")
    for line in (*notes, *(back.losses if dry_run else ())):
        say(f"Note: {line}")
    if dry_run:
        say(f"`{deed.message}` would be taken back{' in the database too' * back.downgrade}. Nothing was written.")
    else:
        whole = "is as before it" if not lost else "has its tables as before it"
        where = f"; {database} {whole}" if database else ""
        say(f"\nDone: `{deed.message}` is taken back{where}.")


command.__doc__ = f"Take back what the last verb did: files, migration, local database.\n{EXAMPLES}"
