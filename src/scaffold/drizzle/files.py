"""Names across the files of a TypeScript project: what a name in one file means, wherever it was made."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from scaffold.drizzle.typescript import Node, read, string

_EXTENSIONS = (".ts", ".mts", ".tsx", "/index.ts")


@dataclass(frozen=True, slots=True)
class Imported:
    """A name that another module makes.

    Args:
        module: as the import statement says it.
        name: in that module; empty for all of it (`import * as`).
    """

    module: str
    name: str

    @property
    def is_drizzle(self) -> bool:
        """Whether drizzle-orm makes it."""
        return self.module == "drizzle-orm" or self.module.startswith("drizzle-orm/")


@dataclass(eq=False, slots=True)
class File:
    """One file: its top-level names.

    Args:
        path: of the file, for messages and for relative imports.
        root: its syntax tree.
        constants: the values of `const name = ...`, and functions and enums by name.
        imports: the names that it imports.
        reexports: the modules that it exports all of, and `export { a as b } from` by local name.
    """

    path: str
    root: Node
    constants: dict[str, Node] = field(default_factory=dict)
    imports: dict[str, Imported] = field(default_factory=dict)
    reexports: list[tuple[str, Imported]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name stands for: something made in a file, or something that no file of the project makes."""

    file: File | None = None
    name: str = ""
    node: Node | None = None
    imported: Imported | None = None


class Files:
    """The files of a project.

    Args:
        texts: their texts by path, with `/`.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._files = {posixpath.normpath(path): _file(text, path) for path, text in texts.items()}

    def __iter__(self) -> Iterator[File]:
        return iter(self._files.values())

    def meaning(self, file: File, name: str) -> Meaning:
        """What `name` stands for in `file`."""
        if name in file.constants:
            return Meaning(file, name, file.constants[name])
        imported = file.imports.get(name)
        if imported is None:
            return Meaning()
        return self._exported(file, imported, frozenset()) or Meaning(imported=imported)

    def _exported(self, file: File, imported: Imported, seen: frozenset[tuple[str, str]]) -> Meaning | None:
        target = self._find(file, imported.module)
        if target is None or not imported.name or (target.path, imported.name) in seen:
            return None
        seen |= {(target.path, imported.name)}
        if imported.name in target.constants:
            return Meaning(target, imported.name, target.constants[imported.name])
        if inner := target.imports.get(imported.name):
            return self._exported(target, inner, seen) or Meaning(imported=inner)
        for local, further in target.reexports:
            if local in ("*", imported.name):
                name = imported.name if local == "*" else further.name
                again = Imported(further.module, name)
                if found := self._exported(target, again, seen):
                    return found
                if again.is_drizzle:
                    return Meaning(imported=again)
        return None

    def _find(self, file: File, module: str) -> File | None:
        """The file that an import names: relative to its own, or by the end of its path where it has an alias."""
        stem = module.removesuffix(".js").removesuffix(".ts")
        if module.startswith("."):
            base = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), stem))
            return next((self._files[base + end] for end in _EXTENSIONS if base + end in self._files), None)
        if not module.startswith(("@/", "~/", "#", "$lib/", "src/")):
            return None
        tail = "/" + stem.partition("/")[2]
        found = [
            known for path, known in self._files.items() if any(f"/{path}".endswith(tail + e) for e in _EXTENSIONS)
        ]
        return found[0] if len(found) == 1 else None


def _file(text: str, path: str) -> File:
    file = File(posixpath.normpath(path), read(text, path))
    for statement in file.root.children:
        if statement.kind == "import_statement":
            file.imports |= _imports(statement)
        elif statement.kind == "export_statement":
            _export(file, statement)
        else:
            file.constants |= _declared(statement)
    return file


def _export(file: File, statement: Node) -> None:
    declaration = statement.field("declaration")
    if declaration is not None:
        file.constants |= _declared(declaration)
        return
    source = statement.field("source")
    module = string(source) if source is not None else None
    clause = next((child for child in statement.children if child.kind == "export_clause"), None)
    if module is None:
        return
    if clause is None:
        file.reexports.append(("*", Imported(module, "")))
    for name, local in _specifiers(clause):
        file.reexports.append((local, Imported(module, name)))


def _specifiers(clause: Node | None) -> list[tuple[str, str]]:
    """The pairs (name, name here) of `{ name, name as here }`."""
    pairs = []
    for specifier in clause.children if clause is not None else ():
        name, alias = specifier.field("name"), specifier.field("alias")
        if name is not None:
            pairs.append((name.text, (alias or name).text))
    return pairs


def _imports(statement: Node) -> dict[str, Imported]:
    source = statement.field("source")
    module = string(source) if source is not None else None
    names: dict[str, Imported] = {}
    for clause in statement.children if module else ():
        for part in clause.children if clause.kind == "import_clause" else ():
            if part.kind == "named_imports":
                names |= {local: Imported(module or "", name) for name, local in _specifiers(part)}
            elif part.kind == "namespace_import":
                names[part.children[0].text] = Imported(module or "", "")
            else:
                names[part.text] = Imported(module or "", "default")
    return names


def _declared(statement: Node) -> dict[str, Node]:
    name = statement.field("name")
    if statement.kind in ("enum_declaration", "function_declaration") and name is not None:
        return {name.text: statement}
    declared = {}
    for declarator in statement.children if statement.kind == "lexical_declaration" else ():
        name, value = declarator.field("name"), declarator.field("value")
        if name is not None and value is not None:
            declared[name.text] = value
    return declared
