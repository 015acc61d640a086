"""`scaffold drop-table`"""

from typing import Annotated

import typer

from scaffold.cli.verb import DryRun, Json, NoMigrate, Yes, carry_out

EXAMPLES = """
Examples:

  scaffold drop-table page_views

  scaffold drop-table page_views --yes
"""


def command(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="The table, in whichever domain it is.")],
    no_migrate: NoMigrate = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    yes: Yes = False,
) -> None:
    from scaffold.operations import drop_table

    request = drop_table.DropOneTable(table=table, migrate=not no_migrate)
    carry_out(
        "drop-table",
        lambda _, snapshot: drop_table.plan(request, snapshot),
        dry_run=dry_run,
        as_json=as_json,
        yes=yes,
    )


command.__doc__ = (
    f"Drop a table: its model, its export, the table with its rows. Says what is lost and asks.\n{EXAMPLES}"
)
