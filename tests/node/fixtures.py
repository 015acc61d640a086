"""The fixtures through which a test runs TypeScript."""

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.databases import skip_unless_ci
from tests.node.install import NodeMissingError, executable, install
from tests.node.programs import Node, placed


@pytest.fixture(scope="session")
def node_home() -> Path:
    """A folder whose ``node_modules`` holds the tests' packages."""
    try:
        return install()
    except NodeMissingError as error:
        skip_unless_ci(str(error))
        raise


@pytest.fixture(scope="session")
def _node(node_home: Path) -> Iterator[Node]:
    node = Node(node_home)
    yield node
    node.stop()


@pytest.fixture
def node(_node: Node) -> Callable[..., Any]:
    """`tests.node.programs.Node.run`; the test is skipped where there is no Node, and fails there in CI."""
    return _node.run


@pytest.fixture
def tsc(node_home: Path) -> Callable[[Mapping[str, str]], str]:
    """What TypeScript's compiler says of some files in strict mode; nothing where they are right."""
    options = {"strict": True, "noUnusedLocals": True, "noEmit": True, "skipLibCheck": True}
    options |= {"target": "es2022", "module": "esnext", "moduleResolution": "bundler", "types": ["node"]}
    compiler = node_home / "node_modules" / "typescript" / "bin" / "tsc"

    def compile(files: Mapping[str, str]) -> str:
        with placed(node_home, {"tsconfig.json": json.dumps({"compilerOptions": options}), **files}) as folder:
            command = [executable("node"), str(compiler), "--pretty", "false"]
            return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout

    return compile
