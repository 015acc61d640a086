"""wrangler, the command line of Cloudflare: where D1's migrations are, and which of them a local database has."""

import os
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaffold.dialects.base import OnWait
from scaffold.drizzle.files import Files
from scaffold.drizzle.values import Place, value
from scaffold.errors import UsageError
from scaffold.project.config import Config
from scaffold.project.databases import Database
from scaffold.project.typescript import SKIPPED, read

NAMES = ("wrangler.json", "wrangler.jsonc", "wrangler.toml")
"""In the order that wrangler looks for them."""

USUAL = "migrations"
"""The folder that wrangler takes where `migrations_dir` is not set."""

TABLE = "d1_migrations"
"""The table that it takes where `migrations_table` is not set."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A D1 database of wrangler's configuration.

    Args:
        folder: of its migrations, relative to the project's root, with `/`.
        table: in which wrangler writes down those that it has applied.
    """

    folder: str
    table: str = TABLE


def binding(config: Config) -> Binding:
    """The D1 database of a project.

    Raises:
        UsageError: there is no configuration, it has no database or several, or it can't be read.
    """
    found = list(_configurations(config.root))
    if not found:
        raise UsageError(
            f"There is no wrangler.toml or wrangler.jsonc in {config.root} that says where D1's migrations are.",
            append="--out migrations",
        )
    bindings = [one for file in found for one in _bindings(config, file)]
    if len(set(bindings)) != 1:
        where = ", ".join(file.relative_to(config.root).as_posix() for file in found)
        folders = ", ".join(one.folder for one in bindings) or "none"
        raise UsageError(
            f"It takes one folder of D1's migrations, and d1_databases in {where} has these: {folders}.",
            append="--out migrations",
        )
    return bindings[0]


def files(folder: Path) -> dict[str, bytes]:
    """The SQL files of a folder, by name; empty where there is no folder."""
    return {file.name: file.read_bytes() for file in sorted(folder.glob("*.sql")) if file.is_file()}


def record(database: Database, table: str, names: Sequence[str], on_wait: OnWait) -> tuple[str, ...]:
    """Let wrangler know of the files whose revisions its local database has already, so that it won't run them again.

    Args:
        database: the local one.
        table: in which wrangler writes down what it has applied; a database without it is not wrangler's.
        names: of the files.
        on_wait: called when the database is locked.

    Returns:
        The names that it did not know.
    """
    import sqlalchemy as sa

    known = sa.table(table, sa.column("name"))

    def missing(connection: sa.Connection | None) -> list[str]:
        if connection is None or not sa.inspect(connection).has_table(table):
            return []
        there = set(connection.execute(sa.select(known.c.name)).scalars())
        return [name for name in names if name not in there]

    with database.look() as looking:
        if not missing(looking):
            return ()
    with database.migrating(on_wait) as connection, connection.begin():
        new = missing(connection)
        connection.execute(known.insert(), [{"name": name} for name in new])
    return tuple(new)


def _configurations(root: Path) -> Iterator[Path]:
    """wrangler's configurations at the root, else in the folders below it, two deep."""
    for pattern in ("", "*/", "*/*/"):
        folders = sorted({file.parent for name in NAMES for file in root.glob(f"{pattern}{name}")})
        folders = [folder for folder in folders if not SKIPPED & set(folder.relative_to(root).parts)]
        if folders:
            yield from (next(folder / name for name in NAMES if (folder / name).exists()) for folder in folders)
            return


def _bindings(config: Config, file: Path) -> Iterator[Binding]:
    said = _document(file).get("d1_databases", [])
    for one in said if isinstance(said, list) else []:
        folder = str(one.get("migrations_dir", USUAL)).removesuffix("/")
        pattern = one.get("migrations_pattern", f"{folder}/*.sql")
        if pattern != f"{folder}/*.sql":
            raise UsageError(
                f"{file} sets migrations_pattern to {pattern!r}, so wrangler would pass over files in {folder}.",
                help="Leave migrations_pattern out, or write the files elsewhere: scaffold export d1 --out DIR",
            )
        path = Path(os.path.normpath(file.parent / folder))
        if not path.is_relative_to(config.root):
            raise UsageError(
                f"{file} puts D1's migrations into {path}, and scaffold never writes outside of the project."
            )
        yield Binding(path.relative_to(config.root).as_posix(), str(one.get("migrations_table", TABLE)))


def _document(file: Path) -> dict[str, Any]:
    text = read(file)
    if file.suffix == ".toml":
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise UsageError(f"{file} can't be read as TOML: {error}.") from None
    # JSON with comments and trailing commas is an expression of TypeScript.
    files = Files({str(file): f"const configuration = {text}"})
    [source] = files
    document = value(Place(files, source, source.constants["configuration"]))
    return document if isinstance(document, dict) else {}
