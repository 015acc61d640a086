"""`[tool.scaffold]`: where the package, the template and the targets are."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from scaffold import naming
from scaffold.errors import UsageError
from scaffold.lint.options import Options

SECTION = (
    ("[tool.scaffold]", ""),
    ('package = "{package}"', "the import name of the package with tables/ and migrations/"),
    ('source = "{source}"', "the folder that holds it"),
    ('# template = "templates/domain_table"', "your own copy of the domain template"),
    ('# auth-schema = "web/auth-schema.ts"', "what Better Auth's command line generates"),
    ("", ""),
    ("[tool.scaffold.targets.local]", ""),
    ('url = "sqlite:///local.db"', "a file, or a server on this machine"),
    ('env = "{upper}_URL"', "this environment variable wins over the url"),
    ("", ""),
    ("[tool.scaffold.targets.remote]", ""),
    ('env = "{upper}_REMOTE_URL"', "the environment variable that holds the URL"),
)
"""The whole section: each line, and what it is about."""

_KEYS = ("package", "source", "template", "auth-schema", "targets", "check")
_CHECK_KEYS = ("select", "ignore", "query-columns", "max-tables")
_TARGETS = ("local", "remote")
_TARGET_KEYS = ("url", "env")


class TargetConfig(NamedTuple):
    """Where a target's URL comes from: the environment variable `env` if it is set, else `url`."""

    name: str
    url: str = ""
    env: str = ""


class Config(NamedTuple):
    """A project's configuration.

    Args:
        root: the folder of its `pyproject.toml`.
        package: the import name of the database package.
        source: the folder that is put on the import path.
        template: the domain template; None for the one that scaffold brings.
        auth_schema: what Better Auth's command line generates; None where nobody has said it.
        targets: by name, `local` and `remote`.
        line_length: of `[tool.ruff]` or `[tool.black]`, else ruff's default.
        check: how `scaffold check` judges.
    """

    root: Path
    package: str
    source: Path
    template: Path | None
    auth_schema: Path | None
    targets: Mapping[str, TargetConfig]
    line_length: int
    check: Options

    @property
    def folder(self) -> Path:
        """The package's folder."""
        return self.source.joinpath(*self.package.split("."))

    @property
    def file(self) -> Path:
        """The `pyproject.toml` that says all this."""
        return self.root / "pyproject.toml"


def find(start: Path) -> Config:
    """The configuration in the nearest `pyproject.toml` at or above `start` that has one.

    Raises:
        UsageError: there is none, or it is wrong; every mistake in it is told at once.
    """
    nearest: Path | None = None
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if file.is_file():
            document = _read(file)
            if "scaffold" in document.get("tool", {}):
                return _config(folder, document)
            nearest = nearest or file
    where = f"{nearest} has no [tool.scaffold] section" if nearest else "There is no pyproject.toml here or above"
    raise UsageError(
        f"{where}, so there is no project to work on.",
        help=f"Add this to {nearest or 'pyproject.toml'}, with your own names:\n\n{_section(nearest)}",
    )


def _section(pyproject: Path | None) -> str:
    """The section to add; with the names of the package, if one beside `pyproject` looks like it."""
    package, source = "appdb", "src"
    if pyproject:
        root = pyproject.parent
        for env in sorted([*root.glob("*/migrations/env.py"), *root.glob("*/*/migrations/env.py")]):
            folder = env.parent.parent
            package, source = folder.name, folder.parent.relative_to(root).as_posix()
    names = {"package": package, "source": source, "upper": package.replace(".", "_").upper()}
    lines = [(line.format_map(names), comment) for line, comment in SECTION]
    width = max(len(line) for line, comment in lines if comment)
    return "\n".join(f"{line:<{width}}  # {comment}" if comment else line for line, comment in lines)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError, RecursionError) as error:
        raise UsageError(
            f"{file} can't be read as TOML: {error}; nothing was written.",
            help=f"Fix {file}, then run the command again.",
        ) from None


def _config(root: Path, document: dict[str, Any]) -> Config:
    section = document["tool"]["scaffold"]
    mistakes = list(_mistakes(section)) if isinstance(section, dict) else ["tool.scaffold is no table"]
    if not mistakes:
        package: str = section["package"]
        source = root / section.get("source", "src" if (root / "src" / package.split(".")[0]).is_dir() else ".")
        folder = source.joinpath(*package.split("."))
        mistakes = list(_misplaced(root, folder))
    if mistakes:
        raise UsageError(
            f"[tool.scaffold] in {root / 'pyproject.toml'} is not right: {'; '.join(mistakes)}.",
            help="A whole section looks like this:\n\n" + _section(root / "pyproject.toml"),
        )
    template, auth_schema = section.get("template"), section.get("auth-schema")
    return Config(
        root=root,
        package=package,
        source=Path(os.path.normpath(source)),
        template=Path(os.path.normpath(root / template)) if template else None,
        auth_schema=Path(os.path.normpath(root / auth_schema)) if auth_schema else None,
        targets={name: TargetConfig(name, **section.get("targets", {}).get(name, {})) for name in _TARGETS},
        line_length=_line_length(document),
        check=Options(**{key.replace("-", "_"): _frozen(value) for key, value in section.get("check", {}).items()}),
    )


def _mistakes(section: dict[str, Any]) -> list[str]:
    mistakes = _unknown("", section, _KEYS)
    for key in ("package", "source", "template", "auth-schema"):
        if not isinstance(section.get(key, ""), str):
            mistakes.append(f"{key} is no string")
    package = section.get("package")
    if not package:
        mistakes.append("package is missing")
    elif isinstance(package, str) and not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", package, re.ASCII):
        mistakes.append(f"package {package!r} is no import name")
    mistakes += _check_mistakes(section.get("check", {}))
    targets = section.get("targets", {})
    if not isinstance(targets, dict):
        return [*mistakes, "targets is no table"]
    mistakes += _unknown("targets.", targets, _TARGETS)
    for name, target in targets.items():
        if not isinstance(target, dict) or not all(isinstance(value, str) for value in target.values()):
            mistakes.append(f'targets.{name} is no table of strings such as {{ env = "DATABASE_URL" }}')
        else:
            mistakes += _unknown(f"targets.{name}.", target, _TARGET_KEYS)
    return mistakes


def _check_mistakes(check: Any) -> list[str]:
    if not isinstance(check, dict):
        return ["check is no table"]
    mistakes = _unknown("check.", check, _CHECK_KEYS)
    for key in ("select", "ignore", "query-columns"):
        names = check.get(key, [])
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            mistakes.append(f"check.{key} is no list of strings")
        elif names and key != "query-columns":
            from scaffold.lint.rules import codes

            mistakes += _unknown(f"check.{key}: ", dict.fromkeys(names), codes())
    most = check.get("max-tables", 1)
    if not isinstance(most, int) or isinstance(most, bool) or most < 1:
        mistakes.append("check.max-tables is no whole number above 0")
    return mistakes


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _unknown(where: str, table: dict[str, Any], known: tuple[str, ...]) -> list[str]:
    return [
        f"{where}{key} is unknown"
        + (f" (did you mean {where}{meant}?)" if (meant := naming.nearest(key, known)) else "")
        for key in table
        if key not in known
    ]


def _misplaced(root: Path, folder: Path) -> list[str]:
    inside = root.resolve()
    for part in (folder, folder / "tables", folder / "tables" / "__init__.py", folder / "migrations" / "versions"):
        if not part.resolve().is_relative_to(inside):
            return [f"{part} leads out of the project, and scaffold never writes outside it"]
    for file in ("base.py", "schema.py", "tables/__init__.py", "migrations/env.py"):
        if not (folder / file).is_file():
            return [f"package points to {folder}, which has no {file}"]
    return []


def _line_length(document: dict[str, Any]) -> int:
    tools = document.get("tool", {})
    for tool in ("ruff", "black"):
        length = tools.get(tool, {}).get("line-length") if isinstance(tools.get(tool), dict) else None
        if isinstance(length, int) and 40 <= length <= 320:
            return length
    return 88
