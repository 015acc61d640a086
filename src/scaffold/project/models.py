"""The project's models, imported with edits that are not on the disk yet."""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
import traceback
import typing
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, NoReturn

from scaffold.errors import UsageError
from scaffold.project.config import Config
from scaffold.project.failures import misspelled

if TYPE_CHECKING:
    from sqlalchemy import MetaData


def import_libraries() -> None:
    """Import what generating and applying a revision needs, while there is time for it.

    Mako colours its error pages with Pygments where it finds that, and imports all of it for that.
    """
    sys.modules.setdefault("mako.ext.pygmentplugin", None)  # type: ignore[arg-type]
    for name in ("alembic.autogenerate", "alembic.config", "alembic.script", "sqlalchemy.dialects", "sqlalchemy.orm"):
        importlib.import_module(name)


@contextmanager
def importable(config: Config, edits: Mapping[Path, bytes] | None = None) -> Iterator[None]:
    """While it lasts, the project's package imports with `edits` in place of what the disk holds.

    Args:
        config: the project.
        edits: the new bytes of files, by absolute path.

    Modules of the package, and dialects that they register, are forgotten afterwards, so that nothing stale is seen;
    byte code is not written.
    """
    import_libraries()
    from sqlalchemy.dialects import registry

    finder = _Finder(config, edits or {})
    path, write_no_bytecode, dialects = list(sys.path), sys.dont_write_bytecode, dict(registry.impls)
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(config.source))
    sys.meta_path.insert(0, finder)
    forget(config.package)
    try:
        yield
    finally:
        forget(config.package)
        sys.meta_path.remove(finder)
        sys.path[:] = path
        sys.dont_write_bytecode = write_no_bytecode
        registry.impls = dialects
        importlib.invalidate_caches()


def metadata(config: Config, module: str = "schema") -> "MetaData":
    """The metadata that every model of the project is registered in; call it inside `importable`.

    Args:
        config: the project.
        module: of the package; only models that it imports are registered.

    Raises:
        UsageError: a module of the package has a syntax error, or raises on import.
    """
    load(config, f"{config.package}.{module}")
    return base_metadata(config)


def base_metadata(config: Config) -> "MetaData":
    """The metadata of the project's declarative base, with the models that are imported so far."""
    from sqlalchemy import MetaData

    base = load(config, f"{config.package}.base")
    found = getattr(getattr(base, "Base", None), "metadata", None)
    if not isinstance(found, MetaData):
        raise UsageError(
            f"{config.folder / 'base.py'} has no declarative class called Base, so its tables can't be found.",
            help="Write it there:\n\n  class Base(DeclarativeBase): ...",
        )
    return found


def load(config: Config, name: str) -> ModuleType:
    """A module of the project; call it inside `importable`.

    Raises:
        UsageError: it has a syntax error, it raises on import, or another package has its name.
    """
    try:
        with _no_sudden_end():
            module = importlib.import_module(name)
    except SyntaxError as error:
        raise misspelled(error) from error
    except (Exception, SystemExit) as error:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if is_own(config, frame.filename)]
        where = f"{frames[-1].filename}, line {frames[-1].lineno}," if frames else f"The module {name}"
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise UsageError(
            f"{where} can't be imported: {type(error).__name__}: {reason}; nothing was written.",
            help=f"See it in full with: python -c 'import {name}' (in {config.source})",
        ) from error
    if not is_own(config, getattr(module, "__file__", None) or ""):
        raise UsageError(
            f"`import {name}` finds {getattr(module, '__file__', None)}, not the project's own {config.folder}.",
            help="Rename the package, or uninstall the other one.",
        )
    return module


@contextmanager
def _no_sudden_end() -> Iterator[None]:
    """While it lasts, os._exit raises SystemExit: else it would end the command without a word, and as a success."""

    def leave(status: int = 0) -> NoReturn:
        raise SystemExit(status)

    original, os._exit = os._exit, leave
    try:
        yield
    finally:
        os._exit = original


def is_own(config: Config, file: str) -> bool:
    """Whether a file is in the project's package."""
    return bool(file) and Path(file).resolve().is_relative_to(config.folder.resolve())


def forget(package: str) -> None:
    """Let the modules of a package be imported anew."""
    for name in [name for name in sys.modules if name == package or name.startswith(package + ".")]:
        del sys.modules[name]
    # To typing, Literal["a", "b"] and Literal["b", "a"] are equal, so an enum's old order would come out of its caches.
    for clear in typing._cleanups:  # type: ignore[attr-defined]
        clear()


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the edited modules, and leaves all others to the import system."""

    def __init__(self, config: Config, edits: Mapping[Path, bytes]) -> None:
        self._edits = {_module_name(config, file): (file, data) for file, data in edits.items() if file.suffix == ".py"}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        if fullname not in self._edits:
            return None
        file, data = self._edits[fullname]
        return importlib.util.spec_from_file_location(fullname, file, loader=_Loader(fullname, file, data))


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a module from bytes that stand for its file's."""

    def __init__(self, fullname: str, file: Path, data: bytes) -> None:
        super().__init__(fullname, str(file))
        self._file, self._data = str(file), data

    def get_code(self, fullname: str):  # type: ignore[no-untyped-def]
        # Not SourceLoader's: it would look for byte code of the file on the disk first.
        return self.source_to_code(self._data, self.get_filename(fullname))

    def get_data(self, path: str) -> bytes:
        return self._data if path == self._file else super().get_data(path)


def _module_name(config: Config, file: Path) -> str:
    parts = file.relative_to(config.source).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
