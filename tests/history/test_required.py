"""Which columns a downgrade makes that rows need a value for."""

import pytest

from scaffold.history import required_again

REVISION = """\
def upgrade() -> None:
    op.add_column("t", sa.Column("up", sa.Text(), nullable=False))


def downgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        {}
"""


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ('op.add_column("t", sa.Column("c", sa.Text(), sa.ForeignKey("u.id"), nullable=False))', {("t", "c")}),
        ('op.add_column("t", sa.Column("c", sa.Text(), nullable=True))', set()),
        ('op.add_column("t", sa.Column("c", sa.Text()))', set()),
        ('op.add_column("t", sa.Column("c", sa.Text(), server_default="", nullable=False))', set()),
        ('op.add_column("t", sa.Column("c", sa.Text(), sa.Computed("1"), nullable=False))', set()),
        ('op.drop_column("t", "c")', set()),
        ("op.add_column(", set()),
    ],
)
def test_required_again(statement: str, found: set[tuple[str, str]]) -> None:
    assert required_again(REVISION.format(statement).encode()) == found
