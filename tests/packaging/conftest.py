"""The wheel, and the virtual environments it is installed in."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from tests.packaging.builds import REPOSITORY, Environment, build


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this repository."""
    return build("wheel", REPOSITORY, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session", params=["this Python", "python3.12", "python3.13"])
def environment(
    request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Environment:
    """A fresh virtual environment with the wheel, on each Python that is there; all workers share it."""
    python = sys.executable if request.param == "this Python" else _python(request.param)
    if python is None:
        pytest.skip(f"there is no {request.param} here")
    folder = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    home = folder / f"installed-{request.param.replace(' ', '-')}"
    with FileLock(f"{home}.lock"):
        if not (home / "complete").exists():
            subprocess.run([python, "-m", "venv", "--clear", home], check=True, capture_output=True)
            pip = [home / "bin" / "pip", "install", "--disable-pip-version-check", wheel]
            alone = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
            done = subprocess.run(pip, env=alone, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            (home / "complete").touch()
    return Environment(home)


def _python(name: str) -> str | None:
    """A Python that runs: on the path, where pyenv's stand-in may have none behind it, or among pyenv's own."""
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv", "versions")
    for python in (shutil.which(name), *sorted(map(str, versions.glob(f"{name.removeprefix('python')}.*/bin/{name}")))):
        if python and subprocess.run([python, "--version"], capture_output=True, check=False).returncode == 0:
            return python
    return None
