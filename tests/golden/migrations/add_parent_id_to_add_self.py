"""add parent_id to add_self.

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
        "add_self",
        sa.Column(
            "parent_id",
            types.Id(),
            sa.ForeignKey("add_self.id", name=op.f("add_self_parent_id_add_self_id_fk"), ondelete="SET NULL"),
            nullable=True,
        ),
        inline_references=op.get_context().dialect.name == "sqlite",
    )
    op.create_index(op.f("add_self_parent_id_idx"), "add_self", ["parent_id"], unique=False)


def downgrade() -> None:
    if op.get_context().dialect.name != "sqlite":
        op.drop_constraint(op.f("add_self_parent_id_add_self_id_fk"), "add_self", type_="foreignkey")
    op.drop_index(op.f("add_self_parent_id_idx"), table_name="add_self")
    with op.batch_alter_table("add_self") as batch_op:
        batch_op.drop_column("parent_id")
