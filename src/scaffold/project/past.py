"""The records of what verbs did, in the tool's own folder, where they share the fate of the files that they tell of."""

import base64
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scaffold.errors import ScaffoldError
from scaffold.plan import FileEdit, Revision
from scaffold.plan.past import Deed, FormerFile
from scaffold.project.config import Config
from scaffold.schema.changes import AddColumn, AddTable

FOLDER = ".scaffold/history"
"""Relative to the project's root; git ignores it."""


def record(revision: Revision, identifier: str, down: str | None, edits: Iterable[FileEdit]) -> FileEdit:
    """The edit that keeps what a verb did.

    Args:
        revision: that it made.
        identifier: the revision's.
        down: the identifier of the revision before it.
        edits: the verb's, the revision's file last.
    """
    files = [{"path": e.path, "before": _text(e.before), "after": _digest(e.after)} for e in edits]
    added = [[c.table.name, ""] for c in revision.changes if isinstance(c, AddTable)]
    added += [[c.table, c.column.name] for c in revision.changes if isinstance(c, AddColumn)]
    deed = {
        "version": 1,
        "message": revision.message,
        "revision": identifier,
        "down": down,
        "files": files,
        "added": added,
    }
    name = f"{Path(files[-1]['path'] or '').stem}.json"
    return FileEdit(f"{FOLDER}/{name}", None, json.dumps(deed, indent=1).encode())


def last(config: Config) -> Deed | None:
    """What the last verb did that is on record.

    Raises:
        ScaffoldError: its record can't be read.
    """
    records = sorted((config.root / FOLDER).glob("*.json"))
    if not records:
        return None
    path = records[-1]
    try:
        return _deed(path.relative_to(config.root).as_posix(), json.loads(path.read_bytes()))
    except (ValueError, KeyError, TypeError) as error:
        raise ScaffoldError(
            f"{path} can't be read as the record of a verb ({error}); nothing was written.",
            help="Remove it, and take the verb back through version control.",
        ) from error


def _deed(path: str, told: dict[str, Any]) -> Deed:
    files = (FormerFile(file["path"], _bytes(file["before"]), file["after"]) for file in told["files"])
    return Deed(
        record=path,
        message=told["message"],
        revision=told["revision"],
        down=told["down"],
        files=tuple(files),
        added=tuple((table, column) for table, column in told["added"]),
    )


def _text(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)


def _digest(data: bytes | None) -> str | None:
    return None if data is None else hashlib.sha256(data).hexdigest()
