"""What makes each table, as statements that nobody runs: what the same statements make is the same.

So a database is needed only for the tables whose statements differ, or were followed by others.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.history import asks_no_database, is_unconditional
from scaffold.project.databases import Database
from scaffold.project.history import History
from scaffold.project.reflection import INTERNAL, ordered, spelled

if TYPE_CHECKING:
    import sqlalchemy as sa
    from sqlalchemy.engine import Dialect

NAMES = ("sqlite", "postgresql", "mysql")
"""The databases that a revision is written for."""

_CHANGES_ROWS = re.compile(r"\s*(?:INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
_READS = re.compile(r"\b(?:SELECT|FROM|JOIN|TABLE)\b", re.IGNORECASE)
_COMMENTS = frozenset({"SetTableComment", "DropTableComment", "SetColumnComment", "DropColumnComment"})
"""Statements of SQLAlchemy's about what is not compared."""

TYPES = "CREATE TYPE"
"""Stands for all types, as a table that every revision is about which makes one."""


class Unclear(Exception):
    """A statement from which it can't be told what it does to which table."""


@dataclass
class About:
    """The tables that a revision changes, and those that have to be there for it."""

    changed: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    def add(self, other: "About") -> None:
        """Take in what is said of a further statement."""
        self.changed |= other.changed
        self.used |= other.used


@dataclass
class Statements:
    """What some revisions, or the models, would run on an empty database.

    Args:
        made: what makes each table and its indexes, in a form in which the order of constraints does not matter.
        types: what its columns' types are called on each database.
        refers: the tables that it refers to.
        changed: the tables that were changed after they were made.
    """

    made: dict[str, list[str]] = field(default_factory=dict)
    types: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    refers: dict[str, set[str]] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)

    def unlike(self, other: "Statements") -> set[str]:
        """The tables that the two may not have alike."""
        names = self.made.keys() | other.made.keys() | self.changed | other.changed
        return {name for name in names if not INTERNAL.fullmatch(name) and not self._alike(other, name)}

    def _alike(self, other: "Statements", name: str) -> bool:
        return (
            name not in self.changed | other.changed
            and sorted(self.made.get(name, ())) == sorted(other.made.get(name, ()))
            and self.types.get(name) == other.types.get(name)
        )


class Listener:
    """Takes in statements.

    What it does not know for sure is unclear: a table that none of the statements has made under just that name may be
    one that is called in another case, or stand for a name that was not given.

    Args:
        dialect: in whose words they are compared.
        all_known: whether every name is taken for that of a table, as not all statements are heard.
    """

    def __init__(self, dialect: "Dialect", *, all_known: bool = False) -> None:
        self._dialect = dialect
        self._dialects = [plain_dialect(name) for name in NAMES]
        self._all_known = all_known
        self._known: dict[str, str] = {}
        """The tables that are there, by the name in small letters."""
        self._ever: set[str] = set()
        self.heard = Statements()

    def hear(self, construct: Any) -> "About":
        """Take in one statement, and tell which tables it is about.

        Raises:
            Unclear: it may do anything.
        """
        import sqlalchemy as sa
        from alembic.ddl.base import AddColumn, AlterTable, RenameTable
        from sqlalchemy import schema

        match construct:
            case schema.CreateTable():
                return About({self._create_table(construct)})
            case schema.CreateIndex():
                return About({self._create_index(construct)})
            case schema.DropTable():
                name = self._name(construct.element)
                self.heard.made.pop(name, None)
                self._known.pop(name.casefold(), None)
                return About({name})
            case schema.DropIndex():
                return self._change(self._name(construct.element.table))
            case schema.AddConstraint() | schema.DropConstraint():
                key = construct.element
                keys = key.elements if isinstance(key, sa.ForeignKeyConstraint) else ()
                return self._change(self._name(key.table), keys)
            case RenameTable():
                old = self._name(construct)
                self._make(construct.new_table_name)
                self._known.pop(old.casefold(), None)
                return About({*self._change(old).changed, *self._change(construct.new_table_name).changed})
            case AddColumn():
                return self._change(self._name(construct), construct.column.foreign_keys)
            case AlterTable():
                return self._change(self._name(construct))
            case sa.Insert() | sa.Update() | sa.Delete():
                return About(used={self._name(table) for table in _tables_of(construct)})
            case sa.TextClause() | str():
                return About(used=self._mentioned(str(construct)))
            case _ if type(construct).__name__ == "CreateEnumType":
                # Its values are compared with the types of the columns.
                return About({TYPES})
            case _ if type(construct).__name__ in _COMMENTS:
                return About()
            case _:
                raise Unclear

    def _name(self, item: Any) -> str:
        """The name of a table that is there, or of that of one of Alembic's statements."""
        name = _in_default_schema(item)
        if self._known.get(name.casefold()) != name and not self._all_known:
            raise Unclear
        return name

    def _make(self, name: str) -> None:
        if name.casefold() in self._known:
            raise Unclear
        self._known[name.casefold()] = name
        self._ever.add(name)

    def _create_table(self, construct: Any) -> str:
        table, name = construct.element, _in_default_schema(construct.element)
        if table._prefixes or table.dialect_options["postgresql"]["inherits"]:
            raise Unclear
        self._make(name)
        self.heard.made[name] = [ordered(self._text(construct))]
        self.heard.types[name] = tuple(
            (column.name, *(spelled(column.type, dialect) for dialect in self._dialects)) for column in table.columns
        )
        self.heard.refers[name] = _targets(table.foreign_keys)
        return name

    def _create_index(self, construct: Any) -> str:
        name = self._name(construct.element.table)
        if name in self.heard.made:
            self.heard.made[name].append(_plain_index(construct) or self._text(construct))
        else:
            self.heard.changed.add(name)
        return name

    def _change(self, name: str, keys: Iterable[Any] = ()) -> "About":
        self.heard.changed.add(name)
        self.heard.refers.setdefault(name, set()).update(_targets(keys))
        return About({name})

    def _mentioned(self, sql: str) -> set[str]:
        """The tables in a statement about rows, and perhaps some more."""
        if not _CHANGES_ROWS.match(sql) or ";" in sql.rstrip().rstrip(";"):
            raise Unclear
        return {name for name in self._ever if name.casefold() in sql.casefold()}

    def _text(self, construct: Any) -> str:
        return str(construct.compile(dialect=self._dialect)).strip()


def of_models(metadata: "sa.MetaData", local: Database) -> Statements | None:
    """What making all tables would run; None where that can't be told.

    Args:
        metadata: of the models.
        local: the local database, which is not connected to.
    """
    import sqlalchemy as sa

    listener = Listener(plain_dialect(local.dialect.name))

    def heard(construct: Any, *_: Any, **__: Any) -> None:
        listener.hear(construct)

    try:
        metadata.create_all(sa.create_mock_engine(f"{local.dialect.name}://", heard), checkfirst=False)
    except Exception:  # noqa: BLE001 - listeners of the project may want more than there is; the real database tells
        return None
    return listener.heard


def of_revisions(history: History, local: Database) -> tuple[Statements, dict[str, About]]:
    """What the revisions would run, and which tables each is about.

    Args:
        history: the revisions.
        local: as for `of_models`.

    Raises:
        Unclear: that can't be told without a database.
    """
    conditional = set[str]()
    for script in history.revisions:
        data = Path(script.path).read_bytes()
        if not is_unconditional(data):
            if not asks_no_database(data):
                raise Unclear(f"{Path(script.path).name} may ask a database")
            conditional.add(script.revision)
    listener = Listener(plain_dialect(local.dialect.name))
    about: dict[str, About] = defaultdict(About)

    def hear(revision: str, construct: Any) -> None:
        about[revision].add(_heard(history, listener, revision, construct))

    try:
        history.listen(local, hear)
        if conditional:
            # What they say to one database need not be what they say to another.
            for name in NAMES:
                listener.heard.changed |= _changed_on(name, history, local, conditional)
    except Unclear:
        raise
    except Exception as error:
        raise Unclear(f"the revisions do not run without one: {type(error).__name__}: {error}") from error
    return listener.heard, about


def _heard(history: History, listener: Listener, revision: str, construct: Any) -> About:
    try:
        return listener.hear(construct)
    except Unclear as unclear:
        raise Unclear(f"{history.file(revision).name} runs what may change any table") from unclear


def _changed_on(name: str, history: History, local: Database, revisions: Collection[str]) -> set[str]:
    """The tables that some revisions make or change on a database."""
    listener = Listener(plain_dialect(name), all_known=True)
    found: set[str] = set()

    def hear(revision: str, construct: Any) -> None:
        found.update(_heard(history, listener, revision, construct).changed)

    history.listen(local.on(name), hear, without=lambda revision: revision not in revisions)
    return found - {TYPES}


def with_targets(names: Collection[str], sides: Iterable[Statements]) -> frozenset[str]:
    """Some tables, and all that they refer to."""
    refers = _together(sides)
    found = set(names)
    waiting = list(found)
    while waiting:
        more = refers[waiting.pop()] - found
        found |= more
        waiting += more
    return frozenset(found)


def needed(tables: Collection[str], revisions: Statements, about: Mapping[str, About]) -> frozenset[str]:
    """The revisions without which some tables would not come to be as they are.

    Args:
        tables: their names.
        revisions: what all revisions would run.
        about: the tables of each revision.
    """
    changing: dict[str, set[str]] = defaultdict(set)
    for revision, its in about.items():
        for name in its.changed:
            changing[name].add(revision)
    found: set[str] = set()
    seen, waiting = {*tables, TYPES}, [*tables, TYPES]
    while waiting:
        name = waiting.pop()
        new = changing[name] - found
        found |= new
        more = revisions.refers.get(name, set()).union(*(about[one].changed | about[one].used for one in new)) - seen
        seen |= more
        waiting += more
    return frozenset(found)


def _together(sides: Iterable[Statements]) -> dict[str, set[str]]:
    refers: dict[str, set[str]] = defaultdict(set)
    for side in sides:
        for name, targets in side.refers.items():
            refers[name] |= targets
    return refers


def plain_dialect(name: str) -> "Dialect":
    """A dialect that nobody is connected with."""
    from sqlalchemy.dialects import mysql, postgresql, sqlite

    modules: dict[str, Any] = {"sqlite": sqlite, "postgresql": postgresql, "mysql": mysql, "mariadb": mysql}
    dialect: Dialect = modules[name].dialect()
    return dialect


def _plain_index(construct: Any) -> str | None:
    """An index over nothing but columns, in a shorter form: there are thousands. None for any other."""
    import sqlalchemy as sa

    index = construct.element
    options = (value for options in index.dialect_options.values() for value in options.values())
    if construct.if_not_exists or not all(map(_is_unset, options)):
        return None
    if not all(isinstance(expression, sa.Column) for expression in index.expressions):
        return None
    return repr((str(index.name), bool(index.unique), [column.name for column in index.expressions]))


def _is_unset(option: Any) -> bool:
    # A condition is neither true nor false.
    return option is None or option is False or (isinstance(option, dict) and not option)


def _in_default_schema(item: Any) -> str:
    """The name of a table, or of that of one of Alembic's statements."""
    if getattr(item, "schema", None) is not None:
        raise Unclear
    return str(item.table_name if hasattr(item, "table_name") else item.name)


def _tables_of(construct: Any) -> list[Any]:
    """Every table that a statement about rows reads or writes."""
    import sqlalchemy as sa
    from sqlalchemy.sql import visitors

    roots = [construct.table, construct, getattr(construct, "select", None)]
    found = [part for root in roots if root is not None for part in visitors.iterate(root)]
    texts = [str(part) for part in found if isinstance(part, sa.TextClause) or getattr(part, "is_literal", False)]
    if any(map(_READS.search, texts)):
        raise Unclear
    return [part for part in found if isinstance(part, sa.TableClause)]


def _targets(keys: Iterable[Any]) -> set[str]:
    return {key.target_fullname.rpartition(".")[0] for key in keys}
