"""add 13 columns to add_keyed.

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
    op.add_column("add_keyed", sa.Column("a_text", types.ShortText(), nullable=False))
    op.create_index(op.f("add_keyed_a_text_idx"), "add_keyed", ["a_text"], unique=False)
    op.add_column("add_keyed", sa.Column("a_string", types.String(80), nullable=False))
    op.create_index(op.f("add_keyed_a_string_idx"), "add_keyed", ["a_string"], unique=True)
    op.add_column("add_keyed", sa.Column("an_int", sa.Integer(), nullable=False))
    op.create_index(op.f("add_keyed_an_int_idx"), "add_keyed", ["an_int"], unique=False)
    op.add_column("add_keyed", sa.Column("a_bigint", sa.BigInteger(), nullable=False))
    op.create_index(op.f("add_keyed_a_bigint_idx"), "add_keyed", ["a_bigint"], unique=True)
    op.add_column("add_keyed", sa.Column("a_float", types.Real(), nullable=False))
    op.create_index(op.f("add_keyed_a_float_idx"), "add_keyed", ["a_float"], unique=False)
    op.add_column("add_keyed", sa.Column("a_decimal", types.Decimal(12, 4), nullable=False))
    op.create_index(op.f("add_keyed_a_decimal_idx"), "add_keyed", ["a_decimal"], unique=True)
    op.add_column("add_keyed", sa.Column("a_bool", types.Boolean(), nullable=False))
    op.create_index(op.f("add_keyed_a_bool_idx"), "add_keyed", ["a_bool"], unique=False)
    op.add_column("add_keyed", sa.Column("a_date", types.Date(), nullable=False))
    op.create_index(op.f("add_keyed_a_date_idx"), "add_keyed", ["a_date"], unique=True)
    op.add_column("add_keyed", sa.Column("a_datetime", types.EpochSeconds(), nullable=False))
    op.create_index(op.f("add_keyed_a_datetime_idx"), "add_keyed", ["a_datetime"], unique=False)
    op.add_column("add_keyed", sa.Column("a_time", types.Time(), nullable=False))
    op.create_index(op.f("add_keyed_a_time_idx"), "add_keyed", ["a_time"], unique=True)
    op.add_column("add_keyed", sa.Column("a_uuid", types.Uuid(), nullable=False))
    op.create_index(op.f("add_keyed_a_uuid_idx"), "add_keyed", ["a_uuid"], unique=True)
    if op.get_context().dialect.name == "sqlite":
        op.add_column(
            "add_keyed",
            sa.Column(
                "an_enum",
                types.Enum("draft", "published"),
                sa.CheckConstraint("an_enum IN ('draft', 'published')", name=op.f("add_keyed_an_enum_b212ed_check")),
                nullable=False,
            ),
        )
    else:
        op.add_column("add_keyed", sa.Column("an_enum", types.Enum("draft", "published"), nullable=False))
        op.create_check_constraint(
            op.f("add_keyed_an_enum_b212ed_check"), "add_keyed", "an_enum IN ('draft', 'published')"
        )
    op.create_index(op.f("add_keyed_an_enum_idx"), "add_keyed", ["an_enum"], unique=True)
    op.add_column(
        "add_keyed",
        sa.Column(
            "a_user_id",
            types.Id(),
            sa.ForeignKey("users.id", name=op.f("add_keyed_a_user_id_users_id_fk"), ondelete="CASCADE"),
            nullable=False,
        ),
        inline_references=op.get_context().dialect.name == "sqlite",
    )
    op.create_index(op.f("add_keyed_a_user_id_idx"), "add_keyed", ["a_user_id"], unique=False)


def downgrade() -> None:
    if op.get_context().dialect.name != "sqlite":
        op.drop_constraint(op.f("add_keyed_a_user_id_users_id_fk"), "add_keyed", type_="foreignkey")
    op.drop_index(op.f("add_keyed_a_user_id_idx"), table_name="add_keyed")
    with op.batch_alter_table("add_keyed") as batch_op:
        batch_op.drop_column("a_user_id")
    op.drop_index(op.f("add_keyed_an_enum_idx"), table_name="add_keyed")
    with op.batch_alter_table("add_keyed") as batch_op:
        batch_op.drop_constraint(op.f("add_keyed_an_enum_b212ed_check"), type_="check")
        batch_op.drop_column("an_enum")
    op.drop_index(op.f("add_keyed_a_uuid_idx"), table_name="add_keyed")
    op.drop_column("add_keyed", "a_uuid")
    op.drop_index(op.f("add_keyed_a_time_idx"), table_name="add_keyed")
    op.drop_column("add_keyed", "a_time")
    op.drop_index(op.f("add_keyed_a_datetime_idx"), table_name="add_keyed")
    op.drop_column("add_keyed", "a_datetime")
    op.drop_index(op.f("add_keyed_a_date_idx"), table_name="add_keyed")
    op.drop_column("add_keyed", "a_date")
    op.drop_index(op.f("add_keyed_a_bool_idx"), table_name="add_keyed")
    op.drop_column("add_keyed", "a_bool")
    op.drop_index(op.f("add_keyed_a_decimal_idx"), table_name="add_keyed")
    op.drop_column("add_keyed", "a_decimal")
    op.drop_index(op.f("add_keyed_a_float_idx"), table_name="add_keyed")
    op.drop_column("add_keyed", "a_float")
    op.drop_index(op.f("add_keyed_a_bigint_idx"), table_name="add_keyed")
    op.drop_column("add_keyed", "a_bigint")
    op.drop_index(op.f("add_keyed_an_int_idx"), table_name="add_keyed")
    op.drop_column("add_keyed", "an_int")
    op.drop_index(op.f("add_keyed_a_string_idx"), table_name="add_keyed")
    op.drop_column("add_keyed", "a_string")
    op.drop_index(op.f("add_keyed_a_text_idx"), table_name="add_keyed")
    op.drop_column("add_keyed", "a_text")
