"""What a module says, however a formatter has laid it out."""

import io
import tokenize

LAYOUT = frozenset({tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER})
CLOSING = frozenset(")]}")


def content(text: str) -> tuple[str, ...]:
    """The tokens of a module that no choice of line length changes: two modules that say the same have the same.

    Line breaks go, and with them the comma behind the last of several lines and the parentheses around imported names.
    Text that is no Python is one token.
    """
    try:
        lines = io.StringIO(text, newline=None)
        tokens = [token for token in tokenize.generate_tokens(lines.readline) if token.type != tokenize.NL]
    except (tokenize.TokenError, SyntaxError):
        return (text,)
    found: list[str] = []
    importing = False
    for number, token in enumerate(tokens):
        importing = token.string == "import" or (importing and token.type != tokenize.NEWLINE)
        if importing and token.string in ("(", ")"):
            continue
        if token.string == "," and tokens[number + 1].string in CLOSING:
            continue
        found.append(tokenize.tok_name[token.type] if token.type in LAYOUT else token.string)
    return tuple(found)
