"""`scaffold drop-column`"""

from typing import Annotated

import typer

from scaffold.cli.verb import DryRun, Json, NoMigrate, Yes, carry_out

EXAMPLES = """
Examples:

  scaffold drop-column page_views referrer

  scaffold drop-column invoices paid author_id --yes
"""


def command(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="The table, in whichever domain it is.")],
    columns: Annotated[list[str], typer.Argument(metavar="COLUMN...", help="The columns' names in the database.")],
    no_migrate: NoMigrate = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    yes: Yes = False,
) -> None:
    from scaffold.operations import drop_column

    request = drop_column.DropColumns(table=table, columns=tuple(columns), migrate=not no_migrate)
    carry_out(
        "drop-column",
        lambda _, snapshot: drop_column.plan(request, snapshot),
        dry_run=dry_run,
        as_json=as_json,
        yes=yes,
    )


command.__doc__ = (
    f"Drop columns: from their model, in a migration, from the database. Says what is lost and asks.\n{EXAMPLES}"
)
