"""What autogenerate would still do to some tables."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alembic.operations.ops import UpgradeOps
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import MetaData


def drift(context: "MigrationContext", metadata: "MetaData", tables: Collection[str]) -> list[str]:
    """The differences between the models and the database, in `tables` only, one line each.

    Args:
        context: as the project's `env.py` configured it, so that its comparisons hold.
        metadata: of the models.
        tables: names; no other table is looked at, so the cost does not grow with their number.
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
