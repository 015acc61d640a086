"""`scaffold drop-domain`"""

from typing import Annotated

import typer

from scaffold.cli.verb import DryRun, Json, NoMigrate, Yes, carry_out

EXAMPLES = """
Examples:

  scaffold drop-domain analytics

  scaffold drop-domain analytics --yes
"""


def command(
    domain: Annotated[str, typer.Argument(metavar="DOMAIN", help="The domain: its module is tables/DOMAIN.py.")],
    no_migrate: NoMigrate = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    yes: Yes = False,
) -> None:
    from scaffold.operations import drop_domain

    request = drop_domain.DropOneDomain(domain=domain, migrate=not no_migrate)
    carry_out(
        "drop-domain",
        lambda _, snapshot: drop_domain.plan(request, snapshot),
        dry_run=dry_run,
        as_json=as_json,
        yes=yes,
    )


command.__doc__ = (
    f"Drop a domain: its module, its exports, its tables with their rows. Says what is lost and asks.\n{EXAMPLES}"
)
