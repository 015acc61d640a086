"""`scaffold rename-column`"""

from typing import Annotated

import typer

from scaffold.cli.verb import DryRun, ForceName, Json, NoMigrate, carry_out

EXAMPLES = """
Examples:

  scaffold rename-column page_views path url

  scaffold rename-column invoices paid is_paid --dry-run
"""


def command(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="The table, in whichever domain it is.")],
    old: Annotated[str, typer.Argument(metavar="OLD", help="The column's name now.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Its new name.")],
    no_migrate: NoMigrate = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    force_name: ForceName = False,
) -> None:
    from scaffold.operations import rename_column

    request = rename_column.RenameOneColumn(
        table=table, old=old, new=new, migrate=not no_migrate, allow_generic=force_name
    )
    rename_column.check(request)
    carry_out(
        "rename-column",
        lambda _, snapshot: rename_column.plan(request, snapshot),
        dry_run=dry_run,
        as_json=as_json,
    )


command.__doc__ = (
    f"Rename a column: in its model, wherever it is meant, and in the database. Its data stays.\n{EXAMPLES}"
)
