"""How a revision spells what is this package's own."""

from typing import Any, Literal

from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy import DefaultClause, TextClause

from appdb import types
from appdb.portable import PortableDefault

IMPORT = "from appdb import types"


def render_item(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:
    """The Python that makes `item` again, or False where Alembic's own is right (``render_item`` of configure)."""
    if kind == "type" and type(item).__module__ == types.__name__:
        context.imports.add(IMPORT)
        return f"types.{item!r}"
    if kind == "server_default" and isinstance(item, DefaultClause):
        return _render_default(item.arg, context)
    return False


def drop_tables_whole(_: MigrationContext, __: object, directives: list[ops.MigrationScript]) -> None:
    """Leave a table's indexes to its DROP TABLE (``process_revision_directives`` of configure).

    Alembic drops them first, one by one, and MySQL refuses that where a foreign key leans on the index.
    """
    for script in directives:
        for steps in (*script.upgrade_ops_list, *script.downgrade_ops_list):
            dropped = {step.table_name for step in steps.ops if isinstance(step, ops.DropTableOp)}
            _forget_indexes(steps, dropped)


def _forget_indexes(steps: ops.OpContainer, tables: set[str]) -> None:
    steps.ops[:] = [step for step in steps.ops if not (isinstance(step, ops.DropIndexOp) and step.table_name in tables)]
    for step in steps.ops:
        if isinstance(step, ops.OpContainer):
            _forget_indexes(step, tables)


def _render_default(argument: Any, context: AutogenContext) -> str | Literal[False]:
    if isinstance(argument, PortableDefault):
        context.imports.add(IMPORT)
        return argument.source
    if isinstance(argument, str):
        # Alembic takes a quote off either end.
        return repr(argument)
    if isinstance(argument, TextClause):
        # A reflected default may hold a colon, which text() would take for a parameter.
        return f"sa.text({argument.text.replace(':', chr(92) + ':')!r})"
    return False
