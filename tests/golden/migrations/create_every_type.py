"""create every_type.

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
        "every_type",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("a_text", sa.Text(), nullable=False),
        sa.Column("a_string", types.String(80), nullable=False),
        sa.Column("an_int", sa.Integer(), nullable=False),
        sa.Column("a_bigint", sa.BigInteger(), nullable=False),
        sa.Column("a_float", types.Real(), nullable=False),
        sa.Column("a_decimal", types.Decimal(12, 4), nullable=False),
        sa.Column("a_bool", types.Boolean(), nullable=False),
        sa.Column("a_date", types.Date(), nullable=False),
        sa.Column("a_datetime", types.EpochSeconds(), nullable=False),
        sa.Column("a_time", types.Time(), nullable=False),
        sa.Column("a_json", types.Json(), nullable=False),
        sa.Column("a_uuid", types.Uuid(), nullable=False),
        sa.Column("a_bytes", types.Bytes(), nullable=False),
        sa.Column("an_enum", types.Enum("draft", "published"), nullable=False),
        sa.Column("a_user_id", types.Id(), nullable=False),
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("created_at", types.EpochSeconds(), nullable=False),
        sa.Column("updated_at", types.EpochSeconds(), nullable=False),
        sa.CheckConstraint("an_enum IN ('draft', 'published')", name=op.f("every_type_an_enum_b212ed_check")),
        sa.ForeignKeyConstraint(
            ["a_user_id"], ["users.id"], name=op.f("every_type_a_user_id_users_id_fk"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("every_type_organization_id_organizations_id_fk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("every_type_pkey")),
    )
    op.create_index(op.f("every_type_a_user_id_idx"), "every_type", ["a_user_id"], unique=False)
    op.create_index(op.f("every_type_organization_id_idx"), "every_type", ["organization_id"], unique=False)


def downgrade() -> None:
    op.drop_table("every_type")
