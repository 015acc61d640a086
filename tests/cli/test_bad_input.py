"""Bad input: nothing is written, the exit code is 2, and one clear error shows the command that works."""

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from scaffold.errors import command_line
from tests.goldens import Golden
from tests.projects import TestProject

NEW, ADD = "new-domain", "add-column"
REPAIRABLE = [
    # a domain, table or column that exists already
    (NEW, "catalog", "--table", "products"),
    (NEW, "catalog", "--class", "Product"),
    # no identifier
    (NEW, "Page-Views"),
    (NEW, "catalog", "--table", "Page Views"),
    (NEW, "2fast"),
    (NEW, "catalog", "Path:text"),
    (NEW, "catalog", "--class", "page_view"),
    (ADD, "products", "Größe:text:optional"),
    (ADD, "Products", "size:text:optional"),
    (NEW, "名前"),
    # a path
    (NEW, ".."),
    (NEW, "../x"),
    (NEW, "/etc/x"),
    (NEW, "a/b"),
    (NEW, "catalog", "--table", "../x"),
    # a Python keyword
    (NEW, "class"),
    (NEW, "import", "--table", "imports"),
    (NEW, "catalog", "from:text"),
    (ADD, "products", "lambda:text:optional"),
    (NEW, "true"),
    # what SQLAlchemy does not quote
    (NEW, "returning"),
    (NEW, "catalog", "lateral:text"),
    (ADD, "products", "collation:text:optional"),
    # hides an export or an auth table
    (NEW, "users"),
    (NEW, "user_rows", "--table", "accounts"),
    (NEW, "people_of_ours", "--class", "User"),
    (NEW, "catalog", "--class", "Base"),
    # longer than 63 bytes
    (NEW, "a" * 64),
    (NEW, "catalog", "b" * 64 + ":text"),
    # generic
    (NEW, "data"),
    (NEW, "catalog", "--table", "info"),
    (ADD, "products", "data:json:optional"),
    # an unknown type or modifier
    (NEW, "catalog", "name:sting"),
    (NEW, "catalog", "name:varchar=80:unique"),
    (NEW, "catalog", "name:number=80"),
    (NEW, "catalog", "name"),
    (NEW, "catalog", "name:text:uniqe"),
    (NEW, "catalog", "name:text:nullable"),
    (NEW, "catalog", "name:text:required"),
    (NEW, "catalog", "name:text:optional=yes"),
    (ADD, "products", "size:strng:optional"),
    (ADD, "products", "size:text:optional:optional"),
    (ADD, "products", "size:text:default=a:default=b"),
    # a column twice
    (NEW, "catalog", "id:text"),
    (NEW, "catalog", "organization:ref=organizations"),
    (NEW, "catalog", "a:text", "a:int"),
    (NEW, "catalog", "a:text", "a:text"),
    (ADD, "products", "name:text", "size:text:optional"),
    # an enum without values or with a value twice, types with wrong arguments
    (NEW, "catalog", "status:enum"),
    (NEW, "catalog", "status:enum=a,b,a:optional"),
    (NEW, "catalog", "status:enum=a, b,"),
    (NEW, "catalog", "name:text=80"),
    (NEW, "catalog", "name:string=long"),
    (NEW, "catalog", "price:decimal=99.2:optional"),
    # a default that is no value of the type
    (NEW, "catalog", "paid:bool:default=maybe:index"),
    (NEW, "catalog", "amount:int:default=many"),
    (NEW, "catalog", "ratio:float:default=nan"),
    (NEW, "catalog", "price:decimal=4.2:default=100"),
    (NEW, "catalog", "due:date:default=tomorrow"),
    (NEW, "catalog", "opens:time:default=9 am"),
    (NEW, "catalog", "sent:datetime:default=2026-01-31T09:30:00"),
    (NEW, "catalog", "settings:json:default=none"),
    (NEW, "catalog", "token:uuid:default=1"),
    (NEW, "catalog", "digest:bytes:default=zz"),
    (NEW, "catalog", "status:enum=a,b:default=c"),
    (NEW, "catalog", "code:string=2:default=abc"),
    (NEW, "catalog", "name:text:default"),
    # references
    (NEW, "catalog", "product:ref"),
    (NEW, "catalog", "product:ref=product"),
    (NEW, "catalog", "owner:ref=user:optional"),
    (NEW, "catalog", "owner:ref=users:default=1:optional"),
    (NEW, "catalog", "owner:ref=users:on_delete=set_null"),
    (NEW, "catalog", "owner:ref=users:on_delete=kaskade"),
    (NEW, "catalog", "name:text:on_delete=cascade"),
    (ADD, "product", "size:text:optional"),
    # types that no index holds everywhere
    (NEW, "catalog", "settings:json:unique"),
    (NEW, "catalog", "name:string=1000:index"),
    # tables of the database itself
    (NEW, "sqlite_things"),
    (NEW, "alembic_version"),
    # a device of Windows
    (NEW, "con"),
    # no name, blanks, a colon in a default, a name that is too long with what a reference puts behind it
    (NEW, "catalog", ":decimal=9.2:optional"),
    (NEW, "catalog", "size : int : optional"),
    (NEW, "catalog", "size::int"),
    (NEW, "catalog", "note:text:default=a:b"),
    (NEW, "catalog", "b" * 62 + ":ref=users"),
    (NEW, "catalog", "Größe:ref=users"),
    # a domain where a table is meant
    (ADD, "shop", "size:text:optional"),
    # several mistakes
    (NEW, "Catalog", "Name:strng", "owner:ref=user:optinal"),
    (NEW, "class", "data:int"),
    (NEW, "catalog", "size:itn", "--table", "products"),
    (ADD, "product", "Size:txt:nullable"),
    (ADD, "products", "Size:ref=users:optional", "data:jsn:optional"),
]
HOPELESS = [
    (NEW, "shop"),
    (NEW, "shop", "weight:float", "name:text:default=a b"),
    (ADD, "products", "code:string=8:unique"),
    (NEW, ""),
    (ADD, "products", "name:text"),
    (ADD, "products", "id:text"),
    (ADD, "products", "created_at:datetime"),
    (NEW, "catalog", "owner:ref=zzzzzz"),
    (ADD, "zzzzzz", "size:text:optional"),
    (ADD, "users", "nickname:text:optional"),
    (ADD, "analytics", "size:text:optional"),
    (ADD, "products", "size:text"),
    (ADD, "products", "code:string=8:unique:default=x"),
    (ADD, "products", "Name:txt"),
    (ADD, "users", "size:itn"),
    (NEW, "shop", "owner:ref=zzzzzz"),
    (ADD, "products"),
    (NEW,),
    (NEW, "catalog", "--tabel", "x"),
    ("new-domian", "catalog"),
    ("add-index", "products", "name", "--where", "nocolumn = 1"),
    ("add-index", "products", "name", "--where", "name = 'a'; DROP TABLE users"),
    ("migrate", "--local", "--remote"),
    ("migrate", "--remote"),
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> TestProject:
    """A project with a domain, and two rows in its table."""
    project = TestProject(tmp_path_factory.mktemp("shop") / "project")
    project.ok(NEW, "shop", "name:text", "--table", "products", "--no-tenant")
    project.execute("INSERT INTO products VALUES ('1', 'a', 0, 0), ('2', 'b', 0, 0)")
    return project


@pytest.mark.parametrize("argv", REPAIRABLE, ids=" ".join)
def test_the_command_that_is_shown_works(shop: TestProject, tmp_path: Path, argv: tuple[str, ...]) -> None:
    before = shop.tree()
    result = shop.run(*argv)
    assert shop.tree() == before
    assert (result.code, result.out) == (2, ""), str(result)
    assert len(re.findall("^Error: ", result.err, re.MULTILINE)) == 1
    [corrected] = re.findall("^Try: scaffold (.*)", result.err, re.MULTILINE)
    again = shop.copy(tmp_path / "copy").run(*shlex.split(corrected))
    assert again.code == 0, f"{result}\n{again}"


@pytest.mark.parametrize("argv", [*REPAIRABLE[::5], *HOPELESS], ids=" ".join)
def test_the_same_as_json(shop: TestProject, argv: tuple[str, ...]) -> None:
    before = shop.tree()
    result = shop.run(*argv, "--json")
    assert shop.tree() == before
    assert (result.code, result.err) == (2, "")
    error = json.loads(result.out)["error"]
    assert error["exit_code"] == 2
    assert error["message"]


@pytest.mark.slow
def test_what_it_says(shop: TestProject, golden: Golden) -> None:
    before, said = shop.tree(), []
    for argv in (*REPAIRABLE, *HOPELESS):
        result = shop.run(*argv)
        assert (result.code, result.out) == (2, "")
        said.append(f"$ {shlex.join(['scaffold', *argv])}\n{result.err}".replace(str(shop.root), "<project>"))
    assert shop.tree() == before
    golden("bad_input.txt", "\n".join(said))


def test_every_error_shows_what_to_type(shop: TestProject) -> None:
    for argv in HOPELESS[3:]:
        if argv[1:] not in {("",)}:
            assert "scaffold " in shop.run(*argv).err.partition("\n")[2], argv


HAND_WRITTEN = """\
from sqlalchemy.orm import Mapped

from shopdb.base import Base
from shopdb.mixins import HasId


class Gadget(HasId, Base):
    __tablename__ = "gadgets"

    name: Mapped[str | None]
"""
ON_GADGETS = [
    (ADD, "gadgets", "size:text:optional"),
    ("alter-column", "gadgets", "name:string=80:optional"),
    ("rename-column", "gadgets", "name", "title"),
    ("drop-column", "gadgets", "name", "--yes"),
    ("add-index", "gadgets", "name"),
    ("rename-table", "gadgets", "widgets"),
    ("drop-table", "gadgets", "--yes"),
    ("drop-domain", "hand", "--yes"),
    (NEW, "catalog", "gadget:ref=gadgets"),
]


@pytest.fixture
def by_hand(shop: TestProject, tmp_path: Path) -> TestProject:
    """The shop with a table that a person wrote, and that no migration makes yet."""
    project = shop.copy(tmp_path / "by_hand")
    project.write(project.package / "tables" / "hand.py", HAND_WRITTEN)
    exports = project.package / "tables" / "__init__.py"
    project.write(exports, exports.read_text() + "from shopdb.tables.hand import Gadget as Gadget\n")
    return project


@pytest.mark.parametrize("option", ["", "--no-migrate", "--dry-run"])
@pytest.mark.parametrize("argv", ON_GADGETS, ids=lambda argv: argv[0])
def test_a_table_that_no_migration_makes_yet(by_hand: TestProject, argv: tuple[str, ...], option: str) -> None:
    before = by_hand.tree()
    result = by_hand.run(*argv, *filter(None, [option]))
    assert result.code == 2
    assert result.err == (
        "Error: No migration makes the table 'gadgets' yet, so none can build on it; nothing was written.\n\n"
        'Make it first: scaffold generate -m "create gadgets"\n'
    )
    assert by_hand.tree() == before


@pytest.mark.parametrize("argv", ON_GADGETS, ids=lambda argv: argv[0])
def test_once_it_is_made_the_same_command_works(by_hand: TestProject, argv: tuple[str, ...]) -> None:
    by_hand.ok("generate", "-m", "create gadgets")
    by_hand.ok(*argv)


def test_a_table_that_was_dropped_by_a_migration_and_written_anew_by_hand(by_hand: TestProject) -> None:
    by_hand.ok("generate", "-m", "create gadgets")
    by_hand.ok("drop-table", "gadgets", "--yes")
    by_hand.write(by_hand.package / "tables" / "hand.py", HAND_WRITTEN)
    exports = by_hand.package / "tables" / "__init__.py"
    by_hand.write(exports, exports.read_text() + "from shopdb.tables.hand import Gadget as Gadget\n")
    result = by_hand.run(ADD, "gadgets", "size:text:optional")
    assert (result.code, "No migration makes the table 'gadgets' yet" in result.err) == (2, True), str(result)


def test_a_table_that_only_the_database_has(shop: TestProject, tmp_path: Path) -> None:
    project = shop.copy(tmp_path / "legacy")
    project.execute("CREATE TABLE legacy_rows (id TEXT)")
    before = project.tree()
    result = project.run(ADD, "legacy_rows", "size:text:optional")
    assert result.code == 2
    assert "The local database has a table 'legacy_rows', but no model describes it" in result.err
    assert 'class LegacyRow(Base):\n      __tablename__ = "legacy_rows"\n' in result.err
    assert project.tree() == before


def test_a_shell_reads_what_is_shown() -> None:
    words = ["a\rb\n%s\\:'x", "é'\t", "plain", "\x1b[31m", "$HOME"]
    shown = command_line(words)
    assert shown.isprintable()
    read = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {shown.removeprefix('scaffold ')}"], capture_output=True, check=True
    )
    assert read.stdout.decode().split("\0")[:-1] == words
