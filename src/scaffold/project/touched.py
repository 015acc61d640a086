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
from typing import TYPE_CHECKING, Any

from scaffold.plan import FileEdit
from scaffold.project import models
from scaffold.project.config import Config
from scaffold.project.files import Files, files_in, read

if TYPE_CHECKING:
    from sqlalchemy import MetaData

log = logging.getLogger(__name__)

REACHES_OUT = tuple(
    word.encode()
    for word in (
        "DeclarativeBase",
        "__import__",
        "__init_subclass__",
        "__table__",
        "append_column",
        "append_constraint",
        "automap",
        "configure_mappers",
        "declarative_base",
        "event.",
        "exec(",
        "eval(",
        "globals(",
        "importlib",
        "listens_for",
        "metaclass",
        ".metadata",
        "registry",
        "setattr(",
        "sys.modules",
        "to_metadata",
        "type(",
    )
)
"""What a module can change tables with that it neither defines nor names."""

_TABLE = re.compile(rb"""(?:__tablename__\s*(?::[^=\n]*)?=|\bTable\()\s*["'](\w+)["']""")
_CLASS = re.compile(rb"^class (\w+)", re.MULTILINE)
_BRANCHES = re.compile(rb"^\s*(?:class|def|for|while|if|with|try)\b", re.MULTILINE)


class Unprovable(Exception):
    """Why everything has to be imported."""


def look_through(config: Config) -> dict[str, str]:
    """Look at every domain without importing one.

    Returns:
        The domains that can't be left unread, each with what stands against it: it may change tables that it neither
        defines nor names, or would not compile.
    """
    folder = config.folder / "tables"
    against: dict[str, str] = {}
    for name in files_in(folder, ".py"):
        file = f"{folder}/{name}"
        data = read(file)
        if word := _reach(data):
            against[name[: -len(".py")]] = f"has {word!r}, and may change tables of others"
        elif not (_is_compiled(file) or _compiles(data, file)):
            against[name[: -len(".py")]] = "is no Python"
    return against


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
    looked: Mapping[str, str] | None = None,
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

    def __init__(
        self, config: Config, edits: Iterable[FileEdit], files: Files, looked: Mapping[str, str] | None
    ) -> None:
        self._config = config
        self._looked = looked
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
        _leave_unread(self._config)
        wanted = self._edited | self._naming(tables)
        while wanted:
            for domain in sorted(wanted):
                self._load(domain)
            wanted = {self._defining(table) for table in _missing(found)}
        self._check_unread()
        return found

    def _check_exports(self) -> None:
        if _BRANCHES.search(self._exports) or _reach(self._exports):
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
            names |= set(_CLASS.findall(self._domains[domain]))
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
        return [domain for domain, data in naming for found in _TABLE.findall(data) if found == name]

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
        prefix = f"{self._config.package}.tables."
        looked = look_through(self._config) if self._looked is None else self._looked
        for domain, reason in looked.items():
            if domain in self._domains and prefix + domain not in sys.modules:
                raise Unprovable(f"{domain} {reason}")


def _reach(data: bytes) -> str | None:
    return next((word.decode() for word in REACHES_OUT if word in data), None)


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
