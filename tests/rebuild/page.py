"""docs/rebuilds.md: the tables in it are what the matrix found.

`pytest tests/rebuild --update-golden` writes them anew.
"""

import re
from collections import Counter
from collections.abc import Sequence

from tests.projects import REPOSITORY
from tests.rebuild.cases import CASES, STEPS
from tests.rebuild.runs import Outcome

PAGE = REPOSITORY / "docs" / "rebuilds.md"
WITH_SCAFFOLD = "scaffold"
WITH_ALEMBIC = "Alembic"
HEAD = ("What there is", *(step.title for step in STEPS))


def row(title: str, outcomes: Sequence[Outcome]) -> str:
    """One line of a table; what was said stands below its outcome's first mention."""
    cells = [outcome.cell for outcome in outcomes]
    errors = list(dict.fromkeys(outcome.error for outcome in outcomes if outcome.error))
    return "| " + " | ".join([title, *cells, "<br>".join(f"`{error}`" for error in errors)]) + " |"


def rows(tool: str) -> dict[str, str]:
    """The lines of a tool's table, by their first cell."""
    text = PAGE.read_text()
    begin, end = _bounds(text, tool)
    lines = text[begin:end].splitlines()
    return {line.split(" | ")[0].removeprefix("| "): line for line in lines if line.startswith("| ")}


def put(tool: str, title: str, line: str) -> None:
    """Write one line, and the counts."""
    known = rows(tool) | {title: line}
    ordered = [known[case.title] for case in CASES if case.title in known]
    table = ["| " + " | ".join([*HEAD, "what it says"]) + " |", "|---" * (len(HEAD) + 1) + "|", *ordered]
    block = f"\n{counts(ordered)}\n\n" + "\n".join(table) + "\n"
    text = PAGE.read_text()
    begin, end = _bounds(text, tool)
    PAGE.write_text(text[:begin] + block + text[end:])


def counts(lines: Sequence[str]) -> str:
    """How many of each outcome there are."""
    cells = [cell.strip() for line in lines for cell in line.split("|")[2 : 2 + len(STEPS)]]
    kinds = Counter(re.match(r"altered|kept|refused|loses|fails", cell)[0] for cell in cells)  # type: ignore[index]
    told = {
        "altered": "altered in place, with nothing lost",
        "kept": "rebuilt, with nothing lost",
        "refused": "refused, with nothing changed",
        "loses": "lost something, exit code 0",
        "fails": "failed",
    }
    found = ", ".join(f"{kinds[kind]} {text}" for kind, text in told.items() if kinds[kind])
    return f"{len(cells)} runs: {found}."


def _bounds(text: str, tool: str) -> tuple[int, int]:
    """Where a tool's table stands in the page."""
    begin = f"<!-- {tool} -->\n"
    return text.index(begin) + len(begin), text.index(f"<!-- end of {tool} -->")
