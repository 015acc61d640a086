"""The tutorial's commands, in order, in an empty folder: they work, and print what the tutorial says."""

import pytest

from tests.docs.pages import Page
from tests.projects import REPOSITORY

pytestmark = pytest.mark.slow

TUTORIAL = Page(REPOSITORY / "docs" / "tutorial.md")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """What each block of commands prints."""
    return TUTORIAL.follow(tmp_path_factory.mktemp("tutorial"), {})


def test_it_prints_what_it_says(printed: dict[int, str]) -> None:
    said = TUTORIAL.said()
    assert len(said) > 4
    for number, text in said:
        assert text in printed[number]


def test_it_shows_the_verbs_that_a_newcomer_needs() -> None:
    needed = {"init", "new-domain", "add-column", "rename-column", "generate", "undo", "check", "migrate"}
    assert needed <= TUTORIAL.verbs


def test_its_links_lead_somewhere() -> None:
    assert TUTORIAL.dead_links == []
