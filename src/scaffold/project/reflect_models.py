"""The project's models as the values that a Drizzle export is made of."""

import ast
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from types import NoneType
from typing import TYPE_CHECKING, Any, get_args, get_origin

from scaffold.drizzle.columns import camel_case
from scaffold.drizzle.export_types import Kind, Spelled, spelled
from scaffold.drizzle.mapped_defaults import MILLISECONDS_NOW
from scaffold.drizzle.model import (
    Check,
    Column,
    Constant,
    Default,
    Dialect,
    Domain,
    ForeignKey,
    Index,
    IndexPart,
    Models,
    Now,
    PrimaryKey,
    Reference,
    Sql,
    Table,
    UniqueKey,
)
from scaffold.errors import UsageError
from scaffold.project import models as importing
from scaffold.project.config import Config

if TYPE_CHECKING:
    import sqlalchemy as sa

AUTH = "auth_schema"


def read(config: Config, dialect: Dialect) -> Models:
    """The models of a project, as they are on the disk."""
    with importing.importable(config):
        return models(config.package, importing.metadata(config), dialect)


def models(package: str, metadata: "sa.MetaData", dialect: Dialect) -> Models:
    """The models of an imported package; call it inside `scaffold.project.models.importable`.

    Args:
        package: the import name of the database package, whose `schema` is imported.
        metadata: of the models.
        dialect: whose types and defaults are wanted.

    Raises:
        UsageError: a column is of a type that Drizzle has no word for.
    """
    reader = _Reader(dialect, _annotations(package))
    places = dict(_places(package))
    by_domain: dict[str, list[Table]] = {}
    for table in metadata.tables.values():
        by_domain.setdefault(places.get(table.name, ""), []).append(reader.table(table))
    homeless = by_domain.pop("", [])
    if homeless:
        raise UsageError(f"The table {homeless[0].name!r} is defined in no module of {package}.tables.")
    auth = tuple(by_domain.pop(AUTH, []))
    return Models(dialect, tuple(Domain(name, tuple(by_domain[name])) for name in sorted(by_domain)), auth)


def _places(package: str) -> Iterator[tuple[str, str]]:
    """Which domain each table is defined in."""
    inside = f"{package}.tables."
    for name, module in list(sys.modules.items()):
        if module is None or not (name.startswith(inside) or name == f"{package}.{AUTH}"):
            continue
        for value in vars(module).values():
            table: Any = getattr(value, "__table__", None) if isinstance(value, type) else value
            home = value.__module__ if isinstance(value, type) else name
            if type(table).__name__ == "Table" and home == name:
                yield table.name, name.rpartition(".")[2]


def _annotations(package: str) -> "dict[sa.Column[Any], Any]":
    """What stands inside of `Mapped[...]`, without `None`, by column; not of columns that are mapped in another way."""
    found: dict[sa.Column[Any], Any] = {}
    for cls in _classes(package):
        for attribute in cls.__mapper__.column_attrs:
            said = _mapped(cls, attribute.key)
            found |= dict.fromkeys(attribute.columns, said) if said is not None else {}
    return found


def _classes(package: str) -> Iterator[Any]:
    """The models of a package."""
    for name, module in list(sys.modules.items()):
        if module is not None and f"{name}.".startswith(f"{package}."):
            found = (value for value in vars(module).values() if isinstance(value, type))
            yield from (value for value in found if type(value.__dict__.get("__table__")).__name__ == "Table")


def _mapped(cls: type, name: str) -> Any:
    """What is inside of an attribute's `Mapped[...]`; None where that can't be told."""
    for owner in cls.__mro__:
        try:
            said = inspect.get_annotations(owner).get(name)
            if isinstance(said, str):
                said = inspect.get_annotations(owner, eval_str=True)[name]
        except (NameError, AttributeError, TypeError, SyntaxError):  # a name that only type checkers see
            return None
        if said is not None:
            inner = get_args(said)[0] if get_args(said) else None
            left = [one for one in get_args(inner) if one is not NoneType] if NoneType in get_args(inner) else [inner]
            return left[0] if len(left) == 1 else None
    return None


class _Reader:
    """Reads SQLAlchemy's tables in the words of one dialect."""

    def __init__(self, dialect: Dialect, annotations: "Mapping[sa.Column[Any], Any]") -> None:
        self._dialect = dialect
        self._annotations = annotations
        self._sqlalchemy = _bare(dialect)

    def table(self, table: "sa.Table") -> Table:
        uniques = self._constraints(table, "UniqueConstraint")
        single = {key.columns[0].name: str(self._name(key)) for key in uniques if len(key.columns) == 1}
        return Table(
            camel_case(table.name),
            table.name,
            tuple(self._column(column, single.get(column.name, "")) for column in table.columns),
            indexes=tuple(self._indexes(table, {str(key.name) for key in uniques})),
            uniques=tuple(
                UniqueKey(self._name(key), tuple(column.name for column in key.columns))
                for key in sorted(uniques, key=self._name)
                if len(key.columns) > 1
            ),
            foreign_keys=tuple(self._foreign_keys(table)),
            checks=tuple(
                Check(self._name(check), self._sql(check.sqltext))
                for check in sorted(self._constraints(table, "CheckConstraint"), key=self._name)
            ),
            primary_key=self._primary_key(table),
        )

    def _constraints(self, table: "sa.Table", kind: str) -> list[Any]:
        return [constraint for constraint in table.constraints if type(constraint).__name__ == kind]

    def _name(self, item: Any) -> str:
        """The name in the database: as the naming convention makes it, and cut where it is too long."""
        from sqlalchemy import Index as SqlIndex

        prepare = self._sqlalchemy.identifier_preparer
        index = isinstance(item, SqlIndex)
        made = prepare.format_index(item) if index else prepare.format_constraint(item)
        return str(made).strip('"`')

    def _column(self, column: "sa.Column[Any]", unique: str) -> Column:
        kind = self._spelled(column)
        reference = self._reference(column)
        counted = self._counts(column)
        identity = getattr(column.identity, "always", None) if self._dialect == "postgresql" else None
        return Column(
            property=camel_case(column.name),
            name=column.name,
            type=kind.type,
            not_null=not column.nullable,
            primary_key=column.primary_key and len(column.table.primary_key.columns) == 1,
            unique=unique,
            default=self._server_default(column),
            default_fn=_function(column.default),
            on_update=_function(column.onupdate),
            references=reference,
            autoincrement=counted,
            identity="" if identity is None else "always" if identity else "by default",
            generated=self._sql(column.computed.sqltext) if column.computed is not None else "",
            stored=bool(column.computed is not None and column.computed.persisted),
            ts_type=self._document_type(column),
            comment=kind.comment,
        )

    def _document_type(self, column: "sa.Column[Any]") -> str:
        """What TypeScript is told of a JSON column: what the annotation says, or else a default shows."""
        kind = type(column.type).__name__
        if kind not in ("Json", "JSON", "Array") or (kind == "Array" and self._dialect == "postgresql"):
            return ""
        said = self._annotations.get(column)
        if (get_origin(said) or said) is list:
            return "string[]" if get_args(said) == (str,) else "unknown[]"
        if said is Any:
            return ""
        source = getattr(getattr(column.server_default, "arg", None), "source", "")
        return "unknown[]" if ".default([" in source else "Record<string, unknown>"

    def _spelled(self, column: "sa.Column[Any]") -> Spelled:
        found = spelled(_kind(column.type), self._dialect)
        if found is None:
            raise UsageError(
                f"{column.table.name}.{column.name} is of the type {column.type!r}, which has no counterpart in Drizzle"
                f" on {self._dialect}; nothing was written."
            )
        return found

    def _counts(self, column: "sa.Column[Any]") -> bool:
        if column.table.autoincrement_column is not column:
            return False
        return self._dialect != "sqlite" or bool(column.table.dialect_options["sqlite"].get("autoincrement"))

    def _reference(self, column: "sa.Column[Any]") -> Reference | None:
        for key in column.foreign_keys:
            if key.constraint is not None and len(key.constraint.columns) == 1:
                return Reference(
                    key.column.table.name, key.column.name, (key.ondelete or "").upper(), (key.onupdate or "").upper()
                )
        return None

    def _foreign_keys(self, table: "sa.Table") -> Iterator[ForeignKey]:
        for key in sorted(self._constraints(table, "ForeignKeyConstraint"), key=self._name):
            if len(key.columns) > 1:
                yield ForeignKey(
                    self._name(key),
                    tuple(column.name for column in key.columns),
                    key.referred_table.name,
                    tuple(element.column.name for element in key.elements),
                    (key.ondelete or "").upper(),
                    (key.onupdate or "").upper(),
                )

    def _primary_key(self, table: "sa.Table") -> PrimaryKey | None:
        columns = tuple(column.name for column in table.primary_key.columns)
        return PrimaryKey(self._name(table.primary_key), columns) if len(columns) > 1 else None

    def _indexes(self, table: "sa.Table", constraints: set[str]) -> Iterator[Index]:
        for index in sorted(table.indexes, key=self._name):
            if str(index.name) not in constraints:
                where = index.dialect_options[self._dialect].get("where") if self._dialect != "mysql" else None
                yield Index(
                    self._name(index),
                    tuple(self._part(expression) for expression in index.expressions),
                    bool(index.unique),
                    self._sql(where) if where is not None else "",
                )

    def _part(self, expression: Any) -> IndexPart:
        if type(expression).__name__ == "Column":
            return IndexPart(expression.name)
        text = self._sql(expression)
        column, _, order = text.partition(" ")
        downward = "DESC NULLS LAST" if self._dialect == "postgresql" else "DESC"
        if order.upper() == downward and column.isidentifier():
            return IndexPart(column, descending=True)
        return IndexPart(sql=text)

    def _sql(self, expression: Any) -> str:
        compiled = expression.compile(
            dialect=self._sqlalchemy, compile_kwargs={"literal_binds": True, "include_table": False}
        )
        return str(compiled)

    def _server_default(self, column: "sa.Column[Any]") -> Default | None:
        given = getattr(column.server_default, "arg", None)
        if given is None:
            return None
        if isinstance(given, str):
            return Constant(given)
        source = getattr(given, "source", "")
        if source.endswith(".now()"):
            return Sql(MILLISECONDS_NOW) if self._dialect == "sqlite" else Now()
        if ".Json.default(" in source or ".Array.default(" in source:
            return _document(source)
        return self._written(self._sql(given), _kind(column.type).name)

    def _written(self, text: str, kind: str) -> Default:
        """A default as the database has it: a plain value, or SQL."""
        if kind in ("Decimal", "Numeric") and self._dialect != "sqlite":
            return Constant(text)
        if found := _constant(text, kind):
            return found
        if self._dialect == "sqlite" and re.search(r"\W", text) and not re.match(r"\s*['\"(]", text):
            return Sql(f"({text})")  # as SQLAlchemy's DDL has it
        return Sql(text)


def _bare(dialect: str) -> Any:
    """A dialect without its driver, which an export does not need."""
    from sqlalchemy.dialects import mysql, postgresql, sqlite

    makers = {"sqlite": sqlite.dialect, "postgresql": postgresql.dialect, "mysql": mysql.dialect}
    found: Callable[[], Any] = makers[dialect]
    return found()


def _kind(column_type: Any) -> Kind:
    name = type(column_type).__name__
    if name == "Enum" and not hasattr(column_type, "values"):
        # SQLAlchemy's own: a type of the database, or text where it is told to be.
        name = "NativeEnum" if column_type.native_enum else "PlainEnum"
    return Kind(
        {"INTEGER": "Integer", "BIGINT": "BigInteger", "TEXT": "Text", "SMALLINT": "SmallInteger"}.get(name, name),
        length=getattr(column_type, "length", None),
        precision=getattr(column_type, "precision", None),
        scale=getattr(column_type, "scale", None),
        values=tuple(column_type.enums if name == "NativeEnum" else column_type.values)
        if name in ("Enum", "Choice", "NativeEnum")
        else (),
        enum_name=str(column_type.name or "") if name == "NativeEnum" else "",
        zone=bool(getattr(column_type, "zone", False)),
        item=str(getattr(column_type, "item", "")),
        unsigned=bool(getattr(column_type, "unsigned", False)),
    )


def _function(default: Any) -> str:
    """What TypeScript calls where Python fills a value in; empty where it has no word for it."""
    if default is None:
        return ""
    if default.is_callable:
        return {"utc_now": "new Date()", "new_id": "crypto.randomUUID()"}.get(getattr(default.arg, "__name__", ""), "")
    return ""


def _constant(text: str, kind: str) -> Constant | None:
    """A default that is a plain value: false, 0, 1.5."""
    if kind == "Boolean" and text.lower() in ("true", "false", "1", "0"):
        return Constant(text.lower() in ("true", "1"))
    if kind in ("Integer", "BigInteger", "SmallInteger", "Real", "Decimal", "Numeric"):
        try:
            number = float(text)
        except ValueError:
            return None
        return Constant(int(text) if text.lstrip("-").isdigit() else number)
    return None


def _document(source: str) -> Constant:
    """The document in `types.Json.default({...})`."""
    call = ast.parse(source, mode="eval").body
    assert isinstance(call, ast.Call)
    worth = ast.literal_eval(call.args[0])
    return Constant(json.loads(worth) if isinstance(worth, str) else worth)
