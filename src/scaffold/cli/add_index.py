"""`scaffold add-index`"""

from typing import TYPE_CHECKING, Annotated

import typer

from scaffold.cli.verb import DryRun, Json, NoMigrate, carry_out

if TYPE_CHECKING:
    from scaffold.plan import Plan, Snapshot
    from scaffold.project.project import Project

EXAMPLES = """
Examples:

  scaffold add-index page_views path

  scaffold add-index invoices organization_id number --unique

  scaffold add-index posts status --name live_posts --where "status = 'live'"
"""


def command(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="The table, in whichever domain it is.")],
    columns: Annotated[list[str], typer.Argument(metavar="COLUMN...", help="The columns' names in the database.")],
    unique: Annotated[bool, typer.Option("--unique", help="No two rows may have the same values.")] = False,
    name: Annotated[str | None, typer.Option(help="The index's name; TABLE_COLUMN_idx without it.")] = None,
    where: Annotated[
        str | None, typer.Option(metavar="SQL", help="Which rows it holds; MySQL's holds all of them.")
    ] = None,
    no_migrate: NoMigrate = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    from scaffold.operations import add_index

    request = add_index.AddOneIndex(
        table=table, columns=tuple(columns), unique=unique, name=name, where=where, migrate=not no_migrate
    )
    add_index.check(request)

    def decide(project: "Project", snapshot: "Snapshot") -> "Plan":
        plan = add_index.plan(request, snapshot)
        if where is not None:
            project.check_condition(table, where)
        return plan

    carry_out(
        "add-index",
        decide,
        dry_run=dry_run,
        as_json=as_json,
    )


command.__doc__ = f"Add an index on columns: in their model, in a migration, in the database.\n{EXAMPLES}"
