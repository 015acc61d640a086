"""What a new table's class needs, whichever module it goes into, and what stands in its way."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from scaffold import naming
from scaffold.dialects import UNQUOTED
from scaffold.errors import UsageError
from scaffold.plan import Rendering
from scaffold.schema.column import IMPLICIT, Column, Table
from scaffold.schema.fields import parse_fields
from scaffold.source import answers
from scaffold.source.answers import Answers
from scaffold.source.catalog import Catalog
from scaffold.source.imports import Symbol, add_imports
from scaffold.source.layout import class_header
from scaffold.source.module import parse
from scaffold.source.new_columns import NewColumns

Render = Callable[[str, Mapping[str, Any]], Rendering]
"""Renders the domain template: (domain, answers) -> the module."""


def own_columns_of(fields: Sequence[str], *, tenant: bool, allow_generic: bool) -> tuple[Column, ...]:
    """The columns that the fields of a new table spell.

    Raises:
        UsageError: a field is wrong, or every table has its column.
    """
    columns = parse_fields(fields, allow_generic=allow_generic)
    for column, field in zip(columns, fields, strict=True):
        _check_column(column, field, tenant=tenant)
    return columns


def check_quoting(kind: str, name: str, unquoted: Collection[str]) -> None:
    """Refuse a reserved word that SQLAlchemy does not quote."""
    if name in unquoted:
        raise UsageError(
            f"{name!r} is a reserved word that SQLAlchemy does not quote, so SQL with such a {kind} would fail.",
            wrong=name,
            right=f"{name}_{kind}",
        )


def check_class_name(table: Table, catalog: Catalog, needed: set[str]) -> None:
    """Refuse a class name that is taken, or that would hide a name that the module needs."""
    taken = catalog.class_names()
    if table.class_name in taken:
        raise UsageError(
            f"The class name {table.class_name!r} is taken, in {taken[table.class_name]}; nothing was written.",
            append=f"--class App{table.class_name}",
        )
    naming.check_class_name(table.class_name, {*needed, "Base"})


def class_of(table: str, asked: str | None) -> str:
    """The name of a new table's class: the one that is asked for, else the table's singular."""
    return naming.class_name(table) if asked is None else asked


def bases_of(table: Table, package: str) -> tuple[Symbol, ...]:
    """What a new table's class inherits from."""
    mixins = ("HasId", *(("InOrganization",) if table.tenant else ()), "HasTimestamps")
    return (*(Symbol(f"{package}.mixins", mixin) for mixin in mixins), Symbol(f"{package}.base", "Base"))


def rendered(
    render: Render,
    domain: str,
    table: Table,
    added: NewColumns,
    bases: Sequence[str],
    *,
    package: str,
    width: int,
    path: str,
    whole: bool,
) -> tuple[str, Answers]:
    """The text of a module that holds just this table, as the template has it, and the answers that make it.

    Raises:
        UsageError: the template left something out.
    """
    imports = add_imports("", added.needed, width, first_party=(package.partition(".")[0],))
    values = {
        "domain": domain,
        "package": package,
        "title": domain.replace("_", " ").capitalize(),
        "table": table.name,
        "class_name": table.class_name,
        "bases": list(bases),
        "header": class_header(table.class_name, bases, width=width).split("\n"),
        "tenant": table.tenant,
        "imports": imports.strip("\n").split("\n"),
        "columns": [f"    {line}" for statement in added.statements for line in statement.split("\n")],
    }
    rendering = render(domain, values)
    _check_rendered(rendering.text, path, table)
    return rendering.text, answers.of_table(rendering, values, whole=whole)


def _check_column(column: Column, field: str, *, tenant: bool) -> None:
    implicit = IMPLICIT if tenant else tuple(name for name in IMPLICIT if name != "organization_id")
    if column.name in implicit:
        raise UsageError(f"Every table has the column {column.name!r} without asking; leave its field out.", drop=field)
    check_quoting("column", column.name, UNQUOTED)


def _check_rendered(text: str, path: str, table: Table) -> None:
    """A user's own template may say more than was asked, but not less."""
    for rendered in parse(text, f"the rendered {path}").tables:
        if rendered.class_name == table.class_name and rendered.table_name == table.name:
            missing = [c.name for c in table.columns if c.name not in {column.name for column in rendered.columns}]
            if not missing:
                return
            raise UsageError(
                f"The template left out the columns {', '.join(missing)} of {table.name!r}; nothing was written.",
                help='Where the columns belong, the template has: {{ columns | join("\\n") }}',
            )
    raise UsageError(
        f"The template rendered no class {table.class_name} with the table {table.name!r}; nothing was written.",
        help="Compare your template with the one that scaffold brings.",
    )
