"""What a person does to the modules by hand before `generate`: one edit, and the answers to its questions."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scaffold.plan import Snapshot
from scaffold.schema.column import IMPLICIT
from scaffold.source.catalog import EXPORTS, Catalog, Found
from scaffold.source.module import ColumnDef

IMPORTS = {
    "Any": "typing", "Literal": "typing", "CheckConstraint": "sqlalchemy", "ForeignKey": "sqlalchemy",
    "Index": "sqlalchemy", "UniqueConstraint": "sqlalchemy", "text": "sqlalchemy", "mapped_column": "sqlalchemy.orm",
    "Mapped": "sqlalchemy.orm", "date": "datetime", "types": "shopdb", "HasId": "shopdb.mixins",
}  # fmt: skip
NEW_COLUMNS = [
    "{name}: Mapped[str | None]",
    "{name}: Mapped[int | None]",
    "{name}: Mapped[bool | None]",
    "{name}: Mapped[date | None]",
    '{name}: Mapped[str] = mapped_column(types.String(30), server_default="none")',
    '{name}: Mapped[int] = mapped_column(server_default=text("0"))',
    '{name}: Mapped[Literal["x", "y"]] = mapped_column(server_default="x")',
    '{name}: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)',
    "{name}: Mapped[int]",
]
NEW_CLASS = """

class Leaf(HasId, Base):
    __tablename__ = "leaves"

    parent_id: Mapped[str | None] = mapped_column(ForeignKey("{parent}.id", ondelete="CASCADE"), index=True)
    size: Mapped[int | None]
"""


@dataclass(frozen=True, slots=True)
class HandEdit:
    """New texts of modules, and what follows.

    Args:
        message: what the revision is called.
        files: new texts by path relative to the package.
        answers: to what `generate` asks.
        dropped, renamed, altered: as in `Draw`.
    """

    message: str
    files: Mapping[str, str]
    answers: tuple[str, ...] = ()
    dropped: frozenset[tuple[str, str]] = frozenset()
    renamed: dict[tuple[str, str], str] = field(default_factory=dict)
    altered: frozenset[tuple[str, str]] = frozenset()


def hand_edits(chance: random.Random, catalog: Catalog, tables: Sequence[Found], seen: Snapshot) -> Iterator[HandEdit]:
    """One edit of each kind that the tables allow, each of a random table and column."""
    if not tables:
        return
    found = chance.choice(tables)
    editor = _Editor(chance, found, catalog)
    yield from editor.whole_table()
    yield from editor.new_column()
    yield from editor.constraints()
    yield from editor.classes(seen)
    own = [c for c in found.table.columns if c.name not in IMPLICIT and f"{c.attribute}: Mapped[" in found.source.text]
    if own:
        yield from editor.column(chance.choice(own))


class _Editor:
    def __init__(self, chance: random.Random, found: Found, catalog: Catalog) -> None:
        self.random = chance
        self.found = found
        self.table = found.table.table_name
        self.text = found.source.text
        self.exports = catalog.text(EXPORTS).text
        self.others = {catalog.text(file).text: file for file in catalog.files()}

    def edit(self, message: str, text: str, *answers: str, **more: object) -> HandEdit:
        return HandEdit(message, {self.found.file: _with_imports(text)}, answers, **more)  # type: ignore[arg-type]

    def new_column(self) -> Iterator[HandEdit]:
        name = f"{self.random.choice(['extra', 'more', 'size'])}_{self.random.randint(1, 99)}"
        line = self.random.choice(NEW_COLUMNS).format(name=name)
        yield self.edit(f"add {name}", self.after_tablename(f"    {line}\n"))

    def column(self, column: ColumnDef) -> Iterator[HandEdit]:
        block = self.block(column)
        place = (self.table, column.name)
        altered = frozenset({place})
        if block is None:
            return
        whole, annotation = block
        others = self.text.replace(whole, "")
        used = re.search(rf"\b{re.escape(column.attribute)}\b|['\"]{re.escape(column.name)}['\"]", self.body(others))
        pointed = any(f'"{self.table}.{column.name}"' in text for text in self.others)
        if not used and not pointed:
            yield self.edit(f"drop {column.name}", others, dropped=frozenset({place}))
            new = f"{self.random.choice(['fresh', 'late', 'odd'])}_{self.random.randint(1, 99)}"
            named = re.sub(rf"\b{column.attribute}: Mapped", f"{new}: Mapped", whole)
            if f'"{column.name}"' not in whole:
                renamed = self.text.replace(whole, named)
                name = f"{self.table}.{column.name}"
                yield self.edit("rename", renamed, "--rename", f"{name}={new}", renamed={place: new})
                yield self.edit("replace", renamed, "--not-renamed", name, dropped=frozenset({place}))
                yield self.edit("unanswered", renamed)
        if "| None]" in annotation:
            yield self.changed(column, annotation, annotation.replace(" | None]", "]"), altered)
        else:
            yield self.changed(column, annotation, f"{annotation[:-1]} | None]", altered)
        if values := re.search(r'Literal\[("[^]]*")\]', annotation):
            words = values[1].split(", ")
            more = [*words, *(f'"{w}"' for w in "xyz" if f'"{w}"' not in words)][: len(words) + 1]
            yield self.changed(column, values[0], f"Literal[{', '.join(more)}]", altered)
            yield self.changed(column, values[0], f"Literal[{', '.join(reversed(words))}]", altered)
            if len(words) > 1:
                yield self.changed(column, values[0], f"Literal[{', '.join(words[1:])}]", altered)
        for old, new in (
            ('ondelete="CASCADE"', 'ondelete="RESTRICT"'), ('ondelete="SET NULL"', 'ondelete="CASCADE"'),
            ("types.BigInteger", "types.Real"),
            ('server_default="x"', 'server_default="it\'s: 5%"'), ('server_default="b"', 'server_default="a"'),
            ('server_default=text("1")', 'server_default=text("3")'), ("String(20)", "String(60)"),
            ("String(80)", "String(30)"), ("Decimal(12, 2)", "Decimal(14, 3)"), ("index=True", "index=False"),
            ("unique=True, index=True", "index=True"), ("Mapped[int]", "Mapped[float]"),
        ):  # fmt: skip
            if old in whole:
                yield self.changed(column, old, new, altered, whole)

    def changed(
        self, column: ColumnDef, old: str, new: str, altered: frozenset[tuple[str, str]], within: str = ""
    ) -> HandEdit:
        block = within or (self.block(column) or ("", ""))[0]
        text = self.text.replace(block, block.replace(old, new, 1), 1)
        return self.edit(f"change {column.name} of {self.table}", text, altered=altered)

    def constraints(self) -> Iterator[HandEdit]:
        if "__table_args__" in self.body(self.text):
            return
        number = self.random.randint(1, 999)
        where = "text(\"id <> 'a: 1%'\")"
        for item in (
            f'Index("by_day_{number}", "created_at", "id")',
            f'Index("some_{number}", "id", sqlite_where={where}, postgresql_where={where})',
            f'UniqueConstraint("id", "created_at", name="pair_{number}")',
            f'CheckConstraint("id <> \'no: 1\'", name="good_{number}")',
        ):
            line = f"    __table_args__ = ({item},)\n"
            yield self.edit(f"constrain {self.table}", self.after_tablename(line))

    def whole_table(self) -> Iterator[HandEdit]:
        new = f"{self.table}_{self.random.randint(1, 99)}"
        text = self.text.replace(f'__tablename__ = "{self.table}"', f'__tablename__ = "{new}"')
        if not any(f'"{self.table}.' in other for other in self.others):
            renamed = {(self.table, ""): new}
            yield self.edit(f"call it {new}", text, "--rename", f"{self.table}={new}", renamed=renamed)
            yield self.edit("unanswered", text)

    def classes(self, seen: Snapshot) -> Iterator[HandEdit]:
        name, file = self.found.table.class_name, self.found.file
        home = f"{seen.package}.{file.removesuffix('.py').replace('/', '.')}"
        line = f"from {home} import {name} as {name}\n"
        if line in self.exports:
            yield HandEdit("forget", {EXPORTS: self.exports.replace(line, "")})
            alone = self.text.count("__tablename__") == 1
            if alone and not any(f'"{self.table}.' in text for text in self.others if text != self.text):
                yield HandEdit(
                    "close", {file: "", EXPORTS: self.exports.replace(line, "")}, ("--allow-drop", self.table),
                    dropped=frozenset({(self.table, "")}),
                )  # fmt: skip
                yield HandEdit("close without leave", {file: "", EXPORTS: self.exports.replace(line, "")})
        if not any('"leaves"' in text for text in self.others):
            text = _with_imports(self.text.rstrip("\n") + "\n" + NEW_CLASS.format(parent=self.table))
            yield HandEdit("leaves", {file: text, EXPORTS: f"{self.exports}from {home} import Leaf as Leaf\n"})

    def after_tablename(self, line: str) -> str:
        head = f'    __tablename__ = "{self.table}"\n'
        return self.text.replace(head, head + line, 1)

    def body(self, text: str) -> str:
        start = text.index(f'__tablename__ = "{self.table}"')
        return text[start:].partition("\n\n\n")[0]

    def block(self, column: ColumnDef) -> tuple[str, str] | None:
        """A column's statement with its line end, and its annotation."""
        lines = self.text.splitlines(keepends=True)
        at = column.line - 1
        end = at + 1
        while lines[at:end] and "".join(lines[at:end]).count("(") != "".join(lines[at:end]).count(")"):
            end += 1
        statement = "".join(lines[at:end])
        annotation = re.search(r"Mapped\[.*?\](?= =|\n)", statement)
        return (statement, annotation[0]) if annotation and self.text.count(statement) == 1 else None


def _with_imports(text: str) -> str:
    """The text with what it uses and does not import, as a person's editor would add it."""
    for name, module in IMPORTS.items():
        head, _, body = text.partition("\nclass ")
        used = re.search(rf"(?<![\w.\"']){name}\b(?!['\"=])", body)
        if used and not re.search(rf"import .*\b{name}\b", head):
            text = re.sub(r'("""\n)', rf"\1\nfrom {module} import {name}", text, count=1)
    return text
