"""Every rule: what it lets pass, and what it finds."""

# ruff: noqa: E501 - one example, one line

import inspect

import pytest

from scaffold.lint.rules import codes, rules
from scaffold.source import parse
from tests.lint.judged import CLASS, EXPORT, EXPORTS, SHOP, Shop

FK = 'ForeignKey("users.id", ondelete="CASCADE")'
TABLES = (
    "".join(f'class T{n}(HasId, HasTimestamps, Base):\n    __tablename__ = "t{n}"\n\n\n' for n in range(10)) + CLASS
)

OK = [
    ("missing-timestamps", CLASS),
    ("missing-organization", CLASS),
    (
        "missing-organization",
        CLASS.replace("InOrganization, ", "").replace(":\n", ":  # scaffold: allow=missing-organization shared\n"),
    ),
    ("foreign-key-without-on-delete", f"    user_id: Mapped[str] = mapped_column({FK})\n"),
    ("foreign-key-without-on-delete", '    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))\n'),
    ("foreign-key-without-index", f"    user_id: Mapped[str] = mapped_column({FK}, index=True)\n"),
    ("foreign-key-without-index", f"    user_id: Mapped[str] = mapped_column({FK}, unique=True)\n"),
    (
        "foreign-key-without-index",
        f'    __table_args__ = (Index("x", "user_id", "created_at"),)\n\n    user_id: Mapped[str] = mapped_column({FK})\n',
    ),
    ("id-without-foreign-key", f"    user_id: Mapped[str] = mapped_column({FK})\n"),
    ("id-without-foreign-key", "    identity: Mapped[str]\n"),
    ("generic-name", "    address: Mapped[str]\n"),
    ("not-exported", CLASS),
    ("crowded-domain", CLASS),
    ("enum-without-check", '    status: Mapped[Literal["a", "b"] | None]\n'),
    ("enum-without-check", '    __table_args__ = (sa.CheckConstraint("kind IN (1)", name="k"),)\n\n    kind: Mapped[int]\n'),
    ("incompatible-storage", "    at: Mapped[dt.datetime]\n    n: Mapped[int]\n    t: Mapped[str] = mapped_column(types.String(9))\n"),
    ("incompatible-storage", "    views: Mapped[int] = mapped_column(sa.BigInteger)\n"),
    ("allow-without-reason", "    note: Mapped[str]  # scaffold: allow=generic-name it is what it is\n"),
    ("unused-allow", "    data: Mapped[str]  # scaffold: allow=generic-name it is what it is\n"),
    ("unused-allow", "    # scaffold: allow=generic-name it is what it is\n    data: Mapped[str]\n"),
    ("unindexed-query-column", "    path: Mapped[str]\n"),
    ("unknown-query-column", "    path: Mapped[str]\n"),
    ("edited-auth-schema", CLASS),
]  # fmt: skip

ERR = [
    ("missing-timestamps", CLASS.replace("HasTimestamps, ", ""), "class Order"),
    ("missing-organization", CLASS.replace("InOrganization, ", ""), "class Order"),
    ("missing-organization", CLASS.replace("InOrganization, ", "") + "\n    organization_id: Mapped[str]\n", "class Order"),
    ("foreign-key-without-on-delete", '    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))\n', "user_id"),
    ("foreign-key-without-index", f"    user_id: Mapped[str] = mapped_column({FK})\n", "user_id"),
    (
        "foreign-key-without-index",
        f'    __table_args__ = (Index("x", "created_at", "user_id"),)\n\n    user_id: Mapped[str] = mapped_column({FK})\n',
        "user_id: ",
    ),
    ("id-without-foreign-key", "    stripe_id: Mapped[str | None]\n", "stripe_id"),
    ("generic-name", "    data: Mapped[str]\n", "data:"),
    ("generic-name", CLASS.replace('"orders"', '"stuff"'), "class Order"),
    ("not-exported", CLASS + "\n\n" + CLASS.replace("Order", "Bill").replace("orders", "bills"), "class Bill"),
    ("crowded-domain", TABLES, '"""Shop'),
    ("enum-without-check", '    kind: Mapped[Literal["a", "b"]] = mapped_column(types.ShortText)\n', "kind"),
    ("enum-without-check", '    kind: Mapped[str] = mapped_column(sa.Enum("a", "b", native_enum=False))\n', "kind"),
    ("incompatible-storage", "    at: Mapped[dt.datetime] = mapped_column(sa.DateTime)\n", "at:"),
    ("incompatible-storage", "    on: Mapped[bool] = mapped_column(sa.Boolean)\n", "on:"),
    ("incompatible-storage", "    code: Mapped[str] = mapped_column(sa.String(8))\n", "code:"),
    ("allow-without-reason", "    data: Mapped[str]  # scaffold: allow=generic-name\n", "data:"),
    ("unused-allow", "    note: Mapped[str]  # scaffold: allow=generic-name once it was\n", "note:"),
    ("unused-allow", "    note: Mapped[str]  # scaffold: allow=genric-name mistyped\n", "note:"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "body"), OK)
def test_passes(shop: Shop, code: str, body: str) -> None:
    shop.write(body)
    assert shop.found(code, *(["generic-name"] if code == "unused-allow" else [])) == ()


@pytest.mark.parametrize(("code", "body", "place"), ERR)
def test_finds(shop: Shop, code: str, body: str, place: str) -> None:
    shop.write(body)
    also = ["generic-name"] if code == "unused-allow" else []
    found = [finding for finding in shop.found(code, *also) if finding.code == code]
    assert [(finding.code, finding.place.file, finding.place.line) for finding in found] == [
        (code, SHOP, shop.line(place))
    ]
    assert found[0].message.endswith(".")


def test_a_query_column_needs_an_index(shop: Shop) -> None:
    shop.write("    path: Mapped[str]\n")
    for name in ("path", "orders.path"):
        (found,) = shop.found("unindexed-query-column", query_columns=(name,))
        assert (found.place.line, found.help) == (shop.line("path:"), "scaffold add-index orders path")
    assert shop.found("unindexed-query-column", query_columns=("invoices.path", "organization_id", "id")) == ()


def test_a_query_column_must_be_one(shop: Shop) -> None:
    shop.write("    path: Mapped[str]\n")
    assert shop.found("unknown-query-column", query_columns=("path", "orders.path")) == ()
    (found,) = shop.found("unknown-query-column", query_columns=("orders.pth",))
    assert found.help == 'query-columns = ["orders.path"]'


def test_an_edit_of_the_auth_tables(shop: Shop) -> None:
    shop.write(CLASS)
    auth = shop.project.package / "auth_schema.py"
    auth.write_text(auth.read_text().replace("image: Mapped[str | None]", "picture: Mapped[str | None]"))
    (found,) = shop.found("edited-auth-schema")
    assert found.place.file == "src/shopdb/auth_schema.py"


def test_a_domain_may_be_allowed_more_tables(shop: Shop) -> None:
    shop.write(TABLES)
    assert shop.found("crowded-domain", max_tables=11) == ()


def test_a_mixin_is_judged_where_it_is_used(shop: Shop) -> None:
    shop.write(
        f"class Owned:\n    owner_id: Mapped[str] = mapped_column({FK})\n\n\n" + CLASS.replace("HasId", "Owned, HasId")
    )
    (found,) = shop.found("foreign-key-without-index")
    assert (found.place.line, found.fix) == (shop.line("class Order"), None)


def test_a_comment_alone_is_about_the_next_line_of_code(shop: Shop) -> None:
    shop.write("    # scaffold: allow=generic-name old\n    # and more\n    data: Mapped[str]\n    info: Mapped[str]\n")
    assert [finding.place.line for finding in shop.found("generic-name")] == [shop.line("info:")]


def test_the_comment_may_stand_on_any_line_of_a_statement(shop: Shop) -> None:
    shop.write(
        "    user_id: Mapped[str] = mapped_column(\n"
        f"        {FK}  # scaffold: allow=foreign-key-without-index ten rows\n    )\n"
    )
    assert shop.found("foreign-key-without-index", "unused-allow") == ()


def test_ignore_wins_over_select(shop: Shop) -> None:
    shop.write("    data: Mapped[str]\n")
    assert shop.found("generic-name", ignore=("generic-name",)) == ()


def test_an_allow_for_a_rule_that_is_not_run_is_nobodys_business(shop: Shop) -> None:
    shop.write("    note: Mapped[str]  # scaffold: allow=generic-name once it was\n")
    assert shop.found("unused-allow") == ()


FIXABLE = [
    ("foreign-key-without-index", f"    user_id: Mapped[str] = mapped_column({FK})\n", EXPORT),
    ("foreign-key-without-index", f"    user_id: Mapped[str] = mapped_column(\n        {FK},  # x\n    )\n", EXPORT),
    ("foreign-key-without-index", f"    user_id: Mapped[str] = mapped_column({FK}); n: Mapped[int]\n", EXPORT),
    (
        "foreign-key-without-index",
        f"    a_id: Mapped[str] = mapped_column({FK})\n    b_id: Mapped[str] = mapped_column({FK})\n",
        EXPORT,
    ),
    ("not-exported", CLASS, ""),
    ("not-exported", CLASS, '"""Tables."""\n\nfrom shopdb.auth_schema import User as User\n'),
    ("not-exported", TABLES, "__all__ = []\n"),
    ("not-exported", 'class Outer:\n    class Inner(HasId, Base):\n        __tablename__ = "inners"\n', ""),
    ("unused-allow", "    note: Mapped[str]  # scaffold: allow=generic-name once\n    b: Mapped[int]\n", EXPORT),
    ("unused-allow", "    # scaffold: allow=generic-name once\n    note: Mapped[str]\n", EXPORT),
    ("unused-allow", "    note: Mapped[str]  # scaffold: allow=generic-name once # noqa: ERA001\n", EXPORT),
]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(("code", "body", "exports"), FIXABLE)
def test_two_laws_of_a_fix(shop: Shop, code: str, body: str, exports: str, newline: str) -> None:
    """The fixed text parses, and the rule is silent; and no line changed that the fix is not about."""
    also = ["generic-name"] if code == "unused-allow" else []
    shop.project.write(EXPORTS, exports.replace("\n", newline))
    shop.write(body)
    module = shop.project.root / SHOP
    module.write_bytes(module.read_bytes().replace(b"\n", newline.encode()))
    assert shop.found(code, *also)
    edits = shop.fixes(code, *also)
    for edit in edits:
        assert edit.after is not None
        parse(edit.after.decode())
        assert edit.after.count(b"\r") in {0, edit.after.count(b"\n")}
        shop.project.write(edit.path, edit.after)
    assert shop.found(code, *also) == ()
    changed = sum(line.startswith("-") for edit in edits for line in edit.diff().split("\n")[2:])
    assert changed <= body.count(FK) + body.count("allow=") + exports.count("__all__")


def test_every_rule_has_a_page_and_tests() -> None:
    named = {code for code, *_ in [*OK, *ERR]} | {
        "unindexed-query-column",
        "unknown-query-column",
        "edited-auth-schema",
    }
    assert named == set(codes())
    for rule in rules():
        assert f'"{rule.code}"' in inspect.getsource(inspect.getmodule(rule.check) or rule), "it finds under its name"
        assert "**Why it is bad.**" in rule.page
        assert "**Example**" in rule.page
        assert "**Use instead**" in rule.page
