"""Modules that people could have written, for properties."""

import io
import tokenize
from collections.abc import Sequence
from typing import TypeVar

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scaffold.errors import UsageError
from scaffold.source import Symbol
from scaffold.source.text import Source

T = TypeVar("T")


def examples(strategy: st.SearchStrategy[T], count: int) -> list[T]:
    """Many values of a strategy at once, for a check that is slow to start and quick to run."""
    values: list[T] = []

    @settings(max_examples=count, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def collect(value: T) -> None:
        values.append(value)

    collect()
    return values


MODULES = [
    "datetime",
    "os.path",
    "typing",
    "sqlalchemy",
    "sqlalchemy.orm",
    "sqlalchemy.dialects.postgresql",
    "Zope",
    "appdb.base",
    "appdb.tables.analytics",
    "..base",
    ".types",
]
NAMES = [
    "Int8",
    "Int16",
    "JSONB",
    "MAX_ROWS",
    "X",
    "Mapped",
    "mapped_column",
    "text",
    "_private",
    "ForeignKeyConstraint",
    "Uuid",
]

symbols = st.one_of(
    st.builds(
        lambda module, name, alias: Symbol(module, name, name + "_local" if alias else None),
        st.sampled_from(MODULES),
        st.sampled_from(NAMES),
        st.sampled_from([False, False, True]),
    ),
    st.builds(Symbol, st.sampled_from(["datetime", "uuid", "appdb"])),
    st.builds(Symbol, st.sampled_from(["sqlalchemy", "datetime", "numpy"]), st.none(), st.sampled_from(["sa", "dt"])),
)

TOPS = [
    "",
    '"""What it is."""\n',
    '"""What it is."""\n\n',
    "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n",
    "# Copyright somebody.\n\n",
    '"""What it is."""\n\n\nfrom __future__ import annotations\n',
]
BOTTOMS = [
    "",
    "\n\nclass A:\n    pass\n",
    "\nrows = 1\n",
    "\n\n# About the class.\n@final\nclass A:\n    pass\n",
    "\n\ndef f():\n    pass\n",
    "\nif TYPE_CHECKING:\n    import elsewhere\n    elsewhere.used\n",
    "\ntry:\n    import fast\nexcept ImportError:\n    fast = None\n",
]


def use(wanted: Sequence[Symbol]) -> str:
    """A last statement that uses what is imported, so that no import is unused."""
    return "".join(f"\n{symbol.local}.used\n" for symbol in wanted)


def import_lines(wanted: Sequence[Symbol], comments: Sequence[str]) -> str:
    lines = [symbol.statement(width=1000) for symbol in wanted]
    return "".join(f"{line}{comment}\n" for line, comment in zip(lines, comments, strict=False))


@st.composite
def modules_with_imports(draw: st.DrawFn) -> tuple[str, list[Symbol]]:
    """A module, and symbols of other names that it may lack; both are used at the module's end."""
    every = draw(st.lists(symbols, max_size=14, unique_by=lambda symbol: symbol.local.partition(".")[0]))
    cut = draw(st.integers(0, len(every)))
    comments = draw(st.lists(st.sampled_from(["", "", "  # why"]), min_size=cut, max_size=cut))
    top, bottom = draw(st.sampled_from(TOPS)), draw(st.sampled_from(BOTTOMS))
    text = top + import_lines(every[:cut], comments) + bottom + use(every)
    return draw(st.sampled_from([text, text, text.replace("\n", "\r\n")])), every[cut:]


def comments(text: str) -> list[str]:
    """The comments of a text, in any order."""
    tokens = tokenize.generate_tokens(io.StringIO(text.removeprefix("\ufeff"), newline=None).readline)
    return sorted(token.string for token in tokens if token.type == tokenize.COMMENT)


FRAGMENTS = [
    "import os",
    "import datetime, uuid",
    "import os; import re",
    "import os \\\n",
    "x = (\n1); from sqlalchemy import X",
    "from sqlalchemy import X; y = [\n]",
    "from sqlalchemy import (X, text)  # both",
    "from sqlalchemy import (  # some\n    X, text,\n    MAX_ROWS  # last\n)",
    "from sqlalchemy import (\n    X,\n    # Why.\n    text\n    ,\n)",
    "from sqlalchemy import (\n\n    # Why.\n    text,  # So.\n\n    MAX_ROWS)",
    "from sqlalchemy import (\n    X  # One.\n    , text)",
    "from sqlalchemy import (\n    X  # One.\n)",
    "from sqlalchemy.orm import X as Y, text as \\\n  t",
    "from sqlalchemy.orm import Mapped, \\\n    text",
    "from . import types",
    "from .types import Int8 as Int8",
    "from sqlalchemy import *",
    "# A comment.",
    "\f",
    "",
    "",
    "if True: import os",
    "try:\n\timport fast\nexcept ImportError: fast = None",
    "x = 'é'; import numpy",
    "@(\n    decorated\n)\nclass A:\n  import os",
    "def f():\n    from sqlalchemy import X\n    return X",
    'x = """\nimport os\n"""',
    "x = '\\d'",
]
TOP_LINES = ["", "", '"""Doc."""', '"""Doc."""; import re', "#!/bin/x\n# coding: utf-8", "'''\n'''"]


@st.composite
def odd_modules(draw: st.DrawFn) -> str:
    """A module in no style at all."""
    body = draw(st.lists(st.sampled_from(FRAGMENTS), max_size=7))
    text = "\n".join([draw(st.sampled_from(TOP_LINES)), *body]) + draw(st.sampled_from(["", "\n"]))
    newline, bom = draw(st.sampled_from(["\n", "\r\n", "\r"])), draw(st.sampled_from(["", "", "\ufeff"]))
    text = bom + text.replace("\n", newline)
    assume(is_python(text) and not text.rstrip("\r\n").endswith("\\"))  # `tokenize` reads no such text
    return text


def is_python(text: str) -> bool:
    try:
        Source.parse(text)
    except UsageError:
        return False
    return True


BODY = [
    "column_a: Mapped[int]",
    "column_b: Mapped[str] = mapped_column(\n_String(80),  # why\n)  # b",
    'column_c = Column(Integer); other = "é"',
    'column_d = Column("""\nd""")',
    "column_e: Mapped[int] \\\n_= mapped_column()",
    "column_f = Column(Text) \\\n",
    "é = Column(Text) if x else None; column_g: Mapped[int]; y = (\n_1)",
    'b: Mapped["B"] = relationship()',
    '"""What stands above."""',
    "__table_args__ = (\n_Index('x'),\n)",
    "def method(self):\n_return 1  # one",
    "@decorated(\n_1\n)\nclass Nested:\n_x = Column(Text)",
    "# A comment.",
    "    # A comment somewhere.",
    "",
    "",
]


@st.composite
def classes_with_columns(draw: st.DrawFn) -> str:
    """A class `A` with columns whose names begin with `column_`, among others and in any style."""
    unit = draw(st.sampled_from(["    ", "\t", "  "]))
    head = draw(st.sampled_from([["x = 1"], ['__tablename__ = "a"'], ['"""A."""', "", '__tablename__ = "a"']]))
    lines = "\n".join([*head, *draw(st.lists(st.sampled_from(BODY), max_size=7))]).split("\n")
    body = [
        unit + line.replace("_", unit, 1) if line.startswith("_") and line[1:2] != "_" else unit + line
        for line in lines
    ]
    header = draw(st.sampled_from(["class A(Base):", "@f\nclass A(  # why\n    Base,\n):  # so", "class A:"]))
    top = draw(st.sampled_from(["", '"""Doc."""\nimport os\n\n\n', "class Before: pass\n"]))
    bottom = draw(st.sampled_from(["", "\n", "\n\n\nclass B:\n    column_x: Mapped[int]\n", "\nx = 1", "\n# The end."]))
    text = top + "\n".join([header, *(line if line.strip() else "" for line in body)]) + bottom
    assume(is_python(text))
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
