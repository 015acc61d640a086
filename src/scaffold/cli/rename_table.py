"""`scaffold rename-table`"""

from typing import Annotated

import typer

from scaffold.cli.verb import DryRun, ForceName, Json, NoMigrate, carry_out

EXAMPLES = """
Examples:

  scaffold rename-table page_views visits

  scaffold rename-table people customers --class Customer
"""


def command(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The table's name now.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Its new name.")],
    class_name: Annotated[
        str | None, typer.Option("--class", help="The model's new name; the new table's singular without it.")
    ] = None,
    no_migrate: NoMigrate = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    force_name: ForceName = False,
) -> None:
    from scaffold.operations import rename_table

    request = rename_table.RenameOneTable(
        old=old, new=new, class_name=class_name, migrate=not no_migrate, allow_generic=force_name
    )
    rename_table.check(request)
    carry_out(
        "rename-table",
        lambda _, snapshot: rename_table.plan(request, snapshot),
        dry_run=dry_run,
        as_json=as_json,
    )


command.__doc__ = f"Rename a table: its model, whatever refers to it, and the table itself. Its rows stay.\n{EXAMPLES}"
