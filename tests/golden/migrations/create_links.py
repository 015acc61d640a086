"""create links.

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
        "links",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("cascading_id", types.Id(), nullable=False),
        sa.Column("nulled_id", types.Id(), nullable=True),
        sa.Column("restricted_id", types.Id(), nullable=False),
        sa.Column("left_id", types.Id(), nullable=False),
        sa.Column("single_id", types.Id(), nullable=False),
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("created_at", types.EpochSeconds(), nullable=False),
        sa.Column("updated_at", types.EpochSeconds(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cascading_id"], ["users.id"], name=op.f("links_cascading_id_users_id_fk"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["left_id"], ["users.id"], name=op.f("links_left_id_users_id_fk"), ondelete="NO ACTION"
        ),
        sa.ForeignKeyConstraint(
            ["nulled_id"], ["users.id"], name=op.f("links_nulled_id_users_id_fk"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("links_organization_id_organizations_id_fk"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["restricted_id"], ["users.id"], name=op.f("links_restricted_id_users_id_fk"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["single_id"], ["users.id"], name=op.f("links_single_id_users_id_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("links_pkey")),
    )
    op.create_index(op.f("links_cascading_id_idx"), "links", ["cascading_id"], unique=False)
    op.create_index(op.f("links_left_id_idx"), "links", ["left_id"], unique=False)
    op.create_index(op.f("links_nulled_id_idx"), "links", ["nulled_id"], unique=False)
    op.create_index(op.f("links_organization_id_idx"), "links", ["organization_id"], unique=False)
    op.create_index(op.f("links_restricted_id_idx"), "links", ["restricted_id"], unique=False)
    op.create_index(op.f("links_single_id_idx"), "links", ["single_id"], unique=True)


def downgrade() -> None:
    op.drop_table("links")
