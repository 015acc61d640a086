"""Whatever is typed, and whatever stands in a file that is read: it is done, or one clear error and no change."""

import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.faults.cases import DRIZZLE
from tests.projects import PYPROJECT, TestProject

DOMAIN = ("new-domain", "shop", "name:text", "price:decimal=12.2:default=0", "--table", "products")
FILES = {
    "src/shopdb/tables/shop.py": ("add-column", "products", "size:text:optional"),
    "src/shopdb/tables/__init__.py": ("add-table", "shop", "offers", "product:ref=products"),
    "pyproject.toml": ("add-column", "products", "size:text:optional"),
    "web/shop.table.ts": ("import", "drizzle", "web"),
}
"""Each file that is read, with a command that reads it."""

SIGNS = ["\n", "\t", '"', "'", "\\", "(", ")", "{", "}", "[", "]", "#", "//", "/*", "=", ",", "\x00", "\ufeff", "é"]
WORDS = ["class X(Base):\n", "import os\n", "def f(", "export const x = ", "sqliteTable(", "package", "../x", "`${"]
PIECES = st.lists(st.sampled_from(SIGNS) | st.sampled_from(WORDS) | st.text(max_size=8), max_size=5)
FIELDS = st.lists(
    st.sampled_from(
        ["name", "a_b", "é", "class", "Name", "1", "", ":", "::", "=", ",", ".", "-", "ref", "enum", "text"]
    )
    | st.sampled_from(
        ["decimal", "optional", "default", "unique", "index", "on_delete", "cascade", "users", "\n", "\x00"]
    ),
    min_size=1,
    max_size=8,
).map("".join)
some = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
numbers = itertools.count()


@pytest.fixture
def shop(project: TestProject) -> TestProject:
    project.ok(*DOMAIN)
    project.write("web/shop.table.ts", DRIZZLE)
    return project


def done_or_refused(project: TestProject, *argv: str) -> None:
    before = project.tree()
    result = project.run(*argv)
    assert result.code in {0, 1, 2}
    assert "bug in scaffold" not in result.err, str(result)
    assert "Traceback" not in result.err, str(result)
    if result.code:
        assert result.err
        assert project.tree() == before


@some
@given(field=FIELDS)
def test_any_field(shop: TestProject, tmp_path: Path, field: str) -> None:
    done_or_refused(shop.copy(tmp_path / f"copy{next(numbers)}"), "add-column", "products", field)


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
@some
@given(start=st.floats(0, 1), end=st.floats(0, 1), pieces=PIECES)
def test_any_file(shop: TestProject, tmp_path: Path, file: str, start: float, end: float, pieces: list[str]) -> None:
    project = shop.copy(tmp_path / f"copy{next(numbers)}")
    text = PYPROJECT if file == "pyproject.toml" else (project.root / file).read_text()
    changed = text[: int(start * len(text))] + "".join(pieces) + text[int(end * len(text)) :]
    project.write(file, changed.encode(errors="surrogatepass"))
    done_or_refused(project, *FILES[file])
