"""`scaffold auth check`"""

from pathlib import Path
from typing import Annotated

import typer

from scaffold.cli.import_drizzle import CasingName
from scaffold.cli.output import note, say, say_json
from scaffold.cli.verb import Json

EXAMPLES = """
Examples:

  scaffold auth check --from web/src/db/auth.schema.ts
"""


def command(
    source: Annotated[
        Path, typer.Option("--from", metavar="FILE", help="What Better Auth's command line has generated.")
    ] = Path("db/auth.schema.ts"),
    casing: Annotated[
        CasingName | None, typer.Option(help="The `casing` of the Drizzle configuration, if it has one.")
    ] = None,
    as_json: Json = False,
) -> None:
    from scaffold.operations import auth
    from scaffold.project import typescript
    from scaffold.project.project import Project

    request = auth.AuthSchema(typescript.read(source), source.as_posix(), casing.value if casing else "")
    project = Project.find(Path.cwd(), on_wait=note)
    if error := auth.disagreement(request, project.snapshot()):
        raise error
    if as_json:
        say_json({"verb": "auth check", "file": source.as_posix(), "differences": []})
    else:
        say(f"The auth tables are what {source} says.")


command.__doc__ = f"See whether auth_schema.py is what Better Auth's TypeScript says; exit 1 if not.\n{EXAMPLES}"
