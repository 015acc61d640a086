"""`update`, without a disk: what is merged with what."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from scaffold.errors import UsageError
from scaffold.operations.update import Update, plan
from scaffold.plan import Rendering, Snapshot
from scaffold.plan.merging import Merged, Side
from scaffold.source import answers
from scaffold.source.answers import Answers
from tests.operations.snapshots import snapshot

MODULE = '''\
"""{title} tables."""

from app.db.base import Base


class {name}(Base):
    __tablename__ = "{table}"
'''
VALUES = {"domain": "notes", "table": "notes", "class_name": "Note"}
ADDED = {"domain": "notes", "table": "tags", "class_name": "Tag"}
OLD, NEW = "a" * 40, "b" * 40


def _module(values: Mapping[str, Any], mark: str = "") -> str:
    return MODULE.format(title="Notes" + mark, name=values["class_name"], table=values["table"] + mark)


def _render(_: str, values: Mapping[str, Any]) -> Rendering:
    return Rendering(_module(values, " now"), "templates/domain", NEW)


def _render_again(kept: Answers) -> str:
    return _module(kept.values)


class Merging:
    """Takes the template's text, or conflicts, and remembers what it was asked."""

    def __init__(self, *, conflicts: bool = False) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.sides: list[Side | None] = []
        self._conflicts = conflicts

    def __call__(self, ours: str, base: str, theirs: str, labels: Sequence[str], side: Side | None) -> Merged:
        self.asked.append((ours, base, theirs))
        self.sides.append(side)
        if self._conflicts and side is None:
            mine, _, new = labels
            return Merged(f"<<<<<<< {mine}\n{ours}=======\n{theirs}>>>>>>> {new}\n", conflicts=True)
        return Merged(theirs, conflicts=False)


def _snapshot(text: str, *kept: Answers) -> Snapshot:
    made = snapshot({"tables/notes.py": text})
    return replace(made, answers={each.file: each.encode() for each in kept})


def _kept(values: Mapping[str, Any], version: str = OLD, *, whole: bool = True) -> Answers:
    return answers.of_table(Rendering("", "templates/domain", version), values, whole=whole)


def _versions(edits: Sequence[Any]) -> dict[str, bool]:
    return {edit.path: NEW.encode() in edit.after for edit in edits}


def test_what_stands_around_a_class_is_merged_without_it() -> None:
    merging = Merging()
    text = _module(VALUES) + "    body: Mapped[str]\n\n\ndef helper() -> None: ...\n"
    found = plan(Update(("notes",)), _snapshot(text, _kept(VALUES)), _render, _render_again, merging)
    own = 'class Note(Base):\n    __tablename__ = "notes"\n'
    head = '"""Notes tables."""\n\nfrom app.db.base import Base\n\n\n'
    assert merging.asked == [
        (own + "    body: Mapped[str]\n", own, own.replace('"notes"', '"notes now"')),
        (head, head, head.replace("Notes", "Notes now")),
    ]
    assert _versions(found.edits) == {
        "src/app/db/tables/notes.py": False,
        "src/app/db/tables/.answers/notes.json": True,
    }
    assert found.edits[0].after is not None
    assert found.edits[0].after.endswith(b"\n\n\ndef helper() -> None: ...\n")


def test_a_table_that_was_added_is_merged_by_itself_and_last_first() -> None:
    merging = Merging()
    tag = _module(ADDED).partition("Base\n\n\n")[2]
    text = f"{_module(VALUES)}\n\n{tag}"
    kept = (_kept(VALUES), _kept(ADDED, whole=False))
    found = plan(Update(("notes",)), _snapshot(text, *kept), _render, _render_again, merging)
    assert [ours.split()[:2] for ours, _, _ in merging.asked] == [
        ["class", "Tag(Base):"],
        ["class", "Note(Base):"],
        ['"""Notes', 'tables."""'],
    ]
    assert found.edits[0].after == (_module(VALUES, " now") + "\n\n" + tag.replace("tags", "tags now")).encode()


def test_what_is_at_the_templates_version_is_left_alone() -> None:
    merging = Merging()
    found = plan(Update(("notes",)), _snapshot(_module(VALUES), _kept(VALUES, NEW)), _render, _render_again, merging)
    assert (found.edits, found.left, merging.asked) == ((), (), [])


def test_a_version_that_renders_the_same_is_written_down() -> None:
    merging = Merging()
    found = plan(
        Update(("notes",)),
        _snapshot(_module(VALUES), _kept(VALUES)),
        _render,
        lambda kept: _module(kept.values, " now"),
        merging,
    )
    assert _versions(found.edits) == {"src/app/db/tables/.answers/notes.json": True}
    assert merging.asked == []


def test_conflicts_are_told_with_their_lines() -> None:
    found = plan(
        Update(("notes",)), _snapshot(_module(VALUES), _kept(VALUES)), _render, _render_again, Merging(conflicts=True)
    )
    assert [(conflict.path, conflict.line) for conflict in found.conflicts] == [
        ("src/app/db/tables/notes.py", 1),
        ("src/app/db/tables/notes.py", 14),
    ]
    assert found.conflicts[1].text == (
        "<<<<<<< src/app/db/tables/notes.py, as it is\n"
        'class Note(Base):\n    __tablename__ = "notes"\n'
        "=======\n"
        'class Note(Base):\n    __tablename__ = "notes now"\n'
        ">>>>>>> the template, at bbbbbbbbbbbb"
    )


def test_a_side_is_handed_on() -> None:
    merging = Merging(conflicts=True)
    request = Update(("notes",), side="ours")
    found = plan(request, _snapshot(_module(VALUES), _kept(VALUES)), _render, _render_again, merging)
    assert found.conflicts == ()
    assert set(merging.sides) == {"ours"}


def test_what_is_left_alone_is_named() -> None:
    found = plan(Update(), _snapshot(_module(VALUES), _kept(VALUES)), _render, lambda _: None, Merging())
    assert found.edits == ()
    assert found.left == (
        "Note of src/app/db/tables/notes.py is left as it is: its version aaaaaaaaaaaa of templates/domain is not known"
        " here; it was never committed, or is a newer scaffold's.",
        "src/app/db/tables/shop.py is left as it is: no answers in src/app/db/tables/.answers say that the template"
        " made it.",
    )


def test_what_is_asked_for_and_can_t_be_done_is_refused() -> None:
    with pytest.raises(UsageError, match="is left as it is: no answers"):
        plan(Update(("shop",)), snapshot(), _render, _render_again, Merging())
    with pytest.raises(UsageError, match="There is no domain 'shap'; the domains are shop") as caught:
        plan(Update(("shap",)), snapshot(), _render, _render_again, Merging())
    assert (caught.value.wrong, caught.value.right) == ("shap", "shop")


def test_a_template_that_renders_no_such_class_is_refused() -> None:
    with pytest.raises(UsageError, match="The template rendered no class Note"):
        plan(
            Update(),
            _snapshot(_module(VALUES), _kept(VALUES)),
            lambda *_: Rendering("x = 1\n", "templates/domain", NEW),
            _render_again,
            Merging(),
        )


@pytest.mark.parametrize("data", [b"[]", b"{}", b"\xff", b'{"_src_path": "x", "_commit": "y", "domain": 1}'])
def test_answers_that_are_none(data: bytes) -> None:
    made = replace(snapshot(), answers={"tables/.answers/shop.json": data})
    with pytest.raises(UsageError, match=r"\.answers/shop\.json can't be read as the answers that a template"):
        plan(Update(), made, _render, _render_again, Merging())
