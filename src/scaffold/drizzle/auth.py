"""Better Auth's tables as the text of `auth_schema.py`, whatever its plugins, options, version and database."""

import hashlib
import re

from scaffold import naming
from scaffold.drizzle.classes import Class, Style, Writer, qualified
from scaffold.drizzle.model import Schema, Table
from scaffold.errors import UsageError
from scaffold.source.formatting import content
from scaffold.source.imports import Symbol, add_imports
from scaffold.source.layout import array, statement
from scaffold.source.mapped import quoted

SORTABLE = frozenset(
    {("user", "name"), ("organization", "name"), ("member", "role")}
    | {("invitation", property) for property in ("role", "teamId", "status")}
)
"""What Better Auth declares sortable, which makes a text a VARCHAR(255) on MySQL, and is not seen elsewhere."""

DOCS = {
    "User": "Somebody who can sign in.",
    "Session": "A signed-in browser.",
    "Account": "A way to sign in: a password, or an identity at a provider.",
    "Verification": "A code that was sent to somebody.",
    "Organization": "A tenant.",
    "Member": "A user's place in an organization.",
    "Invitation": "A place in an organization that is offered to an email address.",
    "Team": "A part of an organization.",
    "TeamMember": "A user's place in a team.",
    "TwoFactor": "A user's second factor.",
    "Passkey": "A user's passkey.",
    "Apikey": "A key that stands for a user or an organization.",
    "Jwks": "A key pair that signs tokens.",
    "RateLimit": "How often a client has called lately.",
}

HEADER = '''"""Better Auth's tables, from the TypeScript schema that its command line generates.

Better Auth decides what is in here: change its configuration, generate its schema anew, and let `scaffold auth sync`
write this file. A missing column, an extra NOT NULL one, a foreign key without its cascade or seconds in a
milliseconds column break it.

Where Drizzle's DDL has a default, the column has it too; Python brings its own value all the same, because
``unixepoch('subsecond')`` is NULL before SQLite 3.42.
"""

# scaffold: digest {digest}
'''

_PACKAGE = re.compile(r"^from ([\w.]+)\.base import Base$", re.MULTILINE)
_DIGEST = re.compile(r"^# scaffold: digest (\w*)$", re.MULTILINE)


def auth_schema(schema: Schema, package: str = "appdb", *, width: int = 120) -> str:
    """The text of `auth_schema.py`.

    Args:
        schema: what Better Auth's command line generated.
        package: the import name of the database package.
        width: the line length.

    Raises:
        UsageError: something in the schema has no counterpart in Python; the message names its line.
    """
    classes = auth_classes(schema)
    return signed(_module(classes, organizations(schema) or "organizations", package, width))


def auth_classes(schema: Schema) -> tuple[Class, ...]:
    """The classes of Better Auth's tables, in the schema's order."""
    writer = Writer(schema, Style(authentic=True, sortable=SORTABLE))
    names = _class_names(schema)
    return tuple(
        writer.written(table, name, doc=DOCS.get(name, f"Better Auth's table of {table.name}."))
        for table, name in zip(schema.tables, names, strict=True)
    )


def signed(text: str) -> str:
    """The text with its digest in the place that its header has for it."""
    return _DIGEST.sub(f"# scaffold: digest {_digest(text)}", text, count=1)


def says_the_same(one: str, other: str) -> bool:
    """Whether two texts of `auth_schema.py` differ in their layout only."""
    return content(one) == content(other)


def is_edited(text: str) -> bool:
    """Whether somebody has changed an `auth_schema.py` since it was generated, or has written it by hand."""
    found = _DIGEST.search(text.replace("\r\n", "\n"))
    return found is None or found[1] != _digest(text)


def _digest(text: str) -> str:
    """Of the content whatever the package is called and whoever formats it: neither is an edit."""
    bare = _DIGEST.sub("", text.replace("\r\n", "\n"), count=1)
    if package := _PACKAGE.search(bare):
        bare = re.sub(rf"(?<![\w.]){re.escape(package[1])}\b", "", bare)
    return hashlib.sha256("\n".join(content(bare)).encode()).hexdigest()[:16]


def _module(classes: tuple[Class, ...], tenants: str, package: str, width: int) -> str:
    needs = [need for made in classes for need in made.needs]
    symbols = qualified([*dict.fromkeys(needs), Symbol("base", "Base")], package)
    head = HEADER.format(digest="") + "\n"
    text = add_imports(head, symbols, width, first_party=(package.partition(".")[0],))
    taken = frozenset(symbol.local for symbol in symbols)
    exported = statement(
        "__all__", None, array([quoted(made.name) for made in sorted(classes, key=_name)]), width=width, indent=0
    )
    constant = f'ORGANIZATIONS = {quoted(tenants)}\n"""The table that `{package}.mixins.InOrganization` refers to."""'
    parts = [
        text.rstrip("\n"),
        f"{exported}\n\n{constant}",
        *(made.text(taken, width).rstrip("\n") for made in classes),
    ]
    return "\n\n".join(parts[:2]) + "\n\n\n" + "\n\n\n".join(parts[2:]) + "\n"


def _name(made: Class) -> str:
    return made.name


def organizations(schema: Schema) -> str:
    """The table of organizations, empty where there is none: what the members' `organizationId` refers to."""
    for table in schema.tables:
        for column in table.columns:
            if column.property == "organizationId" and column.references is not None:
                return column.references.table
    named = zip(schema.tables, _class_names(schema), strict=True)
    return next((table.name for table, name in named if name == "Organization"), "")


def _class_names(schema: Schema) -> list[str]:
    plural = _is_plural(schema)
    names: list[str] = []
    for table in schema.tables:
        name = _class_name(table, plural=plural)
        if name in names or name in _TAKEN:
            name = f"Auth{name}"
        if name in names or not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name, re.ASCII):
            raise UsageError(f"{schema.path}:{table.line}: the table {table.name!r} gets no class name of its own.")
        names.append(name)
    return names


_TAKEN = frozenset(
    {"Any", "Base", "BigInteger", "CHAR", "CheckConstraint", "Computed", "Decimal", "Enum", "ForeignKey", "Identity"}
    | {"ForeignKeyConstraint", "Index", "JSON", "Literal", "Mapped", "Numeric", "PrimaryKeyConstraint", "REAL"}
    | {"Float", "SmallInteger", "UUID"}
)


def _is_plural(schema: Schema) -> bool:
    """Whether Better Auth was told to put an "s" behind every table's name."""
    ending = [table for table in schema.tables if table.export_name.endswith("s")]
    return len(ending) * 2 > len(schema.tables)


def _class_name(table: Table, *, plural: bool) -> str:
    words = naming.snake_case(table.export_name)
    if plural:
        return "".join(word.capitalize() for word in words.removesuffix("s").split("_"))
    return naming.class_name(words)
