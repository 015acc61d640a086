"""add 5 columns to add_references.

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
    op.add_column(
        "add_references",
        sa.Column(
            "cascading_id",
            types.Id(),
            sa.ForeignKey("users.id", name=op.f("add_references_cascading_id_users_id_fk"), ondelete="CASCADE"),
            nullable=False,
        ),
        inline_references=op.get_context().dialect.name == "sqlite",
    )
    op.create_index(op.f("add_references_cascading_id_idx"), "add_references", ["cascading_id"], unique=False)
    op.add_column(
        "add_references",
        sa.Column(
            "nulled_id",
            types.Id(),
            sa.ForeignKey("users.id", name=op.f("add_references_nulled_id_users_id_fk"), ondelete="SET NULL"),
            nullable=True,
        ),
        inline_references=op.get_context().dialect.name == "sqlite",
    )
    op.create_index(op.f("add_references_nulled_id_idx"), "add_references", ["nulled_id"], unique=False)
    op.add_column(
        "add_references",
        sa.Column(
            "restricted_id",
            types.Id(),
            sa.ForeignKey("users.id", name=op.f("add_references_restricted_id_users_id_fk"), ondelete="RESTRICT"),
            nullable=False,
        ),
        inline_references=op.get_context().dialect.name == "sqlite",
    )
    op.create_index(op.f("add_references_restricted_id_idx"), "add_references", ["restricted_id"], unique=False)
    op.add_column(
        "add_references",
        sa.Column(
            "left_id",
            types.Id(),
            sa.ForeignKey("users.id", name=op.f("add_references_left_id_users_id_fk"), ondelete="NO ACTION"),
            nullable=False,
        ),
        inline_references=op.get_context().dialect.name == "sqlite",
    )
    op.create_index(op.f("add_references_left_id_idx"), "add_references", ["left_id"], unique=False)
    op.add_column(
        "add_references",
        sa.Column(
            "single_id",
            types.Id(),
            sa.ForeignKey("users.id", name=op.f("add_references_single_id_users_id_fk"), ondelete="CASCADE"),
            nullable=False,
        ),
        inline_references=op.get_context().dialect.name == "sqlite",
    )
    op.create_index(op.f("add_references_single_id_idx"), "add_references", ["single_id"], unique=True)


def downgrade() -> None:
    if op.get_context().dialect.name != "sqlite":
        op.drop_constraint(op.f("add_references_single_id_users_id_fk"), "add_references", type_="foreignkey")
    op.drop_index(op.f("add_references_single_id_idx"), table_name="add_references")
    with op.batch_alter_table("add_references") as batch_op:
        batch_op.drop_column("single_id")
    if op.get_context().dialect.name != "sqlite":
        op.drop_constraint(op.f("add_references_left_id_users_id_fk"), "add_references", type_="foreignkey")
    op.drop_index(op.f("add_references_left_id_idx"), table_name="add_references")
    with op.batch_alter_table("add_references") as batch_op:
        batch_op.drop_column("left_id")
    if op.get_context().dialect.name != "sqlite":
        op.drop_constraint(op.f("add_references_restricted_id_users_id_fk"), "add_references", type_="foreignkey")
    op.drop_index(op.f("add_references_restricted_id_idx"), table_name="add_references")
    with op.batch_alter_table("add_references") as batch_op:
        batch_op.drop_column("restricted_id")
    if op.get_context().dialect.name != "sqlite":
        op.drop_constraint(op.f("add_references_nulled_id_users_id_fk"), "add_references", type_="foreignkey")
    op.drop_index(op.f("add_references_nulled_id_idx"), table_name="add_references")
    with op.batch_alter_table("add_references") as batch_op:
        batch_op.drop_column("nulled_id")
    if op.get_context().dialect.name != "sqlite":
        op.drop_constraint(op.f("add_references_cascading_id_users_id_fk"), "add_references", type_="foreignkey")
    op.drop_index(op.f("add_references_cascading_id_idx"), table_name="add_references")
    with op.batch_alter_table("add_references") as batch_op:
        batch_op.drop_column("cascading_id")
