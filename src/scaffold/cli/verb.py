"""What the verbs that change tables have in common: options, and carrying out a plan."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli.correction import is_rehearsal
from scaffold.cli.output import note, say, say_json
from scaffold.cli.terminal import progress
from scaffold.errors import ScaffoldError, UsageError

if TYPE_CHECKING:
    from scaffold.plan import Plan, Rendering, Snapshot
    from scaffold.project.aside import Helper
    from scaffold.project.databases import Database
    from scaffold.project.project import Outcome, Project
    from scaffold.project.template import Asked
    from scaffold.project.transaction import Settled

NoMigrate = Annotated[bool, typer.Option("--no-migrate", help="Generate the revision, but leave the database alone.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the diff, the migration and its SQL; write nothing.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
ForceName = Annotated[bool, typer.Option("--force-name", help="Let a generic name such as `data` through.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask before data is lost.")]


def carry_out(
    verb: str,
    decide: "Callable[[Project, Snapshot], Plan | None]",
    *,
    dry_run: bool,
    as_json: bool,
    yes: bool = False,
    nothing: str = "",
    all_models: bool = False,
    renderer: "Helper[Asked, Rendering] | None" = None,
) -> None:
    """Take a snapshot, let the operation decide, carry its plan out, and print what happened.

    Args:
        verb: its name.
        decide: makes the plan; None where there is nothing to do.
        dry_run: whether the plan is only shown.
        as_json: whether to print one JSON object.
        yes: whether losses are agreed to.
        nothing: what to say where there is nothing to do.
        all_models: whether the operation looks at all of them.
        renderer: of the domain template, see `template.ahead`.
    """
    from scaffold.project.project import Project

    project = Project.find(Path.cwd(), note, renderer)
    if is_rehearsal():
        decide(project, project.snapshot())
        return
    with project.exclusive(dry_run=dry_run) as settled:
        report_settled(settled)
        plan = decide(project, project.snapshot(all_models=all_models))
        if plan is None:
            _say_nothing(verb, nothing, dry_run=dry_run, as_json=as_json)
            return
        if plan.losses and not yes and not dry_run:
            agree(plan.losses, as_json=as_json)
        with progress("Generating the migration" if dry_run else "Generating and applying the migration"):
            outcome = project.dry_run(plan) if dry_run else project.carry_out(plan)
    if as_json:
        say_json(_as_json(verb, plan, outcome, dry_run=dry_run))
    elif dry_run:
        _show_dry_run(outcome, plan)
    else:
        _show(outcome, plan)


def _say_nothing(verb: str, nothing: str, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        say_json({"verb": verb, "dry_run": dry_run, "files": [], "revision": None, "applied": [], "notes": [nothing]})
    else:
        say(nothing)


def agree(losses: "tuple[str, ...]", *, as_json: bool) -> None:
    """Go on only if a person says so."""
    lost = "; ".join(losses)
    if as_json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            f"{lost}, and there is no terminal to confirm that in; nothing was written.",
            append="--yes",
        )
    for loss in losses:
        note(f"{loss}.")
    typer.confirm("Go on?", abort=True, err=True)


def agree_by_name(database: "Database", revisions: "tuple[str, ...]", done: str, *, as_json: bool) -> None:
    """Go on only if the database's name is typed, so that a habit can't confirm it.

    Args:
        database: a remote one.
        revisions: that it is about.
        done: what becomes of them, as in `applied to`.
        as_json: whether nothing may be asked.
    """
    if as_json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            f"{len(revisions)} revision(s) would be {done} {database} ({', '.join(revisions)}), and there is no"
            " terminal to confirm that in; nothing was done.",
            append="--yes",
        )
    note("Pending:")
    for revision in revisions:
        note(f"  {revision}")
    typed = typer.prompt(
        f"Type the database's name ({database.name}) to go on", default="", show_default=False, err=True
    )
    if typed.strip() != database.name:
        raise ScaffoldError(
            f"The database is called {database.name}, and that is not what was typed; nothing was done.",
            help="To go on without the question, add: --yes",
        )


def report_settled(settled: "Settled | None") -> None:
    """Tell what became of an interrupted command."""
    if settled is None:
        return
    files = ", ".join(settled.files)
    if settled.finished:
        note(f"An interrupted command was finished, as the database has its revision: {files}.")
    else:
        note(f"An interrupted command was undone, as the database has not its revision: {files}.")
    for file in settled.kept:
        note(
            f"{file} was edited since and is left as it is; what the command would have written is in {file}.scaffold."
        )
    for file in settled.spared:
        note(f"{file} was edited since and is left as it is; the command would have removed it.")


def _show(outcome: "Outcome", plan: "Plan") -> None:
    for edit in outcome.edits:
        say(f"  {edit.action:<8}{edit.path}")
    for revision in outcome.applied:
        say(f"  {'apply':<8}{revision}")
    if outcome.backup:
        say(f"  {'backup':<8}{outcome.backup}")
    if outcome.database:
        say(f"\nDone: {outcome.database} is up to date.")
    else:
        say("\nDone; the database was left alone.")
    for line in (*plan.notes, *_drift(outcome)):
        say(f"Note: {line}")
    for line in ("\nNext:", *(f"  {step}" for step in plan.next_steps)) if plan.next_steps else ():
        say(line)


def _drift(outcome: "Outcome") -> list[str]:
    return [f"models and database differed before, and still do: {line}" for line in outcome.drift]


def _show_dry_run(outcome: "Outcome", plan: "Plan") -> None:
    for edit in outcome.edits:
        say(edit.diff())
    if outcome.sql:
        say(f"-- SQL for {outcome.database}\n{outcome.sql.strip()}\n")
    for revision in outcome.pending:
        say(f"Note: {outcome.database} is behind, so this would be applied first: {revision}")
    for line in (*plan.losses, *plan.notes):
        say(f"Note: {line}")
    say("Nothing was written.")


def _as_json(verb: str, plan: "Plan", outcome: "Outcome", *, dry_run: bool) -> dict[str, Any]:
    message = plan.revision.message if plan.revision else ""
    revision = {"id": outcome.revision, "message": message, "file": outcome.edits[-1].path}
    result: dict[str, Any] = {
        "verb": verb,
        "dry_run": dry_run,
        "files": [{"path": edit.path, "action": edit.action} for edit in outcome.edits],
        "revision": revision if plan.revision else None,
        "tables": sorted(plan.revision.touches) if plan.revision else [],
        "database": outcome.database,
        "applied": list(outcome.applied),
        "pending": list(outcome.pending),
        "backup": outcome.backup,
        "losses": list(plan.losses),
        "notes": [*plan.notes, *_drift(outcome)],
        "next": list(plan.next_steps),
    }
    if dry_run:
        result |= {"diff": "".join(edit.diff() for edit in outcome.edits), "sql": outcome.sql}
    return result
