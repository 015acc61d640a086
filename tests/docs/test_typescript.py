"""The page on a TypeScript front end: its commands work in order, and print and write what it says."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import Page
from tests.drizzle.kit import GENERATED
from tests.projects import REPOSITORY

pytestmark = pytest.mark.slow

PAGE = Page(REPOSITORY / "docs" / "typescript.md")
# What Better Auth's command line has written once, the second time with a plugin more: the real one needs a newer Node
# than the tests.
CORE, MORE = (GENERATED[name] for name in ("auth.schema.sqlite.ts", "sqlite.org+twofactor.ts"))
NPX = f'mkdir -p db && if [ -e "$5" ]; then cp "{MORE}" "$5"; else cp "{CORE}" "$5"; fi'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("typescript")


@pytest.fixture(scope="module")
def printed(folder: Path) -> dict[int, str]:
    """What each block of commands prints."""
    return PAGE.follow(folder, {"npx": NPX})


def test_it_prints_what_it_says(printed: dict[int, str]) -> None:
    said = PAGE.said()
    assert len(said) > 4
    for number, text in said:
        assert all(line in printed[number] for line in text.splitlines())


@pytest.mark.usefixtures("printed")
def test_the_table_is_written_as_it_says(folder: Path) -> None:
    (shown,) = re.findall(r"^```ts\n(export const pageViews.*?)^```$", PAGE.text, re.MULTILINE | re.DOTALL)
    written = (folder / "work/shop/db/tables/analytics.table.ts").read_text()
    assert shown.replace("path: text('path')", "url: text('url')") in written


def test_it_shows_every_verb_for_typescript() -> None:
    assert {"auth check", "auth sync", "export drizzle", "import drizzle"} <= PAGE.verbs


def test_readme_and_the_page_lead_somewhere() -> None:
    assert PAGE.dead_links == []
    readme = (REPOSITORY / "README.md").read_text()
    assert "## With a TypeScript front end\n" in readme
    assert "(docs/typescript.md)" in readme
