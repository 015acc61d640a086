"""The fixture through which a test runs TypeScript."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from tests.node.install import NodeMissingError, install, run


@pytest.fixture
def node() -> Callable[..., Any]:
    """`tests.node.install.run`; the test is skipped where there is no Node, and fails there in CI."""
    try:
        install()
    except NodeMissingError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    return run
