"""`scaffold add-column`"""

from typing import Annotated

import typer

from scaffold.cli.verb import DryRun, ForceName, Json, NoMigrate, carry_out

EXAMPLES = """
Examples:

\b
  scaffold add-column page_views referrer:text:optional
  scaffold add-column invoices paid:bool:default=false author:ref=users:optional
"""


def command(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="The table, in whichever domain it is.")],
    fields: Annotated[
        list[str], typer.Argument(metavar="FIELD...", help="Columns, as name:type[=args][:modifier[=value]]...")
    ],
    no_migrate: NoMigrate = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    force_name: ForceName = False,
) -> None:
    from scaffold.operations import add_column

    request = add_column.AddColumns(table=table, fields=tuple(fields), migrate=not no_migrate, allow_generic=force_name)
    add_column.check(request)
    carry_out(
        "add-column",
        lambda _, snapshot: add_column.plan(request, snapshot),
        dry_run=dry_run,
        as_json=as_json,
    )


command.__doc__ = f"Add columns to a table: in its model, in a migration, in the database.\n{EXAMPLES}"
