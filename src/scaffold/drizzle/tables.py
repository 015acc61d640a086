"""The tables of a TypeScript project: where they are, what they are called, what stands in their third argument."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from scaffold.drizzle.calls import Call, chain, opening
from scaffold.drizzle.columns import Reader, snake_case
from scaffold.drizzle.files import File, Files
from scaffold.drizzle.model import (
    Casing,
    Check,
    Column,
    Dialect,
    ForeignKey,
    Index,
    IndexPart,
    PrimaryKey,
    Reference,
    Table,
    UniqueKey,
)
from scaffold.drizzle.typescript import Node, string
from scaffold.drizzle.values import (
    Place,
    called,
    elements,
    parameters,
    properties,
    returned,
    shortened,
    sql_template,
    sql_text,
    value,
)

MAKERS: Mapping[str, Dialect] = MappingProxyType(
    {"sqliteTable": "sqlite", "pgTable": "postgresql", "mysqlTable": "mysql"}
)
_CREATORS = {f"{maker}Creator": maker for maker in MAKERS}
_REFUSED = {
    **dict.fromkeys(("sqliteView", "pgView", "pgMaterializedView", "mysqlView", "view"), "a view"),
    **dict.fromkeys(("pgSchema", "mysqlSchema"), "a table in a schema of its own"),
    **dict.fromkeys(("pgSequence", "pgRole", "pgPolicy"), "a sequence, a role or a policy"),
}


@dataclass(frozen=True, slots=True)
class Definition:
    """Where a table is made.

    Args:
        export_name: its name in TypeScript.
        place: of the call.
        dialect: of the function that makes it.
        name: in the database.
    """

    export_name: str
    place: Place
    dialect: Dialect
    name: str

    @property
    def arguments(self) -> tuple[Place, ...]:
        """Name, columns, and what belongs to the whole table."""
        return opening(self.place).arguments


class Tables:
    """The tables of some files.

    Args:
        files: of the project.
        casing: what becomes of a property whose column is not named.
    """

    def __init__(self, files: Files, casing: Casing) -> None:
        self._files = files
        self._casing: Casing = casing

    def of(self, file: File) -> tuple[tuple[Dialect, Table], ...]:
        """The tables of a file, in its order.

        Raises:
            UsageError: something in it can't be represented.
        """
        definitions = list(self._definitions(file))
        self._check_nothing_else(file, {definition.place.node.line for definition in definitions})
        return tuple((definition.dialect, self._table(definition)) for definition in definitions)

    def _definitions(self, file: File) -> Iterator[Definition]:
        for name, node in file.constants.items():
            definition = self._definition(name, Place(self._files, file, node.bare()))
            if definition is not None:
                yield definition

    def _definition(self, export_name: str, place: Place) -> Definition | None:
        function, arguments = place.node.field("function"), place.node.field("arguments")
        if place.node.kind != "call_expression" or function is None or arguments is None:
            return None
        maker, rename = self._maker(place.at(function))
        if maker not in MAKERS:
            return None
        if len(arguments.children) < 2:
            raise place.node.error("a table needs its name and its columns.")
        given = value(place.at(arguments.children[0]))
        if not isinstance(given, str) or not given:
            raise arguments.children[0].error(f"{shortened(arguments.children[0])} is no name of a table.")
        return Definition(export_name, place, MAKERS[maker], rename(given))

    def _maker(self, function: Place) -> tuple[str, Callable[[str], str]]:
        """The function of drizzle-orm behind one that makes tables, and what it does to their names."""
        known = function.drizzle_name()
        if known:
            return known, lambda name: name
        made = function.target()
        creator, arguments = called(made) or ("", ())
        if creator not in _CREATORS or len(arguments) != 1:
            return "", lambda name: name
        return _CREATORS[creator], lambda name: _renamed(made.at(arguments[0]), name)

    def _check_nothing_else(self, file: File, lines: set[int]) -> None:
        for node in file.root.all("call_expression"):
            function = node.field("function")
            place = Place(self._files, file, node)
            if function is None:
                continue
            if (method := function.field("property")) is not None and method.text in ("enableRLS", "withRLS"):
                raise method.error(
                    f"`.{method.text}()`, PostgreSQL's row-level security, has no counterpart in Python; nothing was"
                    " written."
                )
            name = place.at(function).drizzle_name()
            if name in _REFUSED:
                raise node.error(f"{_REFUSED[name]} can't be represented; nothing was written.")
            if self._maker(place.at(function))[0] in MAKERS and node.line not in lines:
                raise node.error("a table is read only from `const name = ...` at the top of a file.")

    def _table(self, definition: Definition) -> Table:
        reader, columns = self._columns(definition)
        if not columns:
            raise definition.place.node.error(f"the table {definition.name!r} has no columns.")
        read: dict[str, Column] = {}
        for name, place in columns.items():
            column = reader.column(name, place)
            # SQLite and MySQL take names that differ in capitals only for the same.
            key = column.name if definition.dialect == "postgresql" else column.name.lower()
            if key in read:
                raise place.node.error(
                    f"{definition.export_name}.{name} and {definition.export_name}.{read[key].property} are both the"
                    f" column {column.name!r} of {definition.name}; nothing was written."
                )
            read[key] = column
        table = Table(definition.export_name, definition.name, tuple(read.values()), definition.place.node.line)
        for extra in definition.arguments[2:]:
            for call in self._extras(extra):
                table = self._with_extra(table, definition, call, extra)
        return table

    def _columns(self, definition: Definition) -> tuple[Reader, dict[str, Place]]:
        argument = definition.arguments[1]
        reader = Reader(definition.dialect, definition.name, self._casing, self._refer)
        function = argument.target()
        inner = returned(function)
        if inner is None:
            return reader, properties(argument)
        names = parameters(function.node)
        return replace(reader, builders=names[0].text if names else ""), properties(inner)

    def _refer(self, target: Place) -> Reference:
        owner, name = target.node.field("object"), target.node.field("property")
        if target.node.kind != "member_expression" or owner is None or name is None or owner.kind != "identifier":
            raise target.node.error(f"{shortened(target.node)} is no column of a table.")
        meaning = self._files.meaning(target.file, owner.text)
        if meaning.imported is not None:
            return Reference(snake_case(meaning.imported.name), snake_case(name.text), known=False)
        found = None
        if meaning.file is not None and meaning.node is not None:
            found = self._definition(meaning.name, Place(self._files, meaning.file, meaning.node.bare()))
        if found is None:
            raise target.node.error(f"{shortened(target.node)} is no column of a table that was read.")
        return Reference(found.name, self._column_name(found, name))

    def _column_name(self, definition: Definition, name: Node) -> str:
        reader, columns = self._columns(definition)
        if name.text not in columns:
            raise name.error(f"{definition.export_name} has no column {name.text!r}.")
        return reader.name(name.text, columns[name.text])

    def _extras(self, place: Place) -> Iterator[tuple[Call, list[Call]]]:
        inner = returned(place.target())
        found = inner.target() if inner is not None else None
        if found is None:
            raise place.node.error(f"what {shortened(place.node)} says of the table can't be followed.")
        parts = tuple(properties(found).values()) if found.node.kind == "object" else elements(found)
        for part in parts:
            begin, calls = chain(part)
            yield opening(begin), calls

    def _with_extra(
        self, table: Table, definition: Definition, made: tuple[Call, list[Call]], function: Place
    ) -> Table:
        begin, calls = made
        named = begin.place.node.field("function")
        kind = begin.place.at(named).drizzle_name() if named is not None else ""
        if kind not in _EXTRAS:
            raise begin.place.node.error(f"{shortened(begin.place.node)} of a table is not understood.")
        names = parameters(function.target().node)
        extras = _Extras(table, definition.dialect, self._refer, names[0].text if names else "")
        return _EXTRAS[kind](extras, begin, calls)


def _renamed(function: Place, name: str) -> str:
    """What the function of `pgTableCreator((name) => `app_${name}`)` makes of a name."""
    inner, names = returned(function.target()), parameters(function.target().node)
    if inner is None or len(names) != 1:
        raise function.node.error(f"the names that {shortened(function.node)} makes can't be told.")
    if inner.node.text == names[0].text:
        return name
    if inner.node.kind != "template_string":
        raise function.node.error(f"the names that {shortened(function.node)} makes can't be told.")
    parts = []
    for child in inner.node.children:
        if child.kind != "template_substitution":
            parts.append(child.text)
        elif child.children and child.children[0].text == names[0].text:
            parts.append(name)
        else:
            parts.append(str(value(inner.at(child.children[0]))))
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class _Extras:
    """What a table's third argument is read with."""

    table: Table
    dialect: Dialect
    refer: Callable[[Place], Reference]
    parameter: str

    def index(self, begin: Call, calls: list[Call]) -> Table:
        return self._index(begin, calls, unique=False)

    def unique_index(self, begin: Call, calls: list[Call]) -> Table:
        return self._index(begin, calls, unique=True)

    def _index(self, begin: Call, calls: list[Call], *, unique: bool) -> Table:
        parts: tuple[IndexPart, ...] = ()
        where = ""
        for call in calls:
            match call.name:
                case "on":
                    parts = tuple(self._part(argument) for argument in call.arguments)
                case "using" if self.dialect == "postgresql" and call.first and value(call.first) == "btree":
                    parts = tuple(self._part(argument) for argument in call.arguments[1:])
                case "where":
                    where = self._sql(call.only())
                case _:
                    raise call.place.node.error(f"the method `.{call.name}()` of an index is not understood.")
        if not parts:
            raise begin.place.node.error("an index needs its columns: `.on(table.column)`.")
        name = _name(begin) or f"{self.table.name}_{'_'.join(part.column for part in parts)}_index"
        made = Index(name, parts, unique, where, begin.place.node.line)
        return replace(self.table, indexes=(*self.table.indexes, made))

    def unique(self, begin: Call, calls: list[Call]) -> Table:
        columns: tuple[str, ...] = ()
        for call in calls:
            if call.name != "on":
                raise call.place.node.error(f"the method `.{call.name}()` of a unique constraint is not understood.")
            columns = tuple(self._column(argument) for argument in call.arguments)
        if not columns:
            raise begin.place.node.error("a unique constraint needs its columns: `.on(table.column)`.")
        name = _name(begin) or f"{self.table.name}_{'_'.join(columns)}_unique"
        return replace(self.table, uniques=(*self.table.uniques, UniqueKey(name, columns, begin.place.node.line)))

    def primary_key(self, begin: Call, _: list[Call]) -> Table:
        first, name = begin.first, ""
        if first is not None and first.target().node.kind == "object":
            options = properties(first)
            columns = self._columns(options, "columns", begin)
            name = str(value(options["name"])) if "name" in options else ""
        else:
            columns = tuple(self._column(argument) for argument in begin.arguments)
        name = name or f"{self.table.name}_{'_'.join(columns)}_pk"
        return replace(self.table, primary_key=PrimaryKey(name, columns, begin.place.node.line))

    def foreign_key(self, begin: Call, calls: list[Call]) -> Table:
        first = begin.only()
        options = properties(returned(first.target()) or first)
        columns = self._columns(options, "columns", begin)
        targets = [self.refer(self._named(place)) for place in elements(options["foreignColumns"])]
        if len({target.table for target in targets}) != 1 or len(targets) != len(columns):
            raise begin.place.node.error("a foreign key points to as many columns of one table as it has itself.")
        given = {call.name: str(value(call.only())).upper() for call in calls}
        if unknown := given.keys() - {"onDelete", "onUpdate"}:
            raise begin.place.node.error(f"the method `.{min(unknown)}()` of a foreign key is not understood.")
        foreign = tuple(target.column for target in targets)
        parts = (self.table.name, *columns, targets[0].table, *foreign, "fk")
        key = ForeignKey(
            str(value(options["name"])) if "name" in options else "_".join(parts),
            columns,
            targets[0].table,
            foreign,
            given.get("onDelete", ""),
            given.get("onUpdate", ""),
            targets[0].known,
            begin.place.node.line,
        )
        return replace(self.table, foreign_keys=(*self.table.foreign_keys, key))

    def check(self, begin: Call, _: list[Call]) -> Table:
        if len(begin.arguments) != 2:
            raise begin.place.node.error("a CHECK is written check('name', sql`...`).")
        check = Check(str(value(begin.arguments[0])), self._sql(begin.arguments[1]), begin.place.node.line)
        return replace(self.table, checks=(*self.table.checks, check))

    def _columns(self, options: dict[str, Place], key: str, begin: Call) -> tuple[str, ...]:
        if key not in options or (key == "columns" and "foreignColumns" not in options and len(options) > 2):
            raise begin.place.node.error(f"{shortened(begin.place.node)} has no `{key}`.")
        return tuple(self._column(place) for place in elements(options[key]))

    def _part(self, place: Place) -> IndexPart:
        template = sql_template(place)
        if template is not None:
            return IndexPart(sql=sql_text(template, self._name_in_sql))
        node = place.node.bare()
        function = node.field("function")
        if node.kind == "call_expression" and function is not None and function.kind == "member_expression":
            owner, method = function.field("object"), function.field("property")
            if owner is not None and method is not None and method.text in ("asc", "desc"):
                return IndexPart(self._column(place.at(owner)), descending=method.text == "desc")
            if method is not None and method.text in ("nullsFirst", "nullsLast", "op"):
                raise node.error(
                    f"`.{method.text}()` of an index's column is not supported, only `.asc()` and `.desc()` are;"
                    " nothing was written."
                )
        ordering = place.at(function).drizzle_name() if function is not None else ""
        if ordering in ("asc", "desc"):
            column = next((child.text for given in [node.field("arguments")] if given for child in given.children), "")
            better = f"{column}.{ordering}()" if self.dialect == "postgresql" else f"sql`${{{column}}} {ordering}`"
            raise node.error(
                f"{shortened(node)} of an index is not supported; nothing was written.", help=f"Write {better} instead."
            )
        return IndexPart(self._column(place))

    def _column(self, place: Place) -> str:
        node = place.node.bare()
        name = self._name_in_sql(place, node)
        if name is None:
            raise node.error(f"{shortened(node)} is no column of {self.table.export_name}.")
        return name

    def _name_in_sql(self, _: Place, node: Node) -> str | None:
        """The name in the database of a column that an expression means."""
        owner, name = node.field("object"), node.field("property")
        if node.kind != "member_expression" or owner is None or name is None:
            return None
        if owner.text in (self.parameter, self.table.export_name):
            found = next((column for column in self.table.columns if column.property == name.text), None)
            if found is None:
                raise node.error(f"{self.table.export_name} has no column {name.text!r}.")
            return found.name
        return None

    def _named(self, place: Place) -> Place:
        """A column of the table's own parameter as one of the table, which is what a reference to it means."""
        owner, name = place.node.field("object"), place.node.field("property")
        if owner is None or name is None or owner.text != self.parameter:
            return place
        raise place.node.error(f"write {self.table.export_name}.{name.text}, so that it is clear which table is meant.")

    def _sql(self, place: Place) -> str:
        template = sql_template(place)
        if template is None:
            raise place.node.error(f"a condition is read only from sql`...`, and {shortened(place.node)} is none.")
        return sql_text(template, self._name_in_sql)


def _name(begin: Call) -> str:
    given = string(begin.first.target().node) if begin.first else None
    if begin.first is not None and given is None:
        return str(value(begin.first))
    return given or ""


_EXTRAS: Mapping[str, Callable[[_Extras, Call, list[Call]], Table]] = MappingProxyType(
    {
        "index": _Extras.index,
        "uniqueIndex": _Extras.unique_index,
        "unique": _Extras.unique,
        "primaryKey": _Extras.primary_key,
        "foreignKey": _Extras.foreign_key,
        "check": _Extras.check,
    }
)
