"""add 16 columns to add_reserved.

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
    op.add_column("add_reserved", sa.Column("metadata", types.Json(), nullable=True))
    op.add_column("add_reserved", sa.Column("registry", sa.Text(), nullable=False))
    op.add_column("add_reserved", sa.Column("text", types.ShortText(), server_default="x", nullable=False))
    op.add_column("add_reserved", sa.Column("types", types.String(8), nullable=False))
    op.add_column("add_reserved", sa.Column("int", sa.Integer(), nullable=False))
    op.add_column("add_reserved", sa.Column("str", sa.Text(), nullable=False))
    op.add_column("add_reserved", sa.Column("date", types.Date(), nullable=False))
    op.add_column("add_reserved", sa.Column("datetime", types.EpochSeconds(), nullable=False))
    op.add_column("add_reserved", sa.Column("dt", types.Time(), nullable=True))
    op.add_column("add_reserved", sa.Column("order", sa.Integer(), nullable=False))
    op.create_index(op.f("add_reserved_order_idx"), "add_reserved", ["order"], unique=False)
    op.add_column("add_reserved", sa.Column("group", sa.Text(), nullable=True))
    op.add_column("add_reserved", sa.Column("mapped_column", sa.Integer(), nullable=False))
    op.create_index(op.f("add_reserved_mapped_column_idx"), "add_reserved", ["mapped_column"], unique=True)
    op.add_column("add_reserved", sa.Column("uuid", types.Uuid(), nullable=True))
    op.add_column("add_reserved", sa.Column("query", sa.Text(), nullable=False))
    if op.get_context().dialect.name == "sqlite":
        op.add_column(
            "add_reserved",
            sa.Column(
                "type",
                types.Enum("a", "b"),
                sa.CheckConstraint("type IN ('a', 'b')", name=op.f("add_reserved_type_59b271_check")),
                nullable=False,
            ),
        )
    else:
        op.add_column("add_reserved", sa.Column("type", types.Enum("a", "b"), nullable=False))
        op.create_check_constraint(op.f("add_reserved_type_59b271_check"), "add_reserved", "type IN ('a', 'b')")
    op.add_column("add_reserved", sa.Column("counted", sa.Integer(), server_default=sa.text("1"), nullable=False))


def downgrade() -> None:
    op.drop_column("add_reserved", "counted")
    with op.batch_alter_table("add_reserved") as batch_op:
        batch_op.drop_constraint(op.f("add_reserved_type_59b271_check"), type_="check")
        batch_op.drop_column("type")
    op.drop_column("add_reserved", "query")
    op.drop_column("add_reserved", "uuid")
    op.drop_index(op.f("add_reserved_mapped_column_idx"), table_name="add_reserved")
    op.drop_column("add_reserved", "mapped_column")
    op.drop_column("add_reserved", "group")
    op.drop_index(op.f("add_reserved_order_idx"), table_name="add_reserved")
    op.drop_column("add_reserved", "order")
    op.drop_column("add_reserved", "dt")
    op.drop_column("add_reserved", "datetime")
    op.drop_column("add_reserved", "date")
    op.drop_column("add_reserved", "str")
    op.drop_column("add_reserved", "int")
    op.drop_column("add_reserved", "types")
    op.drop_column("add_reserved", "text")
    op.drop_column("add_reserved", "registry")
    op.drop_column("add_reserved", "metadata")
