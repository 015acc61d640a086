"""The verbs of two words."""

import typer

from scaffold.cli import auth_check, export_drizzle, import_drizzle


def attach(app: typer.Typer) -> None:
    """Add the groups to the command line."""
    for name, help, commands in (
        ("auth", "Better Auth's tables, from the TypeScript that its command line generates.", {"check": auth_check}),
        ("export", "The models, in another language.", {"drizzle": export_drizzle}),
        ("import", "Tables that are defined in another language.", {"drizzle": import_drizzle}),
    ):
        group = typer.Typer(name=name, help=help, no_args_is_help=True, rich_markup_mode=None)
        for word, module in commands.items():
            group.command(word)(module.command)
        app.add_typer(group)
