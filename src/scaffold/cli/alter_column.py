"""`scaffold alter-column`"""

from typing import Annotated

import typer

from scaffold.cli.verb import DryRun, Json, NoMigrate, carry_out

EXAMPLES = """
Examples:

  scaffold alter-column invoices amount:decimal=14.2:default=0

  scaffold alter-column page_views user_agent:text --backfill unknown

  scaffold alter-column posts status:enum=draft,live --map published=live
"""


def command(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="The table, in whichever domain it is.")],
    field: Annotated[
        str, typer.Argument(metavar="FIELD", help="The column's whole new definition: name:type[=args][:modifier]...")
    ],
    backfill: Annotated[
        str | None, typer.Option(help="What rows get that have no value, for a column that becomes required.")
    ] = None,
    mapped: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="OLD=NEW", help="Which value takes the place of an enum value that goes."),
    ] = None,
    no_migrate: NoMigrate = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    from scaffold.operations import alter_column

    request = alter_column.AlterOneColumn(
        table=table, field=field, backfill=backfill, mapped=tuple(mapped or ()), migrate=not no_migrate
    )
    alter_column.check(request)
    carry_out(
        "alter-column",
        lambda _, snapshot: alter_column.plan(request, snapshot),
        dry_run=dry_run,
        as_json=as_json,
    )


command.__doc__ = f"Give a column a new definition: type, length, NULL, default, enum values, on_delete.\n{EXAMPLES}"
