import ast
from collections import Counter
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings

from scaffold.errors import UsageError
from scaffold.source import Symbol, add_imports, bind, parse
from scaffold.source.text import Source

from . import ruff
from .modules import comments, examples, modules_with_imports, odd_modules, symbols

FOREIGN_KEY = Symbol("sqlalchemy", "ForeignKey")
MAPPED = Symbol("sqlalchemy.orm", "Mapped")
DATETIME = Symbol("datetime", "datetime")
TYPE = Symbol("a", "Type")
BASE = Symbol("appdb.base", "Base")


def said(imports: str, symbol: Symbol, *taken: str) -> tuple[str, tuple[str, ...]]:
    """What a symbol is called in a module with these imports, and the statements that it needs for that."""
    binding = bind(parse(imports, package="appdb.tables"), [symbol], set(taken))
    return binding[symbol], tuple(needed.statement(88) for needed in binding.needed)


@pytest.mark.parametrize(
    ("imports", "symbol", "expression"),
    [
        ("from sqlalchemy import ForeignKey", FOREIGN_KEY, "ForeignKey"),
        ("from sqlalchemy import ForeignKey as FK", FOREIGN_KEY, "FK"),
        ("import sqlalchemy", FOREIGN_KEY, "sqlalchemy.ForeignKey"),
        ("import sqlalchemy as sa", FOREIGN_KEY, "sa.ForeignKey"),
        ("import sqlalchemy.orm", MAPPED, "sqlalchemy.orm.Mapped"),
        ("from sqlalchemy import orm", MAPPED, "orm.Mapped"),
        ("import sqlalchemy as sa\nfrom sqlalchemy import ForeignKey", FOREIGN_KEY, "ForeignKey"),
        ("import datetime", DATETIME, "datetime.datetime"),
        ("import datetime", Symbol("datetime", alias="dt"), "datetime"),
        ("from ..base import Base", BASE, "Base"),
        ("from .. import base", BASE, "base.Base"),
        ("from os import path", Symbol("os.path"), "path"),
    ],
)
def test_what_is_imported_is_used(imports: str, symbol: Symbol, expression: str) -> None:
    assert said(imports, symbol) == (expression, ())


@pytest.mark.parametrize(
    ("module", "symbol", "expression", "statement"),
    [
        ("", FOREIGN_KEY, "ForeignKey", "from sqlalchemy import ForeignKey"),
        ("", Symbol("sqlalchemy", alias="sa"), "sa", "import sqlalchemy as sa"),
        ("", Symbol("os.path"), "os.path", "import os.path"),
        ("import os", Symbol("os.path"), "os.path", "import os.path"),
        ("os = 1", Symbol("os.path"), "path", "import os.path as path"),
        ("import sqlalchemy as sa", MAPPED, "Mapped", "from sqlalchemy.orm import Mapped"),
        ("class Type: ...", TYPE, "Type_", "from a import Type as Type_"),
        ("from x import Type", TYPE, "Type_", "from a import Type as Type_"),
        ("Type = Type_ = 1", TYPE, "Type__", "from a import Type as Type__"),
        ("import datetime", Symbol("a", "datetime"), "datetime_", "from a import datetime as datetime_"),
        ("if TYPE_CHECKING:\n    from a import Type", TYPE, "Type_", "from a import Type as Type_"),
        ("from a import Type\nType = 1", TYPE, "Type_", "from a import Type as Type_"),
    ],
)
def test_what_is_missing_is_imported_under_a_free_name(
    module: str, symbol: Symbol, expression: str, statement: str
) -> None:
    assert said(module, symbol) == (expression, (statement,))


def test_a_class_attribute_hides_an_import() -> None:
    date = Symbol("datetime", "date")
    assert said("from datetime import date", date, "date") == ("date_", ("from datetime import date as date_",))
    assert said("import datetime", date, "datetime") == ("date", ("from datetime import date",))


def test_two_symbols_of_one_name() -> None:
    binding = bind(parse(""), [Symbol("a", "Type"), Symbol("b", "Type"), Symbol("a", "Type")])
    assert binding.needed == (Symbol("a", "Type"), Symbol("b", "Type", "Type_"))
    assert [*binding.expressions.values()] == ["Type", "Type_"]


def added(text: str, *needed: Symbol, width: int = 60) -> str:
    return add_imports(dedent(text), needed, width, first_party={"appdb"})


def test_a_name_joins_its_statement_in_order() -> None:
    assert added("from sqlalchemy import Column, Text  # types\n", FOREIGN_KEY) == (
        "from sqlalchemy import Column, ForeignKey, Text  # types\n"
    )


def test_a_name_joins_at_either_end() -> None:
    text = added("from sqlalchemy import ForeignKey\n", Symbol("sqlalchemy", "text"), Symbol("sqlalchemy", "JSON"))
    assert text == "from sqlalchemy import JSON, ForeignKey, text\n"


def test_a_statement_that_becomes_too_long_is_split() -> None:
    text = "from sqlalchemy import CheckConstraint, Text  # types\nx = 1\n"
    assert added(text, FOREIGN_KEY) == dedent("""\
        from sqlalchemy import (  # types
            CheckConstraint,
            ForeignKey,
            Text,
        )
        x = 1
        """)


def test_one_name_a_line_stays_so() -> None:
    text = """\
        from sqlalchemy import (  # types
            # The first one.
            Column,  # legacy
            # The last one.
            Text,  # long
        )
        """
    assert added(text, FOREIGN_KEY, Symbol("sqlalchemy", "CHAR"), Symbol("sqlalchemy", "text")) == dedent("""\
        from sqlalchemy import (  # types
            CHAR,
            # The first one.
            Column,  # legacy
            ForeignKey,
            # The last one.
            Text,  # long
            text,
        )
        """)


def test_no_trailing_comma_stays_so() -> None:
    assert added("from sqlalchemy import (\n    Column,\n    Date)\n", FOREIGN_KEY) == (
        "from sqlalchemy import (\n    Column,\n    Date,\n    ForeignKey)\n"
    )


def test_several_names_a_line_stay_so() -> None:
    assert added("from sqlalchemy import Column, \\\n    Text\n", FOREIGN_KEY) == (
        "from sqlalchemy import Column, ForeignKey, \\\n    Text\n"
    )


def test_unsorted_names_stay_so() -> None:
    assert added("from sqlalchemy import Text, Column\n", FOREIGN_KEY) == (
        "from sqlalchemy import Text, Column, ForeignKey\n"
    )


def test_one_import_a_line_stays_so() -> None:
    text = "from sqlalchemy import Column\nfrom sqlalchemy import Text\n"
    assert added(text, FOREIGN_KEY) == (
        "from sqlalchemy import Column\nfrom sqlalchemy import ForeignKey\nfrom sqlalchemy import Text\n"
    )


def test_an_alias_stands_apart_unless_aliases_are_combined() -> None:
    alias = Symbol("sqlalchemy", "Text", "Text_")
    assert added("from sqlalchemy import Column\n", alias) == (
        "from sqlalchemy import Column\nfrom sqlalchemy import Text as Text_\n"
    )
    assert added("from sqlalchemy import Column, Date as D\n", alias) == (
        "from sqlalchemy import Column, Date as D, Text as Text_\n"
    )


def test_a_relative_import_takes_in_a_name_of_its_module() -> None:
    types = Symbol("appdb.types", "Timestamp")
    text = add_imports("from ..types import Json\n", [types], 88, package="appdb.tables")
    assert text == "from ..types import Json, Timestamp\n"


def test_sections() -> None:
    text = '''\
        """What it is."""

        from __future__ import annotations

        # Third parties.
        from sqlalchemy.orm import Mapped

        # Ours.
        from .types import Json


        class A: ...
        '''
    assert added(text, DATETIME, FOREIGN_KEY, BASE, Symbol("uuid")) == dedent('''\
        """What it is."""

        from __future__ import annotations

        import uuid
        from datetime import datetime

        # Third parties.
        from sqlalchemy import ForeignKey
        from sqlalchemy.orm import Mapped

        from appdb.base import Base

        # Ours.
        from .types import Json


        class A: ...
        ''')


def test_a_section_in_front_of_all_others() -> None:
    assert added("# Ours.\n\n# Types.\nfrom sqlalchemy import Text\n", DATETIME) == (
        "# Ours.\n\nfrom datetime import datetime\n\n# Types.\nfrom sqlalchemy import Text\n"
    )
    assert added("# Copyright.\nfrom sqlalchemy import Text\n", DATETIME) == (
        "# Copyright.\nfrom datetime import datetime\n\nfrom sqlalchemy import Text\n"
    )


def test_unsorted_imports_are_not_sorted() -> None:
    text = """\
        from sqlalchemy.orm import Mapped
        import os
        from sqlalchemy import Text
        from mine.base import Base
        """
    assert added(text, Symbol("sqlalchemy.types", "X"), DATETIME, Symbol("appdb.base", "A")) == dedent("""\
        from sqlalchemy.orm import Mapped
        import os
        from datetime import datetime
        from sqlalchemy import Text
        from sqlalchemy.types import X
        from mine.base import Base
        from appdb.base import A
        """)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "from sqlalchemy import ForeignKey\n"),
        ("class A: ...\n", "from sqlalchemy import ForeignKey\n\n\nclass A: ...\n"),
        ("x = 1\n", "from sqlalchemy import ForeignKey\n\nx = 1\n"),
        ('"""Doc."""', '"""Doc."""\n\nfrom sqlalchemy import ForeignKey'),
        ('"""Doc."""\nx = 1', '"""Doc."""\n\nfrom sqlalchemy import ForeignKey\n\nx = 1'),
        (
            '"""Doc."""\n\n\n@a\nclass A: ...\n',
            '"""Doc."""\n\nfrom sqlalchemy import ForeignKey\n\n\n@a\nclass A: ...\n',
        ),
        ("#!/bin/x\n# A.\nclass A: ...\n", "#!/bin/x\n\nfrom sqlalchemy import ForeignKey\n\n\n# A.\nclass A: ...\n"),
        ("# File.\n\nclass A: ...\n", "# File.\n\nfrom sqlalchemy import ForeignKey\n\n\nclass A: ...\n"),
        ("\ufeffx = 1\r\n", "\ufefffrom sqlalchemy import ForeignKey\r\n\r\nx = 1\r\n"),
        ("class A: ...\nimport os\n", "from sqlalchemy import ForeignKey\n\n\nclass A: ...\nimport os\n"),
    ],
)
def test_the_first_import(before: str, after: str) -> None:
    assert add_imports(before, [FOREIGN_KEY]) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import os; import re\n", "import os; import re\n\nfrom sqlalchemy import ForeignKey\n"),
        ("import os \\\n\nx = 1\n", "import os \\\n\n\nfrom sqlalchemy import ForeignKey\nx = 1\n"),
        ("import os \\\r\n", "import os \\\r\n\r\n\r\nfrom sqlalchemy import ForeignKey"),
        ("from sqlalchemy import *\n", "from sqlalchemy import *\nfrom sqlalchemy import ForeignKey\n"),
        ("x = (\n1); import os\n", "x = (\n1); import os\n\nfrom sqlalchemy import ForeignKey\n"),
        (
            "x = (\n1); from sqlalchemy import Text\n",
            "from sqlalchemy import ForeignKey\nx = (\n1); from sqlalchemy import Text\n",
        ),
        (
            "if TYPE_CHECKING:\n    from sqlalchemy import Text\n",
            "from sqlalchemy import ForeignKey\n\nif TYPE_CHECKING:\n    from sqlalchemy import Text\n",
        ),
    ],
)
def test_odd_places(before: str, after: str) -> None:
    assert add_imports(before, [FOREIGN_KEY]) == after


def test_what_is_there_is_not_added() -> None:
    text = "import sqlalchemy as sa\nfrom sqlalchemy import ForeignKey, Text as T\n"
    there = [FOREIGN_KEY, Symbol("sqlalchemy", "Text", "T"), Symbol("sqlalchemy", alias="sa")]
    assert add_imports(text, there) == text


def test_what_is_no_python_is_refused() -> None:
    with pytest.raises(UsageError, match=r"^models\.py:1 "):
        add_imports("import", [FOREIGN_KEY], path="models.py")


def test_what_ruff_accepts_it_still_accepts(tmp_path: Path) -> None:
    cases = examples(modules_with_imports(), 400)
    before = ruff.sort_imports(tmp_path / "before", [text for text, _ in cases])
    clean = [not found for found in ruff.complaints(tmp_path / "before", before)]
    after = [
        add_imports(text, needed, 88, first_party={"appdb"}) for text, (_, needed) in zip(before, cases, strict=True)
    ]
    complaints = ruff.complaints(tmp_path / "after", after)

    assert sum(clean) > len(cases) * 0.9
    for was_clean, old, new, complaint in zip(clean, before, after, complaints, strict=True):
        assert not (was_clean and complaint), f"{complaint}\n{old}\n-----------------\n{new}"


def imported(text: str) -> Counter[tuple[object, ...]]:
    """What the module's level imports, in any order and statement."""
    return Counter(
        (getattr(statement, "level", None), getattr(statement, "module", None), alias.name, alias.asname)
        for statement in Source.parse(text).tree.body
        if isinstance(statement, ast.Import | ast.ImportFrom)
        for alias in statement.names
    )


def other_statements(text: str) -> list[str]:
    body = Source.parse(text).tree.body
    return [ast.dump(statement) for statement in body if not isinstance(statement, ast.Import | ast.ImportFrom)]


@settings(max_examples=300, deadline=None)
@given(odd_modules(), symbols)
def test_nothing_else_changes(text: str, symbol: Symbol) -> None:
    result = add_imports(text, [symbol], first_party={"appdb"})
    relative = len(symbol.module) - len(symbol.module.lstrip("."))
    module = symbol.module[relative:]
    expected = (
        (None, None, module, symbol.alias) if symbol.name is None else (relative, module, symbol.name, symbol.alias)
    )
    assert other_statements(result) == other_statements(text)
    assert imported(result) - imported(text) in (Counter([expected]), Counter())
    assert not imported(text) - imported(result)
    assert comments(result) == comments(text)
    assert add_imports(result, [symbol], first_party={"appdb"}) == result
