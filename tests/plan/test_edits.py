"""A plan as data."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.plan import FileEdit, Revision, Snapshot
from scaffold.schema.changes import AddColumn, AddTable
from scaffold.schema.column import Column, Table
from scaffold.schema.types import Type

lines = st.lists(st.sampled_from(["a", "b", "ü", "\f", "\u2028", "\r", ""]), max_size=8).map("\n".join)


def test_what_happens_to_a_file() -> None:
    assert [FileEdit("a", *images).action for images in ((None, b""), (b"", None), (b"a", b"b"))] == [
        "create",
        "delete",
        "update",
    ]


def test_a_diff_as_git_prints_it() -> None:
    assert FileEdit("a/b.py", b"one\ntwo", b"one\nthree\n").diff() == (
        "--- a/a/b.py\n+++ b/a/b.py\n@@ -1,2 +1,2 @@\n one\n-two\n\\ No newline at end of file\n+three\n"
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("diffs")


@settings(max_examples=40, deadline=None)
@given(lines, lines)
def test_git_applies_a_diff(folder: Path, before: str, after: str) -> None:
    file = folder / "file.py"
    file.write_bytes(before.encode())
    diff = FileEdit("file.py", before.encode(), after.encode()).diff()
    if diff:
        command = ["git", "apply", "--unidiff-zero", "--whitespace=nowarn", "-"]
        subprocess.run(command, cwd=folder, input=diff.encode(), check=True)
    assert file.read_bytes() == after.encode()


def test_a_revision_touches_the_tables_of_its_changes() -> None:
    column = Column("a", Type("text"))
    changes = (AddTable(Table("orders", "Order", ())), AddColumn("users", column), AddColumn("users", column))
    assert Revision("m", changes).touches == {"orders", "users"}


def test_a_snapshot_knows_its_domains() -> None:
    files = dict.fromkeys(["base.py", "tables/__init__.py", "tables/shop.py", "tables/billing.py"], b"")
    snapshot = Snapshot("app.db", "src/app/db", files, {}, 88)
    assert snapshot.domains == ("billing", "shop")
    assert snapshot.path("tables/shop.py") == "src/app/db/tables/shop.py"
    assert Snapshot("db", "", files, {}, 88).path("base.py") == "base.py"
