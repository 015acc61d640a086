"""`stamp`: what a database has to be before it is said to have the migrations without having run them."""

from collections.abc import Sequence
from dataclasses import dataclass

from scaffold.errors import ScaffoldError
from scaffold.schema.differences import ConstraintDifference, Difference
from scaffold.schema.shapes import CheckShape


@dataclass(frozen=True, slots=True)
class Addition:
    """A CHECK that the database lacks."""

    table: str
    check: CheckShape

    def __str__(self) -> str:
        return f"{self.table}: CHECK {self.check.name} ({self.check.condition})"


def additions(lacking: Sequence[Difference], database: str, command: str, *, complete: bool) -> tuple[Addition, ...]:
    """The CHECKs to add, so that the database is what the migrations make.

    Drizzle holds no column to its values, so a database that it has made lacks every CHECK of an enum.

    Args:
        lacking: what it takes to come from the database to the migrations.
        database: for people.
        command: that was typed, without its options.
        complete: whether CHECKs may be added.

    Raises:
        ScaffoldError: more is lacking than that, or that and they may not be added.
    """
    found = tuple(_addition(difference) for difference in lacking)
    missing = tuple(one for one in found if one is not None)
    if len(missing) < len(found) or (missing and not complete):
        raise _refusal(lacking, database, command, only_checks=len(missing) == len(found))
    return missing


def _addition(difference: Difference) -> Addition | None:
    match difference:
        case ConstraintDifference(table, None, CheckShape(name, _) as check) if name:
            return Addition(table, check)
    return None


def _refusal(lacking: Sequence[Difference], database: str, command: str, *, only_checks: bool) -> ScaffoldError:
    listed = "\n".join(f"  {difference}" for difference in lacking)
    number = f"{len(lacking)} difference{'s' * (len(lacking) != 1)}"
    return ScaffoldError(
        f"{database} is not what the migrations make, so it can't be said to have them; from it to them there"
        f" {'are' if len(lacking) != 1 else 'is'} {number}, and nothing was written:\n\n{listed}",
        help=f"Add the CHECKs to it, and stamp it: {command} --complete"
        if only_checks
        else "Bring the models to what the database is, and generate the revision anew (scaffold undo, scaffold"
        " generate --no-migrate),\nor bring the database to what the models say; then stamp it again.\n"
        f"If it lacks the newest revisions only, stamp what it has: {command} REVISION",
    )
