"""Which tables the revisions make, as their texts say."""

import pytest

from scaffold.history import makes


def revision(upgrade: str, downgrade: str = "pass") -> bytes:
    return (
        f"from alembic import op\n\n\ndef upgrade():\n    {upgrade}\n\n\ndef downgrade():\n    {downgrade}\n".encode()
    )


CREATE = revision('op.create_table("products", sa.Column("id"))', 'op.drop_table("products")')
DROP = revision('op.drop_table("products")', 'op.create_table("products")')
RENAME = revision('op.rename_table("products", "goods")', 'op.rename_table("goods", "products")')


@pytest.mark.parametrize(
    ("revisions", "made"),
    [
        ([], False),
        ([CREATE], True),
        ([CREATE, DROP], False),
        ([CREATE, DROP, CREATE], True),
        ([CREATE, RENAME], False),
        ([revision('op.drop_table("products"); op.create_table("products")')], True),
        ([revision('op.create_table("other", sa.ForeignKey("products.id"))')], False),
        ([CREATE, revision('op.create_table("other", sa.ForeignKey("products.id"))')], True),
        ([revision('op.execute("CREATE TABLE products (id TEXT)")')], True),
        ([revision('op.execute("CREATE TABLE products_of_mine (id TEXT)")')], False),
        ([revision('name = "products"; op.create_table(name)')], True),
        ([revision("Base.metadata.create_all(op.get_bind())")], True),
        ([b"products = (\n"], True),
    ],
)
def test_a_table(revisions: list[bytes], made: bool) -> None:
    assert makes(revisions, "products") is made


def test_a_new_name() -> None:
    assert makes([CREATE, RENAME], "goods")
