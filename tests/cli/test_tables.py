"""`scaffold tables` and `scaffold show`: what there is."""

import json
import re

from tests.projects import TestProject

TABLES = """\
DOMAIN   TABLE          CLASS         COLUMNS  ROWS
billing  invoices       Invoice             8     0
auth     accounts       Account            13     0
auth     invitations    Invitation          8     0
auth     members        Member              5     0
auth     organizations  Organization        6     1
auth     sessions       Session             9     0
auth     users          User                7     0
auth     verifications  Verification        6     0
"""
SHOW = """\
invoices of billing: class Invoice in src/shopdb/tables/billing.py:N, 0 rows

COLUMN           TYPE                NULL  DEFAULT  KEY
id               TEXT                               primary key
number           TEXT(20)
status           TEXT (draft, paid)        draft
author_id        TEXT                null           users.id, on delete set null
total            NUMERIC
organization_id  TEXT                               organizations.id, on delete cascade
created_at       INTEGER
updated_at       INTEGER

INDEX                         COLUMNS          UNIQUE
invoices_author_id_idx        author_id
invoices_number_idx           number           unique
invoices_organization_id_idx  organization_id
"""
FIELDS = "number:string=20:unique", "status:enum=draft,paid:default=draft", "author:ref=users:optional", "total:decimal"


def test_tables(project: TestProject) -> None:
    project.ok("new-domain", "billing", "--table", "invoices", *FIELDS)
    project.execute("INSERT INTO organizations (id, name, slug, created_at) VALUES ('o', 'O', 'o', 0)")
    assert project.ok("tables") == TABLES
    listed = json.loads(project.ok("tables", "--json"))["tables"]
    assert listed[0]["columns"][:2] == ["id", "number"]
    assert [(table["domain"], table["rows"]) for table in listed if table["rows"]] == [("auth", 1)]


def test_tables_before_anything_is_migrated(project: TestProject) -> None:
    before = project.tree()
    result = project.run("tables")
    assert (result.code, "users" in result.out) == (0, True)
    assert re.search(r"has none of these tables; make them with: scaffold migrate\n", result.err)
    assert project.tree() == before


def test_show(project: TestProject) -> None:
    project.ok("new-domain", "billing", "--table", "invoices", *FIELDS)
    assert re.sub(r"py:\d+", "py:N", project.ok("show", "invoices")) == SHOW
    assert project.ok("show", "users").endswith(
        "Referred to by: invoices.author_id, accounts.user_id, invitations.inviter_id, members.user_id,"
        " sessions.user_id\n"
    )
    shown = json.loads(project.ok("show", "invoices", "--json"))
    assert shown["columns"][2] == {
        "name": "status",
        "attribute": "status",
        "type": "TEXT",
        "optional": False,
        "default": "draft",
        "choices": ["draft", "paid"],
    }
    assert shown["foreign_keys"][0]["on_delete"] == "SET NULL"


def test_a_database_that_does_not_answer(project: TestProject) -> None:
    result = project.run("tables", SHOPDB_URL="postgresql://nobody:secret@127.0.0.1:1/shop")
    assert (result.code, "users" in result.out) == (0, True), str(result)
    assert "The rows are unknown: " in result.err
    assert "secret" not in result.err


def test_a_mistyped_table(project: TestProject) -> None:
    result = project.run("show", "user")
    assert result.code == 2
    assert result.err.endswith("\nTry: scaffold show users\n")
