"""Random sequences of verbs; SCAFFOLD_TEST_SEQUENCES=FIRST-LAST*VERBS makes many or long ones, on every database."""

import os
import re
from pathlib import Path

import pytest

from tests.properties.sequences import sequence

pytestmark = pytest.mark.slow

ASKED = re.fullmatch(r"(\d+)-(\d+)\*(\d+)", os.environ.get("SCAFFOLD_TEST_SEQUENCES", "1-3*12"))
assert ASKED, "SCAFFOLD_TEST_SEQUENCES is written FIRST-LAST*VERBS, such as 1-40*50"
FIRST, LAST, VERBS = map(int, ASKED.groups())


@pytest.mark.parametrize("seed", range(FIRST, LAST + 1))
def test_on_sqlite(tmp_path: Path, seed: int) -> None:
    sequence(tmp_path / "project", seed, VERBS)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + max(1, (LAST - FIRST + 1) // 4)))
@pytest.mark.parametrize("database", ["postgresql", "mysql"])
def test_on_a_server(tmp_path: Path, request: pytest.FixtureRequest, database: str, seed: int) -> None:
    url: str = request.getfixturevalue(f"{database}_url")
    sequence(tmp_path / "project", seed, max(6, VERBS // 3), {"SHOPDB_URL": url})
