"""The tokens of SQL as SQLite reads it (sqlite.org/lang_keywords; tokenize.c)."""

import re
from typing import Literal, NamedTuple

from scaffold.errors import ScaffoldError

_TOKEN = re.compile(
    r"""
    (?P<space>   \s+ | --[^\n]* | /\*.*?(?:\*/|\Z) )
  | (?P<string>  [xX]?'(?:[^']|'')*' )
  | (?P<quoted>  "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\] )
  | (?P<number>  0[xX][0-9a-fA-F]+ | (?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)? )
  | (?P<word>    [^\W\d][\w$]* )
  | (?P<sign>    ->>|->|\|\||<<|>>|<=|>=|<>|==|!=|[^\s] )
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """One token.

    Args:
        kind: what it is; a quoted name is no word, as it is never a keyword.
        text: as it is written.
        start: where it begins in the text.
    """

    kind: Literal["string", "quoted", "number", "word", "sign"]
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends in the text."""
        return self.start + len(self.text)

    @property
    def is_name(self) -> bool:
        """Whether it can name something; SQLite takes a string for a name too, where only a name can stand."""
        return self.kind in {"word", "quoted"}

    @property
    def name(self) -> str:
        """What it names, without quotes."""
        if self.kind == "string":
            return self.text[1:-1].replace("''", "'")
        if self.kind != "quoted":
            return self.text
        mark = self.text[0]
        return self.text[1:-1] if mark == "[" else self.text[1:-1].replace(mark * 2, mark)

    @property
    def same(self) -> str:
        """Equal for tokens that mean the same, whatever their quotes and case."""
        return folded(self.name) if self.is_name else self.text.lower() if self.kind == "number" else self.text

    def says(self, *keywords: str) -> bool:
        """Whether it is one of these keywords, given in upper case."""
        return (self.kind == "word" and self.text.upper() in keywords) or (
            self.kind == "sign" and self.text in keywords
        )


def tokenize(sql: str) -> tuple[Token, ...]:
    """The tokens of `sql` without spaces and comments.

    Raises:
        ScaffoldError: a quote is never closed.
    """
    found: list[Token] = []
    position = 0
    while position < len(sql):
        match = _TOKEN.match(sql, position)
        assert match is not None
        kind = match.lastgroup
        if kind == "sign" and match[0] in "'\"`[":
            raise ScaffoldError(f"This SQL has a {match[0]} that is never closed: {sql}")
        if kind != "space":
            found.append(Token(kind, match[0], position))  # type: ignore[arg-type]
        position = match.end()
    return tuple(found)


def sameness(sql: str) -> tuple[str, ...]:
    """Equal for texts that say the same with other spaces, comments, quotes and case."""
    return tuple(token.same for token in tokenize(sql))


def names_in(sql: str) -> frozenset[str]:
    """Every word and quoted name in `sql` that is no function's, folded."""
    tokens = tokenize(sql)
    following = [*tokens[1:], None]
    return frozenset(
        folded(token.name)
        for token, after in zip(tokens, following, strict=True)
        if token.kind == "quoted" or (token.kind == "word" and not (after and after.says("(")))
    )


def quote(name: str) -> str:
    """`name` in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """`value` as a string of SQL."""
    return "'" + value.replace("'", "''") + "'"


def folded(name: str) -> str:
    """SQLite folds the case of ASCII only (sqlite.org/faq, question 18)."""
    return name.translate(_ASCII)


_ASCII = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
