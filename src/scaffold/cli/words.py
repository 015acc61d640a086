"""Commands that take their words as they are.

For any parameter, Typer builds a validator of Pydantic's, and loading that takes as long as a usage error may take as a
whole. A word of the command line is a `str` already, and a flag a `bool`.
"""

from dataclasses import dataclass
from typing import Any

from typer.core import TyperCommand, TyperGroup

AS_THEY_ARE = (str, bool, list[str])


@dataclass(frozen=True)
class _AsItIs:
    """What Typer coerces a parameter with."""

    several: bool

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        del param, ctx
        return list(value or ()) if self.several else value


class _TakesWords:
    def get_params(self, ctx: Any) -> list[Any]:
        params: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        for param in params:
            annotation = getattr(getattr(param, "type_descriptor", None), "annotation", None)
            # Where Typer keeps it is its own business: in a version that keeps it elsewhere, this changes nothing.
            if annotation in AS_THEY_ARE and getattr(param, "_runtime_param", "elsewhere") is None:
                param._runtime_param = _AsItIs(several=annotation == list[str])
        return params


class Command(_TakesWords, TyperCommand):
    """A command of Typer's."""


class Group(_TakesWords, TyperGroup):
    """A group of Typer's."""
