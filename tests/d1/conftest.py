"""The fixture through which a test runs wrangler."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.databases import skip_unless_ci
from tests.node.install import NodeMissingError, executable, install

PACKAGES = Path(__file__).parent / "wrangler" / "package.json"
LEAST_NODE = (22, 12)
"""What wrangler asks for in its own `engines`."""

Wrangler = Callable[..., str]


@pytest.fixture(scope="session")
def wrangler(node_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Wrangler:
    """wrangler: (folder, words of the command) -> what it printed; `ok=False` where it has to fail."""
    del node_home  # It marks the test as one that needs Node.
    try:
        program = install(PACKAGES) / "node_modules" / "wrangler" / "bin" / "wrangler.js"
        node = executable("node", least=LEAST_NODE)
    except NodeMissingError as error:
        skip_unless_ci(str(error))
        raise
    home = str(tmp_path_factory.mktemp("wrangler"))
    quiet = {"CI": "1", "WRANGLER_SEND_METRICS": "false", "NO_COLOR": "1", "HOME": home, "XDG_CONFIG_HOME": home}

    def run(folder: Path, *words: str, ok: bool = True) -> str:
        done = subprocess.run(
            [node, str(program), *words],
            cwd=folder,
            env=os.environ | quiet,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert (done.returncode == 0) == ok, said
        return said

    return run
