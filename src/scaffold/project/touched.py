"""The models of some tables without those of all others, so that a verb's cost does not grow with the application.

`tables/__init__.py` imports every domain. Here the package stands in `sys.modules` with its `__init__` unread, and the
domains are imported that are edited, that name what is changed, or that those refer to. The moment anything asks the
package for a name, `__init__` is read after all: to the project's own code everything is where it always is.

This is right as long as no domain that stays unread changes a table of another one. Where one might, or anything else
is unusual, everything is imported, and the reason is logged.
"""

import ast
import importlib.util
import logging
import os
import re
import struct
import sys
from collections.abc import Collection, Iterable, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from scaffold.plan import FileEdit
from scaffold.project import models
from scaffold.project.config import Config
from scaffold.project.files import Files, files_in, read
from scaffold.source.harmless import imported, stands_against, tables_in

if TYPE_CHECKING:
    from sqlalchemy import MetaData

log = logging.getLogger(__name__)

_CLASS = re.compile(rb"^class (\w+)(?:\(([^)]*)\))?", re.MULTILINE)
_WORD = re.compile(rb"\w+")
_BRANCHES = re.compile(rb"^\s*(?:class|def|for|while|if|with|try)\b", re.MULTILINE)


KNOWN = frozenset({"__future__", "collections", "datetime", "decimal", "enum", "sqlalchemy", "typing", "uuid"})
"""What almost every domain imports, and what leaves tables alone when it is imported."""


class Unprovable(Exception):
    """Why everything has to be imported."""


class Looked(NamedTuple):
    """What the texts of all domains say, and that of `tables/__init__.py`, which goes by `__init__`.

    Args:
        against: the modules that can't be left unread, each with what stands against it.
        imports: what else they import, each with those that do: modules of the package, and libraries.
    """

    against: Mapping[str, str]
    imports: Mapping[str, Collection[str]]


def look_through(config: Config) -> Looked:
    """Look at every domain without importing one."""
    folder, package = config.folder / "tables", f"{config.package}.tables"
    against: dict[str, str] = {}
    imports: dict[str, list[str]] = {}
    domains = [name[: -len(".py")] for name in files_in(folder, ".py")]
    for domain in domains:
        file = f"{folder}/{domain}.py"
        data = read(file)
        if reason := stands_against(data):
            against[domain] = reason
        elif not (_is_compiled(file) or _compiles(data, file)):
            against[domain] = "is no Python"
        for module in imported(data, package):
            if module.partition(".")[0] not in KNOWN:
                imports.setdefault(module, []).append(domain)
    # Domains are asked about themselves, and so is what they are imported by.
    asked = {f"{package}.{domain}" for domain in domains}
    further = {name: who for name, who in imports.items() if not _is_asked(config, name, package, asked)}
    return Looked(against, further)


def _is_asked(config: Config, name: str, package: str, domains: Collection[str]) -> bool:
    parent = name.rpartition(".")[0]
    return (
        name in domains or parent in domains or name == package or (parent == package and not _is_package(config, name))
    )


def _is_package(config: Config, name: str) -> bool:
    return config.source.joinpath(*name.split(".")).is_dir()


def _compiles(data: bytes, file: str) -> bool:
    try:
        compile(data, file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _is_compiled(file: str) -> bool:
    """Whether there is byte code of the file as it is (PEP 552: magic number, flags, time and size of the source)."""
    try:
        with open(importlib.util.cache_from_source(file), "rb", buffering=0) as cached:  # noqa: PTH123 - called very often
            header = cached.read(16)
            source = os.stat(file)  # noqa: PTH116 - the same
    except OSError:
        return False
    known = (0, int(source.st_mtime) & 0xFFFFFFFF, source.st_size & 0xFFFFFFFF)
    return header == importlib.util.MAGIC_NUMBER + struct.pack("<3I", *known)


def metadata(
    config: Config,
    edits: Iterable[FileEdit],
    tables: Collection[str],
    files: Files | None = None,
    looked: Looked | None = None,
) -> "MetaData":
    """The metadata in which at least `tables` are, and all that they refer to; call it inside `models.importable`.

    Args:
        config: the project.
        edits: of the package's files, that are not on the disk yet; `importable` knows them too.
        tables: the names of the tables that a verb changes, before and after.
        files: the package's, where some of them were read already.
        looked: the result of `look_through`, where that is there already.

    Raises:
        UsageError: a module of the package has a syntax error.
        ScaffoldError: a module raises on import.
    """
    try:
        found = _Some(config, edits, files or Files(config.folder), looked).of(tables)
    except Unprovable as reason:
        log.debug("All models are imported: %s.", reason)
    except Exception as error:  # noqa: BLE001 - whatever it is, importing everything says it better
        log.debug("All models are imported: with some of them, %s: %s", type(error).__name__, error)
    else:
        return found
    models.forget(config.package)
    return models.metadata(config)


class _Some:
    """A package of which some domains are imported."""

    def __init__(self, config: Config, edits: Iterable[FileEdit], files: Files, looked: Looked | None) -> None:
        self._config = config
        self._looked = looked
        self._first: frozenset[str] = frozenset()
        tables = config.folder / "tables"
        paths = ((config.root / edit.path, edit.after) for edit in edits)
        edited = {path.stem: after for path, after in paths if path.parent == tables and path.suffix == ".py"}
        domains = {file[len("tables/") : -len(".py")] for file in files if file.startswith("tables/")} - edited.keys()
        found = {domain: files[f"tables/{domain}.py"] for domain in domains}
        found |= {domain: after for domain, after in edited.items() if after is not None}
        self._exports = found.pop("__init__", b"")
        self._domains = found
        self._edited = edited.keys() & found.keys()

    def of(self, tables: Collection[str]) -> "MetaData":
        self._check_exports()
        found = self._load_others()
        self._first = frozenset(sys.modules)
        _leave_unread(self._config)
        wanted = self._edited | self._naming(tables)
        while wanted:
            for domain in sorted(wanted):
                self._load(domain)
            wanted = {self._defining(table) for table in _missing(found)}
        self._check_unread()
        return found

    def _check_exports(self) -> None:
        if _BRANCHES.search(self._exports) or stands_against(self._exports):
            raise Unprovable("tables/__init__.py does more than to import and name")

    def _load_others(self) -> "MetaData":
        """Import what `schema.py` imports besides the domains."""
        config = self._config
        tree = ast.parse((config.folder / "schema.py").read_bytes())
        for statement in tree.body:
            match statement:
                case ast.ImportFrom(module=str(module), level=level):
                    name = module if not level else f"{config.package}.{module}"
                    if level > 1:
                        raise Unprovable("schema.py imports from outside of the package")
                    if name != f"{config.package}.tables":
                        models.load(config, name) if name.startswith(config.package) else importlib.import_module(name)
                case ast.Expr(ast.Constant()) | ast.Assign([ast.Name("__all__")], ast.List() | ast.Tuple()):
                    pass
                case _:
                    raise Unprovable("schema.py does more than to import")
        if f"{config.package}.tables" in sys.modules:
            raise Unprovable("the domains are imported by another module of the package")
        return models.base_metadata(config)

    def _naming(self, tables: Collection[str]) -> set[str]:
        """The domains in which a changed table's name occurs, or that of a class in an edited module."""
        names = {table.encode() for table in tables}
        for domain in self._edited | {self._defining(table) for table in tables if self._definers(table)}:
            names |= {name for name, _ in _CLASS.findall(self._domains[domain])}
        while (found := self._mentioning(names)) and (heirs := self._heirs(found, names)):
            names |= heirs
        return found

    def _heirs(self, domains: Iterable[str], names: Collection[bytes]) -> set[bytes]:
        """The classes in some domains that inherit from one of these names, which are not among them yet."""
        classes = (found for domain in domains for found in _CLASS.findall(self._domains[domain]))
        return {
            name for name, bases in classes if name not in names and not set(_WORD.findall(bases)).isdisjoint(names)
        }

    def _mentioning(self, names: Collection[bytes]) -> set[str]:
        word = re.compile(rb"\b(?:" + b"|".join(map(re.escape, sorted(names))) + rb")\b")
        present = tuple(names)
        return {
            domain
            for domain, data in self._domains.items()
            if any(name in data for name in present) and word.search(data)
        }

    def _definers(self, table: str) -> list[str]:
        """The domains that define a table."""
        name = table.rpartition(".")[2].encode()
        naming = ((domain, data) for domain, data in self._domains.items() if name in data)
        return [domain for domain, data in naming for found in tables_in(data) or () if found == name]

    def _defining(self, table: str) -> str:
        domains = self._definers(table)
        if len(domains) != 1 or f"{self._config.package}.tables.{domains[0]}" in sys.modules:
            raise Unprovable(f"it can't be told which domain defines {table}")
        return domains[0]

    def _load(self, domain: str) -> None:
        if not re.search(rb"\b" + re.escape(domain.encode()) + rb"\b", self._exports):
            raise Unprovable(f"tables/__init__.py does not name {domain}")
        models.load(self._config, f"{self._config.package}.tables.{domain}")

    def _check_unread(self) -> None:
        """Nothing that is not imported may be able to change what is."""
        looked = look_through(self._config) if self._looked is None else self._looked
        for domain, reason in looked.against.items():
            if self._is_unread(domain):
                raise Unprovable(f"{domain} {reason}")
        seen: set[str] = set()
        for module, domains in looked.imports.items():
            unread = next(filter(self._is_unread, domains), None)
            harm = self._harm(module, seen) if unread else None
            if harm:
                raise Unprovable(f"{unread} imports {module}, which {harm}")

    def _is_unread(self, domain: str) -> bool:
        name = f"{self._config.package}.tables.{domain}"
        return domain == "__init__" or (domain in self._domains and name not in sys.modules)

    def _harm(self, name: str, seen: set[str]) -> str | None:
        """What stands against a module that only unread domains import; None where it was there before any domain."""
        if name in seen or name in self._first:
            return None
        seen.add(name)
        root, parent = name.partition(".")[0], name.rpartition(".")[0]
        if root != self._config.package.partition(".")[0]:
            known = root in sys.stdlib_module_names or parent in self._first
            return None if known else "is not known to leave tables alone"
        path = self._config.source.joinpath(*name.split("."))
        file = next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)
        if file is None:
            return self._harm(parent, seen) if parent else None
        data = file.read_bytes()
        inner = name if file.name == "__init__.py" else parent
        further = (one for one in imported(data, inner) if one.partition(".")[0] not in KNOWN)
        return stands_against(data) or next(filter(None, (self._harm(one, seen) for one in further)), None)


def _missing(found: "MetaData") -> set[str]:
    """The tables that are referred to and not there."""
    referred = {key.target_fullname.rpartition(".")[0] for table in found.tables.values() for key in table.foreign_keys}
    return referred - found.tables.keys()


class _Unread(ModuleType):
    """A package whose `__init__` is read when it is asked for a name."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__all__":
            raise AttributeError(name)
        self.__class__ = ModuleType  # type: ignore[assignment]
        spec = self.__spec__
        assert spec is not None
        assert spec.loader is not None
        spec.loader.exec_module(self)
        return getattr(self, name)


def _leave_unread(config: Config) -> None:
    name = f"{config.package}.tables"
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None or not models.is_own(config, spec.origin):
        raise Unprovable(f"{name} is another package's")
    package = _Unread(name)
    package.__spec__, package.__loader__, package.__file__ = spec, spec.loader, spec.origin
    package.__package__, package.__path__ = name, list(spec.submodule_search_locations or ())
    sys.modules[name] = package
    sys.modules[config.package].tables = package  # type: ignore[attr-defined]
