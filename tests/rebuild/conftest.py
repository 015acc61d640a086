"""Fixtures of these tests."""

from tests.rebuild.migration import file

__all__ = ["file"]
