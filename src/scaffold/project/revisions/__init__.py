"""Typed changes become a revision file: Alembic's operations, rendered by Alembic, for every database at once.

The operations come from the imported models and not from a comparison with a database, so that a revision holds just
what was asked, whatever else differs in a developer's database, and reads the same wherever it was made.

A new kind of change is a module here and an entry in RENDERERS.
"""

import importlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from scaffold.errors import UsageError
from scaffold.history.names import next_stamp, slug
from scaffold.plan import Revision
from scaffold.project.history import History
from scaffold.project.revisions.writer import Steps, Writer
from scaffold.schema.changes import (
    AddColumn,
    AddIndex,
    AddTable,
    AlterColumn,
    AlterTable,
    Change,
    DropColumn,
    DropIndex,
    DropReferences,
    DropTable,
    RenameColumn,
    RenameTable,
    RetypeColumns,
)
from scaffold.source.layout import docstring
from scaffold.source.reformat import reformat

if TYPE_CHECKING:
    from alembic.script import Script
    from sqlalchemy import MetaData

    from scaffold.project.compare import Comparison

RENDERERS: Mapping[type, str] = MappingProxyType(
    {
        AddTable: "add_table",
        AddColumn: "add_column",
        RenameColumn: "rename_column",
        RenameTable: "rename_table",
        AlterColumn: "alter_column",
        AlterTable: "alter_table",
        RetypeColumns: "retype_columns",
        DropColumn: "drop_column",
        DropTable: "drop_table",
        DropReferences: "drop_references",
        AddIndex: "change_index",
        DropIndex: "change_index",
    }
)
"""The module of this package, and the function in it, that renders a change; imported as it is needed."""

NEED_BEFORE = frozenset(RENDERERS) - {AddTable, AddColumn}
"""The changes that can only be told from the models before the edits and after them."""


def needs_before(revision: Revision) -> bool:
    """Whether `generate` has to look at the models as they are on the disk."""
    return any(type(change) in NEED_BEFORE for change in revision.changes)


def generate(
    history: History,
    revision: Revision,
    metadata: "MetaData",
    staged: Path,
    before: "MetaData | None" = None,
    comparison: "Comparison | None" = None,
) -> "Script":
    """Write the revision's file into `staged`, a version location of `history`, on top of its head.

    Args:
        history: of the project.
        revision: what it is to do.
        metadata: of the models as edited.
        staged: a folder.
        before: the metadata of the models as they are on the disk, if `needs_before`.
        comparison: of migrations and models, if the changes come from one; then they are made one after the other.

    The file is named after the time in UTC, always later than every other revision's, so that names sort as the
    revisions do.
    """
    from alembic.util import rev_id

    head = history.head
    writer = Writer(metadata, history.config.package, before)
    if comparison:
        from scaffold.project.revisions.stages import stages

        staged_changes = stages(revision.changes, comparison, metadata)
        steps = [_rendered(change, writer.at(*tables)) for change, *tables in staged_changes]
    else:
        steps = [_rendered(change, writer) for change in revision.changes]
    old = comparison.portable(metadata) if comparison else before
    if old is not None:
        from scaffold.project.revisions.enum_types import around

        first, last = around(old, metadata, revision.changes)
        steps = [first, *steps, last]
    upgrade, downgrade = _bodies(steps, history.config.line_length)
    history.scripts.file_template = f"{next_stamp(history.state.digests, datetime.now(UTC))}_{slug(revision.message)}"
    script = history.scripts.generate_revision(
        rev_id(),
        docstring(revision.message, width=history.config.line_length),
        head=head or "base",
        version_path=staged,
        upgrades=_indented(upgrade),
        downgrades=_indented(downgrade),
        imports="\n".join(writer.imports(upgrade + downgrade)),
    )
    if script is None:
        raise UsageError(f"Alembic made no revision for {revision.message!r}.")
    return script


def _rendered(change: Change, writer: Writer) -> Steps:
    name = RENDERERS[type(change)]
    render = getattr(importlib.import_module(f"{__name__}.{name}"), name)
    steps: Steps = render(change, writer)
    return steps


def _bodies(steps: Iterable[Steps], width: int) -> tuple[str, str]:
    up, down = list[str](), list[str]()
    for step in steps:
        up += step.up
        down[:0] = step.down
    return reformat("\n".join(up), width=width), reformat("\n".join(down), width=width)


def _indented(body: str) -> str:
    return "\n".join("    " + line if line else line for line in body.split("\n")).strip()
