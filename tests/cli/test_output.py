"""Where the output goes nowhere, or the command runs nowhere, that is told, and it is no bug."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.projects import TestProject

FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("options", [(), ("--json",)], ids=["text", "json"])
def test_a_device_that_is_full(project: TestProject, options: tuple[str, ...]) -> None:
    with FULL.open("w") as full:
        process = project.start("tables", *options, stdout=full)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said.startswith("Error: The output can't be written: No space left on device.\n")
    assert "bug" not in said


@pytest.mark.parametrize("verb", ["migrate", "init {}"])
def test_a_directory_that_is_gone(tmp_path: Path, verb: str) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    words = verb.format(tmp_path / "new")
    command = f"cd '{gone}' && rmdir '{gone}' && '{sys.executable}' -m scaffold {words}"
    result = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert result.stderr == "Error: The current directory is gone; nothing was written.\n\nGo into the project again.\n"
