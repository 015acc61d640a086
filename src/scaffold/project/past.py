"""The records of what verbs did, in the tool's own folder, where they share the fate of the files that they tell of."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scaffold.errors import ScaffoldError
from scaffold.plan import FileEdit, Revision
from scaffold.plan.past import Deed, FormerFile, Lost
from scaffold.project.config import Config
from scaffold.schema.changes import AddColumn, AddTable

FOLDER = ".scaffold/history"
"""Relative to the project's root; git ignores it."""


def record(
    revision: Revision,
    identifier: str,
    down: str | None,
    edits: Iterable[FileEdit],
    lost: Mapping[Lost, int | None],
    rewritten: Mapping[Lost, int | None],
) -> FileEdit:
    """The edit that keeps what a verb did.

    Args:
        revision: that it made.
        identifier: the revision's.
        down: the identifier of the revision before it.
        edits: the verb's, the revision's file last.
        lost: what it drops, as in `Deed`.
        rewritten: what it rewrites, as in `Deed`.
    """
    edits = tuple(edits)
    added = [[c.table.name, ""] for c in revision.changes if isinstance(c, AddTable)]
    added += [[c.table, c.column.name] for c in revision.changes if isinstance(c, AddColumn)]
    return _kept(
        Path(edits[-1].path).stem,
        edits,
        message=revision.message,
        revision=identifier,
        down=down,
        added=added,
        lost=[[*place, count] for place, count in lost.items()],
        rewritten=[[*place, count] for place, count in rewritten.items()],
    )


def record_edits(config: Config, message: str, edits: Iterable[FileEdit]) -> FileEdit:
    """The edit that keeps what a verb did that made no revision.

    Args:
        config: the project.
        message: what it did, in the imperative.
        edits: the verb's.
    """
    # After all that is there, and before what comes: that will be named after a later time.
    newest, _, count = max((file.stem for file in _records(config)), default="0").partition(".")
    return _kept(
        f"{newest}.{int(count or 0) + 1:06}", edits, message=message, revision=None, down=None, added=[], lost=[]
    )


def _kept(name: str, edits: Iterable[FileEdit], **deed: Any) -> FileEdit:
    files = [{"path": e.path, "before": _text(e.before), "after": _digest(e.after)} for e in edits]
    from scaffold.project.rebuilds.backup import STAMP

    told = {"version": 1, **deed, "files": files, "began": f"{datetime.now(UTC):{STAMP}}"}
    return FileEdit(f"{FOLDER}/{name}.json", None, json.dumps(told, indent=1).encode())


def _records(config: Config) -> list[Path]:
    """The records' files, in the order in which they were made."""
    return sorted((config.root / FOLDER).glob("*.json"), key=lambda file: file.stem)


def last(config: Config) -> Deed | None:
    """What the last verb did that is on record.

    Raises:
        ScaffoldError: its record can't be read.
    """
    records = _records(config)
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
        began=told.get("began", ""),
        lost={(table, column): count for table, column, count in told.get("lost", [])},
        rewritten={(table, column): count for table, column, count in told.get("rewritten", [])},
    )


def _text(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)


def _digest(data: bytes | None) -> str | None:
    return None if data is None else hashlib.sha256(data).hexdigest()
