"""Differences as an error for people: what would be lost, and what to write to keep it or to let it go."""

from collections.abc import Sequence

from scaffold.errors import ScaffoldError
from scaffold.sqlite.compare import Difference


def refusal(lost: Sequence[Difference]) -> ScaffoldError:
    """The error that rolls a migration back."""
    rest = f" (and {len(lost) - 1} more)" if len(lost) > 1 else ""
    return ScaffoldError(
        f"After the migration {lost[0].message}{rest}, which no revision asks for; everything was rolled back.",
        help="\n\n".join(_advice(difference) for difference in lost),
    )


def _advice(difference: Difference) -> str:
    lines = [f"{difference.message[:1].upper()}{difference.message[1:]}."]
    if difference.sql:
        lines += ["It was:", *_indented(difference.sql)]
    if difference.keep:
        lines += ["To keep it, write in the revision after the step that changes it:", *_indented(difference.keep)]
    if difference.drop:
        lines += ["To drop it on purpose, write before that step:", *_indented(difference.drop)]
    return "\n".join(lines)


def _indented(text: str) -> list[str]:
    return [f"    {line}" for line in text.strip().splitlines()]
