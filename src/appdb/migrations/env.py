"""How Alembic runs: from its own command line, from a caller's connection, or writing SQL.

A caller may set, in ``config.attributes``:

- ``connection``: run on it. Its transaction and pragmas stay the caller's; nothing here commits or closes it.
- ``url``: the database to run on; ``-x url=...`` on the command line is the same.
- ``target_metadata``: compare with these tables instead of all.
- ``configure``: more arguments for ``context.configure``; they win over the ones below.
"""

import importlib.util
import sys
from pathlib import Path
from typing import Any

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.engine import URL

if importlib.util.find_spec("appdb") is None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from appdb.engine import database_url, migration_connection
from appdb.migrations.compare import compare_server_default, include_name, include_object, metadata_on
from appdb.migrations.render import drop_tables_whole, render_item

config = context.config


def configure(database: str, **options: Any) -> None:
    """Set up the migration context for `database` (a dialect's name)."""
    metadata = config.attributes.get("target_metadata")
    if metadata is None:
        from appdb.schema import Base

        metadata = Base.metadata
    context.configure(
        **{
            "target_metadata": metadata_on(metadata, database),
            "include_name": include_name,
            "compare_type": True,
            "compare_server_default": compare_server_default,
            "include_object": include_object,
            "render_as_batch": False,
            "render_item": render_item,
            "process_revision_directives": drop_tables_whole,
            "user_module_prefix": "types.",
            "autogenerate_plugins": ["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"],
        }
        | options
        | config.attributes.get("configure", {})
    )


def url() -> URL:
    """The database that is meant: ``-x url=``, the caller's, the ini file's, else the application's own rule."""
    given = context.get_x_argument(as_dictionary=True).get("url")
    ini = config.get_section(config.config_ini_section, {})
    return database_url(given or config.attributes.get("url") or ini.get("sqlalchemy.url"))


def run_on(connection: Connection) -> None:
    """Migrate over a connection."""
    database = connection.dialect.name
    options = {"transactional_ddl": True} if database in {"sqlite", "postgresql"} else {}
    configure(database, connection=connection, **options)
    with context.begin_transaction():
        context.run_migrations()


def write_sql() -> None:
    """Write the SQL instead of running it. SQLite's has no BEGIN: Cloudflare D1 refuses one, and brings its own."""
    target = url()
    database = target.get_dialect()().name
    options = {"transactional_ddl": True} if database == "postgresql" else {}
    configure(database, url=target, literal_binds=True, dialect_opts={"paramstyle": "named"}, **options)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    write_sql()
elif (given := config.attributes.get("connection")) is not None:
    run_on(given)
else:
    with migration_connection(url()) as connection:
        run_on(connection)
