"""Run the package's own migrations, as a program does that has only the script folder."""

import atexit
import functools
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import ops

import appdb
from appdb.migrations.compare import compare_server_default, metadata_on
from appdb.migrations.render import render_item

MIGRATIONS = Path(appdb.__file__).parent / "migrations"


def config(**attributes: Any) -> Config:
    """An Alembic configuration without any file."""
    made = Config(attributes=attributes)
    made.set_main_option("script_location", str(MIGRATIONS))
    made.set_main_option("path_separator", "newline")
    made.set_main_option("version_locations", str(first_revision()))
    return made


@functools.cache
def first_revision() -> Path:
    """A folder with the auth tables' revision alone, whatever domains somebody has made in this tree."""
    folder = Path(tempfile.mkdtemp(prefix="revisions-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (file,) = (MIGRATIONS / "versions").glob("*_create_auth_tables.py")
    shutil.copy(file, folder)
    return folder


def upgrade(url: str) -> None:
    command.upgrade(config(url=url), "head")


def differences(connection: sa.Connection, metadata: sa.MetaData, names: set[str] | None = None) -> list[Any]:
    """What autogenerate would write for `metadata`, configured as env.py configures it."""

    def included(_: Any, name: str | None, kind: str, *__: Any) -> bool:
        return kind != "table" or names is None or name in names

    context = MigrationContext.configure(
        connection,
        opts={
            "compare_type": True,
            "compare_server_default": compare_server_default,
            "autogenerate_plugins": ["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"],
            "include_object": included,
        },
    )
    return compare_metadata(context, metadata_on(metadata, connection.dialect.name))


def rendered(table: sa.Table) -> str:
    """The Python that a revision would have for creating `table`."""
    context = MigrationContext.configure(dialect_name="sqlite", opts={"render_item": render_item})
    autogenerate = AutogenContext(context, opts={**context.opts, "user_module_prefix": "types."})
    steps = ops.UpgradeOps(ops=[ops.CreateTableOp.from_table(table)])
    return render_python_code(
        steps, render_item=render_item, user_module_prefix="types.", migration_context=autogenerate.migration_context
    )


Engines = Callable[[str], sa.Engine]
