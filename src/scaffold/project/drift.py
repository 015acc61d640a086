"""What autogenerate would still do to some tables, as far as something differs.

Autogenerate compares an index or a default with the text that the database makes of it, and takes another spelling for
a difference. So where it finds one, the models' tables are made on a scratch database, and read back like the others.
"""

import logging
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from scaffold.errors import ScaffoldError
from scaffold.project.databases import Database

if TYPE_CHECKING:
    from alembic.operations.ops import MigrateOperation, UpgradeOps
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import MetaData

log = logging.getLogger(__name__)


def drift(context: "MigrationContext", metadata: "MetaData", tables: Collection[str], local: Database) -> list[str]:
    """The differences between the models and the database, in `tables` only, one line each.

    Args:
        context: as the project's `env.py` configured it, so that its comparisons hold.
        metadata: of the models.
        tables: names; no other table is looked at, so the cost does not grow with their number.
        local: the database.
    """
    from alembic.autogenerate import render_python_code
    from alembic.runtime.migration import MigrationContext

    theirs = context.opts.get("include_name"), context.opts.get("include_object")

    def include_name(name: str | None, kind: str, parents: Any) -> bool:
        return (kind != "table" or name in tables) and (theirs[0] is None or theirs[0](name, kind, parents))

    def include_object(item: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
        # Alembic hands a generated column, and one that counts, to `compare_server_default`, and fails.
        return (
            (kind != "table" or name in tables)
            and getattr(item, "computed", None) is None
            and getattr(item, "identity", None) is None
            and (theirs[1] is None or theirs[1](item, name, kind, reflected, other))
        )

    context.opts |= {"include_name": include_name, "include_object": include_object}
    operations = _changes(context, _as_configured(context, metadata, tables), tables)
    context.opts |= {"include_name": theirs[0], "include_object": theirs[1]}
    if not operations.is_empty():
        _leave_out_spellings(operations, context, metadata, tables, local)
    if operations.is_empty():
        return []
    code = render_python_code(
        operations,
        render_item=context.opts.get("render_item"),
        user_module_prefix=context.opts.get("user_module_prefix"),
        # Not `context`: Alembic renders with one that has a script folder only if its options hold the metadata.
        migration_context=MigrationContext.configure(dialect=context.dialect),
    )
    return [line.strip() for line in code.splitlines() if line.strip() and not line.strip().startswith("#")]


def _leave_out_spellings(
    operations: "UpgradeOps",
    context: "MigrationContext",
    metadata: "MetaData",
    tables: Collection[str],
    local: Database,
) -> None:
    """Take out of what autogenerate found what is only spelled in another way."""
    from alembic.operations.ops import ModifyTableOps

    from scaffold.project.compare import standing
    from scaffold.schema.differences import ColumnDifference, ConstraintDifference

    try:
        found = standing(context, metadata, tables, local)
    except ScaffoldError as error:
        log.debug("What autogenerate finds is not compared on a scratch database: %s", error.message)
        return
    places: set[tuple[str, str | None]] = set()
    for difference in found:
        if isinstance(difference, ColumnDifference):
            places.add((difference.table, difference.column))
        if isinstance(difference, ConstraintDifference):
            places |= {
                (difference.table, getattr(item, "name", None)) for item in (difference.before, difference.after)
            }
    for within in operations.ops:
        if isinstance(within, ModifyTableOps):
            within.ops = [one for one in within.ops if (place := _spelled(one)) is None or place in places]
    operations.ops = [one for one in operations.ops if not (isinstance(one, ModifyTableOps) and one.is_empty())]


def _spelled(operation: "MigrateOperation") -> tuple[str, str | None] | None:
    """The table and the name of what an operation changes; None where it does more than another spelling would need."""
    from alembic.operations import ops

    match operation:
        case ops.AlterColumnOp(modify_comment=False):
            return operation.table_name, operation.column_name
        case ops.CreateIndexOp() | ops.DropIndexOp():
            return str(operation.table_name), operation.index_name
    return None


def _changes(context: "MigrationContext", metadata: Any, tables: Collection[str]) -> "UpgradeOps":
    """What `alembic.autogenerate.produce_migrations` finds, where the database has no other tables."""
    from alembic.autogenerate.api import AutogenContext
    from alembic.autogenerate.compare import _produce_net_changes
    from alembic.operations.ops import UpgradeOps

    operations = UpgradeOps([])
    looking = AutogenContext(context, metadata=metadata)
    there: Any = looking.inspector
    # It would list all of them, and they can be thousands.
    there.get_table_names = lambda schema=None: [name for name in tables if there.has_table(name, schema)]
    _produce_net_changes(looking, operations)
    return operations


def _as_configured(context: "MigrationContext", metadata: "MetaData", tables: Collection[str]) -> Any:
    """What `env.py` made of the models: it may leave out what is for other databases, as a unique constraint is."""
    theirs = context.opts.get("target_metadata")
    several = theirs if isinstance(theirs, list | tuple) else [theirs]
    there = {name for one in several if one is not None for name in one.tables}
    return theirs if there.issuperset(metadata.tables.keys() & set(tables)) else metadata
