"""create keyed_rows.

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
        "keyed_rows",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("a_text", types.ShortText(), nullable=False),
        sa.Column("a_string", types.String(80), nullable=False),
        sa.Column("an_int", sa.Integer(), nullable=False),
        sa.Column("a_bigint", sa.BigInteger(), nullable=False),
        sa.Column("a_float", types.Real(), nullable=False),
        sa.Column("a_decimal", types.Decimal(12, 4), nullable=False),
        sa.Column("a_bool", types.Boolean(), nullable=False),
        sa.Column("a_date", types.Date(), nullable=False),
        sa.Column("a_datetime", types.EpochSeconds(), nullable=False),
        sa.Column("a_time", types.Time(), nullable=False),
        sa.Column("a_uuid", types.Uuid(), nullable=False),
        sa.Column("an_enum", types.Enum("draft", "published"), nullable=False),
        sa.Column("a_user_id", types.Id(), nullable=False),
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("created_at", types.EpochSeconds(), nullable=False),
        sa.Column("updated_at", types.EpochSeconds(), nullable=False),
        sa.CheckConstraint("an_enum IN ('draft', 'published')", name=op.f("keyed_rows_an_enum_b212ed_check")),
        sa.ForeignKeyConstraint(
            ["a_user_id"], ["users.id"], name=op.f("keyed_rows_a_user_id_users_id_fk"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("keyed_rows_organization_id_organizations_id_fk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("keyed_rows_pkey")),
    )
    op.create_index(op.f("keyed_rows_a_bigint_idx"), "keyed_rows", ["a_bigint"], unique=True)
    op.create_index(op.f("keyed_rows_a_bool_idx"), "keyed_rows", ["a_bool"], unique=False)
    op.create_index(op.f("keyed_rows_a_date_idx"), "keyed_rows", ["a_date"], unique=True)
    op.create_index(op.f("keyed_rows_a_datetime_idx"), "keyed_rows", ["a_datetime"], unique=False)
    op.create_index(op.f("keyed_rows_a_decimal_idx"), "keyed_rows", ["a_decimal"], unique=True)
    op.create_index(op.f("keyed_rows_a_float_idx"), "keyed_rows", ["a_float"], unique=False)
    op.create_index(op.f("keyed_rows_a_string_idx"), "keyed_rows", ["a_string"], unique=True)
    op.create_index(op.f("keyed_rows_a_text_idx"), "keyed_rows", ["a_text"], unique=False)
    op.create_index(op.f("keyed_rows_a_time_idx"), "keyed_rows", ["a_time"], unique=True)
    op.create_index(op.f("keyed_rows_a_user_id_idx"), "keyed_rows", ["a_user_id"], unique=False)
    op.create_index(op.f("keyed_rows_a_uuid_idx"), "keyed_rows", ["a_uuid"], unique=True)
    op.create_index(op.f("keyed_rows_an_enum_idx"), "keyed_rows", ["an_enum"], unique=True)
    op.create_index(op.f("keyed_rows_an_int_idx"), "keyed_rows", ["an_int"], unique=False)
    op.create_index(op.f("keyed_rows_organization_id_idx"), "keyed_rows", ["organization_id"], unique=False)


def downgrade() -> None:
    op.drop_table("keyed_rows")
