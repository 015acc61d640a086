"""The verbs of two words."""

import typer

from scaffold.cli import auth_check, auth_sync, export_d1, export_drizzle, import_drizzle
from scaffold.cli.words import Command, Group


def attach(app: typer.Typer) -> None:
    """Add the groups to the command line."""
    for name, help, commands in (
        (
            "auth",
            "Better Auth's tables, from the TypeScript that its command line generates.",
            {"sync": auth_sync, "check": auth_check},
        ),
        ("export", "The models, in another language.", {"drizzle": export_drizzle, "d1": export_d1}),
        ("import", "Tables that are defined in another language.", {"drizzle": import_drizzle}),
    ):
        group = typer.Typer(name=name, cls=Group, help=help, no_args_is_help=True, rich_markup_mode=None)
        for word, module in commands.items():
            group.command(word, cls=Command)(module.command)
        app.add_typer(group)
