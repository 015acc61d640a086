"""Fixtures of the rules' tests."""

from tests.lint.judged import shop as shop
