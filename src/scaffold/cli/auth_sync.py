"""`scaffold auth sync`"""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scaffold.cli.generate import Backfill, NotRenamed, Renames, answered
from scaffold.cli.import_drizzle import CasingName
from scaffold.cli.output import note
from scaffold.cli.verb import DryRun, Json, NoMigrate, Yes, carry_out

if TYPE_CHECKING:
    from scaffold.plan import Plan, Snapshot
    from scaffold.project.project import Project
    from scaffold.schema.renames import Rename

EXAMPLES = """
Examples:

  scaffold auth sync --from web/src/db/auth.schema.ts

  scaffold auth sync --backfill users.plan=free

  scaffold auth sync --rename users=app_users --dry-run
"""

From = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="FILE",
        help="What Better Auth's command line has generated; without it, `auth-schema` of [tool.scaffold], or where it"
        " usually is.",
    ),
]
Casing = Annotated[CasingName | None, typer.Option(help="The `casing` of the Drizzle configuration, if it has one.")]


def command(
    source: From = None,
    casing: Casing = None,
    rename: Renames = None,
    not_renamed: NotRenamed = None,
    backfill: Backfill = None,
    discard_edits: Annotated[
        bool, typer.Option("--discard-edits", help="Overwrite what somebody wrote into auth_schema.py by hand.")
    ] = False,
    no_migrate: NoMigrate = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    from scaffold.operations import auth, generate
    from scaffold.project import typescript
    from scaffold.project.project import Project

    file = typescript.auth_schema(Project.find(Path.cwd(), on_wait=note).config, source)
    request = auth.AuthSchema(
        typescript.read(file), file.as_posix(), casing.value if casing else "", discard_edits=discard_edits
    )
    words = ("scaffold", "auth", "sync", "--from", file.as_posix(), *(("--casing", casing.value) if casing else ()))
    answers = generate.Generate(
        auth.MESSAGE,
        renames=tuple(rename or ()),
        not_renamed=tuple(not_renamed or ()),
        backfills=tuple(backfill or ()),
        migrate=not no_migrate,
        words=words,
    )
    generate.check(answers)

    def decide(project: "Project", snapshot: "Snapshot") -> "Plan | None":
        reading = auth.read(request, snapshot)

        def table(asked: generate.Generate) -> "Rename | None":
            return auth.question(reading, asked.table_renames, (*asked.not_renamed, *asked.denied))

        settled = answered(answers.knowing(reading.renames), table, as_json=as_json)
        names = settled.table_renames
        settled = settled.knowing(reading.column_renames(names))
        edits = auth.edits(request, reading, names, snapshot)
        comparison = project.compare(edits, meanwhile=lambda: generate.check_exports(snapshot), whole=True)
        before, after = auth.scoped(reading, names, comparison.before, comparison.after)
        settled = answered(settled, lambda asked: generate.question(asked, before, after), as_json=as_json)
        settled = replace(settled, allow_drop=tuple(name for name in reading.gone(names) if name in before))
        compared = generate.plan(settled, snapshot, before, after)
        return auth.plan(edits, compared, snapshot, names, migrate=not no_migrate)

    carry_out(
        "auth sync",
        decide,
        dry_run=dry_run,
        as_json=as_json,
        yes=yes,
        nothing=f"The auth tables and their migrations are what {file} says; there is nothing to do.",
    )


command.__doc__ = f"Write auth_schema.py from Better Auth's TypeScript, and make and apply the migration.\n{EXAMPLES}"
