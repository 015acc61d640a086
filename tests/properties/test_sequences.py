"""Random sequences of verbs; SCAFFOLD_TEST_SEQUENCES=seeds*verbs makes many or long ones, on every database."""

import os
from pathlib import Path

import pytest

from tests.properties.sequences import sequence

SEEDS, VERBS = (int(part) for part in os.environ.get("SCAFFOLD_TEST_SEQUENCES", "2*8").split("*"))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_on_sqlite(tmp_path: Path, seed: int) -> None:
    made = sequence(tmp_path / "project", seed, VERBS)
    made.types()


@pytest.mark.parametrize("seed", range(max(1, SEEDS // 4)))
@pytest.mark.parametrize("database", ["postgresql", "mysql"])
def test_on_a_server(tmp_path: Path, request: pytest.FixtureRequest, database: str, seed: int) -> None:
    url: str = request.getfixturevalue(f"{database}_url")
    sequence(tmp_path / "project", 1000 + seed, max(6, VERBS // 4), {"SHOPDB_URL": url})
