"""A server default that each database spells in its own way."""

from collections.abc import Callable
from typing import Any, TypeAlias

from sqlalchemy import String, TextClause
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

Quote: TypeAlias = Callable[[str], str]
Spelling: TypeAlias = Callable[[str, Quote], str]


class PortableDefault(TextClause):
    """The same default on every database; `source` is the Python that makes it again.

    It is a `TextClause` because SQLAlchemy's SQLite dialect parenthesises other expressions, and because a column's
    ``server_default`` is typed to accept one.
    """

    inherit_cache = False

    def __init__(self, source: str, spelling: Spelling) -> None:
        # Not the real text: TextClause would read ":00" in it as a bound parameter.
        super().__init__("")
        self.source = source
        self._spelling = spelling

    def spell(self, database: str, quote: Quote) -> str:
        """The default's SQL on `database` (a dialect's name); `quote` makes a string literal of a text."""
        return self._spelling(database, quote)

    def __repr__(self) -> str:
        return self.source


@compiles(PortableDefault)
def _compile(element: PortableDefault, compiler: SQLCompiler, **_: Any) -> str:
    return element.spell(compiler.dialect.name, lambda text: compiler.render_literal_value(text, String()))
