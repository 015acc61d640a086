"""`scaffold new-domain`"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from scaffold.cli.output import note
from scaffold.cli.verb import DryRun, ForceName, Json, NoMigrate, carry_out
from scaffold.errors import UsageError, command_line

EXAMPLES = """
Examples:

\b
  scaffold new-domain billing
  scaffold new-domain analytics --table page_views path:text user:ref=users:optional
  scaffold new-domain shop --table products name:string=80:unique price:decimal=12.2:default=0
  scaffold new-domain library --interactive
"""


def command(
    domain: Annotated[str, typer.Argument(metavar="DOMAIN", help="The domain: its module is tables/DOMAIN.py.")],
    fields: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FIELD]...", help="Columns, as name:type[=args][:modifier[=value]]..."),
    ] = None,
    table: Annotated[str | None, typer.Option(help="The table's name; the domain's name without it.")] = None,
    class_name: Annotated[
        str | None, typer.Option("--class", help="The model's name; the table's singular without it.")
    ] = None,
    no_tenant: Annotated[bool, typer.Option("--no-tenant", help="Leave organization_id out.")] = False,
    interactive: Annotated[bool, typer.Option("--interactive", "-i", help="Ask for the columns one by one.")] = False,
    no_migrate: NoMigrate = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    force_name: ForceName = False,
) -> None:
    from scaffold.operations import new_domain

    if interactive:
        table, no_tenant, fields = _interview(domain, table, fields or [], no_tenant=no_tenant)
    request = new_domain.NewDomain(
        domain=domain,
        fields=tuple(fields or ()),
        table=domain if table is None else table,
        class_name=class_name,
        tenant=not no_tenant,
        migrate=not no_migrate,
        allow_generic=force_name,
    )
    new_domain.check(request)
    from scaffold.project import template

    with template.ahead() as renderer:
        carry_out(
            "new-domain",
            lambda project, snapshot: new_domain.plan(request, snapshot, project.render),
            dry_run=dry_run,
            as_json=as_json,
            renderer=renderer,
        )


def _interview(
    domain: str, table: str | None, fields: list[str], *, no_tenant: bool
) -> tuple[str | None, bool, list[str]]:
    """The table's name, whether it has no organization, and the fields."""
    from scaffold import naming
    from scaffold.cli.interview import ask
    from scaffold.project.project import Project
    from scaffold.schema.fields import parse_fields
    from scaffold.source.catalog import Catalog

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            "--interactive asks questions, and there is no terminal to answer them in; nothing was written.",
            help=f"Say it all at once: scaffold new-domain {domain} path:text user:ref=users:optional",
        )
    naming.check_name("domain", domain)
    parse_fields(fields)
    tables = Catalog(Project.find(Path.cwd()).snapshot()).names()
    answers = ask(domain, table, fields, tables, tenant=False if no_tenant else None)
    note(f"\nThe same, without questions: {command_line(answers.words(domain))}")
    if not typer.confirm("Make it?", default=True, err=True):
        raise typer.Abort
    return answers.table, not answers.tenant, list(answers.fields)


command.__doc__ = f"Make a domain: its module, its table, its export and its migration.\n{EXAMPLES}"
