"""What there is: the tables that the models declare, and how many rows the local database has of each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from scaffold.errors import ScaffoldError
from scaffold.project import databases
from scaffold.project.config import Config
from scaffold.project.declared import declared
from scaffold.schema.model import Model

AUTH = "auth"
"""What stands in the place of the domain for Better Auth's tables."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The tables of a project.

    Args:
        tables: by domain, then by name.
        domains: of each table, by its name; empty for a table that stands in no domain's module.
        rows: of each table that the local database has.
        database: the local database, for people.
        unreachable: why the rows are unknown; empty where they are not.
    """

    tables: tuple[Model, ...]
    domains: Mapping[str, str]
    rows: Mapping[str, int]
    database: str
    unreachable: str = ""


def overview(config: Config, tables: Collection[str] | None = None) -> Overview:
    """Look at the models and the local database.

    Args:
        config: the project.
        tables: whose rows to count; None for all.
    """
    database = databases.local(config)
    models = declared(config, dialect=database.url.get_dialect()())
    domains = {model.name: _domain(config, model) for model in models}
    wanted = [model.name for model in models if tables is None or model.name in tables]
    try:
        rows, unreachable = _rows(database, wanted), ""
    except ScaffoldError as error:
        rows, unreachable = {}, error.message
    ordered = sorted(models, key=lambda model: (domains[model.name] in {"", AUTH}, domains[model.name], model.name))
    return Overview(tuple(ordered), domains, rows, str(database), unreachable)


def _domain(config: Config, model: Model) -> str:
    module = (model.module or "").removeprefix(f"{config.package}.")
    return AUTH if module == "auth_schema" else module.removeprefix("tables.") if module.startswith("tables.") else ""


def _rows(database: databases.Database, tables: Collection[str]) -> dict[str, int]:
    import sqlalchemy as sa

    with database.look() as connection:
        if connection is None:
            return {}
        there = set(sa.inspect(connection).get_table_names())
        count = sa.select(sa.func.count())
        return {
            name: connection.execute(count.select_from(sa.table(name))).scalar_one() for name in tables if name in there
        }
