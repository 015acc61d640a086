"""The history as it lies on the disk, and the refusal to go on where something is wrong with it."""

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from scaffold.errors import UsageError
from scaffold.history import ATTRIBUTES, CHECKSUMS, HEAD, Finding, State, read_state
from scaffold.history.revision import assignments, is_revision
from scaffold.project.config import Config
from scaffold.project.files import files_in, read
from scaffold.source.text import decode, syntax_tree

BRANCHED = frozenset({"several-heads", "head-conflict", "unknown-head", "stale-head"})
"""What two branches leave behind; the commands that join them go on in spite of it."""


class VersionTable(NamedTuple):
    """Where Alembic keeps the revision that a database is at."""

    name: str = "alembic_version"
    schema: str | None = None


USUAL = VersionTable()


def versions(config: Config) -> Path:
    """The folder of the revisions."""
    return config.folder / "migrations" / "versions"


def files(config: Config) -> Iterator[tuple[str, bytes]]:
    """The revisions' files and those beside them: name and content, in the order of their names."""
    folder = versions(config)
    beside = {ATTRIBUTES, CHECKSUMS, HEAD}
    for name in files_in(folder, ""):
        if is_revision(name) or name in beside:
            yield name, read(f"{folder}/{name}")


def state(config: Config, content: Mapping[str, bytes] | None = None) -> State:
    """The history of a project, from the content of its folder where that was read already."""
    read_already = dict(files(config)) if content is None else content
    return read_state(versions(config).relative_to(config.root).as_posix(), read_already)


def refuse(findings: Iterable[Finding], tolerated: Collection[str] = ()) -> None:
    """Go on only if nothing blocks.

    Raises:
        UsageError: something does; it tells the first, and how many more there are.
    """
    blocking = [finding for finding in findings if finding.blocks and finding.code not in tolerated]
    if blocking:
        first, *others = blocking
        more = f"\n\n{len(others)} more, which this lists: scaffold doctor" if others else ""
        raise UsageError(f"{first.message.removesuffix('.')}; nothing was written.", help=first.help + more)


def version_table(config: Config) -> VersionTable:
    """The version table that `env.py` configures, as far as it says so literally; else Alembic's own.

    It is read without running `env.py`, as every command asks for it. A name that is computed there is noticed when an
    upgrade begins.
    """
    try:
        return _version_table_in((config.folder / "migrations" / "env.py").read_bytes())
    except (OSError, UsageError):
        # Whoever runs it will say what is wrong with it.
        return USUAL


@lru_cache(maxsize=1)
def _version_table_in(data: bytes) -> VersionTable:
    tree = syntax_tree(decode(data).text.lstrip("\ufeff"))
    constants = assignments(tree)
    said: dict[str, ast.expr] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg:
            said[node.arg] = node.value
        elif isinstance(node, ast.Dict):
            said |= {
                key.value: value
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant) and isinstance(key.value, str)
            }
    name, schema = (_literal(said.get(key), constants) for key in ("version_table", "version_table_schema"))
    return VersionTable(name or USUAL.name, schema)


def computes_version_table(config: Config) -> bool:
    """Whether `env.py` names a version table in a way that only running it could tell."""
    file = config.folder / "migrations" / "env.py"
    return file.is_file() and b"version_table" in file.read_bytes() and version_table(config) == USUAL


def _literal(value: ast.expr | None, constants: dict[str, ast.expr]) -> str | None:
    if isinstance(value, ast.Name):
        value = constants.get(value.id)
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
