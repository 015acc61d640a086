"""The order of imports that ruff's isort rule (I001) asks for with its default settings.

Sources: docs.astral.sh/ruff/settings/#lintisort, docs.astral.sh/ruff/rules/unsorted-imports.
"""

import ast
import re
import sys
from collections.abc import Collection
from enum import IntEnum
from typing import NamedTuple, TypeAlias

MemberKey: TypeAlias = tuple[bool, int, str, str, str]

_DIGITS = re.compile(r"[0-9]+")


class Section(IntEnum):
    """The parts of an import block, which blank lines keep apart."""

    FUTURE = 0
    STANDARD_LIBRARY = 1
    THIRD_PARTY = 2
    FIRST_PARTY = 3
    LOCAL_FOLDER = 4


class ImportKey(NamedTuple):
    """What a block's statements are sorted by.

    Args:
        section: of the module.
        is_from: plain `import` statements stand first in a section.
        nearness: of a relative import; `..` stands before `.`.
        folded: the module in lower case.
        module: the module as written.
        member: of the first imported name: one module may need several statements.
    """

    section: Section
    is_from: bool
    nearness: int
    folded: str
    module: str
    member: MemberKey


def section(module: str, first_party: Collection[str]) -> Section:
    """The section of a module; a relative one begins with its dots."""
    root = module.partition(".")[0]
    if module == "__future__":
        return Section.FUTURE
    if not root:
        return Section.LOCAL_FOLDER
    if root in first_party:
        return Section.FIRST_PARTY
    return Section.STANDARD_LIBRARY if root in sys.stdlib_module_names else Section.THIRD_PARTY


def import_key(module: str, name: str | None, alias: str | None, first_party: Collection[str]) -> ImportKey:
    """The key of `from module import name as alias`, or of `import module as alias` if there is no name."""
    absolute = module.lstrip(".")
    natural = _natural(absolute)
    return ImportKey(
        section=section(module, first_party),
        is_from=name is not None,
        nearness=len(absolute) - len(module),
        folded=natural.lower(),
        module=natural,
        member=member_key(name or "", alias),
    )


def statement_key(statement: ast.Import | ast.ImportFrom, first_party: Collection[str]) -> ImportKey:
    """The key of a statement, by the first thing that it imports."""
    first = statement.names[0]
    if isinstance(statement, ast.Import):
        return import_key(first.name, None, first.asname, first_party)
    module = "." * statement.level + (statement.module or "")
    return import_key(module, first.name, first.asname, first_party)


def member_key(name: str, alias: str | None = None) -> MemberKey:
    """What the names in one `from` statement are sorted by: constants, then classes, then the rest."""
    kind = 0 if len(name) > 1 and name.isupper() else 1 if name[:1].isupper() else 2
    natural = _natural(name)
    return name != "*", kind, natural.lower(), natural, natural if alias == name else _natural(alias or "")


def _natural(text: str) -> str:
    """A key under which `item2` stands before `item10`: of two numbers, the one with more digits is the larger."""
    return _DIGITS.sub(_number, text)


def _number(digits: re.Match[str]) -> str:
    significant = digits[0].lstrip("0")
    return f"0{len(significant):06}{significant}"
