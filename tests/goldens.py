"""Golden files: what a command made once, read by a person, and compared ever after.

`pytest --update-golden` writes them anew, transcripts too; what then changed is for `git diff` to show.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "golden"

Golden = Callable[[str, str], None]
"""Compares the golden file of a name with a text."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write golden files and transcripts anew")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written instead of compared."""
    update: bool = request.config.getoption("--update-golden")
    return update


@pytest.fixture
def golden(update_golden: bool) -> Golden:
    """Compare a text with a file below tests/golden."""

    def compare(name: str, text: str) -> None:
        file = FOLDER / name
        if update_golden:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        assert file.is_file(), f"{file.name} is missing: run pytest --update-golden, and read what it wrote"
        assert text == file.read_text(), f"{file.name} differs: if that is right, run pytest --update-golden"

    return compare
