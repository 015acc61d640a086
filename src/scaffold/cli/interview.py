"""A domain's first table, asked for question by question; the answers are what a command could have said."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import typer

from scaffold import naming
from scaffold.cli.output import note
from scaffold.errors import UsageError
from scaffold.schema.column import IMPLICIT
from scaffold.schema.fields import parse_field
from scaffold.schema.types import TYPES

ARGUMENTS = {
    "string": ("Longest, in characters", "255"),
    "decimal": ("Digits in all, and after the point", "12.2"),
    "enum": ("Values, with commas between", None),
}
"""What a type needs to know: the question, and what most people answer."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person wants.

    Args:
        table: its name.
        tenant: whether it belongs to an organization.
        fields: in the field language.
    """

    table: str
    tenant: bool
    fields: tuple[str, ...]

    def words(self, domain: str) -> list[str]:
        """The command that says the same."""
        table = ["--table", self.table] if self.table != domain else []
        return ["new-domain", domain, *table, *([] if self.tenant else ["--no-tenant"]), *self.fields]


def ask(
    domain: str, table: str | None, fields: Collection[str], tables: Collection[str], *, tenant: bool | None = None
) -> Answers:
    """Ask for what is not said yet.

    Args:
        domain: the domain.
        table: the table's name.
        fields: those that are said already; more are asked for.
        tables: the names that a reference may point to.
        tenant: whether the table belongs to an organization.
    """
    note(f"The domain {domain} becomes the module tables/{domain}.py, with one table to begin with.")
    name = table or _ask("The table's name, in the plural", domain, _new_table(tables))
    if tenant is None:
        tenant = typer.confirm("Does each row belong to an organization?", default=True, err=True)
    implicit = [column for column in IMPLICIT if tenant or column != "organization_id"]
    note(f"\nEvery table has {', '.join(implicit)} without asking. Now its own columns; an empty name ends.")
    said = list(fields)
    while field := _field([*implicit, *(parse_field(one).name for one in said)], {*tables, name}):
        note(f"    {field}\n")
        said.append(field)
    return Answers(name, tenant, tuple(said))


def _new_table(tables: Collection[str]) -> Callable[[str], None]:
    def check(name: str) -> None:
        naming.check_name("table", name)
        if name in tables:
            raise UsageError(f"There is a table {name!r} already.")

    return check


def _field(taken: Collection[str], tables: Collection[str]) -> str:
    """One field; empty where no more are wanted."""

    def is_new(name: str) -> None:
        naming.check_name("column", name)
        if name in taken:
            raise UsageError(f"There is a column {name!r} already.")

    name = _ask("Column", "", lambda name: is_new(name) if name else None)
    if not name:
        return ""
    type_name = _ask(f"Type ({', '.join(TYPES)})", "text", _known("type", TYPES))
    field = f"{name}:{type_name}"
    if type_name == "ref":
        field += "=" + _ask("To which table", None, _known("table", tables))
    elif type_name in ARGUMENTS:
        question, usual = ARGUMENTS[type_name]
        field += "=" + _ask(question, usual, lambda answer: _check(f"{field}={answer}"))
    if typer.confirm("May it be empty?", default=False, err=True):
        field += ":optional"
    if TYPES[type_name].keyed:
        if typer.confirm("Is it different in every row?", default=False, err=True):
            field += ":unique"
        elif type_name != "ref" and typer.confirm("Do queries look for it?", default=False, err=True):
            field += ":index"
    if type_name != "ref":
        default = _ask("Default, if any", "", lambda answer: _check(_with_default(field, answer)))
        field = _with_default(field, default)
    return field


def _with_default(field: str, default: str) -> str:
    return f"{field}:default={default.replace(':', '::')}" if default else field


def _check(field: str) -> None:
    parse_field(field)


def _known(kind: str, known: Collection[str]) -> Callable[[str], None]:
    def check(answer: str) -> None:
        if answer not in known:
            nearest = naming.nearest(answer, known)
            meant = f"did you mean {nearest}?" if nearest else f"there are {', '.join(sorted(known))}."
            raise UsageError(f"{answer!r} is no {kind}; {meant}")

    return check


def _ask(question: str, usual: str | None, check: Callable[[str], None]) -> str:
    """Ask until the answer is right."""
    while True:
        answer = str(typer.prompt(question, default=usual, show_default=bool(usual), err=True)).strip()
        try:
            check(answer)
        except UsageError as error:
            note(f"  {error.message}")
            if error.right:
                note(f"  For example: {error.right}")
        else:
            return answer
