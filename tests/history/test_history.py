"""CHECKSUMS and HEAD as text, what is wrong with a history, and a revision put on top of another."""

from datetime import UTC, datetime

import pytest

from scaffold.errors import UsageError
from scaffold.history import (
    CHECKSUMS,
    HEAD,
    Checksums,
    Database,
    Head,
    digest,
    of_database,
    of_files,
    read_revision,
    read_state,
    records,
)
from scaffold.history.checksums import format_checksums
from scaffold.history.names import next_stamp, slug
from scaffold.history.reparent import reparent
from scaffold.history.revision import read_header
from scaffold.operations import rebase

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def revision(name: str, *down: str) -> bytes:
    stands = repr(down[0]) if len(down) == 1 else repr(down or None)
    docstring = f'"""{name}.\n\nRevision ID: {name}\nRevises: {", ".join(down)}\n"""'
    return f'{docstring}\n\nrevision = "{name}"\ndown_revision = {stands}\n'.encode()


BASE = {"20260101_000000_a.py": revision("a")}
FORKED = {**BASE, "20260102_000000_b.py": revision("b", "a"), "20260103_000000_c.py": revision("c", "a")}


def codes(files: dict[str, bytes]) -> list[str]:
    return [finding.code for finding in of_files(read_state("versions", files))]


LINE = {"20260103_000000_a.py": revision("a"), "20260101_000000_b.py": revision("b", "a")}


@pytest.mark.parametrize(
    ("files", "line"),
    [
        ({}, ()),
        (BASE, ("a",)),
        (LINE, ("a", "b")),
        (FORKED, ()),
        ({**FORKED, "20260104_000000_d.py": revision("d", "b", "c")}, ()),
        ({**BASE, "20260102_000000_z.py": revision("z")}, ()),
        ({"20260102_000000_b.py": revision("b", "gone")}, ()),
        ({**BASE, "20260102_000000_b.py": revision("b", "a") + b'depends_on = "a"\n'}, ()),
        ({**BASE, "20260102_000000_b.py": revision("b", "a") + b'branch_labels = ("web",)\n'}, ()),
        ({**BASE, "20260102_000000_b.py": b"revision = made()\n"}, ()),
        ({**BASE, "20260102_000000_b.py": b"revision = (\n"}, ()),
    ],
)
def test_a_history_is_a_line_or_not(files: dict[str, bytes], line: tuple[str, ...]) -> None:
    assert read_state("versions", files).line == line


def test_checksums_round_trip() -> None:
    digests = {"b.py": frozenset({"1" * 64}), "a.py": frozenset({"0" * 64})}
    text = format_checksums(digests)
    assert text == f"{'0' * 64}  a.py\n{'1' * 64}  b.py\n".encode()
    assert Checksums.parse(text) == Checksums(digests)
    assert Checksums.parse(text.replace(b"\n", b"\r\n")) == Checksums(digests)


def test_both_sides_of_a_conflict_hold() -> None:
    one, two = "1" * 64, "2" * 64
    text = f"<<<<<<< HEAD\n{one}  a.py\n||||||| base\n=======\n{two}  a.py\n>>>>>>> theirs\n"
    assert Checksums.parse(text.encode()) == Checksums({"a.py": frozenset({one, two})})
    assert Checksums.parse(b"what\n").malformed == (1,)


def test_head() -> None:
    assert Head.parse(b"a\n") == Head(("a",))
    assert Head.parse(b"<<<<<<< HEAD\na\n=======\nb\n>>>>>>> theirs\n") == Head(("a", "b"), conflict=True)


def test_newlines_don_t_count() -> None:
    assert digest(b"a\r\nb\r\n") == digest(b"a\nb\n") == digest(b"a\rb\r") != digest(b"a\nb")


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({}, []),
        (BASE, []),
        (FORKED, ["several-heads"]),
        ({**BASE, "b.py": revision("b", "x")}, ["missing-revision", "several-heads"]),
        ({**BASE, "copy.py": revision("a")}, ["same-revision", "several-heads"]),
        ({**BASE, "b.py": b"def"}, ["syntax-error"]),
        ({**BASE, HEAD: b"x\n"}, ["unknown-head"]),
        ({**BASE, "b.py": revision("b", "a"), HEAD: b"a\n"}, ["stale-head"]),
        ({**BASE, HEAD: b"<<<<<<< HEAD\na\n=======\nb\n>>>>>>> theirs\n"}, ["head-conflict"]),
        ({**BASE, CHECKSUMS: b"0" * 64 + b"  gone.py\n"}, ["missing-file"]),
        ({**BASE, CHECKSUMS: digest(revision("a")).encode() + b"  renamed.py\n"}, []),
        ({**BASE, CHECKSUMS: b"?\n"}, ["malformed-checksums"]),
        ({**BASE, "computed.py": b'revision = "b" + "c"\ndown_revision = "x"\n'}, []),
    ],
)
def test_what_is_wrong_with_files(files: dict[str, bytes], found: list[str]) -> None:
    assert codes(files) == found


@pytest.mark.parametrize(
    ("target", "heads", "found"),
    [
        ("local", (), []),
        ("local", ("a",), ["edited-revision"]),
        ("remote", ("a",), ["edited-revision"]),
        ("remote", (), ["unrecorded-edit"]),
        ("local", ("x",), ["unknown-revision"]),
    ],
)
def test_what_is_wrong_with_a_database(target: str, heads: tuple[str, ...], found: list[str]) -> None:
    state = read_state("versions", {**BASE, CHECKSUMS: b"0" * 64 + b"  20260101_000000_a.py\n"})
    assert [finding.code for finding in of_database(state, Database(target, heads))] == found


def test_records_keep_what_was_recorded_unless_told() -> None:
    recorded = b"0" * 64 + b"  20260101_000000_a.py\n"
    state = read_state("versions", {**BASE, CHECKSUMS: recorded, HEAD: b"a\n"})
    assert records(state, head="a", anew=False) == ()
    [edit] = records(state, head="a", anew=True)
    assert edit.after == digest(BASE["20260101_000000_a.py"]).encode() + b"  20260101_000000_a.py\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('down_revision: str | None = "a"  # why\r\nx = 1\r\n', 'down_revision: str | None = "b"  # why\r\nx = 1\r\n'),
        ("down_revision = 'a'\n", "down_revision = 'b'\n"),
        ("down_revision = None", 'down_revision = "b"'),
        ('"""Ä\nRevises: a\n"""\ndown_revision = "a"\n', '"""Ä\nRevises: b\n"""\ndown_revision = "b"\n'),
        ('down_revision = (\n    "a",\n    "x",\n)\n', 'down_revision = "b"\n'),
    ],
)
def test_reparent_changes_nothing_else(before: str, after: str) -> None:
    assert reparent(before, ("b",)) == after


def test_next_stamp() -> None:
    assert next_stamp(["20250101_000000_x.py"], NOW) == "20260301_120000"
    assert next_stamp(["20270101_000059_x.py"], NOW) == "20270101_000100"
    assert next_stamp(["99999999_999999_x.py"], NOW) == "20260301_120000"


def decided(
    files: dict[str, bytes], *databases: Database, onto: str | None = None, published: str = ""
) -> rebase.Rebased:
    return rebase.plan(onto, read_state("v", files), files, databases, frozenset({published} - {""}), NOW)


def test_rebase_keeps_what_others_have() -> None:
    assert decided(FORKED, Database("local", ("b",))).onto.revision == "b"
    assert decided(FORKED, Database("local", ()), published="20260102_000000_b.py").onto.revision == "b"
    with pytest.raises(UsageError, match="local database has applied") as error:
        decided(FORKED, Database("local", ("b",)), Database("remote", ("c",)))
    assert "alembic downgrade b@a\n  scaffold rebase --onto c" in error.value.help
    with pytest.raises(UsageError, match="remote database has applied"):
        decided(FORKED, Database("remote", ("c",)), onto="b")
    with pytest.raises(UsageError, match="upstream branch"):
        decided(FORKED, published="20260102_000000_b.py", onto="c")
    with pytest.raises(UsageError, match="nothing to rebase"):
        decided(BASE)


def test_rebase_renames_so_that_names_sort_as_revisions_do() -> None:
    files = {**FORKED, "20260102_000001_d.py": revision("d", "b")}
    plan = decided(files, onto="c")
    assert [(move.revision.revision, move.name) for move in plan.moved] == [
        ("b", "20260301_120000_b.py"),
        ("d", "20260301_120001_d.py"),
    ]
    assert plan.head == "d"
    after = {edit.path: edit.after for edit in plan.edits}
    assert after["v/20260301_120000_b.py"] == revision("b", "c")
    assert after["v/20260301_120001_d.py"] == revision("d", "b")
    assert after["v/20260102_000000_b.py"] is None
    assert after["v/HEAD"] == b"d\n"
    kept = {**files, **{path.removeprefix("v/"): data for path, data in after.items() if data is not None}}
    assert codes({name: data for name, data in kept.items() if after.get(f"v/{name}", b"") is not None}) == []


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("create page_views", "create_page_views"),
        (f"create {'a' * 63}", f"create_{'a' * 63}"),
        (f"add {'a' * 63} to {'b' * 63}", f"add_{'a' * 63}_to"),
        ("Say: it's, done!", "say_it_s_done"),
        ("ü" * 63, "ü" * 40),
    ],
)
def test_a_file_is_named_after_what_its_revision_does(message: str, name: str) -> None:
    assert slug(message) == name


def test_a_message_may_span_lines() -> None:
    text = b'"""add a\nto b.\n\nRevises: x\n"""\nrevision = "r"\n'
    found = read_revision("r.py", text)
    assert found
    assert found.message == "add a to b"


HEADERS = [
    'revision: str = "abc"\ndown_revision: str | Sequence[str] | None = None\ndepends_on = None\n',
    "revision = 'abc'\ndown_revision = 'def'\nbranch_labels = 'x'\ndepends_on = 'ghi'\n",
    'revision = "abc"\n',
]


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("summary", ["add x.", "add x to y"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_header_says_what_the_whole_file_says(header: str, summary: str, newline: str) -> None:
    text = f'"""{summary}\n\nCreate Date: 2026-01-31 09:30:00+00:00\n"""\n{header}\n\ndef upgrade():\n    pass\n'
    data = text.replace("\n", newline).encode()
    assert read_header("x.py", data, digest(data)) == read_revision("x.py", data)


@pytest.mark.parametrize(
    "text",
    [
        'revision = "abc"\n',
        '"""add x.\n"""\nrevision = make()\n',
        '"""add x.\n"""\nrevision = "abc"\nrevision = "def"\n',
        '"""add x.\n"""\nrevision = "abc"\ndown_revision = ("d", "e")\n',
        '"""add x.\n\nrevision = "abc"\n"""\nrevision = "abc"\n',
        '"""add \\x41.\n"""\nrevision = "abc"\n',
        '"""\nadd x.\n"""\nrevision = "abc"\n',
        '"""add x."""\nrevision = "abc"\n',
        '"""add x\nto y.\n"""\nrevision = "abc"\n',
        '"""add x.\n"""\nrevision = "a" "b"\n',
    ],
)
def test_an_unusual_header_is_left_to_the_parser(text: str) -> None:
    data = text.encode()
    assert read_header("x.py", data, digest(data)) is None
