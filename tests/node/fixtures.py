"""The fixtures through which a test runs TypeScript."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.databases import skip_unless_ci
from tests.node.install import NodeMissingError, install
from tests.node.programs import Node


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
