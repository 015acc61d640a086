"""Projects with a wrangler beside them, revisions written by hand, and a database that takes files as D1 does."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.projects import TestProject

DATABASE_ID = "00000000-0000-0000-0000-000000000001"
WRANGLER = f"""\
name = "shop"
compatibility_date = "2026-01-01"

[[d1_databases]]
binding = "DB"
database_name = "shop"
database_id = "{DATABASE_ID}"
"""
LOCAL = "sqlite:///.wrangler/state/v3/d1/miniflare-D1DatabaseObject/*.sqlite"
PRODUCTS = (
    *("new-domain", "shop", "--table", "products", "name:string=80:unique", "price:decimal=12.2:default=0"),
    *("status:enum=draft,published:default=draft", "note:text:default=it's;", "seller:ref=users:optional"),
)


def with_wrangler(project: TestProject) -> TestProject:
    project.write("wrangler.toml", WRANGLER)
    return project


def on_wranglers_file(project: TestProject) -> TestProject:
    """The project with wrangler's local database as its own."""
    pyproject = project.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("sqlite:///local.db", LOCAL))
    return project


def revision(project: TestProject, name: str, upgrade: str) -> None:
    """Add a revision that a person wrote."""
    head = (project.package / "migrations" / "versions" / "HEAD").read_text().split()[-1]
    number = len(project.revisions())
    body = "".join(f"    {line}\n" if line else "\n" for line in upgrade.splitlines())
    project.write(
        project.package / "migrations" / "versions" / f"20300101_00000{number}_{name}.py",
        f'"""{name}.\n\nRevision ID: 00000000000{number}\n"""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\n'
        f'revision = "00000000000{number}"\ndown_revision = "{head}"\n\n\ndef upgrade() -> None:\n{body}\n\n'
        "def downgrade() -> None:\n    pass\n",
    )


def sql_files(project: TestProject, folder: str = "migrations") -> list[str]:
    return sorted(file.name for file in (project.root / folder).glob("*.sql"))


def apply(file: Path, *scripts: str) -> None:
    """Run scripts as D1 does: each in a transaction of its own, with foreign keys enforced."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys=ON")
        for script in scripts:
            connection.executescript(f"BEGIN;\n{script}\nCOMMIT;")


def schema(file: Path) -> dict[str, str]:
    """What a SQLite file holds, by name."""
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {name: sql for name, sql in rows if not name.startswith(("d1_migrations", "sqlite_", "_cf_"))}
