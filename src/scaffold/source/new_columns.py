"""New columns in the words of a module: their attributes, the imports that they need, and their statements."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from scaffold.schema.column import Column
from scaffold.source.imports import Binding, Symbol, bind
from scaffold.source.mapped import MAPPED_COLUMN, OWN_TYPES, attribute_name, column_lines, symbols
from scaffold.source.module import Module


class NewColumns(NamedTuple):
    """What a module gets.

    Args:
        needed: the symbols that it has to import.
        statements: one for each column, without indentation.
    """

    needed: tuple[Symbol, ...]
    statements: tuple[str, ...]


def new_columns(
    module: Module,
    columns: Sequence[Column],
    package: str,
    *,
    class_names: Collection[str] = (),
    extra: Sequence[Symbol] = (),
    width: int,
) -> NewColumns:
    """How `module` says `columns`.

    Args:
        module: the module, or an empty one.
        columns: in their order.
        package: the import name of the database package.
        class_names: the names that the class itself binds already: they hide the module's.
        extra: further symbols that the module needs.
        width: the line length.
    """
    wanted = [*extra, *(symbol for column in columns for symbol in symbols(column, package))]
    binding, used = _bind(module, wanted, columns, class_names)
    attributes = _attributes(columns, used)
    if any(attribute != column for column, attribute in attributes.items()):
        # `mapped_column` carries the name of a column whose attribute has another.
        binding, used = _bind(module, [*wanted, MAPPED_COLUMN], columns, class_names)
        attributes = _attributes(columns, used)
    own_types = Symbol(package, "types")
    statements = [
        "\n".join(
            column_lines(
                column,
                attributes[column.name],
                lambda symbol: binding[own_types if symbol == OWN_TYPES else symbol],
                width=width,
            )
        )
        for column in columns
    ]
    return NewColumns(binding.needed, tuple(statements))


def _attributes(columns: Sequence[Column], used: frozenset[str]) -> dict[str, str]:
    """Each column's attribute; none takes another column's name."""
    names = frozenset(column.name for column in columns)
    found: dict[str, str] = {}
    for name in sorted(names):
        found[name] = attribute_name(name, used | (names - {name}) | frozenset(found.values()))
    return found


def _bind(
    module: Module, wanted: Sequence[Symbol], columns: Sequence[Column], class_names: Collection[str]
) -> tuple[Binding, frozenset[str]]:
    """What the symbols are called, and the names that no attribute may hide."""
    # What the columns are called before any of them gives way: an import must not be hidden by one of these either.
    hiding = {*class_names, *(column.name for column in columns if column.name not in {s.local for s in wanted})}
    binding = bind(module, wanted, taken=hiding)
    return binding, frozenset(binding[symbol].partition(".")[0] for symbol in wanted) | frozenset(class_names)
