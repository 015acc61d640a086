"""create auth tables.

Better Auth's core and organization plugin, as its own tools create them on SQLite, PostgreSQL and MySQL.

Revision ID: 3d1f0c5a9b72
Revises:
Create Date: 2026-01-01 00:00:00+00:00
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from appdb import types

revision: str = "3d1f0c5a9b72"
down_revision: str | Sequence[str] | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("name", types.ShortText(), nullable=False),
        sa.Column("email", types.ShortText(), nullable=False),
        sa.Column("email_verified", types.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("image", sa.Text(), nullable=True),
        created_at_by_database(),
        sa.Column(
            "updated_at", types.EpochMilliseconds(), server_default=types.EpochMilliseconds.now(), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("users_pkey")),
    )
    create_unique("users_email_unique", "users", "email")

    op.create_table(
        "sessions",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("expires_at", types.EpochMilliseconds(), nullable=False),
        sa.Column("token", types.ShortText(), nullable=False),
        created_at_by_database(),
        sa.Column("updated_at", types.EpochMilliseconds(), nullable=False),
        sa.Column("ip_address", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("user_id", types.Id(), nullable=False),
        sa.Column("active_organization_id", sa.Text(), nullable=True),
        cascade_from("sessions", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("sessions_pkey")),
    )
    create_unique("sessions_token_unique", "sessions", "token")
    op.create_index("sessions_userId_idx", "sessions", ["user_id"])

    op.create_table(
        "accounts",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("user_id", types.Id(), nullable=False),
        sa.Column("access_token", sa.Text(), nullable=True),
        sa.Column("refresh_token", sa.Text(), nullable=True),
        sa.Column("id_token", sa.Text(), nullable=True),
        sa.Column("access_token_expires_at", types.EpochMilliseconds(), nullable=True),
        sa.Column("refresh_token_expires_at", types.EpochMilliseconds(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("password", sa.Text(), nullable=True),
        created_at_by_database(),
        sa.Column("updated_at", types.EpochMilliseconds(), nullable=False),
        cascade_from("accounts", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("accounts_pkey")),
    )
    op.create_index("accounts_userId_idx", "accounts", ["user_id"])

    op.create_table(
        "verifications",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("identifier", types.ShortText(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("expires_at", types.EpochMilliseconds(), nullable=False),
        created_at_by_database(),
        sa.Column(
            "updated_at", types.EpochMilliseconds(), server_default=types.EpochMilliseconds.now(), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("verifications_pkey")),
    )
    op.create_index("verifications_identifier_idx", "verifications", ["identifier"])

    op.create_table(
        "organizations",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("name", types.ShortText(), nullable=False),
        sa.Column("slug", types.ShortText(), nullable=False),
        sa.Column("logo", sa.Text(), nullable=True),
        sa.Column("created_at", types.EpochMilliseconds(), nullable=False),
        sa.Column("metadata", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("organizations_pkey")),
    )
    create_unique("organizations_slug_unique", "organizations", "slug")

    op.create_table(
        "members",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("user_id", types.Id(), nullable=False),
        sa.Column("role", types.ShortText(), server_default="member", nullable=False),
        sa.Column("created_at", types.EpochMilliseconds(), nullable=False),
        cascade_from("members", "organization_id", "organizations"),
        cascade_from("members", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("members_pkey")),
    )
    op.create_index("members_organizationId_idx", "members", ["organization_id"])
    op.create_index("members_userId_idx", "members", ["user_id"])

    op.create_table(
        "invitations",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("email", types.ShortText(), nullable=False),
        sa.Column("role", types.ShortText(), nullable=True),
        sa.Column("status", types.ShortText(), server_default="pending", nullable=False),
        sa.Column("expires_at", types.EpochMilliseconds(), nullable=False),
        created_at_by_database(),
        sa.Column("inviter_id", types.Id(), nullable=False),
        cascade_from("invitations", "organization_id", "organizations"),
        cascade_from("invitations", "inviter_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("invitations_pkey")),
    )
    op.create_index("invitations_organizationId_idx", "invitations", ["organization_id"])
    op.create_index("invitations_email_idx", "invitations", ["email"])


def downgrade() -> None:
    for table in ("invitations", "members", "organizations", "verifications", "accounts", "sessions", "users"):
        op.drop_table(table)


def created_at_by_database() -> sa.Column[object]:
    now = types.EpochMilliseconds.now()
    return sa.Column("created_at", types.EpochMilliseconds(), server_default=now, nullable=False)


def cascade_from(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"{table}_{column}_{parent}_id_fk")
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=name, ondelete="CASCADE")


def create_unique(name: str, table: str, column: str) -> None:
    """Drizzle's ``.unique()``: an index on SQLite, a constraint elsewhere."""
    if op.get_context().dialect.name == "sqlite":
        op.create_index(name, table, [column], unique=True)
    else:
        op.create_unique_constraint(name, table, [column])
