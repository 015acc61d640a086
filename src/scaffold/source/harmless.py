"""Whether a module only defines: then not importing it changes nothing that others define.

It is told from the text without parsing it, as thousands of modules are looked at: what is not plainly harmless counts
as harmful, and costs time only.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from scaffold.source.module import absolute

_REACHES_OUT = (
    b"DeclarativeBase",
    b"__import__",
    b"__init_subclass__",
    b"__subclasses__",
    b"__table__",
    b"append_column",
    b"append_constraint",
    b"automap",
    b"configure_mappers",
    b"declarative_base",
    b"event.",
    b"exec(",
    b"eval(",
    b"globals(",
    b"importlib",
    b"listens_for",
    b"metaclass",
    b".metadata",
    b"registry",
    b"setattr(",
    b"sys.modules",
    b"to_metadata",
    b"type(",
)
"""What a module can change tables with that it neither defines nor names."""

_TABLE = re.compile(
    rb"""(?:__tablename__[ \t]*(?::[^=\n]*)?=|Table\()\s*["'](\w+)["'](?=[ \t\r]*(?:[,)#\n]|\Z))""", re.MULTILINE
)
"""A table and its name, written in one piece."""

_EVENTS = re.compile(
    rb"^[ \t]*(?:(?:from|import)[ \t]+sqlalchemy[\w.]*\.events?\b"
    rb"|from[ \t]+sqlalchemy[\w.]*[ \t]+import[ \t]*(?:\([^)]*|[^\n(]*)\b(?:events?|listen)\b)",
    re.MULTILINE,
)
_DOCSTRING = re.compile(rb"""(?:#[^\n]*\n|\s)*[rRuU]?("{3}|'{3}).*?\1""", re.DOTALL)
_TOP = re.compile(rb"\n([^ \t\r\n#][^\n]*)")
"""A line at the top, but for comments. These expressions begin with a newline, which is what makes them fast."""

_IMPORT = re.compile(rb"\n[ \t]*(from[ \t]+[.\w]+[ \t]+import[ \t]*(?:\([^)]*\)|[^\n(]*)|import[ \t][^\n]*)")
_FROM = re.compile(rb"from[ \t]+([.\w]+)[ \t]+import\b[ \t]*\(?(.*)", re.DOTALL)
_COMMENT = re.compile(rb"#[^\n]*")
_DEFINES = re.compile(
    rb"(?:from|import|class|def|async def)\b|if TYPE_CHECKING:|@(?:enum\.)?unique\b|@final\b"
    rb"|[)\]}][)\]},]*\s*(?:#|$)|\)(?: ->[^\n]*)?:"
)
"""A line at the top that only defines."""

_ASSIGNS = re.compile(rb"[A-Za-z_]\w*[ \t]*(?::[^=]+)?=(?!=)")
_ACTS = re.compile(
    rb"\n[ \t]{1,4}(?:(?:for|while|with|try)\b|[A-Za-z_][\w.]*\("
    rb"|[A-Za-z_]\w*\.[\w.]+[ \t]*(?::[^=\n]*)?[-+*|&]?=(?!=))[^\n]*"
)
"""A line in a class that does something: a loop, a call, or the assignment of somebody's attribute."""

_ATTRIBUTE = re.compile(rb"\.\w+[ \t]*=(?!=)")
_LONE_RETURN = re.compile(rb"\r(?!\n)")
_CALL = re.compile(rb"([A-Za-z_]\w*)\(")
_MAKES_A_VALUE = frozenset(
    b"mapped_column relationship text column_property frozenset tuple dict set list range sorted min max len str int"
    b" float compile getLogger timedelta date datetime time".split()
)
"""The calls of small names that a constant may be made with; a large one is a class, which makes an instance."""


def stands_against(data: bytes) -> str | None:
    """Why a module may do more than to define, as the rest of a sentence; None where it plainly does not."""
    for word in _REACHES_OUT:
        if word in data:
            return f"has {word.decode()!r}, and may change tables of others"
    if (b"event" in data or b"listen" in data) and _EVENTS.search(data):
        return "imports SQLAlchemy's events, and may change tables of others"
    if b"\\\n" in data or b"\\\r" in data or _LONE_RETURN.search(data):
        return "continues or ends lines in a way that only running it could tell"
    if tables_in(data) is None:
        return "names a table in a way that only running it could tell"
    docstring = _DOCSTRING.match(data)
    body = b"\n" + (data[docstring.end() :] if docstring else data)
    if line := _ACTS.search(body):
        return _does_more(line[0])
    return next(filter(None, map(_against_line, _TOP.findall(body))), None)


@lru_cache(maxsize=1024)
def _against_line(line: bytes) -> str | None:
    if (line[:1] in b"\"'" and b"(" not in line) or (_DEFINES.match(line) and b";" not in line):
        return None
    if not (assigned := _ASSIGNS.match(line)) or b";" in line or _ATTRIBUTE.search(line):
        return _does_more(line)
    for name in _CALL.findall(line, assigned.end()):
        if name not in _MAKES_A_VALUE and not name[:1].isupper():
            return f"calls {name.decode()}, which may do anything"
    return None


def _does_more(line: bytes) -> str:
    return f"does more than to define: {line.decode(errors='replace').strip()}"


def tables_in(data: bytes) -> list[bytes] | None:
    """The names of the tables that a module defines; None where it does not write them out."""
    found: list[bytes] = []
    for key in (b"__tablename__", b"Table("):
        at = data.find(key)
        while at >= 0:
            match = _TABLE.match(data, at)
            if match is None:
                return None
            found.append(match[1])
            at = data.find(key, match.end())
    return found


def imported(data: bytes, package: str) -> Iterator[str]:
    """The modules that a module may import, as far as its text tells; of `from a import b` both `a` and `a.b`.

    Args:
        data: the module's bytes.
        package: that it is in, for relative imports.
    """
    for statement in _IMPORT.findall(b"\n" + data):
        yield from _modules(statement, package)


@lru_cache(maxsize=1024)
def _modules(statement: bytes, package: str) -> tuple[str, ...]:
    statement = _COMMENT.sub(b"", statement)
    match = _FROM.match(statement)
    words = (match[2] if match else statement[len(b"import") :]).replace(b")", b" ").split(b",")
    names = [word.split()[0].decode(errors="replace") for word in words if word.split()]
    if match is None:
        return tuple(names)
    module = match[1].decode()
    inner = module.lstrip(".")
    base = absolute(len(module) - len(inner), inner, package)
    return (base, *(f"{base}.{name}" for name in names if name != "*"))
