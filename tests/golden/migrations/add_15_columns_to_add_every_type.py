"""add 15 columns to add_every_type.

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
    op.add_column("add_every_type", sa.Column("a_text", sa.Text(), nullable=False))
    op.add_column("add_every_type", sa.Column("a_string", types.String(80), nullable=False))
    op.add_column("add_every_type", sa.Column("an_int", sa.Integer(), nullable=False))
    op.add_column("add_every_type", sa.Column("a_bigint", sa.BigInteger(), nullable=False))
    op.add_column("add_every_type", sa.Column("a_float", types.Real(), nullable=False))
    op.add_column("add_every_type", sa.Column("a_decimal", types.Decimal(12, 4), nullable=False))
    op.add_column("add_every_type", sa.Column("a_bool", types.Boolean(), nullable=False))
    op.add_column("add_every_type", sa.Column("a_date", types.Date(), nullable=False))
    op.add_column("add_every_type", sa.Column("a_datetime", types.EpochSeconds(), nullable=False))
    op.add_column("add_every_type", sa.Column("a_time", types.Time(), nullable=False))
    op.add_column("add_every_type", sa.Column("a_json", types.Json(), nullable=False))
    op.add_column("add_every_type", sa.Column("a_uuid", types.Uuid(), nullable=False))
    op.add_column("add_every_type", sa.Column("a_bytes", types.Bytes(), nullable=False))
    if op.get_context().dialect.name == "sqlite":
        op.add_column(
            "add_every_type",
            sa.Column(
                "an_enum",
                types.Enum("draft", "published"),
                sa.CheckConstraint(
                    "an_enum IN ('draft', 'published')", name=op.f("add_every_type_an_enum_b212ed_check")
                ),
                nullable=False,
            ),
        )
    else:
        op.add_column("add_every_type", sa.Column("an_enum", types.Enum("draft", "published"), nullable=False))
        op.create_check_constraint(
            op.f("add_every_type_an_enum_b212ed_check"), "add_every_type", "an_enum IN ('draft', 'published')"
        )
    op.add_column(
        "add_every_type",
        sa.Column(
            "a_user_id",
            types.Id(),
            sa.ForeignKey("users.id", name=op.f("add_every_type_a_user_id_users_id_fk"), ondelete="CASCADE"),
            nullable=False,
        ),
        inline_references=op.get_context().dialect.name == "sqlite",
    )
    op.create_index(op.f("add_every_type_a_user_id_idx"), "add_every_type", ["a_user_id"], unique=False)


def downgrade() -> None:
    if op.get_context().dialect.name != "sqlite":
        op.drop_constraint(op.f("add_every_type_a_user_id_users_id_fk"), "add_every_type", type_="foreignkey")
    op.drop_index(op.f("add_every_type_a_user_id_idx"), table_name="add_every_type")
    with op.batch_alter_table("add_every_type") as batch_op:
        batch_op.drop_column("a_user_id")
    with op.batch_alter_table("add_every_type") as batch_op:
        batch_op.drop_constraint(op.f("add_every_type_an_enum_b212ed_check"), type_="check")
        batch_op.drop_column("an_enum")
    op.drop_column("add_every_type", "a_bytes")
    op.drop_column("add_every_type", "a_uuid")
    op.drop_column("add_every_type", "a_json")
    op.drop_column("add_every_type", "a_time")
    op.drop_column("add_every_type", "a_datetime")
    op.drop_column("add_every_type", "a_date")
    op.drop_column("add_every_type", "a_bool")
    op.drop_column("add_every_type", "a_decimal")
    op.drop_column("add_every_type", "a_float")
    op.drop_column("add_every_type", "a_bigint")
    op.drop_column("add_every_type", "an_int")
    op.drop_column("add_every_type", "a_string")
    op.drop_column("add_every_type", "a_text")
