"""create reserved_names.

Revision ID: <revision>
Revises: <revision>
Create Date: <time>
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shopdb import types

revision: str = "<revision>"
down_revision: str | Sequence[str] | None = "<revision>"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "reserved_names",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("metadata", types.Json(), nullable=True),
        sa.Column("registry", sa.Text(), nullable=False),
        sa.Column("text", types.ShortText(), server_default="x", nullable=False),
        sa.Column("types", types.String(8), nullable=False),
        sa.Column("int", sa.Integer(), nullable=False),
        sa.Column("str", sa.Text(), nullable=False),
        sa.Column("date", types.Date(), nullable=False),
        sa.Column("datetime", types.EpochSeconds(), nullable=False),
        sa.Column("dt", types.Time(), nullable=True),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("group", sa.Text(), nullable=True),
        sa.Column("mapped_column", sa.Integer(), nullable=False),
        sa.Column("uuid", types.Uuid(), nullable=True),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("type", types.Enum("a", "b"), nullable=False),
        sa.Column("counted", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("created_at", types.EpochSeconds(), nullable=False),
        sa.Column("updated_at", types.EpochSeconds(), nullable=False),
        sa.CheckConstraint("type IN ('a', 'b')", name=op.f("reserved_names_type_59b271_check")),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("reserved_names_organization_id_organizations_id_fk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("reserved_names_pkey")),
    )
    op.create_index(op.f("reserved_names_mapped_column_idx"), "reserved_names", ["mapped_column"], unique=True)
    op.create_index(op.f("reserved_names_order_idx"), "reserved_names", ["order"], unique=False)
    op.create_index(op.f("reserved_names_organization_id_idx"), "reserved_names", ["organization_id"], unique=False)


def downgrade() -> None:
    op.drop_table("reserved_names")
