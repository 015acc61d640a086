"""The rules: each module of this package is one, and is found by being here."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from scaffold.lint.finding import Finding
from scaffold.lint.subject import Subject


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule.

    Args:
        code: names the flaw.
        page: what it does, why the flaw is bad, an example, and what to use instead; Markdown.
        check: yields what it finds.
    """

    code: str
    page: str
    check: Callable[[Subject], Iterable[Finding]]

    @property
    def summary(self) -> str:
        """The page's first line."""
        return self.page.partition("\n")[0]


def codes() -> tuple[str, ...]:
    """The code of every rule, without importing any."""
    return tuple(sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__)))


def rules() -> tuple[Rule, ...]:
    """Every rule, sorted by code."""
    modules = [(code, importlib.import_module(f"{__name__}.{code.replace('-', '_')}")) for code in codes()]
    return tuple(Rule(code, inspect.getdoc(module) or "", module.check) for code, module in modules)
