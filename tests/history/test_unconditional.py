"""Which revisions show by their text that they run the same operations on every database."""

import pytest

from scaffold.history import is_unconditional

REVISION = '''\
"""create products.

Revision ID: 1
Revises:
Create Date: 2026-01-31 09:30:15
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shop import types

revision: str = "1"
down_revision: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table("products", sa.Column("id", types.Id(), nullable=False))
    {body}


def downgrade() -> None:
    op.drop_table("products")
'''


@pytest.mark.parametrize(
    "body",
    [
        "pass",
        'op.create_index(op.f("products_id_idx"), "products", ["id"], unique=False)',
        'with op.batch_alter_table("products") as batch_op:\n        batch_op.drop_column("forms")',
        'rows = sa.table("products", sa.column("id"))\n    op.execute(rows.update().values({"id": sa.text("1")}))',
    ],
)
def test_it_does(body: str) -> None:
    assert is_unconditional(REVISION.replace("{body}", body).encode())


@pytest.mark.parametrize(
    "body",
    [
        'if op.get_context().dialect.name == "sqlite":\n        op.drop_table("a")',
        'op.get_bind().dialect.name == "sqlite" and op.drop_table("a")',
        '{"sqlite": op.drop_table}.get(op.get_context().dialect.name, print)("a")',
        "for name in sa.inspect(op.get_bind()).get_table_names():\n        op.drop_table(name)",
        "from shop.helpers import make\n    make(op)",
        "import shop.helpers",
        "helper()\n\n\ndef helper():\n    pass",
        '__import__("shop.helpers")',
        'getattr(op, "get" + "_bind")()',
    ],
)
def test_it_may_not(body: str) -> None:
    assert not is_unconditional(REVISION.replace("{body}", body).encode())
    assert not is_unconditional(REVISION.replace("{body}", body).replace("\n", "\r\n").encode())
