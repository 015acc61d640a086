"""Models as TypeScript, in the original's layout: `tables/<domain>.table.ts`, `tables/index.ts`, `schema.ts`.

`auth.schema.ts` is Better Auth's own file: it is imported from, never written. The text is laid out as prettier does
it with single quotes and without semicolons.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from scaffold.drizzle.columns import camel_case
from scaffold.drizzle.model import (
    Check,
    Column,
    ColumnType,
    Constant,
    Dialect,
    Domain,
    ForeignKey,
    Index,
    IndexPart,
    Models,
    Now,
    Reference,
    Schema,
    Sql,
    Table,
)
from scaffold.drizzle.typescript import literal
from scaffold.errors import UsageError

WIDTH = 80
HEADER = "// Written by `scaffold export drizzle` from the Python models; a change here would be lost.\n"
MAKERS: Mapping[Dialect, str] = {"sqlite": "sqliteTable", "postgresql": "pgTable", "mysql": "mysqlTable"}
MODULES: Mapping[Dialect, str] = {
    "sqlite": "drizzle-orm/sqlite-core",
    "postgresql": "drizzle-orm/pg-core",
    "mysql": "drizzle-orm/mysql-core",
}
ANY_COLUMN: Mapping[Dialect, str] = {
    "sqlite": "AnySQLiteColumn",
    "postgresql": "AnyPgColumn",
    "mysql": "AnyMySqlColumn",
}
SHARED_ENUMS = "./enums"
"""The module of the enums of PostgreSQL that several domains have: two files with tables may import each other, and an
enum must be there before the first table of either."""
CUSTOM = {"bytea": "Buffer", "longblob": "Buffer"}
"""Column types that drizzle-orm has no function for, with what they hold in TypeScript."""


def export(models: Models, auth: Schema | None = None) -> dict[str, str]:
    """The files by path, relative to the folder that `auth.schema.ts` is in.

    Args:
        models: what to write.
        auth: the `auth.schema.ts` that is there, for the names that its tables and columns have in TypeScript.
    """
    names = _Names(models, auth)
    files = {
        f"tables/{file_name(domain.name)}.table.ts": _File(models.dialect, domain, names).text()
        for domain in models.domains
    }
    shared = [name for name in names.enums if names.enum_file(name) == SHARED_ENUMS]
    if shared:
        declared = "\n".join(names.enum_text(name) for name in shared)
        files["tables/enums.ts"] = f"{HEADER}\n{_import(['pgEnum'], MODULES[models.dialect])}\n\n{declared}"
    stars = "export * from './enums'\n" if shared else ""
    stars += "".join(f"export * from './{file_name(domain.name)}.table'\n" for domain in models.domains)
    files["tables/index.ts"] = HEADER + "\n" + (stars or "export {}\n")
    files["schema.ts"] = HEADER + "\nexport * from './auth.schema'\nexport * from './tables'\n"
    return files


def file_name(domain: str) -> str:
    """The name of a domain's file: `web_hooks` -> `web-hooks`."""
    return domain.replace("_", "-")


class _Names:
    """What tables and columns are called in TypeScript, and where the tables are."""

    def __init__(self, models: Models, auth: Schema | None) -> None:
        theirs = {table.name: table for table in auth.tables} if auth else {}
        self._tables = {table.name: theirs.get(table.name, table) for table in models.auth}
        self._files = dict.fromkeys(self._tables, "../auth.schema")
        self.enums: dict[str, tuple[str, ...]] = {}
        self._enum_files: dict[str, set[str]] = {}
        for domain in models.domains:
            for table in domain.tables:
                self._tables[table.name] = table
                self._files[table.name] = f"./{file_name(domain.name)}.table"
                for column in table.columns:
                    self._note_enum(table, column)

    def _note_enum(self, table: Table, column: Column) -> None:
        name, values = column.type.enum_name, column.type.values
        if name and self.enums.setdefault(name, values) != values:
            raise UsageError(
                f"{table.name}.{column.name} is of the enum {name!r} with other values than another column; nothing was"
                " written.",
            )
        if name:
            self._enum_files.setdefault(name, set()).add(self._files[table.name])

    def enum(self, name: str) -> str:
        """The name that an enum of PostgreSQL is exported by."""
        taken = {table.export_name for table in self._tables.values()}
        made = f"{camel_case(name).removesuffix('Enum')}Enum"
        return f"{made}Type" if made in taken else made

    def enum_file(self, name: str) -> str:
        """The module that exports an enum."""
        files = self._enum_files[name]
        return SHARED_ENUMS if len(files) > 1 else next(iter(files))

    def enum_text(self, name: str) -> str:
        """The declaration of an enum."""
        line = f"export const {self.enum(name)} = pgEnum({literal(name)}, {_list(self.enums[name])})\n"
        if len(line) <= WIDTH + 1:
            return line
        values = "".join(f"  {literal(value)},\n" for value in self.enums[name])
        return f"export const {self.enum(name)} = pgEnum({literal(name)}, [\n{values}])\n"

    def table(self, name: str) -> str:
        """The name that a table is exported by."""
        found = self._tables.get(name)
        return found.export_name if found else camel_case(name)

    def column(self, table: str, column: str) -> str:
        """The property of a column."""
        found = self._tables[table].column(column) if table in self._tables else None
        return found.property if found else camel_case(column)

    def file(self, table: str) -> str:
        """The module that exports a table, as a domain's file imports it."""
        return self._files.get(table, "../auth.schema")

    def in_cycle(self, start: str, target: str) -> bool:
        """Whether references lead from `target` back to `start`, so that TypeScript can't infer the types."""
        seen, ahead = set[str](), [target]
        while ahead:
            name = ahead.pop()
            if name == start:
                return True
            if name not in seen and name in self._tables:
                seen.add(name)
                columns = self._tables[name].columns
                ahead += [column.references.table for column in columns if column.references is not None]
        return False


@dataclass(slots=True)
class _File:
    """One domain's file, and what it turns out to import while it is written."""

    dialect: Dialect
    domain: Domain
    names: _Names
    core: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=set)
    customs: set[str] = field(default_factory=set)
    foreign: dict[str, set[str]] = field(default_factory=dict)
    uses_sql: bool = False
    enums: set[str] = field(default_factory=set)

    def text(self) -> str:
        self.core.add(MAKERS[self.dialect])
        tables = [self._table(table) for table in self.domain.tables]
        customs = [_custom(name) for name in sorted(self.customs)]
        if customs:
            self.core.add("customType")
        enums = [self.names.enum_text(name) for name in sorted(self.enums)]
        if enums:
            self.core.add("pgEnum")
        return "\n".join([HEADER, *self._imports(), "", "\n".join([*customs, *enums, *tables])]).rstrip("\n") + "\n"

    def _imports(self) -> list[str]:
        lines = ["import { sql } from 'drizzle-orm'"] if self.uses_sql else []
        core = sorted([*self.core, *self.types], key=lambda name: (name.lower(), name))
        shown = [f"type {name}" if name in self.types else name for name in core]
        lines.append(_import(shown, MODULES[self.dialect]))
        groups = [_import(sorted(names), module) for module, names in sorted(self.foreign.items())]
        return [*lines, *([""] if groups else []), *groups]

    def _table(self, table: Table) -> str:
        columns = [self._property(table, column) for column in table.columns]
        extras = self._extras(table)
        maker = MAKERS[self.dialect]
        if not extras:
            body = "".join(_indented(column) for column in columns)
            return f"export const {table.export_name} = {maker}({literal(table.name)}, {{\n{body}}})\n"
        body = _indented("".join(_indented(column) for column in columns))
        listed = f"(table) => [{', '.join(extras)}],"
        if len(listed) + 2 > WIDTH or len(extras) > 1:
            listed = "(table) => [\n" + "".join(_indented(f"{extra},\n") for extra in extras) + "],"
        return (
            f"export const {table.export_name} = {maker}(\n  {literal(table.name)},\n  {{\n{body}  }},\n"
            f"{_indented(listed)}\n)\n"
        )

    def _property(self, table: Table, column: Column) -> str:
        comment = f"/** {column.comment} */\n" if column.comment else ""
        return comment + _chain(f"{_key(column.property)}: ", self._calls(table, column)) + ",\n"

    def _calls(self, table: Table, column: Column) -> list[str]:
        calls = [self._builder(column)]
        calls += [".array()"] if column.type.array else []
        calls += [f".$type<{column.ts_type}>()"] if column.ts_type else []
        calls += self._identity(column)
        if column.primary_key:
            counted = column.autoincrement and self.dialect == "sqlite"
            calls.append(".primaryKey({ autoIncrement: true })" if counted else ".primaryKey()")
        calls += self._default(column)
        calls += [f".$defaultFn(() => {column.default_fn})"] if column.default_fn else []
        calls += [f".$onUpdate(() => {column.on_update})"] if column.on_update else []
        if column.generated:
            self.uses_sql = True
            kind = "stored" if column.stored else "virtual"
            mode = "" if self.dialect == "postgresql" else f", {{ mode: '{kind}' }}"
            calls.append(f".generatedAlwaysAs({_template(column.generated)}{mode})")
        calls += [".notNull()"] if column.not_null and not column.primary_key else []
        calls += self._unique(table, column)
        return calls + ([self._reference(table, column.references)] if column.references else [])

    def _builder(self, column: Column) -> str:
        builder = column.type.builder
        if builder in CUSTOM:
            self.customs.add(builder)
            return f"{builder}({literal(column.name)})"
        if column.type.enum_name:
            return f"{self._enum(column.type.enum_name)}({literal(column.name)})"
        if builder == "enum":
            builder = "mysqlEnum"
        if self.dialect == "postgresql" and column.autoincrement and not column.identity:
            builder = {"bigint": "bigserial", "smallint": "smallserial"}.get(builder, "serial")
        self.core.add(builder)
        if builder == "mysqlEnum":
            return f"mysqlEnum({literal(column.name)}, {_list(column.type.values)})"
        options = self._options(column.type)
        given = [literal(column.name), *([f"{{ {', '.join(options)} }}"] if options else [])]
        return f"{builder}({', '.join(given)})"

    def _enum(self, name: str) -> str:
        file, made = self.names.enum_file(name), self.names.enum(name)
        if file == f"./{file_name(self.domain.name)}.table":
            self.enums.add(name)
        else:
            self.foreign.setdefault(file, set()).add(made)
        return made

    def _options(self, column_type: ColumnType) -> list[str]:
        options = []
        if column_type.length is not None:
            options.append(f"length: {column_type.length}")
        if column_type.mode:
            options.append(f"mode: {literal(column_type.mode)}")
        if column_type.precision is not None:
            fraction = self.dialect == "mysql" and column_type.builder in ("datetime", "timestamp")
            name = "fsp" if fraction else "precision"
            options.append(f"{name}: {column_type.precision}")
        if column_type.scale is not None:
            options.append(f"scale: {column_type.scale}")
        if column_type.with_timezone:
            options.append("withTimezone: true")
        if column_type.unsigned:
            options.append("unsigned: true")
        if column_type.values:
            options.append(f"enum: {_list(column_type.values)}")
        return options

    def _identity(self, column: Column) -> list[str]:
        if column.identity:
            return [f".generated{'Always' if column.identity == 'always' else 'ByDefault'}AsIdentity()"]
        return [".autoincrement()"] if column.autoincrement and self.dialect == "mysql" else []

    def _default(self, column: Column) -> list[str]:
        match column.default:
            case None:
                return []
            case Now() if self.dialect != "sqlite":
                return [".defaultNow()"]
            case Sql(text):
                self.uses_sql = True
                return [f".default({_template(text)})"]
            case Constant(worth):
                return [f".default({_value(worth)})"]
        return []

    def _unique(self, table: Table, column: Column) -> list[str]:
        if not column.unique:
            return []
        usual = column.unique == f"{table.name}_{column.name}_unique"
        return [".unique()" if usual else f".unique({literal(column.unique)})"]

    def _reference(self, table: Table, reference: Reference) -> str:
        self._needs(table, reference.table)
        target = f"{self.names.table(reference.table)}.{self.names.column(reference.table, reference.column)}"
        typed = ""
        if self.names.in_cycle(table.name, reference.table):
            self.types.add(ANY_COLUMN[self.dialect])
            typed = f": {ANY_COLUMN[self.dialect]}"
        actions = _actions(reference.on_delete, reference.on_update)
        options = f", {{ {', '.join(actions)} }}" if actions else ""
        return f".references((){typed} => {target}{options})"

    def _needs(self, table: Table, target: str) -> None:
        file = self.names.file(target)
        if target != table.name and file != f"./{file_name(self.domain.name)}.table":
            self.foreign.setdefault(file, set()).add(self.names.table(target))

    def _extras(self, table: Table) -> list[str]:
        def columns(names: Iterable[str]) -> str:
            return ", ".join(f"table.{self.names.column(table.name, name)}" for name in names)

        extras = [self._index(table, index) for index in table.indexes]
        for key in table.uniques:
            self.core.add("unique")
            extras.append(f"unique({literal(key.name)}).on({columns(key.columns)})")
        if table.primary_key is not None:
            self.core.add("primaryKey")
            name, held = literal(table.primary_key.name), columns(table.primary_key.columns)
            extras.append(f"primaryKey({{ name: {name}, columns: [{held}] }})")
        extras += [self._foreign_key(table, key, columns(key.columns)) for key in table.foreign_keys]
        return extras + [self._check(check) for check in table.checks]

    def _index(self, table: Table, index: Index) -> str:
        function = "uniqueIndex" if index.unique else "index"
        self.core.add(function)
        parts = ", ".join(self._part(table, part) for part in index.parts)
        made = f"{function}({literal(index.name)}).on({parts})"
        if index.where:
            self.uses_sql = True
            made += f".where({_template(index.where)})"
        return made

    def _part(self, table: Table, part: IndexPart) -> str:
        if part.column:
            made = f"table.{self.names.column(table.name, part.column)}"
            if not part.descending:
                return made
            if self.dialect == "postgresql":
                return f"{made}.desc()"
            self.uses_sql = True
            return f"sql`${{{made}}} desc`"
        self.uses_sql = True
        return _template(part.sql)

    def _foreign_key(self, table: Table, key: ForeignKey, columns: str) -> str:
        self.core.add("foreignKey")
        self._needs(table, key.table)
        target = self.names.table(key.table)
        foreign = ", ".join(f"{target}.{self.names.column(key.table, name)}" for name in key.foreign_columns)
        made = f"foreignKey({{ name: {literal(key.name)}, columns: [{columns}], foreignColumns: [{foreign}] }})"
        made += f".onDelete('{key.on_delete.lower()}')" if key.on_delete else ""
        return made + (f".onUpdate('{key.on_update.lower()}')" if key.on_update else "")

    def _check(self, check: Check) -> str:
        self.core.add("check")
        self.uses_sql = True
        return f"check({literal(check.name)}, {_template(check.sql)})"


def _list(values: Sequence[str]) -> str:
    return f"[{', '.join(map(literal, values))}]"


def _actions(on_delete: str, on_update: str) -> list[str]:
    pairs = (("onDelete", on_delete), ("onUpdate", on_update))
    return [f"{name}: '{action.lower()}'" for name, action in pairs if action]


def _value(worth: Any) -> str:
    match worth:
        case str():
            return literal(worth)
        case float() if worth.is_integer():
            return str(int(worth))
        case datetime():
            return f"new Date('{worth.astimezone(UTC).isoformat(timespec='milliseconds').replace('+00:00', 'Z')}')"
        case dict():
            inner = ", ".join(f"{_key(name)}: {_value(item)}" for name, item in worth.items())
            return f"{{ {inner} }}" if inner else "{}"
        case list():
            return f"[{', '.join(map(_value, worth))}]"
    return json.dumps(worth)


def _key(name: str) -> str:
    return name if name.isascii() and name.replace("$", "_").isidentifier() else literal(name)


def _template(sql: str) -> str:
    return "sql`" + sql.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${") + "`"


def _custom(name: str) -> str:
    """A column type that drizzle-orm has no function for."""
    return (
        f"const {name} = customType<{{ data: {CUSTOM[name]} }}>({{\n  dataType() {{\n    return '{name}'\n  }},\n}})\n"
    )


def _import(names: Sequence[str], module: str) -> str:
    line = f"import {{ {', '.join(names)} }} from '{module}'"
    if len(line) <= WIDTH:
        return line
    return "import {\n" + "".join(f"  {name},\n" for name in names) + f"}} from '{module}'"


def _chain(prefix: str, calls: Sequence[str]) -> str:
    """A chain of calls on one line, or one call a line where it is long or has functions in it."""
    line = prefix + "".join(calls)
    functions = any("=>" in call for call in calls)
    if len(line) + 4 <= WIDTH and not (functions and len(calls) > 2):
        return line
    head, *rest = calls
    broken = [_broken(prefix + head), *("  " + _broken(call, 2) for call in rest)]
    return "\n".join(broken)


def _broken(call: str, indent: int = 0) -> str:
    """A call that is too long for its line, with its options one a line."""
    start, end = call.find("{ "), call.rfind(" }")
    if len(call) + indent + 5 <= WIDTH or start < 0 or end < start:
        return call
    space = " " * indent
    options = _split_options(call[start + 2 : end])
    lines = "".join(f"{space}  {option},\n" for option in options)
    return f"{call[: start + 1]}\n{lines}{space}{call[end + 1 :]}"


def _split_options(text: str) -> list[str]:
    """The parts of `a: 1, b: [2, 3]`."""
    parts, depth, start, quote = [], 0, 0, ""
    for position, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote and text[position - 1] != "\\" else quote
        elif sign in "'\"`":
            quote = sign
        elif sign in "[({":
            depth += 1
        elif sign in "])}":
            depth -= 1
        elif sign == "," and depth == 0:
            parts.append(text[start:position].strip())
            start = position + 1
    return [*parts, text[start:].strip()]


def _indented(text: str) -> str:
    return "".join(f"  {line}" if line.strip() else line for line in text.splitlines(keepends=True))
