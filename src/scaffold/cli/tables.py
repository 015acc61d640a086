"""`scaffold tables`"""

from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.cli.output import note, say, say_json
from scaffold.cli.terminal import progress
from scaffold.cli.verb import Json

if TYPE_CHECKING:
    from scaffold.project.overview import Overview

EXAMPLES = """
Examples:

\b
  scaffold tables
  scaffold tables --json
"""


def command(as_json: Json = False) -> None:
    from scaffold.project.config import find
    from scaffold.project.overview import overview

    with progress("Looking at the models and the local database"):
        seen = overview(find(Path.cwd()))
    if as_json:
        say_json({"verb": "tables", "database": seen.database, "tables": _values(seen)})
        return
    from scaffold.cli.grid import grid

    cells = [
        (seen.domains[table.name], table.name, table.class_name or "", len(table.columns), seen.rows.get(table.name))
        for table in seen.tables
    ]
    say(grid(("domain", "table", "class", "columns", "rows"), cells))
    report_unknown_rows(seen)


def report_unknown_rows(seen: "Overview") -> None:
    """Say why a row count is missing."""
    if seen.unreachable:
        note(f"\nThe rows are unknown: {seen.unreachable}")
    elif any(table.name not in seen.rows for table in seen.tables) and not seen.rows:
        note(f"\n{seen.database} has none of these tables; make them with: scaffold migrate")


def _values(seen: "Overview") -> list[dict[str, object]]:
    return [
        {
            "domain": seen.domains[table.name] or None,
            "table": table.name,
            "class": table.class_name,
            "columns": [column.name for column in table.columns],
            "rows": seen.rows.get(table.name),
        }
        for table in seen.tables
    ]


command.__doc__ = f"List the tables: domain, class, number of columns, and rows in the local database.\n{EXAMPLES}"
