"""Fixtures that every test may use, and what marks a test."""

import pytest

pytest_plugins = ["tests.databases", "tests.goldens", "tests.node.fixtures", "tests.projects"]

SLOW_FIXTURES = frozenset({"database_url", "engine", "mysql_url", "node_home", "postgresql_server", "postgresql_url"})
"""Those that bring a database server or Node: a test that asks for one is slow, without saying so."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if SLOW_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)
        if "node_home" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.node)
