"""Names: what may be one, what it becomes, and what the user probably meant.

Sources: docs.python.org/3/reference/lexical_analysis (keywords), postgresql.org/docs/current/limits (identifiers of 63
bytes), learn.microsoft.com/windows/win32/fileio/naming-a-file (device names).
"""

import difflib
import keyword
import re
import unicodedata
from collections.abc import Iterable

from scaffold.errors import UsageError

MAX_BYTES = 63
"""The shortest limit of the databases that we write to: PostgreSQL's 63 bytes (MySQL has 64 characters)."""

GENERIC = frozenset({"data", "info", "misc", "stuff", "temp", "thing", "things", "tmp"})
"""Names that say nothing; the original's README lists `data` and `info`."""

DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))})
"""File names that Windows keeps for devices: a colleague there could not check the module out."""

EXAMPLES = {"domain": "analytics", "table": "page_views", "column": "path"}
"""Names to show where nothing of a typed one could be kept."""

_SNAKE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)

_UNCOUNTABLE = frozenset(
    [
        "access",
        "aircraft",
        "analytics",
        "audio",
        "billing",
        "clothing",
        "economics",
        "equipment",
        "ethics",
        "evidence",
        "feedback",
        "fish",
        "furniture",
        "information",
        "jeans",
        "kubernetes",
        "logistics",
        "mathematics",
        "money",
        "news",
        "physics",
        "police",
        "politics",
        "rice",
        "series",
        "sheep",
        "software",
        "species",
        "statistics",
        "traffic",
        "weather",
    ]
)
_IRREGULAR = {
    "people": "person",
    "children": "child",
    "men": "man",
    "women": "woman",
    "feet": "foot",
    "teeth": "tooth",
    "geese": "goose",
    "mice": "mouse",
    "oxen": "ox",
    "criteria": "criterion",
    "phenomena": "phenomenon",
    "schemata": "schema",
    "indices": "index",
    "matrices": "matrix",
    "vertices": "vertex",
    "appendices": "appendix",
    "quizzes": "quiz",
    "leaves": "leaf",
    "shelves": "shelf",
    "halves": "half",
    "calves": "calf",
    "thieves": "thief",
    "wolves": "wolf",
    "knives": "knife",
    "lives": "life",
    "wives": "wife",
    "loaves": "loaf",
    "selves": "self",
    "movies": "movie",
    "cookies": "cookie",
    "ties": "tie",
    "pies": "pie",
    "lies": "lie",
    "zombies": "zombie",
    "calories": "calorie",
    "selfies": "selfie",
    "caches": "cache",
    "niches": "niche",
    "aches": "ache",
    "headaches": "headache",
    "axes": "axis",
    "analyses": "analysis",
    "bases": "base",
    "databases": "database",
    "crises": "crisis",
    "diagnoses": "diagnosis",
    "hypotheses": "hypothesis",
    "theses": "thesis",
    "parentheses": "parenthesis",
    "syntheses": "synthesis",
    "statuses": "status",
    "viruses": "virus",
    "buses": "bus",
    "bonuses": "bonus",
    "campuses": "campus",
    "censuses": "census",
    "choruses": "chorus",
    "focuses": "focus",
    "menus": "menu",
    "aliases": "alias",
    "biases": "bias",
    "atlases": "atlas",
    "canvases": "canvas",
    "gases": "gas",
    "lenses": "lens",
    "pluses": "plus",
    "heroes": "hero",
    "potatoes": "potato",
    "tomatoes": "tomato",
    "echoes": "echo",
    "vetoes": "veto",
}
_SINGULAR_ENDINGS = (
    "ss",
    "us",
    "is",
    "sms",
    "gps",
    "dns",
    "aws",
    "css",
    "tls",
    "lens",
    "gas",
    "canvas",
    "atlas",
    "bias",
)
_ENDINGS = (
    (re.compile(r"([^aeiou])ies$"), r"\1y"),
    (re.compile(r"(ss|sh|ch|x|zz)es$"), r"\1"),
    (re.compile(r"s$"), ""),
)


def singular(noun: str) -> str:
    """The singular of an English plural: `categories` -> `category`, `statuses` -> `status`, `news` -> `news`."""
    if noun in _UNCOUNTABLE:
        return noun
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if noun in _IRREGULAR.values() or noun.endswith(_SINGULAR_ENDINGS) or noun.endswith("alias"):
        return noun
    for pattern, replacement in _ENDINGS:
        if pattern.search(noun):
            return pattern.sub(replacement, noun) or noun
    return noun


def class_name(table: str) -> str:
    """The class of a table: its last word in the singular, in CapWords (`page_views` -> `PageView`)."""
    *words, noun = [word for word in table.split("_") if word] or [table]
    return "".join(word.capitalize() for word in [*words, singular(noun)])


def snake_case(name: str) -> str:
    """The nearest legal name to what was typed: `PageViews` -> `page_views`; empty where nothing is left of it."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    letters = unicodedata.normalize("NFKD", spaced.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_").lstrip("0123456789_")


def check_name(kind: str, name: str, *, typed: str = "", allow_generic: bool = False) -> None:
    """Refuse what can't be the name of a `kind` ("domain", "table", "column").

    Args:
        kind: what it is the name of.
        name: the name.
        typed: what stands for it in the command, where that is something else.
        allow_generic: whether names such as `data` are let through.

    Raises:
        UsageError: with the corrected name where there is one.
    """
    typed = typed or name
    if not _SNAKE.fullmatch(name):
        better = snake_case(typed)[:MAX_BYTES] or EXAMPLES.get(kind, "")
        raise UsageError(
            f"{name!r} is no {kind} name: use small ASCII letters, digits and `_`, beginning with a letter.",
            wrong=typed,
            right=f"{better}_{kind}" if keyword.iskeyword(better) else better,
            help="" if name else f"For example: {better}",
        )
    if len(name.encode()) > MAX_BYTES:
        raise UsageError(
            f"The {kind} name {name!r} has {len(name.encode())} bytes; PostgreSQL cuts names at {MAX_BYTES}.",
            wrong=typed,
            right=typed[:40].rstrip("_"),
        )
    if keyword.iskeyword(name):
        raise UsageError(
            f"{name!r} is a Python keyword, so it can't be a {kind} name.", wrong=name, right=f"{name}_{kind}"
        )
    if name in GENERIC and not allow_generic:
        raise UsageError(
            f"{name!r} says nothing about what the {kind} holds; choose a better name, or insist with --force-name.",
            append="--force-name",
        )


def check_class_name(name: str, taken: Iterable[str]) -> None:
    """Refuse a class name that is no CapWords identifier, or that hides one of `taken`."""
    if keyword.iskeyword(name):
        raise UsageError(f"{name!r} is a Python keyword, so it can't be a class name.", append=f"--class App{name}")
    if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name, re.ASCII):
        raise UsageError(
            f"{name!r} is no class name: use CapWords, ASCII letters and digits.",
            wrong=name,
            right="".join(part.capitalize() for part in snake_case(name).split("_")),
        )
    if name in set(taken):
        raise UsageError(
            f"The class name {name!r} would hide a name that the module needs or that is exported already.",
            append=f"--class App{name}",
        )


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The known word that was probably meant, or None.

    Args:
        word: what was typed.
        known: what it could be.
        cutoff: how alike the two must be at least: 0 is not at all, 1 is the same.
    """
    matches = difflib.get_close_matches(word, list(known), n=1, cutoff=cutoff)
    return matches[0] if matches else None
