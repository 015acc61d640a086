"""`scaffold add-table`"""

from typing import Annotated

import typer

from scaffold.cli.verb import DryRun, ForceName, Json, NoMigrate, carry_out

EXAMPLES = """
Examples:

  scaffold add-table analytics visitors

  scaffold add-table billing invoice_lines invoice:ref=invoices amount:decimal=12.2:default=0
"""


def command(
    domain: Annotated[str, typer.Argument(metavar="DOMAIN", help="The domain: its module is tables/DOMAIN.py.")],
    table: Annotated[str, typer.Argument(metavar="TABLE", help="The new table's name.")],
    fields: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FIELD]...", help="Columns, as name:type[=args][:modifier[=value]]..."),
    ] = None,
    class_name: Annotated[
        str | None, typer.Option("--class", help="The model's name; the table's singular without it.")
    ] = None,
    no_tenant: Annotated[bool, typer.Option("--no-tenant", help="Leave organization_id out.")] = False,
    no_migrate: NoMigrate = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    force_name: ForceName = False,
) -> None:
    from scaffold.operations import add_table

    request = add_table.AddOneTable(
        domain=domain,
        table=table,
        fields=tuple(fields or ()),
        class_name=class_name,
        tenant=not no_tenant,
        migrate=not no_migrate,
        allow_generic=force_name,
    )
    add_table.check(request)
    from scaffold.project import template

    with template.ahead() as renderer:
        carry_out(
            "add-table",
            lambda project, snapshot: add_table.plan(request, snapshot, project.render),
            dry_run=dry_run,
            as_json=as_json,
            renderer=renderer,
        )


command.__doc__ = f"Add a table to a domain: its model, its export and its migration.\n{EXAMPLES}"
