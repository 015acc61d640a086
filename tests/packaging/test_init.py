"""`scaffold init` from an installed wheel, in an empty folder, as `uvx` or `pipx` would run it."""

from pathlib import Path

import pytest

from tests.packaging.builds import Environment

pytestmark = pytest.mark.slow


def test_from_an_empty_folder_to_a_migrated_database(environment: Environment, tmp_path: Path) -> None:
    environment.run("scaffold", "init", "shop", cwd=tmp_path)
    shop = tmp_path / "shop"
    out = environment.run("scaffold", "new-domain", "billing", "--table", "invoices", "paid:bool", cwd=shop)
    assert "local.db is up to date" in out
    assert (shop / "local.db").exists()
    environment.run("scaffold", "generate", "--check", cwd=shop)
