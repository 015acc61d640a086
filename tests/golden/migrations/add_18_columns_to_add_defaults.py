"""add 18 columns to add_defaults.

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
    op.add_column("add_defaults", sa.Column("empty_text", types.ShortText(), server_default="", nullable=False))
    op.add_column(
        "add_defaults",
        sa.Column("quoted_text", types.ShortText(), server_default='it\'s "so" 100% \\n a:b', nullable=False),
    )
    op.add_column("add_defaults", sa.Column("unicode_text", types.ShortText(), server_default="ключ ☃", nullable=False))
    op.add_column("add_defaults", sa.Column("default_string", types.String(8), server_default="x", nullable=False))
    op.add_column("add_defaults", sa.Column("default_int", sa.Integer(), server_default=sa.text("-5"), nullable=False))
    op.add_column(
        "add_defaults",
        sa.Column("default_bigint", sa.BigInteger(), server_default=sa.text("9007199254740993"), nullable=False),
    )
    op.add_column(
        "add_defaults", sa.Column("default_float", types.Real(), server_default=sa.text("2.5"), nullable=False)
    )
    op.add_column(
        "add_defaults",
        sa.Column("default_decimal", types.Decimal(12, 4), server_default=sa.text("-9.9000"), nullable=False),
    )
    op.add_column("add_defaults", sa.Column("a_true", types.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column(
        "add_defaults", sa.Column("a_false", types.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("add_defaults", sa.Column("default_date", types.Date(), server_default="2026-01-31", nullable=False))
    op.add_column(
        "add_defaults",
        sa.Column(
            "default_datetime",
            types.EpochSeconds(),
            server_default=types.EpochSeconds.default("2026-01-31T09:30:15Z"),
            nullable=False,
        ),
    )
    op.add_column("add_defaults", sa.Column("default_time", types.Time(), server_default="09:30:15", nullable=False))
    op.add_column(
        "add_defaults",
        sa.Column(
            "an_object",
            types.Json(),
            server_default=types.Json.default({"a": [1, None, True, "it's : 100%"]}),
            nullable=False,
        ),
    )
    op.add_column(
        "add_defaults", sa.Column("a_list", types.Json(), server_default=types.Json.default([]), nullable=False)
    )
    op.add_column(
        "add_defaults",
        sa.Column("default_uuid", types.Uuid(), server_default="6f1c8f0e-5d0a-4d51-9a35-3f6d0a1b2c3d", nullable=False),
    )
    op.add_column(
        "add_defaults",
        sa.Column("default_bytes", types.Bytes(), server_default=types.Bytes.default("00ff"), nullable=False),
    )
    if op.get_context().dialect.name == "sqlite":
        op.add_column(
            "add_defaults",
            sa.Column(
                "default_enum",
                types.Enum("draft", "in review", "it's"),
                sa.CheckConstraint(
                    "default_enum IN ('draft', 'in review', 'it''s')",
                    name=op.f("add_defaults_default_enum_ecaec4_check"),
                ),
                server_default="it's",
                nullable=False,
            ),
        )
    else:
        op.add_column(
            "add_defaults",
            sa.Column("default_enum", types.Enum("draft", "in review", "it's"), server_default="it's", nullable=False),
        )
        op.create_check_constraint(
            op.f("add_defaults_default_enum_ecaec4_check"),
            "add_defaults",
            "default_enum IN ('draft', 'in review', 'it''s')",
        )


def downgrade() -> None:
    with op.batch_alter_table("add_defaults") as batch_op:
        batch_op.drop_constraint(op.f("add_defaults_default_enum_ecaec4_check"), type_="check")
        batch_op.drop_column("default_enum")
    op.drop_column("add_defaults", "default_bytes")
    op.drop_column("add_defaults", "default_uuid")
    op.drop_column("add_defaults", "a_list")
    op.drop_column("add_defaults", "an_object")
    op.drop_column("add_defaults", "default_time")
    op.drop_column("add_defaults", "default_datetime")
    op.drop_column("add_defaults", "default_date")
    op.drop_column("add_defaults", "a_false")
    op.drop_column("add_defaults", "a_true")
    op.drop_column("add_defaults", "default_decimal")
    op.drop_column("add_defaults", "default_float")
    op.drop_column("add_defaults", "default_bigint")
    op.drop_column("add_defaults", "default_int")
    op.drop_column("add_defaults", "default_string")
    op.drop_column("add_defaults", "unicode_text")
    op.drop_column("add_defaults", "quoted_text")
    op.drop_column("add_defaults", "empty_text")
