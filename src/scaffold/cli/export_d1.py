"""`scaffold export d1`"""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli.output import note, say, say_json
from scaffold.cli.verb import Json, report_settled

if TYPE_CHECKING:
    from scaffold.plan import FileEdit

EXAMPLES = """
Examples:

\b
  scaffold export d1
  wrangler d1 migrations apply DB --local

\b
  scaffold export d1 --check
"""

NEXT = "wrangler d1 migrations apply DATABASE --local"


def command(
    out: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="The folder, below the project's root; wrangler's migrations_dir without it."),
    ] = None,
    to: Annotated[str, typer.Option(metavar="REVISION", help="The last revision to export; the head without it.")] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if a revision is not exported.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the files; write nothing.")] = False,
    as_json: Json = False,
) -> None:
    from scaffold.operations import export_d1
    from scaffold.project import checking, wrangler
    from scaffold.project.project import Project

    project = Project.find(Path.cwd(), on_wait=note)
    binding = wrangler.binding(project.config) if out is None else wrangler.Binding(out.removeprefix("./").rstrip("/"))
    request = export_d1.ExportD1(binding.folder, to)
    export_d1.check(request)
    folder = project.config.root / binding.folder
    write = not (dry_run or check)
    with project.exclusive(dry_run=not write) as settled:
        report_settled(settled)
        edits = export_d1.plan(request, project.rehearsed(), wrangler.files(folder))
        if check and (error := export_d1.disagreement(edits)):
            raise error
        if edits and write:
            checking.write(project.config, edits)
        files = wrangler.files(folder)
        recorded = project.record_on_d1(binding.table, partial(export_d1.held, files)) if write else ()
    if as_json:
        say_json(_as_json(edits, recorded, dry_run=not write))
    else:
        _show(edits, recorded, dry_run=dry_run)


def _show(edits: "tuple[FileEdit, ...]", recorded: tuple[str, ...], *, dry_run: bool) -> None:
    for edit in edits:
        say(edit.diff() if dry_run else f"  {edit.action:<8}{edit.path}")
    for name in recorded:
        say(f"  {'record':<8}{name}")
    if not edits:
        say("Every revision is exported; there is nothing to write.")
    elif dry_run:
        say("Nothing was written.")
    else:
        say(f"\nDone.\n\nNext:\n  {NEXT}")


def _as_json(edits: "tuple[FileEdit, ...]", recorded: tuple[str, ...], *, dry_run: bool) -> dict[str, Any]:
    result: dict[str, Any] = {"verb": "export d1", "dry_run": dry_run}
    result["files"] = [{"path": edit.path, "action": edit.action} for edit in edits]
    result["recorded"] = list(recorded)
    diff = {"diff": "".join(edit.diff() for edit in edits)} if dry_run else {}
    return result | diff | {"next": [NEXT] if edits else []}


command.__doc__ = f"Write the migrations as SQL files, for wrangler and Cloudflare D1.\n{EXAMPLES}"
