"""create categories.

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
        "categories",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("name", types.String(80), nullable=False),
        sa.Column("parent_id", types.Id(), nullable=True),
        sa.Column("view_id", types.Id(), nullable=False),
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("created_at", types.EpochSeconds(), nullable=False),
        sa.Column("updated_at", types.EpochSeconds(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("categories_organization_id_organizations_id_fk"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["categories.id"], name=op.f("categories_parent_id_categories_id_fk"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["view_id"], ["page_views.id"], name=op.f("categories_view_id_page_views_id_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("categories_pkey")),
    )
    op.create_index(op.f("categories_name_idx"), "categories", ["name"], unique=True)
    op.create_index(op.f("categories_organization_id_idx"), "categories", ["organization_id"], unique=False)
    op.create_index(op.f("categories_parent_id_idx"), "categories", ["parent_id"], unique=False)
    op.create_index(op.f("categories_view_id_idx"), "categories", ["view_id"], unique=False)


def downgrade() -> None:
    op.drop_table("categories")
