"""The commands that are broken, and the projects that they run in. A new verb joins by one line."""

import contextlib
import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
import typer

from tests.faults.harness import NOBODY
from tests.projects import PYPROJECT, REPOSITORY, TestProject

VERSIONS = "src/shopdb/migrations/versions"
MODULE = "src/shopdb/tables/analytics.py"
EXPORTS = "src/shopdb/tables/__init__.py"
DOMAIN = ("new-domain", "analytics", "--table", "page_views", "path:text", "user:ref=users:optional")
REBUILD = '''\
"""Rebuild page_views.

Revision ID: 0123456789ab
"""

import sqlalchemy as sa
from alembic import op

revision = "0123456789ab"
down_revision = "{head}"


def upgrade() -> None:
    with op.batch_alter_table("page_views") as batch:
        batch.alter_column("path", new_column_name="url", type_=sa.String(200), existing_type=sa.Text())
    with op.batch_alter_table("users", recreate="always"):
        pass


def downgrade() -> None:
    pass
'''
THEIRS = '''\
"""Create theirs.

Revision ID: 0123456789ab
Revises: 3d1f0c5a9b72
Create Date: 2026-01-02 00:00:00+00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0123456789ab"
down_revision = "3d1f0c5a9b72"


def upgrade() -> None:
    op.create_table("theirs", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(20)))
    op.create_index("theirs_name_idx", "theirs", ["name"])


def downgrade() -> None:
    op.drop_index("theirs_name_idx", "theirs")
    op.drop_table("theirs")
'''
NOTHING = REBUILD.partition("    with")[0] + "    pass\n" + REBUILD[REBUILD.index("\n\ndef downgrade") :]
BRANCHED = {f"{VERSIONS}/20260102_000000_create_theirs.py": THEIRS}
EDITED = '''\
"""Analytics tables."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shopdb.base import Base
from shopdb.mixins import HasId, HasTimestamps, InOrganization


class PageView(HasId, InOrganization, HasTimestamps, Base):
    __tablename__ = "page_views"

    path: Mapped[str] = mapped_column(index=True)
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    title: Mapped[str | None]
    seconds: Mapped[int | None]
'''
DRIZZLE = """\
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const products = sqliteTable("products", {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    price: integer("price"),
});
"""


TEMPLATE = REPOSITORY / "templates" / "domain_table"
NEWER = {
    "pyproject.toml": PYPROJECT.replace('source = "src"', 'source = "src"\ntemplate = "templates/domain"'),
    **{
        f"templates/domain/{file.relative_to(TEMPLATE).as_posix()}": file.read_text().replace(
            " tables.", " tables, newer."
        )
        for file in TEMPLATE.rglob("*")
        if file.is_file()
    },
}
"""A newer version of the template than the modules were made by."""

AUTH = (REPOSITORY / "tests" / "appdb" / "better_auth" / "auth.schema.sqlite.ts").read_text()
NICKNAMES = {
    "db/auth.schema.ts": AUTH.replace(
        '  image: text("image"),', '  image: text("image"),\n  nickname: text("nickname"),'
    )
}

REMOTELY = ("migrate", "--remote", "--yes")
REMOTE = {"SHOPDB_REMOTE_URL": "sqlite:///remote.db"}
INIT = ("init", ".")
PROJECT = '[project]\nname = "shop"\n'


@dataclass(frozen=True)
class Case:
    """A command to break.

    Args:
        argv: the command.
        earlier: the commands that make the project that it runs in.
        files: written after these, by path; `{head}` in them is the newest revision.
        then: the command that comes after the broken one.
        project: whether it runs in a project; else in an empty folder.
        environment: of the command.
    """

    argv: tuple[str, ...]
    earlier: tuple[tuple[str, ...], ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    then: tuple[str, ...] = NOBODY
    project: bool = True
    environment: Mapping[str, str] = field(default_factory=dict)


MIGRATING = {
    "new-domain in a fresh clone": Case(DOMAIN),
    "new-domain": Case(("new-domain", "billing", "total:decimal"), (DOMAIN,)),
    "add-column": Case(("add-column", "page_views", "referrer:text:optional", "by:ref=users:optional"), (DOMAIN,)),
    "add-table": Case(("add-table", "analytics", "visits", "page:ref=page_views"), (DOMAIN,)),
    "add-index": Case(("add-index", "page_views", "created_at", "updated_at"), (DOMAIN,)),
    "drop-index": Case(
        ("drop-index", "page_views", "page_views_created_at_idx", "--yes"),
        (DOMAIN, ("add-index", "page_views", "created_at")),
    ),
    "alter-column": Case(("alter-column", "page_views", "path:string=200:optional"), (DOMAIN,)),
    "rename-column": Case(("rename-column", "page_views", "path", "url"), (DOMAIN,)),
    "rename-table": Case(("rename-table", "page_views", "page_hits"), (DOMAIN,)),
    "drop-column": Case(("drop-column", "page_views", "path", "--yes"), (DOMAIN,)),
    "drop-table": Case(("drop-table", "page_views", "--yes"), (DOMAIN,)),
    "drop-domain": Case(("drop-domain", "analytics", "--yes"), (DOMAIN,)),
    "generate": Case(("generate", "-m", "more of a page"), (DOMAIN,), {MODULE: EDITED}),
    "undo": Case(("undo", "--yes"), (DOMAIN,)),
    "undo a column": Case(("undo", "--yes"), (DOMAIN, ("add-column", "page_views", "by:ref=users:optional"))),
    "migrate": Case(("migrate",)),
    "heads --merge": Case(("heads", "--merge"), (DOMAIN,), BRANCHED),
    "rebase": Case(("rebase",), (DOMAIN,), BRANCHED),
}
"""What migrates the local database, on whatever server it is."""

OTHERS = {
    "migrate with a rebuild": Case(("migrate",), (DOMAIN,), {f"{VERSIONS}/20300101_000000_rebuild.py": REBUILD}),
    "new-domain without a migration": Case((*DOMAIN, "--no-migrate")),
    "migrate --remote": Case(REMOTELY, (DOMAIN,), then=REMOTELY, environment=REMOTE),
    "heads --accept": Case(("heads", "--accept"), (DOMAIN,), {f"{VERSIONS}/CHECKSUMS": "", f"{VERSIONS}/HEAD": "x\n"}),
    "check --fix": Case(("check", "--fix"), (DOMAIN,), {EXPORTS: ""}),
    "export drizzle": Case(("export", "drizzle", "--out", "web/src/db"), (DOMAIN,)),
    "export d1": Case(("export", "d1", "--out", "d1"), (DOMAIN,)),
    "auth sync": Case(("auth", "sync"), (DOMAIN,), NICKNAMES),
    "update": Case(("update",), (DOMAIN,), NEWER),
    "stamp": Case(("stamp",), (DOMAIN,), {f"{VERSIONS}/20300101_000000_nothing.py": NOTHING}),
    "import drizzle": Case(("import", "drizzle", "web"), (DOMAIN,), {"web/shop.table.ts": DRIZZLE}),
    "init": Case(INIT, then=INIT, project=False),
    "init in a repository": Case(INIT, files={"pyproject.toml": PROJECT}, then=INIT, project=False),
}
"""What does not, and what only SQLite needs."""

CASES = {**MIGRATING, **OTHERS}

READERS = frozenset({"auth check", "doctor", "show", "tables"})
"""The verbs that write nothing, whatever their options."""


def verbs(app: typer.Typer) -> Iterator[str]:
    """Every verb of the command line, those of two words too."""
    yield from (str(command.name) for command in app.registered_commands if not command.hidden)
    for group in app.registered_groups:
        inner = group.typer_instance
        assert inner is not None
        yield from (f"{inner.info.name} {verb}" for verb in verbs(inner))


def prepared(case: Case, folder: Path, journal_mode: str = "delete", url: str | None = None) -> Path:
    """The folder in which a case's command is run, with rows that a rebuild could lose.

    Args:
        case: whose it is.
        folder: that is made.
        journal_mode: of SQLite.
        url: of an empty database on a server, to be used instead of a SQLite file.
    """
    folder.mkdir()
    for path, text in case.files.items() if not case.project else ():
        (folder / path).write_text(text)
    if not case.project:
        return folder
    project = TestProject(folder, {"SHOPDB_URL": url} if url else None)
    for argv in case.earlier:
        project.ok(*argv)
    if case.earlier:
        _fill(project, journal_mode)
    revisions = "\n".join(project.revisions().values())
    heads = re.findall(r'^revision: str = "(\w+)"', revisions, re.M)
    for path, text in case.files.items():
        project.write(path, text.replace("{head}", heads[-1]))
    return folder


def _fill(project: TestProject, journal_mode: str) -> None:
    now = "CURRENT_TIMESTAMP"
    if "SHOPDB_URL" not in project.environment:
        now = "1"
        with contextlib.closing(sqlite3.connect(project.database)) as database:
            database.execute(f"PRAGMA journal_mode={journal_mode}")
    with project.connect() as connection:
        for statement in (
            f"INSERT INTO users (id, name, email, created_at, updated_at) VALUES ('u', 'U', 'e', {now}, {now})",
            f"INSERT INTO organizations (id, name, slug, created_at) VALUES ('o', 'O', 'o', {now})",
            "INSERT INTO page_views (id, path, user_id, organization_id, created_at, updated_at)"
            f" VALUES ('p', '/', 'u', 'o', {now}, {now})",
        ):
            connection.execute(sa.text(statement))
