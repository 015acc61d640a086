"""`auth sync` and `auth check`: `auth_schema.py` from the TypeScript that Better Auth's command line generates."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from scaffold.drizzle.auth import auth_classes, auth_schema, is_edited, organizations, says_the_same
from scaffold.drizzle.classes import attribute_of
from scaffold.drizzle.model import Casing
from scaffold.drizzle.parse import parse
from scaffold.errors import ScaffoldError, UsageError
from scaffold.plan import FileEdit, Plan, Snapshot
from scaffold.schema.changes import DropColumn, DropTable
from scaffold.schema.differences import Difference, differences
from scaffold.schema.renames import Rename, table_renames
from scaffold.schema.shapes import ColumnShape, Shapes, TableShape
from scaffold.source.catalog import AUTH, Catalog
from scaffold.source.mentions import foreign_keys_to, listed, uses_of_class
from scaffold.source.references import retyped
from scaffold.source.table_names import TableRenaming, in_other

MESSAGE = "sync auth tables"
"""What the revision is called."""


@dataclass(frozen=True, slots=True)
class AuthSchema:
    """What the user asked for.

    Args:
        text: of the TypeScript file.
        path: of the file, for messages.
        casing: drizzle's option of that name.
        discard_edits: whether what somebody wrote into `auth_schema.py` by hand may go.
    """

    text: str
    path: str
    casing: Casing = ""
    discard_edits: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What is there, and what the file says.

    Args:
        edit: of `auth_schema.py`; None where it says what the file says.
        before: the tables in `auth_schema.py`: their columns, each with its attribute in Python.
        after: those in the file.
        classes_before: the tables' classes.
        classes_after: those that they are to have.
        ids: what the ids of the tables in the file are in Python.
        organizations: the table of organizations, empty where the file has none.
    """

    edit: FileEdit | None
    before: Mapping[str, Mapping[str, str]]
    after: Mapping[str, Mapping[str, str]]
    classes_before: Mapping[str, str]
    classes_after: Mapping[str, str]
    ids: Mapping[str, str]
    organizations: str

    @property
    def renames(self) -> tuple[str, ...]:
        """The tables whose class stays and whose name does not: nobody has to be asked whether they are the same."""
        new = {name: table for table, name in self.classes_after.items() if table not in self.before}
        return tuple(
            f"{table}={new[name]}"
            for table, name in self.classes_before.items()
            if table not in self.after and name in new
        )

    def column_renames(self, renames: tuple[str, ...]) -> tuple[str, ...]:
        """The columns whose attribute stays and whose name does not, as where Drizzle's casing was changed."""
        found = []
        names = dict(rename.partition("=")[::2] for rename in renames)
        for old, columns in self.before.items():
            table = names.get(old, old)
            now = self.after.get(table, {})
            new = {attribute: column for column, attribute in now.items() if column not in columns}
            found += [
                f"{table}.{c}={new[attribute]}" for c, attribute in columns.items() if c not in now and attribute in new
            ]
        return tuple(found)

    def gone(self, renames: tuple[str, ...]) -> tuple[str, ...]:
        """The tables that go."""
        renamed = {rename.partition("=")[0] for rename in renames}
        return tuple(table for table in self.before if table not in self.after and table not in renamed)


def read(request: AuthSchema, snapshot: Snapshot) -> Reading:
    """What is there, and what the file says.

    Raises:
        UsageError: the file can't be represented, or a table or a class of a domain has the name of one in it.
    """
    schema = parse(request.text, request.path, casing=request.casing)
    after = auth_schema(schema, snapshot.package, width=snapshot.line_length)
    before = snapshot.files.get(AUTH)
    same = before is not None and says_the_same(before.decode(errors="replace"), after)
    catalog = Catalog(snapshot)
    made = auth_classes(schema)
    classes = {model.table: model.name for model in made}
    _check_names(classes, catalog, snapshot, request)
    tables = catalog.classes_in(AUTH) if before is not None else ()
    return Reading(
        edit=None if same else FileEdit(snapshot.path(AUTH), before, after.encode()),
        before={
            table.table_name: {column.name: column.attribute.rstrip("_") for column in table.columns}
            for table in tables
        },
        after={
            table.name: {column.name: attribute_of(column.name).rstrip("_") for column in table.columns}
            for table in schema.tables
        },
        classes_before={table.table_name: table.class_name or "" for table in tables},
        classes_after=classes,
        ids={model.table: str(id_.annotation) for model in made for id_ in model.attributes if id_.column.primary_key},
        organizations=organizations(schema),
    )


def question(reading: Reading, renames: tuple[str, ...], settled: tuple[str, ...]) -> Rename | None:
    """The next table that may have another name now; None where nothing is left to ask.

    Args:
        reading: what is there, and what the file says.
        renames: `old=new` of tables that have another name.
        settled: tables that are just gone.
    """
    taken = {rename.partition("=")[2] for rename in renames}
    before = _named({table: reading.before[table] for table in reading.gone(renames)})
    after = _named({table: c for table, c in reading.after.items() if table not in {*reading.before, *taken}})
    return next(iter(table_renames(before, after, settled)), None)


def edits(request: AuthSchema, reading: Reading, renames: tuple[str, ...], snapshot: Snapshot) -> tuple[FileEdit, ...]:
    """The edit that makes `auth_schema.py` say what the file says, and those of the modules that mean its tables.

    Raises:
        UsageError: somebody has edited `auth_schema.py` by hand, or a domain needs what is gone.
    """
    if reading.edit is None:
        return ()
    _check_edited(request, reading.edit)
    catalog = Catalog(snapshot)
    pairs = [rename.partition("=")[::2] for rename in renames]
    _check_organizations(reading, catalog, snapshot, request)
    _check_needed(reading, renames, catalog, snapshot, request)
    found = [reading.edit]
    for file in catalog.files():
        if file.startswith("tables/"):
            text = catalog.text(file).text
            for old, new in pairs:
                text = in_other(
                    text,
                    _renaming(reading, old, new, snapshot),
                    width=snapshot.line_length,
                    package=snapshot.package,
                    path=snapshot.path(file),
                )
            text = retyped(text, reading.ids, width=snapshot.line_length, path=snapshot.path(file))
            found += catalog.edit(file, text)
    return tuple(found)


def scoped(reading: Reading, renames: tuple[str, ...], before: Shapes, after: Shapes) -> tuple[Shapes, Shapes]:
    """Better Auth's tables and those that refer to them, of which nothing else than the reference may change.

    Args:
        reading: what is there, and what the file says.
        renames: `old=new` of tables that have another name.
        before: what the migrations make.
        after: what the models make.

    Raises:
        UsageError: a table that has to follow has changes of its own, which no revision has yet.
    """
    names = dict(rename.partition("=")[::2] for rename in renames)
    auth = {*reading.before, *reading.after}
    old = {name: table for name, table in before.items() if name in auth}
    new = {name: table for name, table in after.items() if name in reading.after}
    for name, table in before.items():
        if name in auth or name not in after or not any(key.table in auth for key in table.foreign_keys):
            continue
        followed = _followed(table, after[name], names)
        retargeted = replace(followed, columns=table.columns)
        unwritten = differences({name: followed}, {name: after[name]})
        if followed != retargeted and unwritten:
            _refuse_unwritten(unwritten)
        old[name], new[name] = table, followed
    return old, new


def plan(
    edits: tuple[FileEdit, ...],
    compared: Plan | None,
    snapshot: Snapshot,
    renames: tuple[str, ...],
    *,
    migrate: bool,
) -> Plan | None:
    """What is to be done; None where files and migrations say what the file says.

    Args:
        edits: of the package's files.
        compared: what the migrations need; None where they need nothing.
        snapshot: of the project.
        renames: `old=new` of tables that have another name.
        migrate: whether the local database is upgraded.
    """
    if compared is None:
        return Plan(edits, None, upgrade=False, notes=("The database needs no migration.",)) if edits else None
    losses = _losses(compared, snapshot, renames) if migrate else ()
    return compared._replace(edits=edits, losses=losses)


def disagreement(
    request: AuthSchema, reading: Reading, live: tuple[Difference, ...], database: str
) -> ScaffoldError | None:
    """The finding, for CI, that `auth_schema.py` or the database is not what the file says; None where both are.

    Args:
        request: what the user asked for.
        reading: what is there, and what the file says.
        live: what it takes to come from the database to what the file says.
        database: for people.
    """
    parts = []
    if reading.edit is not None:
        parts.append(f"{reading.edit.path} is not what {request.path} says:\n\n{reading.edit.diff()}")
    if live:
        found = "\n".join(f"  {difference}" for difference in live)
        parts.append(f"{database} is not what {request.path} says; to be that, it needs:\n\n{found}\n")
    if not parts:
        return None
    help = f"scaffold auth sync --from {request.path}" if reading.edit is not None else "scaffold migrate"
    return ScaffoldError("\n".join(parts).rstrip("\n"), help=f"Bring it up to date with: {help}")


def _check_edited(request: AuthSchema, edit: FileEdit) -> None:
    if edit.before is None or request.discard_edits or not is_edited(edit.before.decode(errors="replace")):
        return
    raise UsageError(
        f"{edit.path} was edited by hand, and that would be lost; nothing was written.",
        help=f"Better Auth decides what is in it. Take the edit back (git restore {edit.path}), or let it go:\n\n"
        f"  scaffold auth sync --from {request.path} --discard-edits",
    )


def _check_names(classes: Mapping[str, str], catalog: Catalog, snapshot: Snapshot, request: AuthSchema) -> None:
    """Refuse names that a domain has taken."""
    for file in catalog.files():
        if not file.startswith("tables/"):
            continue
        for table in catalog.classes_in(file):
            place = f"{snapshot.path(file)}:{table.line}"
            if table.table_name in classes:
                raise UsageError(
                    f"{request.path} has a table {table.table_name!r}, and so has {place}; nothing was written.",
                    help=f"Give yours another name: scaffold rename-table {table.table_name} app_{table.table_name}",
                )
            if table.class_name in classes.values():
                raise UsageError(
                    f"{request.path} needs the class name {table.class_name!r}, which {place} has;"
                    " nothing was written.",
                    help="Give yours another name: scaffold rename-table"
                    f" {table.table_name} app_{table.table_name} --class App{table.class_name}",
                )


def _check_organizations(reading: Reading, catalog: Catalog, snapshot: Snapshot, request: AuthSchema) -> None:
    """Refuse to take organizations away from tables that belong to one."""
    if reading.organizations:
        return
    tables = [
        f"  {snapshot.path(found.file)}:{found.table.line}: {found.table.table_name}"
        for found in map(catalog.require, sorted(catalog.names() - reading.before.keys()))
        if catalog.has_organization(found)
    ]
    if tables:
        raise UsageError(
            f"{request.path} has no organizations, and {len(tables)} table{'s' * (len(tables) != 1)} of the domains"
            f" belong{'s' * (len(tables) == 1)} to one; nothing was written.",
            help="Keep Better Auth's organization plugin, or take InOrganization out of these first (and generate):\n\n"
            + "\n".join(tables),
        )


def _check_needed(
    reading: Reading, renames: tuple[str, ...], catalog: Catalog, snapshot: Snapshot, request: AuthSchema
) -> None:
    """Refuse to take away tables and columns that domains need."""
    names = dict(rename.partition("=")[::2] for rename in renames)
    for table, columns in reading.before.items():
        now = reading.after.get(names.get(table, table))
        if now is None:
            found = catalog.require(table)
            needed = [*foreign_keys_to(catalog, table), *uses_of_class(catalog, found)]
            what = f"the table {table!r}"
        else:
            gone = [column for column in columns if column not in now]
            needed = [key for column in gone for key in foreign_keys_to(catalog, table, column)]
            what = f"{table}.{', '.join(gone)}"
        needed = [mention for mention in needed if mention.file.startswith("tables/")]
        if needed:
            raise UsageError(
                f"{request.path} has {what} no more, and {len(needed)} place{'s' * (len(needed) != 1)} of the domains"
                f" need{'s' * (len(needed) == 1)} it; nothing was written.",
                help=f"Change these first, or keep it in Better Auth's configuration:\n\n"
                f"{listed(needed, snapshot.folder)}\n\nIf it has another name now: scaffold auth sync --from"
                f" {request.path} --rename {table}=NEW",
            )


def _renaming(reading: Reading, old: str, new: str, snapshot: Snapshot) -> TableRenaming:
    return TableRenaming(
        module=f"{snapshot.package}.{AUTH.removesuffix('.py')}",
        old=old,
        new=new,
        old_class=reading.classes_before[old],
        new_class=reading.classes_after[new],
    )


def _named(tables: Mapping[str, Mapping[str, str]]) -> Shapes:
    """Tables of which no more than names is known."""
    return {
        name: TableShape(name, tuple(ColumnShape(column, ()) for column in columns)) for name, columns in tables.items()
    }


def _followed(table: TableShape, now: TableShape, names: Mapping[str, str]) -> TableShape:
    """A table with nothing new in it but what its references to Better Auth's tables are."""
    keys = tuple(replace(key, table=names.get(key.table, key.table)) for key in table.foreign_keys)
    referring = {column for key in keys for column in key.columns}
    columns = tuple(
        replace(column, types=found.types)
        if column.name in referring and (found := now.column(column.name)) is not None
        else column
        for column in table.columns
    )
    return replace(table, columns=columns, foreign_keys=keys)


def _refuse_unwritten(found: tuple[Difference, ...]) -> None:
    raise UsageError(
        f"{found[0].table} follows Better Auth's tables, and has changes that no revision has yet;"
        " nothing was written.",
        help="Write them first: scaffold generate -m 'describe the change'\n\n"
        + "\n".join(f"  {difference}" for difference in found),
    )


def _losses(plan: Plan, snapshot: Snapshot, renames: tuple[str, ...]) -> tuple[str, ...]:
    """What the local database loses; there, tables have their old names."""
    olds = {new: old for old, _, new in (rename.partition("=") for rename in renames)}
    losses = []
    for change in plan.revision.changes if plan.revision else ():
        match change:
            case DropTable(table) if rows := snapshot.rows[table]:
                losses.append(f"{rows:,} row{'s' * (rows != 1)} of {table} would be lost")
            case DropColumn(table, column) if count := snapshot.filled[olds.get(table, table), column]:
                losses.append(f"{count:,} value{'s' * (count != 1)} of {table}.{column} would be lost")
    return tuple(losses)
