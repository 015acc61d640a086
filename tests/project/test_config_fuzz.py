"""Whatever stands in `pyproject.toml`, it is a configuration or one clear error, and nothing is written."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffold.errors import UsageError
from scaffold.project import config
from tests.projects import PYPROJECT

WORDS = st.sampled_from(
    [
        "[tool.scaffold]",
        "[tool.scaffold.targets]",
        "package",
        "=",
        '"',
        "'''",
        "\\",
        "[",
        "]",
        "{",
        "}",
        "\n",
        "../x",
        "\x00",
    ]
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cut=st.integers(0, len(PYPROJECT)),
    until=st.integers(0, len(PYPROJECT)),
    pieces=st.lists(WORDS | st.text(), max_size=6),
)
def test_any_text_is_a_configuration_or_a_usage_error(tmp_path: Path, cut: int, until: int, pieces: list[str]) -> None:
    text = (PYPROJECT[:cut] + "".join(pieces) + PYPROJECT[until:]).encode(errors="surrogatepass")
    (tmp_path / "pyproject.toml").write_bytes(text)
    with contextlib.suppress(UsageError):
        config.find(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["pyproject.toml"]


@pytest.mark.parametrize("value", ['"a" = 1', "package = 1", "source = []", "targets = 3", "targets.local = 3"])
def test_a_value_of_another_type_is_a_usage_error(tmp_path: Path, value: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.scaffold]\n{value}\n")
    with pytest.raises(UsageError, match=r"is not right"):
        config.find(tmp_path)
