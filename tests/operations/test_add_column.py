"""`add-column`, without a disk."""

from typing import Any

import pytest

from scaffold.errors import ScaffoldError, UsageError
from scaffold.operations.add_column import AddColumns, plan
from scaffold.plan import Snapshot
from scaffold.schema.changes import AddColumn
from scaffold.schema.fields import parse_fields
from tests.operations.snapshots import SHOP, after, snapshot

FILE = "src/app/db/tables/shop.py"


def _request(*fields: str, table: str = "products", **options: Any) -> AddColumns:
    return AddColumns(table=table, fields=fields, **options)


def test_a_plan() -> None:
    fields = ("price:decimal=12.2:default=0", "owner:ref=users:optional")
    made = plan(_request(*fields), snapshot(width=120))
    assert made.revision.message == "add price, owner_id to products"
    assert made.revision.changes == tuple(AddColumn("products", column) for column in parse_fields(fields))
    assert [(edit.action, edit.path) for edit in made.edits] == [("update", FILE)]
    assert (made.notes, made.next_steps) == ((), ("scaffold migrate --remote",))
    assert after(made, FILE) == SHOP.replace(
        "from sqlalchemy.orm import Mapped\n\n",
        "from decimal import Decimal\n\nfrom sqlalchemy import ForeignKey, text\n"
        "from sqlalchemy.orm import Mapped, mapped_column\n\nfrom app.db import types\n",
    ).replace(
        "    name: Mapped[str]\n",
        "    name: Mapped[str]\n"
        '    price: Mapped[Decimal] = mapped_column(types.Decimal(12, 2), server_default=text("0.00"))\n'
        '    owner_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)\n',
    )


def test_many_columns_are_counted_in_the_message() -> None:
    made = plan(_request(*(f"c{number}:text:optional" for number in range(4))), snapshot())
    assert made.revision.message == "add 4 columns to products"


def test_a_required_column_is_noted() -> None:
    made = plan(_request("size:text", migrate=False), snapshot())
    assert made.notes == (
        "size is required and has no default, so the migration fails on a database where products has rows;"
        " size:text:optional would not.",
    )
    assert made.next_steps == ("scaffold migrate",)


@pytest.mark.parametrize("column", ["name", "id", "created_at", "updated_at"])
def test_a_column_that_is_there(column: str) -> None:
    with pytest.raises(UsageError, match=f"products has a column '{column}' already, in src/app/db/"):
        plan(_request(f"{column}:text:optional"), snapshot())


def test_better_auth_keeps_its_tables() -> None:
    with pytest.raises(UsageError, match="'users' is a table of Better Auth") as caught:
        plan(_request("nick:text", table="users"), snapshot())
    assert "scaffold new-domain user_details user:ref=users:unique nick:text" in caught.value.help


def test_no_such_table() -> None:
    with pytest.raises(UsageError, match="There is no table 'product'; the tables are") as caught:
        plan(_request("size:text", table="product"), snapshot())
    assert (caught.value.wrong, caught.value.right) == ("product", "products")


def test_rows_have_no_value_for_a_required_column() -> None:
    with pytest.raises(UsageError) as caught:
        plan(_request("size:text"), snapshot(rows={"products": 1234}))
    assert caught.value.message == (
        "products has 1,234 rows, and the required column 'size' has no value for them; nothing was written."
    )
    assert "scaffold add-column products size:text:default=VALUE\n" in caught.value.help
    assert "scaffold add-column products size:text:optional\n" in caught.value.help
    assert "scaffold alter-column products size:text --backfill VALUE" in caught.value.help


@pytest.mark.parametrize("field", ["owner:ref=users", "code:string=8:unique"])
def test_a_default_is_no_way_out_for_a_key(field: str) -> None:
    with pytest.raises(UsageError) as caught:
        plan(_request(field), snapshot(rows={"products": 2}))
    assert "default" not in caught.value.help
    assert f"scaffold add-column products {field}:optional" in caught.value.help


def test_rows_can_not_share_a_unique_default() -> None:
    request = _request("code:string=8:unique:default=x")
    assert plan(request, snapshot(rows={"products": 1}))
    with pytest.raises(UsageError, match="all would get the same default in the unique column 'code'"):
        plan(request, snapshot(rows={"products": 2}))


def test_rows_are_counted_only_for_what_needs_them() -> None:
    class Unreachable(dict[str, int]):
        def __getitem__(self, table: str) -> int:
            raise ScaffoldError(f"the database with {table} can't be reached")

    made = snapshot()
    offline = Snapshot(made.package, made.folder, made.files, Unreachable(), made.line_length)
    assert plan(_request("size:text:optional"), offline)
    assert plan(_request("size:text", migrate=False), offline)
    with pytest.raises(ScaffoldError, match="can't be reached"):
        plan(_request("size:text"), offline)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("coding", ["utf-8", "latin-1", "utf-8-sig"])
def test_bytes_stay_bytes(newline: str, coding: str) -> None:
    head = f"# -*- coding: {coding} -*-\n# Größe\n" if coding != "utf-8-sig" else "# Größe\n"
    text = (head + SHOP).replace("\n", newline)
    made = snapshot()
    files = dict(made.files) | {"tables/shop.py": text.encode(coding)}
    made = plan(_request("size:text:optional"), Snapshot(made.package, made.folder, files, made.rows, 88))
    [edit] = made.edits
    assert edit.after is not None
    expected = text.replace(
        f"name: Mapped[str]{newline}", f"name: Mapped[str]{newline}    size: Mapped[str | None]{newline}"
    )
    assert edit.after == expected.encode(coding)


def test_one_note_for_all_that_are_required() -> None:
    made = plan(_request("size:text", "weight:int", "colour:text:optional"), snapshot())
    [note] = made.notes
    assert note.startswith("size, weight are required and have no default, so the migration fails on a database")
