import subprocess
from contextlib import suppress
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.errors import UsageError
from scaffold.source import add_export, exported
from scaffold.source.text import Source

from . import ruff
from .modules import examples


def export(text: str, *class_names: str, domain: str = "events", width: int = 88) -> str:
    return add_export(dedent(text), "appdb", domain, class_names or ["Event"], width=width)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "from appdb.tables.events import Event as Event\n"),
        ('"""Tables."""\n', '"""Tables."""\n\nfrom appdb.tables.events import Event as Event\n'),
        ('"""Tables."""', '"""Tables."""\n\nfrom appdb.tables.events import Event as Event'),
        ("# Tables.\n", "# Tables.\n\nfrom appdb.tables.events import Event as Event\n"),
    ],
)
def test_the_first_export(before: str, after: str) -> None:
    assert export(before) == after


def test_sorted_exports_stay_sorted() -> None:
    text = '''\
        """Every domain's tables."""

        from appdb.tables.analytics import PageView as PageView
        from appdb.tables.events import Attendee as Attendee  # the guests
        from appdb.tables.shop import Order as Order
        '''
    assert export(text, "Event", "Absence") == dedent('''\
        """Every domain's tables."""

        from appdb.tables.analytics import PageView as PageView
        from appdb.tables.events import Absence as Absence
        from appdb.tables.events import Attendee as Attendee  # the guests
        from appdb.tables.events import Event as Event
        from appdb.tables.shop import Order as Order
        ''')


def test_unsorted_exports_get_one_more() -> None:
    text = """\
        from appdb.tables.shop import Order as Order
        from appdb.tables.analytics import PageView as PageView
        """
    assert export(text) == dedent(text) + "from appdb.tables.events import Event as Event\n"


def test_relative_exports() -> None:
    assert export("from .analytics import PageView as PageView\nfrom .shop import Order as Order\n") == (
        "from .analytics import PageView as PageView\n"
        "from .events import Event as Event\n"
        "from .shop import Order as Order\n"
    )


def test_plain_exports() -> None:
    assert export("from appdb.tables.events import Attendee, Ticket\n") == (
        "from appdb.tables.events import Attendee, Event, Ticket\n"
    )
    assert export("from .shop import Order\n") == "from .events import Event\nfrom .shop import Order\n"


def test_plain_exports_of_many_lines() -> None:
    text = "from appdb.tables.events import (\n    Attendee,\n    Ticket,\n)\n"
    assert export(text) == "from appdb.tables.events import (\n    Attendee,\n    Event,\n    Ticket,\n)\n"


def test_combined_exports() -> None:
    assert export("from .events import Attendee as Attendee, Ticket as Ticket\n") == (
        "from .events import Attendee as Attendee, Event as Event, Ticket as Ticket\n"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("__all__ = []", '__all__ = ["Event"]'),
        ("__all__ = ()", '__all__ = ("Event",)'),
        ('__all__: list[str] = ["A", "Ticket"]', '__all__: list[str] = ["A", "Event", "Ticket"]'),
        ("__all__ = ['Ticket']", "__all__ = ['Event', 'Ticket']"),
        ('__all__ = ["Ticket", "Attendee"]', '__all__ = ["Ticket", "Attendee", "Event"]'),
        ('__all__ = "Attendee", "Ticket"', '__all__ = "Attendee", "Event", "Ticket"'),
        ('__all__ = [\n    "Attendee",  # one\n]', '__all__ = [\n    "Attendee",  # one\n    "Event",\n]'),
        ('__all__ = [\n    "Attendee"\n]', '__all__ = [\n    "Attendee",\n    "Event"\n]'),
        (
            '__all__ = ["Attendee", "Timetable"]  # sorted',
            '__all__ = [\n    "Attendee",\n    "Event",\n    "Timetable",\n]  # sorted',
        ),
    ],
)
def test_a_list_of_names_is_kept(before: str, after: str) -> None:
    line = "from .events import Event\n\n"
    assert export(line + before + "\n", width=45) == line + after + "\n"
    assert export(before + "\n", width=45).endswith(f"from appdb.tables.events import Event\n\n{after}\n")


def test_what_is_there_stays() -> None:
    for text in (
        "from appdb.tables.events import Event as Event\n",
        "from .events import (Event)\n__all__ = ('Event')\n".replace("('Event')", "['Event']"),
    ):
        assert export(text) == text


BY_HAND = "Add it by hand:\n\nfrom appdb.tables.events import Event as Event"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("from appdb.tables.shop import Event as Event\n", "the name is taken by appdb.tables.shop"),
        ("class Event: ...\n", "the name is taken by something else"),
        ("if TYPE_CHECKING:\n    from .events import Event\n", "the name is taken by something else"),
        ("__all__ = sorted(names)\n", "its __all__ is not one list of names"),
        ('__all__ = ["A"]\n__all__ += other\n', "its __all__ is not one list of names"),
        ('__all__ = ["A"]\n__all__.extend(other)\n', "its __all__ is not one list of names"),
        ('__all__ = ["A", *other]\n', "its __all__ is not one list of names"),
        ('__all__ = [("A")]\n', "its __all__ is written in a way that is not understood"),
    ],
)
def test_what_cannot_be_done_is_shown(text: str, reason: str) -> None:
    with pytest.raises(UsageError) as caught:
        export(text)
    assert caught.value.message == f"tables/__init__.py cannot export Event of appdb.tables.events: {reason}."
    assert caught.value.help == BY_HAND


def test_a_broken_file_is_shown_with_the_line_to_add() -> None:
    with pytest.raises(UsageError) as caught:
        export("from appdb.tables import (\n")
    assert caught.value.message.startswith("tables/__init__.py:1 is not valid Python (")
    assert caught.value.help.endswith("The export to add:\n\nfrom appdb.tables.events import Event as Event")


def test_exported() -> None:
    text = dedent("""\
        from __future__ import annotations
        from appdb.tables.analytics import PageView as PageView, Visit
        from .shop import Order as Order
        from .old import *
        if x:
            from .other import Other
        """)
    assert exported(text, "appdb") == {
        "PageView": "appdb.tables.analytics",
        "Visit": "appdb.tables.analytics",
        "Order": "appdb.tables.shop",
    }
    assert exported("from .shop import Order as Order\n") == {"Order": ".shop"}


words = st.sampled_from(["a", "ab", "a_b", "item2", "item10", "zoo", "events"])
classes = st.builds(lambda word, number: f"{word.title().replace('_', '')}{number}", words, st.integers(1, 12))
exports = st.lists(st.tuples(words, classes), min_size=1, max_size=8, unique_by=lambda export: export[1])


def test_sorted_exports_satisfy_ruff(tmp_path: Path) -> None:
    texts = []
    for wanted in examples(exports, 100):
        text = '"""Tables."""\n'
        for domain, class_name in wanted:
            text = add_export(text, "appdb", domain, [class_name])
        assert exported(text) == {class_name: f"appdb.tables.{domain}" for domain, class_name in wanted}
        texts.append(text)
    assert ruff.complaints(tmp_path / "exports", texts) == [""] * len(texts)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=30), st.text("__all__=[]()'\"Aaimportfrom .,\n#", max_size=40)))
def test_any_text_gives_a_module_or_an_error(text: str) -> None:
    with suppress(UsageError):
        result = add_export(text, "appdb", "events", ["Event"])
        assert exported(result, "appdb")["Event"] == "appdb.tables.events"
        assert Source.parse(result)


def git(folder: Path, *arguments: str) -> int:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, check=False).returncode


def test_two_branches_that_each_export_a_table_merge(tmp_path: Path) -> None:
    file = tmp_path / "__init__.py"
    base = export("", "Login", domain="accounts")
    base = export(export(base, "Order", domain="shop"), "PageView", domain="pages")
    branches = {"ours": ("events", "Event"), "theirs": ("reports", "Report")}

    git(tmp_path, "init", "--initial-branch=main")
    file.write_text(base)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "base")
    for branch, (domain, class_name) in branches.items():
        git(tmp_path, "checkout", "-b", branch, "main")
        file.write_text(export(base, class_name, domain=domain))
        assert git(tmp_path, "commit", "-a", "-m", branch) == 0
    assert git(tmp_path, "merge", "ours", "-m", "merge") == 0

    assert [*exported(file.read_text())] == ["Login", "Event", "PageView", "Report", "Order"]
