"""`scaffold drop-index`"""

from typing import Annotated

import typer

from scaffold.cli.verb import DryRun, Json, NoMigrate, Yes, carry_out

EXAMPLES = """
Examples:

  scaffold drop-index page_views page_views_path_idx

  scaffold drop-index invoices invoices_number_idx --yes
"""


def command(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="The table, in whichever domain it is.")],
    index: Annotated[str, typer.Argument(metavar="INDEX", help="The index's name.")],
    no_migrate: NoMigrate = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    yes: Yes = False,
) -> None:
    from scaffold.operations import drop_index

    request = drop_index.DropOneIndex(table=table, index=index, migrate=not no_migrate)
    carry_out(
        "drop-index",
        lambda _, snapshot: drop_index.plan(request, snapshot),
        dry_run=dry_run,
        as_json=as_json,
        yes=yes,
    )


command.__doc__ = f"Drop an index: from the model, in a migration, from the database.\n{EXAMPLES}"
