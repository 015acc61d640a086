"""add 15 columns to add_optional.

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
    op.add_column("add_optional", sa.Column("a_text", sa.Text(), nullable=True))
    op.add_column("add_optional", sa.Column("a_string", types.String(80), nullable=True))
    op.add_column("add_optional", sa.Column("an_int", sa.Integer(), nullable=True))
    op.add_column("add_optional", sa.Column("a_bigint", sa.BigInteger(), nullable=True))
    op.add_column("add_optional", sa.Column("a_float", types.Real(), nullable=True))
    op.add_column("add_optional", sa.Column("a_decimal", types.Decimal(12, 4), nullable=True))
    op.add_column("add_optional", sa.Column("a_bool", types.Boolean(), nullable=True))
    op.add_column("add_optional", sa.Column("a_date", types.Date(), nullable=True))
    op.add_column("add_optional", sa.Column("a_datetime", types.EpochSeconds(), nullable=True))
    op.add_column("add_optional", sa.Column("a_time", types.Time(), nullable=True))
    op.add_column("add_optional", sa.Column("a_json", types.Json(), nullable=True))
    op.add_column("add_optional", sa.Column("a_uuid", types.Uuid(), nullable=True))
    op.add_column("add_optional", sa.Column("a_bytes", types.Bytes(), nullable=True))
    if op.get_context().dialect.name == "sqlite":
        op.add_column(
            "add_optional",
            sa.Column(
                "an_enum",
                types.Enum("draft", "published"),
                sa.CheckConstraint("an_enum IN ('draft', 'published')", name=op.f("add_optional_an_enum_b212ed_check")),
                nullable=True,
            ),
        )
    else:
        op.add_column("add_optional", sa.Column("an_enum", types.Enum("draft", "published"), nullable=True))
        op.create_check_constraint(
            op.f("add_optional_an_enum_b212ed_check"), "add_optional", "an_enum IN ('draft', 'published')"
        )
    op.add_column(
        "add_optional",
        sa.Column(
            "a_user_id",
            types.Id(),
            sa.ForeignKey("users.id", name=op.f("add_optional_a_user_id_users_id_fk"), ondelete="SET NULL"),
            nullable=True,
        ),
        inline_references=op.get_context().dialect.name == "sqlite",
    )
    op.create_index(op.f("add_optional_a_user_id_idx"), "add_optional", ["a_user_id"], unique=False)


def downgrade() -> None:
    if op.get_context().dialect.name != "sqlite":
        op.drop_constraint(op.f("add_optional_a_user_id_users_id_fk"), "add_optional", type_="foreignkey")
    op.drop_index(op.f("add_optional_a_user_id_idx"), table_name="add_optional")
    with op.batch_alter_table("add_optional") as batch_op:
        batch_op.drop_column("a_user_id")
    with op.batch_alter_table("add_optional") as batch_op:
        batch_op.drop_constraint(op.f("add_optional_an_enum_b212ed_check"), type_="check")
        batch_op.drop_column("an_enum")
    op.drop_column("add_optional", "a_bytes")
    op.drop_column("add_optional", "a_uuid")
    op.drop_column("add_optional", "a_json")
    op.drop_column("add_optional", "a_time")
    op.drop_column("add_optional", "a_datetime")
    op.drop_column("add_optional", "a_date")
    op.drop_column("add_optional", "a_bool")
    op.drop_column("add_optional", "a_decimal")
    op.drop_column("add_optional", "a_float")
    op.drop_column("add_optional", "a_bigint")
    op.drop_column("add_optional", "an_int")
    op.drop_column("add_optional", "a_string")
    op.drop_column("add_optional", "a_text")
