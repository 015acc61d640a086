"""create optionals.

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
        "optionals",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("a_text", sa.Text(), nullable=True),
        sa.Column("a_string", types.String(80), nullable=True),
        sa.Column("an_int", sa.Integer(), nullable=True),
        sa.Column("a_bigint", sa.BigInteger(), nullable=True),
        sa.Column("a_float", types.Real(), nullable=True),
        sa.Column("a_decimal", types.Decimal(12, 4), nullable=True),
        sa.Column("a_bool", types.Boolean(), nullable=True),
        sa.Column("a_date", types.Date(), nullable=True),
        sa.Column("a_datetime", types.EpochSeconds(), nullable=True),
        sa.Column("a_time", types.Time(), nullable=True),
        sa.Column("a_json", types.Json(), nullable=True),
        sa.Column("a_uuid", types.Uuid(), nullable=True),
        sa.Column("a_bytes", types.Bytes(), nullable=True),
        sa.Column("an_enum", types.Enum("draft", "published"), nullable=True),
        sa.Column("a_user_id", types.Id(), nullable=True),
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("created_at", types.EpochSeconds(), nullable=False),
        sa.Column("updated_at", types.EpochSeconds(), nullable=False),
        sa.CheckConstraint("an_enum IN ('draft', 'published')", name=op.f("optionals_an_enum_b212ed_check")),
        sa.ForeignKeyConstraint(
            ["a_user_id"], ["users.id"], name=op.f("optionals_a_user_id_users_id_fk"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("optionals_organization_id_organizations_id_fk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("optionals_pkey")),
    )
    op.create_index(op.f("optionals_a_user_id_idx"), "optionals", ["a_user_id"], unique=False)
    op.create_index(op.f("optionals_organization_id_idx"), "optionals", ["organization_id"], unique=False)


def downgrade() -> None:
    op.drop_table("optionals")
