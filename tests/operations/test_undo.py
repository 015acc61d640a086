"""`undo`, without a disk."""

import hashlib
from dataclasses import replace

import pytest

from scaffold.errors import ScaffoldError, UsageError
from scaffold.operations.undo import notes, plan, stays_lost
from scaffold.plan.past import Deed, FormerFile, Present

RECORD = ".scaffold/history/20260131_093000_create_notes.json"
DEED = Deed(
    record=RECORD,
    message="create notes",
    revision="0123456789ab",
    down=None,
    files=(
        FormerFile("notes.py", None, hashlib.sha256(b"new").hexdigest()),
        FormerFile("exports.py", b"old", hashlib.sha256(b"more").hexdigest()),
        FormerFile("gone.py", b"was", None),
    ),
    added=(("notes", ""), ("users", "note")),
)
PRESENT = Present({"notes.py": b"new", "exports.py": b"more", "gone.py": None, RECORD: b"{}"})


def test_files_are_as_they_were_and_the_record_goes() -> None:
    back = plan(DEED, PRESENT)
    assert [(edit.path, edit.before, edit.after) for edit in back.edits] == [
        ("notes.py", b"new", None),
        ("exports.py", b"more", b"old"),
        ("gone.py", None, b"was"),
        (RECORD, b"{}", None),
    ]
    assert back.downgrade


def test_what_the_database_would_lose_is_told() -> None:
    rows = {("notes", ""): 1, ("users", "note"): 1200}
    losses = ("1 row of notes would be lost", "1,200 values of users.note would be lost")
    assert plan(DEED, replace(PRESENT, rows=rows)).losses == losses
    assert plan(DEED, replace(PRESENT, rows=rows, local=False)).losses == ()
    assert not plan(DEED, replace(PRESENT, local=False)).downgrade


def test_what_was_rewritten_comes_back_or_is_said_to_stay() -> None:
    deed = replace(DEED, rewritten={("notes", "kind"): 1, ("notes", "size"): 2})
    copied = replace(PRESENT, copy="a.db", obstacles={("notes", "size"): "notes has changed since"})
    assert plan(deed, copied).restores == (("notes", "kind"),)
    assert notes(deed, copied, stays_lost(deed, copied)) == [
        "1 value of notes.kind comes back from a.db.",
        "2 values of notes.size stay as the verb left them: notes has changed since. What they were is in a.db.",
    ]
    assert notes(deed, PRESENT, stays_lost(deed, PRESENT))[0] == (
        "1 value of notes.kind stays as the verb left it: there is no copy of the database from before."
    )


def test_a_required_column_needs_its_values_where_there_are_rows() -> None:
    deed = replace(DEED, lost={("notes", "author_id"): 2})
    wanting = replace(PRESENT, wanting={("notes", "author_id"): 2})
    with pytest.raises(ScaffoldError, match="notes has 2 rows, its column author_id is required, and its values"):
        plan(deed, wanting)
    assert plan(deed, replace(wanting, copy="a.db")).restores == (("notes", "author_id"),)
    assert plan(deed, replace(wanting, wanting={("notes", "author_id"): 0})).restores == ()
    assert not plan(deed, replace(wanting, local=False)).downgrade


def test_there_must_be_something() -> None:
    with pytest.raises(UsageError, match="No verb is on record here"):
        plan(None, Present({}))


@pytest.mark.parametrize(
    ("present", "message"),
    [
        (replace(PRESENT, files={**PRESENT.files, "notes.py": b"newer"}), "notes.py has been edited since"),
        (replace(PRESENT, files={**PRESENT.files, "gone.py": b"back"}), "gone.py has been edited since"),
        (replace(PRESENT, files={**PRESENT.files, "notes.py": None}), "notes.py has been edited since"),
        (replace(PRESENT, later=("20260201_090000_more",)), "the revision 20260201_090000_more stands on it"),
        (replace(PRESENT, later=("a", "b")), "the revisions a, b stand on it"),
        (replace(PRESENT, others=("production has its revision",)), "production has its revision"),
    ],
)
def test_what_has_changed_since_stands_against_it(present: Present, message: str) -> None:
    with pytest.raises(ScaffoldError) as caught:
        plan(DEED, present)
    assert f"`create notes` can't be taken back: {message}" in caught.value.message
    assert caught.value.message.endswith("nothing was written.")
    assert caught.value.exit_code == 1
