"""`rename-table`: a table's new name, and its class's, wherever they are meant, and the revision that renames it."""

from dataclasses import dataclass

from scaffold import naming
from scaffold.dialects import UNQUOTED_TABLES
from scaffold.errors import UsageError
from scaffold.plan import FileEdit, Plan, Revision, Snapshot
from scaffold.schema.changes import RenameTable
from scaffold.source import answers
from scaffold.source.catalog import EXPORTS, Catalog, Found, domain_of
from scaffold.source.exports import add_export
from scaffold.source.mentions import foreign_keys_to
from scaffold.source.table_names import TableRenaming, class_is_taken, in_home, in_other
from scaffold.source.unexport import remove_export


@dataclass(frozen=True, slots=True)
class RenameOneTable:
    """What the user asked for.

    Args:
        old: the table's name now.
        new: its new name.
        class_name: its class's new name; None for the one that the table's name gives, unless the class has a name
            of its own now.
        migrate: whether the local database is upgraded.
        allow_generic: whether names such as `data` are let through.
    """

    old: str
    new: str
    class_name: str | None = None
    migrate: bool = True
    allow_generic: bool = False


def check(request: RenameOneTable) -> None:
    """Judge the request alone.

    Raises:
        UsageError: the new name can't be one.
    """
    naming.check_name("table", request.new, allow_generic=request.allow_generic)
    if request.new.startswith("sqlite_") or request.new == "alembic_version":
        raise UsageError(
            f"The table name {request.new!r} is taken by the database itself.",
            wrong=request.new,
            right=f"app_{request.new}",
        )
    if request.new in UNQUOTED_TABLES:
        raise UsageError(
            f"{request.new!r} is a reserved word that SQLAlchemy does not quote, so SQL with such a table would fail.",
            wrong=request.new,
            right=f"{request.new}_table",
        )


def plan(request: RenameOneTable, snapshot: Snapshot) -> Plan:
    """What is to be done.

    Raises:
        UsageError: there is no such table, or one of the new name, or its class's new name is taken.
    """
    check(request)
    catalog = Catalog(snapshot)
    found = catalog.own(request.old)
    catalog.check_free(request.new, wrong=request.new, right=f"{request.old}_{request.new}")
    name = found.table.class_name or ""
    renaming = TableRenaming(
        module=f"{snapshot.package}.{found.file.removesuffix('.py').replace('/', '.')}",
        old=request.old,
        new=request.new,
        old_class=name,
        new_class=_class_name(request, name),
    )
    if renaming.new_class != name:
        _check_class(renaming, found, catalog)
    referrers = {key.table for key in foreign_keys_to(catalog, request.old)}
    return Plan(
        edits=(
            *_edits(renaming, catalog, snapshot, found),
            *answers.renamed(snapshot, domain_of(found.file), request.new, name, renaming.new_class),
        ),
        revision=Revision(
            f"rename {request.old} to {request.new}",
            (RenameTable(request.old, request.new, tuple(sorted(referrers))),),
        ),
        upgrade=request.migrate,
        notes=("Code outside of the database package that uses the old names is yours to change.",),
        next_steps=(
            f"from {snapshot.package}.schema import {renaming.new_class}",
            "scaffold undo",
            "scaffold migrate --remote" if request.migrate else "scaffold migrate",
        ),
    )


def _class_name(request: RenameOneTable, now: str) -> str:
    if request.class_name:
        return request.class_name
    return naming.class_name(request.new) if now == naming.class_name(request.old) else now


def _check_class(renaming: TableRenaming, found: Found, catalog: Catalog) -> None:
    naming.check_class_name(renaming.new_class, {"Base"})
    taken = catalog.class_names()
    if renaming.new_class in taken or class_is_taken(found.source.text, renaming.new_class):
        raise UsageError(
            f"The class name {renaming.new_class!r} is taken, in {taken.get(renaming.new_class, found.file)};"
            " nothing was written.",
            append=f"--class App{renaming.new_class}",
        )


def _edits(renaming: TableRenaming, catalog: Catalog, snapshot: Snapshot, found: Found) -> tuple[FileEdit, ...]:
    edits: list[FileEdit] = []
    width, package = snapshot.line_length, snapshot.package
    for file in catalog.files():
        text, path = catalog.text(file).text, snapshot.path(file)
        if file == found.file:
            edits += catalog.edit(file, in_home(text, renaming, width=width, path=path))
        elif file == EXPORTS and renaming.old_class != renaming.new_class:
            domain = domain_of(found.file)
            text = remove_export(text, renaming.old_class, path=path)
            exported = add_export(text, package, domain, [renaming.new_class], width=width, path=path)
            edits += catalog.edit(file, exported)
        elif not catalog.is_generated(file) and (renaming.old in text or renaming.old_class in text):
            edits += catalog.edit(file, in_other(text, renaming, width=width, package=package, path=path))
    return tuple(edits)
