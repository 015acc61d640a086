"""A TypeScript project of the original's kind as modules under `tables/`, one domain a file."""

import posixpath
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from scaffold import naming
from scaffold.drizzle.classes import Class, Style, Writer, qualified
from scaffold.drizzle.mapped_types import Context, python_type
from scaffold.drizzle.model import Casing, Column, Schema, Table
from scaffold.drizzle.parse import parse_project
from scaffold.drizzle.unkept import unkept, unkept_relations
from scaffold.errors import UsageError
from scaffold.source.imports import Symbol, add_imports

ORGANIZATIONS = "organizations"

_TABLE_FILE = re.compile(r"[.-](table|tables|schema|model|entity)$")
_ID_FUNCTION = re.compile(r"(uu|cu|nano|u)?id2?(v[47])?\(|createid\(|random(uuid|uuidv7|bytes)\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Known:
    """What the Python project has already.

    Args:
        package: the import name of the database package.
        auth: the names of Better Auth's tables, which are never imported.
        tables: the names of the other tables.
        organizations: the table that `InOrganization` refers to.
        width: the line length.
        classes: the names of the classes that are there.
        auth_columns: the columns of Better Auth's tables, as far as they are known.
    """

    package: str = "appdb"
    auth: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    organizations: str = ORGANIZATIONS
    width: int = 120
    classes: frozenset[str] = frozenset()
    auth_columns: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Module:
    """A module to write.

    Args:
        domain: its name.
        text: its text.
        classes: the names of its models.
        tables: the names of their tables.
        source: the TypeScript file that it is from.
    """

    domain: str
    text: str
    classes: tuple[str, ...]
    tables: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Imported:
    """The modules, and what Python can't do as TypeScript does it."""

    modules: tuple[Module, ...]
    notes: tuple[str, ...] = ()


def import_project(texts: Mapping[str, str], known: Known, *, casing: Casing = "") -> Imported:
    """The modules that say what a TypeScript project's tables are.

    Args:
        texts: of its `.ts` files, by path with `/`.
        known: what the Python project has already.
        casing: drizzle's option of that name.

    Raises:
        UsageError: something can't be represented; the message names file and line.
    """
    notes: list[str] = []
    found = parse_project(texts, casing=casing, look=lambda files: notes.extend(unkept_relations(files)))
    schemas = [_own_tables(schema, known) for schema in found]
    schemas = [schema for schema in schemas if schema.tables]
    everywhere = known.auth | known.tables | {table.name for schema in schemas for table in schema.tables}
    classes = set(known.classes)
    modules: dict[str, Module] = {}
    for schema in schemas:
        _check(schema, known, everywhere)
        domain = domain_name(schema.path)
        if domain in modules:
            raise UsageError(f"{modules[domain].source} and {schema.path} would both be the domain {domain!r}.")
        modules[domain] = _module(schema, domain, known, classes, notes)
    return Imported(tuple(modules[domain] for domain in sorted(modules)), tuple(notes))


def domain_name(path: str) -> str:
    """The domain of a file: `tables/web-hooks.table.ts` -> `web_hooks`, `shop/index.ts` -> `shop`."""
    folder, file = posixpath.split(path)
    stem = _TABLE_FILE.sub("", posixpath.splitext(file)[0])
    name = naming.snake_case(posixpath.basename(folder) if stem == "index" and folder else stem)
    naming.check_name("domain", name, allow_generic=True)
    return name


def _own_tables(schema: Schema, known: Known) -> Schema:
    for table in schema.tables:
        there = known.auth_columns.get(table.name)
        columns = {column.name for column in table.columns}
        if there is not None and columns != set(there):
            raise UsageError(
                f"{schema.path}:{table.line}: the table {table.name!r} is Better Auth's here, and not the same in both:"
                f" only one of the files and auth_schema.py has {', '.join(sorted(columns ^ set(there)))}; nothing was"
                " written.",
                help="If Better Auth owns it, bring auth_schema.py to what the front end has: scaffold auth check\n"
                "If not, give it another name in one of the two.",
            )
    return Schema(schema.dialect, tuple(table for table in schema.tables if table.name not in known.auth), schema.path)


def _check(schema: Schema, known: Known, everywhere: Collection[str]) -> None:
    names: set[str] = set()
    for table in schema.tables:
        if table.name in known.tables or table.name in names:
            raise UsageError(
                f"{schema.path}:{table.line}: the table {table.name!r} exists already; nothing was written."
            )
        names.add(table.name)
        if table.primary_key is None and not any(column.primary_key for column in table.columns):
            raise UsageError(
                f"{schema.path}:{table.line}: the table {table.name!r} has no primary key, and a model needs one;"
                " nothing was written.",
                help="Give it one there: primaryKey({ columns: [...] }), or .primaryKey() of a column.",
            )
        targets = [(column.references.table, column.line) for column in table.columns if column.references]
        for target, line in [*targets, *((key.table, key.line) for key in table.foreign_keys)]:
            if target not in everywhere:
                raise UsageError(
                    f"{schema.path}:{line}: {table.name} refers to {target}, which is in none of the files and is no"
                    " table of this project; nothing was written.",
                )


def _module(schema: Schema, domain: str, known: Known, taken: set[str], notes: list[str]) -> Module:
    writer = Writer(schema, Style(inherit=True))
    classes = []
    for table in schema.tables:
        mixins = {name: columns for name, columns in _mixins(table, schema, known).items() if columns}
        classes.append(writer.written(table, _class_name(table, schema, taken, notes), mixins=mixins))
    notes += [note for made in classes for note in made.notes]
    notes += [note for table in schema.tables for note in unkept(schema, table)]
    return Module(
        domain,
        _text(domain, classes, known),
        tuple(made.name for made in classes),
        tuple(made.table for made in classes),
        schema.path,
    )


def _class_name(table: Table, schema: Schema, taken: set[str], notes: list[str]) -> str:
    usual = naming.class_name(naming.snake_case(table.name))
    name = f"{usual}Record" if usual in taken else usual
    if name in taken or not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name, re.ASCII):
        raise UsageError(f"{schema.path}:{table.line}: the table {table.name!r} gets no class name of its own.")
    if name != usual:
        notes.append(f"{table.name}: its class is {name}, as {usual} is taken")
    taken.add(name)
    return name


def _text(domain: str, classes: list[Class], known: Known) -> str:
    needs = [*dict.fromkeys(need for made in classes for need in made.needs), Symbol("base", "Base")]
    needs += [Symbol("mixins", name) for name in dict.fromkeys(base for made in classes for base in made.bases[:-1])]
    symbols = qualified(needs, known.package)
    head = f'"""{domain.replace("_", " ").capitalize()} tables."""\n'
    text = add_imports(head, symbols, known.width, first_party=(known.package.partition(".")[0],))
    taken = frozenset(symbol.local.partition(".")[0] for symbol in symbols)
    return "\n\n\n".join([text.rstrip("\n"), *(made.text(taken, known.width).rstrip("\n") for made in classes)]) + "\n"


def _mixins(table: Table, schema: Schema, known: Known) -> dict[str, tuple[str, ...]]:
    """The columns that each mixin brings as the table has them."""
    return {
        "HasId": ("id",) if _has_id(table, schema) else (),
        "InOrganization": ("organization_id",) if _in_organization(table, known) else (),
        "HasTimestamps": ("created_at", "updated_at") if _has_timestamps(table, schema) else (),
    }


def _has_id(table: Table, schema: Schema) -> bool:
    column = table.column("id")
    if column is None or not column.primary_key or column.references or column.default is not None:
        return False
    made = python_type(column, Context(schema.dialect))
    filled = not column.default_fn or _ID_FUNCTION.search(column.default_fn) is not None
    return made is not None and made.sqltype == "types.Id" and filled


def _in_organization(table: Table, known: Known) -> bool:
    column = table.column("organization_id")
    if column is None or column.references is None or not column.not_null or column.primary_key:
        return False
    target = column.references
    cascades = (target.table, target.on_delete, target.on_update or "NO ACTION") == (
        known.organizations,
        "CASCADE",
        "NO ACTION",
    )
    indexed = any(
        index.name == f"{table.name}_organization_id_idx" and index.columns == ("organization_id",) and not index.unique
        for index in table.indexes
    )
    return cascades and indexed and not column.unique


def _has_timestamps(table: Table, schema: Schema) -> bool:
    return all(_is_timestamp(table.column(name), schema) for name in ("created_at", "updated_at"))


def _is_timestamp(column: Column | None, schema: Schema) -> bool:
    if column is None or not column.not_null or column.default is not None or column.default_fn != "new Date()":
        return False
    made = python_type(column, Context(schema.dialect))
    return made is not None and made.annotation == "dt.datetime" and made.sqltype is None
