"""The history as it lies on the disk, and the refusal to go on where something is wrong with it."""

import ast
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from scaffold.errors import UsageError
from scaffold.history import ATTRIBUTES, CHECKSUMS, HEAD, Finding, State, read_state
from scaffold.history.revision import assignments, is_revision
from scaffold.project.config import Config
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


def files(config: Config) -> dict[str, bytes]:
    """The revisions' files and those beside them, by name."""
    folder = versions(config)
    found = [file for file in sorted(folder.iterdir()) if file.is_file()] if folder.is_dir() else []
    return {
        file.name: file.read_bytes()
        for file in found
        if is_revision(file.name) or file.name in {ATTRIBUTES, CHECKSUMS, HEAD}
    }


def state(config: Config) -> State:
    """The history of a project."""
    return read_state(versions(config).relative_to(config.root).as_posix(), files(config))


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
    file = config.folder / "migrations" / "env.py"
    try:
        tree = syntax_tree(decode(file.read_bytes(), str(file)).text.lstrip("\ufeff"), str(file))
    except (OSError, UsageError):
        # Whoever runs it will say what is wrong with it.
        return USUAL
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


def _literal(value: ast.expr | None, constants: dict[str, ast.expr]) -> str | None:
    if isinstance(value, ast.Name):
        value = constants.get(value.id)
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
