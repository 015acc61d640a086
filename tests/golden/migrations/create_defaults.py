"""create defaults.

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
        "defaults",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("empty_text", types.ShortText(), server_default="", nullable=False),
        sa.Column("quoted_text", types.ShortText(), server_default='it\'s "so" 100% \\n a:b', nullable=False),
        sa.Column("unicode_text", types.ShortText(), server_default="ключ ☃", nullable=False),
        sa.Column("default_string", types.String(8), server_default="x", nullable=False),
        sa.Column("default_int", sa.Integer(), server_default=sa.text("-5"), nullable=False),
        sa.Column("default_bigint", sa.BigInteger(), server_default=sa.text("9007199254740993"), nullable=False),
        sa.Column("default_float", types.Real(), server_default=sa.text("2.5"), nullable=False),
        sa.Column("default_decimal", types.Decimal(12, 4), server_default=sa.text("-9.9000"), nullable=False),
        sa.Column("a_true", types.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("a_false", types.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("default_date", types.Date(), server_default="2026-01-31", nullable=False),
        sa.Column(
            "default_datetime",
            types.EpochSeconds(),
            server_default=types.EpochSeconds.default("2026-01-31T09:30:15Z"),
            nullable=False,
        ),
        sa.Column("default_time", types.Time(), server_default="09:30:15", nullable=False),
        sa.Column(
            "an_object",
            types.Json(),
            server_default=types.Json.default({"a": [1, None, True, "it's : 100%"]}),
            nullable=False,
        ),
        sa.Column("a_list", types.Json(), server_default=types.Json.default([]), nullable=False),
        sa.Column("default_uuid", types.Uuid(), server_default="6f1c8f0e-5d0a-4d51-9a35-3f6d0a1b2c3d", nullable=False),
        sa.Column("default_bytes", types.Bytes(), server_default=types.Bytes.default("00ff"), nullable=False),
        sa.Column("default_enum", types.Enum("draft", "in review", "it's"), server_default="it's", nullable=False),
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("created_at", types.EpochSeconds(), nullable=False),
        sa.Column("updated_at", types.EpochSeconds(), nullable=False),
        sa.CheckConstraint(
            "default_enum IN ('draft', 'in review', 'it''s')", name=op.f("defaults_default_enum_ecaec4_check")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("defaults_organization_id_organizations_id_fk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("defaults_pkey")),
    )
    op.create_index(op.f("defaults_organization_id_idx"), "defaults", ["organization_id"], unique=False)


def downgrade() -> None:
    op.drop_table("defaults")
