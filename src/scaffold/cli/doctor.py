"""`scaffold doctor`"""

from pathlib import Path

import typer

from scaffold.cli.output import say, say_json
from scaffold.cli.verb import Json
from scaffold.project import secrets

EXAMPLES = """
Examples:

  scaffold doctor
"""


def command(as_json: Json = False) -> None:
    from scaffold.project.doctor import examine

    findings = examine(Path.cwd())
    shown = [(one.code, secrets.redact(one.message), secrets.redact(one.help)) for one in findings]
    if as_json:
        say_json(
            {
                "verb": "doctor",
                "findings": [{"code": code, "message": message, "help": help} for code, message, help in shown],
            }
        )
    elif not shown:
        say("Nothing is wrong.")
    else:
        for code, message, help in shown:
            say(f"{code}: {message}")
            say("".join(f"  {line}\n" for line in help.splitlines()))
        say(f"{len(shown)} thing{'s' * (len(shown) != 1)} to mend; nothing was changed.")
    if shown:
        raise typer.Exit(1)


command.__doc__ = f"Say what is wrong with the project and its local database, and the way out.\n{EXAMPLES}"
