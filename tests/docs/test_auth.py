"""The page on Better Auth's tables: its commands work in order, and print what it says."""

import pytest

from tests.docs.pages import Page
from tests.drizzle.kit import GENERATED
from tests.projects import REPOSITORY

pytestmark = pytest.mark.slow

PAGE = Page(REPOSITORY / "docs" / "auth.md")
# What Better Auth's command line has written once: the real one needs a newer Node than the tests.
NPX = f'mkdir -p db && cp "{GENERATED["sqlite.org+admin.ts"]}" "$5"'


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """What each block of commands prints."""
    return PAGE.follow(tmp_path_factory.mktemp("auth"), {"npx": NPX})


def test_it_prints_what_it_says(printed: dict[int, str]) -> None:
    assert PAGE.said()
    for number, text in PAGE.said():
        assert text in printed[number]


def test_it_shows_both_verbs_and_its_links_lead_somewhere() -> None:
    assert {"auth sync", "auth check"} <= PAGE.verbs
    assert PAGE.dead_links == []
