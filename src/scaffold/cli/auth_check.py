"""`scaffold auth check`"""

from pathlib import Path

from scaffold.cli.auth_sync import Casing, From
from scaffold.cli.output import note, say, say_json
from scaffold.cli.verb import Json

EXAMPLES = """
Examples:

  scaffold auth check --from web/src/db/auth.schema.ts
"""


def command(source: From = None, casing: Casing = None, as_json: Json = False) -> None:
    from scaffold.operations import auth
    from scaffold.project import databases, typescript
    from scaffold.project.project import Project

    project = Project.find(Path.cwd(), on_wait=note)
    file = typescript.auth_schema(project.config, source)
    request = auth.AuthSchema(typescript.read(file), file.as_posix(), casing.value if casing else "")
    reading = auth.read(request, project.snapshot())
    found = project.live_differences("auth_schema", (reading.edit,) if reading.edit else ())
    database = str(databases.local(project.config))
    if error := auth.disagreement(request, reading, found or (), database):
        raise error
    if as_json:
        say_json({"verb": "auth check", "file": file.as_posix(), "database": database if found is not None else None})
    elif found is None:
        say(f"auth_schema.py is what {file} says; there is no local database yet.")
    else:
        say(f"The auth tables are what {file} says.")


command.__doc__ = (
    f"See whether auth_schema.py and the database are what Better Auth's TypeScript says; exit 1 if not.\n{EXAMPLES}"
)
