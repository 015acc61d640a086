"""What hangs on a table, and whether it is there after a migration: every case with every step."""

from pathlib import Path

import pytest
from filelock import FileLock

from tests.rebuild import page
from tests.rebuild.cases import CASES, STEPS, Case
from tests.rebuild.runs import with_alembic, with_scaffold

pytestmark = pytest.mark.slow

TOOLS = {page.WITH_SCAFFOLD: with_scaffold, page.WITH_ALEMBIC: with_alembic}


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_the_page_says_what_becomes_of(case: Case, tool: str, tmp_path: Path, update_golden: bool) -> None:
    run = TOOLS[tool]
    outcomes = [run(case, step, tmp_path / str(number)) for number, step in enumerate(STEPS)]
    if tool == page.WITH_SCAFFOLD:
        assert {outcome.cell for outcome in outcomes} <= {"altered", "kept", "refused"}, outcomes
    line = page.row(case.title, outcomes).replace(str(tmp_path), "")
    if update_golden:
        with FileLock(page.PAGE.with_suffix(".lock")):
            page.put(tool, case.title, line)
    assert page.rows(tool)[case.title] == line, "if that is right, run pytest tests/rebuild --update-golden"


@pytest.mark.parametrize("tool", TOOLS)
def test_the_page_has_all_of_it(tool: str, update_golden: bool) -> None:
    if update_golden:
        pytest.skip("the rows are being written")
    lines = page.rows(tool)
    lines.pop(page.HEAD[0])
    assert list(lines) == [case.title for case in CASES]
    assert page.counts(list(lines.values())) in page.PAGE.read_text()
