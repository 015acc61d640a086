"""`scaffold show`"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scaffold.cli.output import note, say, say_json
from scaffold.cli.terminal import progress
from scaffold.cli.verb import Json

if TYPE_CHECKING:
    from scaffold.project.overview import Overview
    from scaffold.schema.model import Model, ModelColumn

EXAMPLES = """
Examples:

\b
  scaffold show page_views
  scaffold show users --json
"""


def command(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="The table, in whichever domain it is.")],
    as_json: Json = False,
) -> None:
    from scaffold.project.overview import overview
    from scaffold.project.project import Project
    from scaffold.source.catalog import Catalog

    project = Project.find(Path.cwd(), on_wait=note)
    snapshot = project.snapshot()
    found = Catalog(snapshot).require(table)
    place = f"{snapshot.path(found.file)}:{found.table.line}"
    with progress("Looking at the models and the local database"):
        seen = overview(project.config, {table})
    [model] = [model for model in seen.tables if model.name == table]
    if as_json:
        say_json({"verb": "show", **_values(seen, model, place)})
    else:
        say(_text(seen, model, place))
        if seen.unreachable:
            note(f"\nThe rows are unknown: {seen.unreachable}")


def _values(seen: "Overview", model: "Model", place: str) -> dict[str, object]:
    return {
        "domain": seen.domains[model.name] or None,
        "table": model.name,
        "class": model.class_name,
        "place": place,
        "rows": seen.rows.get(model.name),
        "columns": [
            {
                "name": column.name,
                "attribute": column.attribute,
                "type": column.sql,
                "optional": column.nullable,
                "default": column.default,
                "choices": list(column.choices),
            }
            for column in model.columns
        ],
        "primary_key": list(model.primary_key),
        "foreign_keys": [key._asdict() for key in model.foreign_keys],
        "indexes": [index._asdict() for index in model.indexes],
        "referred_to_by": _referrers(seen, model),
    }


def _text(seen: "Overview", model: "Model", place: str) -> str:
    from scaffold.cli.grid import grid

    rows = seen.rows.get(model.name)
    count = f"{rows:,} row{'s' * (rows != 1)}" if rows is not None else "not in the local database"
    domain = f" of {seen.domains[model.name]}" if seen.domains[model.name] else ""
    what = f"class {model.class_name}" if model.class_name else "a core table"
    parts = [
        f"{model.name}{domain}: {what} in {place}, {count}",
        grid(
            ("column", "type", "null", "default", "key"),
            [
                (
                    column.name,
                    _type(column),
                    "null" if column.nullable else "",
                    column.default or "",
                    _key(model, column),
                )
                for column in model.columns
            ],
        ),
    ]
    if model.indexes:
        cells = [(index.name, ", ".join(index.columns), "unique" * index.unique) for index in model.indexes]
        parts.append(grid(("index", "columns", "unique"), cells))
    if referrers := _referrers(seen, model):
        parts.append(f"Referred to by: {', '.join(referrers)}")
    return "\n\n".join(parts)


def _type(column: "ModelColumn") -> str:
    return f"{column.sql} ({', '.join(column.choices)})" if column.choices else column.sql


def _key(model: "Model", column: "ModelColumn") -> str:
    keys = ["primary key"] if column.name in model.primary_key else []
    for key in model.foreign_keys:
        if column.name in key.columns:
            target = f"{key.table}.{key.referred[key.columns.index(column.name)]}"
            keys.append(f"{target}, on delete {key.on_delete.lower()}" if key.on_delete else target)
    return "; ".join(keys)


def _referrers(seen: "Overview", model: "Model") -> list[str]:
    return [
        f"{other.name}.{column}"
        for other in seen.tables
        for key in other.foreign_keys
        if key.table == model.name
        for column in key.columns
    ]


command.__doc__ = f"Show a table: its columns, keys and indexes, and its rows in the local database.\n{EXAMPLES}"
