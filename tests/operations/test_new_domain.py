"""`new-domain`, without a disk."""

from collections.abc import Mapping
from typing import Any

import pytest

from scaffold.errors import UsageError
from scaffold.operations.new_domain import NewDomain, check, plan
from scaffold.plan import Rendering
from scaffold.schema.changes import AddTable
from scaffold.schema.column import Table
from scaffold.schema.fields import parse_fields
from tests.operations.snapshots import after, snapshot

TEMPLATE = """\
\"\"\"{title} tables.\"\"\"

{imports}


class {class_name}({bases}):
    __tablename__ = "{table}"

{columns}
"""


def _render(domain: str, answers: Mapping[str, Any]) -> Rendering:
    assert answers["domain"] == domain
    joined = {"imports": "\n", "columns": "\n", "bases": ", "}
    text = TEMPLATE.format(**{k: joined[k].join(v) if k in joined else v for k, v in answers.items()})
    return Rendering(text, "templates/domain", "0123456789abcdef")


def _request(domain: str, *fields: str, table: str = "", **options: Any) -> NewDomain:
    return NewDomain(domain=domain, fields=fields, table=table or domain, **options)


def test_a_plan() -> None:
    fields = ("path:text", "product:ref=products:optional")
    made = plan(_request("web_traffic", *fields, table="page_views"), snapshot(), _render)
    table = Table("page_views", "PageView", parse_fields(fields))
    assert made.revision.message == "create page_views"
    assert made.revision.changes == (AddTable(table),)
    assert made.upgrade
    assert [(edit.action, edit.path) for edit in made.edits] == [
        ("create", "src/app/db/tables/web_traffic.py"),
        ("create", "src/app/db/tables/.answers/web_traffic.json"),
        ("update", "src/app/db/tables/__init__.py"),
    ]
    module = after(made, "src/app/db/tables/web_traffic.py")
    assert module.startswith('"""Web traffic tables."""\n')
    assert "class PageView(HasId, InOrganization, HasTimestamps, Base):\n" in module
    assert "from app.db.mixins import HasId, HasTimestamps, InOrganization\n" in module
    assert "    path: Mapped[str]\n    product_id: Mapped[str | None] = mapped_column(\n" in module
    assert after(made, "src/app/db/tables/__init__.py") == (
        '"""Tables."""\n\n'
        "from app.db.tables.shop import Product as Product\n"
        "from app.db.tables.web_traffic import PageView as PageView\n"
    )
    assert made.next_steps == (
        "from app.db.schema import PageView",
        "scaffold add-column page_views FIELD...",
        "scaffold migrate --remote",
    )


def test_without_an_organization_or_a_migration() -> None:
    made = plan(_request("notes", tenant=False, migrate=False), snapshot(), _render)
    assert "class Note(HasId, HasTimestamps, Base):" in after(made, "src/app/db/tables/notes.py")
    assert not made.upgrade
    assert made.next_steps[-1] == "scaffold migrate"


def test_organization_id_is_free_where_it_is_not_implicit() -> None:
    request = _request("notes", "organization:ref=organizations:unique", tenant=False)
    assert [column.name for column in check(request).columns] == ["organization_id"]


def test_a_table_may_refer_to_itself() -> None:
    made = plan(_request("nodes", "parent:ref=nodes:optional"), snapshot(), _render)
    assert 'ForeignKey("nodes.id", ondelete="SET NULL")' in after(made, "src/app/db/tables/nodes.py")


def test_a_class_that_an_import_is_called_gets_the_import_renamed() -> None:
    made = plan(_request("decimals", "price:decimal"), snapshot(), _render)
    module = after(made, "src/app/db/tables/decimals.py")
    assert "class Decimal(" in module
    compile(module, "decimals.py", "exec")


@pytest.mark.parametrize(
    ("request_", "message", "append"),
    [
        (_request("shop"), "The domain 'shop' exists already, in src/app/db/tables/shop.py", ""),
        (
            _request("catalog", table="products"),
            "The table 'products' exists already, in src/app/db/tables/shop.py",
            "--table catalog_products",
        ),
        (_request("users"), "'users' is a table of Better Auth, in src/app/db/auth_schema.py", "--table app_users"),
        (
            _request("catalog", class_name="Product"),
            "The class name 'Product' is taken, in src/app/db/tables/__init__.py",
            "--class AppProduct",
        ),
        (
            _request("catalog", class_name="User"),
            "The class name 'User' is taken, in src/app/db/auth_schema.py",
            "--class AppUser",
        ),
        (_request("bases"), "The class name 'Base' would hide a name", "--class AppBase"),
        (_request("catalog", "a:ref=productz"), "There is no table 'productz'", ""),
    ],
)
def test_what_stands_against_it(request_: NewDomain, message: str, append: str) -> None:
    with pytest.raises(UsageError) as caught:
        plan(request_, snapshot(), _render)
    assert message in caught.value.message
    assert caught.value.append == append


def test_an_empty_domain_module_is_in_the_way_too() -> None:
    with pytest.raises(UsageError, match="The domain 'notes' exists already"):
        plan(_request("notes"), snapshot({"tables/notes.py": ""}), _render)


def test_a_table_counts_wherever_it_is() -> None:
    files = {
        "tables/odd.py": "from x import Base\nimport sqlalchemy\nnotes = sqlalchemy.Table('notes', Base.metadata)\n"
    }
    with pytest.raises(UsageError, match="The table 'notes' exists already, in src/app/db/tables/odd"):
        plan(_request("notes"), snapshot(files), _render)


@pytest.mark.parametrize(
    ("rendered", "message"),
    [
        ('class Note:\n    __tablename__ = "notes"\n', "left out the columns body"),
        ("x = 1\n", "rendered no class Note with the table 'notes'"),
        ("class\n", "the rendered src/app/db/tables/notes.py"),
    ],
)
def test_a_template_that_forgets(rendered: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        plan(_request("notes", "body:text"), snapshot(), lambda *_: Rendering(rendered, "template", "0123"))
    assert message in caught.value.message
