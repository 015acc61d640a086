"""`import drizzle`: the tables of a TypeScript project as modules under `tables/`."""

from collections.abc import Mapping
from dataclasses import dataclass

from scaffold.drizzle.importing import Imported, Known, Module, import_project
from scaffold.drizzle.model import Casing
from scaffold.errors import UsageError
from scaffold.plan import FileEdit, Snapshot
from scaffold.source.catalog import AUTH, EXPORTS, Catalog
from scaffold.source.exports import add_export
from scaffold.source.text import encode


@dataclass(frozen=True, slots=True)
class ImportDrizzle:
    """What the user asked for.

    Args:
        texts: of the TypeScript files, by path with `/`.
        casing: drizzle's option of that name.
    """

    texts: Mapping[str, str]
    casing: Casing = ""


@dataclass(frozen=True, slots=True)
class Modules:
    """What is to be written, and what the user should know about it."""

    edits: tuple[FileEdit, ...]
    tables: tuple[str, ...]
    notes: tuple[str, ...]


def plan(request: ImportDrizzle, snapshot: Snapshot) -> Modules:
    """The modules, and their exports.

    Raises:
        UsageError: something can't be represented, or something in the project stands against it.
    """
    catalog = Catalog(snapshot)
    auth = frozenset(catalog.tables_in(AUTH)) if AUTH in snapshot.files else frozenset[str]()
    known = Known(
        snapshot.package,
        auth,
        frozenset(catalog.names()) - auth,
        _organizations(catalog, snapshot),
        snapshot.line_length,
        frozenset(catalog.class_names()),
        {name: frozenset(catalog.columns(catalog.require(name))) for name in auth},
    )
    found = import_project(request.texts, known, casing=request.casing)
    if not found.modules:
        raise UsageError("There is no table to import: the files have none, or Better Auth's only.")
    for module in found.modules:
        _check(module, snapshot)
    edits = [FileEdit(snapshot.path(f"tables/{m.domain}.py"), None, m.text.encode()) for m in found.modules]
    exports = _exports(found, catalog, snapshot)
    tables = tuple(table for module in found.modules for table in module.tables)
    return Modules((*edits, *([exports] if exports.before != exports.after else [])), tables, found.notes)


def _check(module: Module, snapshot: Snapshot) -> None:
    if module.domain in snapshot.domains:
        raise UsageError(
            f"{module.source} would be the domain {module.domain!r}, which exists already, in"
            f" {snapshot.path(f'tables/{module.domain}.py')}; nothing was written."
        )


def _exports(found: Imported, catalog: Catalog, snapshot: Snapshot) -> FileEdit:
    exports = catalog.text(EXPORTS)
    text = exports.text
    for module in found.modules:
        text = add_export(
            text,
            snapshot.package,
            module.domain,
            module.classes,
            width=snapshot.line_length,
            path=snapshot.path(EXPORTS),
        )
    return FileEdit(snapshot.path(EXPORTS), snapshot.files[EXPORTS], encode(exports.with_text(text)))


def _organizations(catalog: Catalog, snapshot: Snapshot) -> str:
    """The table that the package's `InOrganization` refers to."""
    text = catalog.text(AUTH).text if AUTH in snapshot.files else ""
    line = next((line for line in text.splitlines() if line.startswith("ORGANIZATIONS = ")), "")
    return line.partition('"')[2].partition('"')[0] or "organizations"
