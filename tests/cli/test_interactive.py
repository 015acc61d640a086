"""`new-domain --interactive`, answered in a pseudo-terminal."""

import sys

from tests.cli.terminal import Terminal
from tests.projects import REPOSITORY, TestProject

ANSWERS = [
    (r"The table's name, in the plural \[billing\]: ", "users"),
    (r"There is a table 'users' already\.\n.*: ", "invoices"),
    (r"belong to an organization\? \[Y/n\]: ", ""),
    (r"Every table has id, organization_id, created_at, updated_at without asking[^:]*Column: ", "class"),
    (r"'class' is a Python keyword[^:]*: class_column\nColumn: ", "number"),
    (r"Type \(text, string.*\) \[text\]: ", "strng"),
    (r"'strng' is no type; did you mean string\?\nType.*: ", "string"),
    (r"Longest, in characters \[255\]: ", "20"),
    (r"May it be empty\? \[y/N\]: ", ""),
    (r"different in every row\? \[y/N\]: ", "y"),
    (r"Default, if any: ", ""),
    (r"number:string=20:unique\n\nColumn: ", "status"),
    (r"Type.*: ", "enum"),
    (r"Values, with commas between: ", "draft,paid"),
    (r"empty\? .*: ", ""),
    (r"every row\? .*: ", ""),
    (r"Do queries look for it\? .*: ", ""),
    (r"Default, if any: ", "sent"),
    (r"'sent' in .* is no enum: it should be one of draft, paid\.\n.*\nDefault, if any: ", "draft"),
    (r"status:enum=draft,paid:default=draft\n\nColumn: ", "author"),
    (r"Type.*: ", "ref"),
    (r"To which table: ", "user"),
    (r"did you mean users\?\nTo which table: ", "users"),
    (r"empty\? .*: ", "y"),
    (r"every row\? .*: ", ""),
    (r"author:ref=users:optional\n\nColumn: ", ""),
]
COMMAND = (
    "scaffold new-domain billing --table invoices number:string=20:unique status:enum=draft,paid:default=draft"
    " author:ref=users:optional"
)


def interview(project: TestProject, *argv: str) -> Terminal:
    environment = {"PYTHONPATH": str(REPOSITORY / "src"), "COLUMNS": "200"}
    return Terminal([sys.executable, "-m", "scaffold", "new-domain", *argv], project.root, environment)


def test_a_newcomer(project: TestProject) -> None:
    terminal = interview(project, "billing", "--interactive")
    for question, answer in ANSWERS:
        terminal.wait_for(question)
        terminal.type(f"{answer}\r")
    assert COMMAND in terminal.wait_for(r"Make it\? \[Y/n\]: ")
    terminal.type("\r")
    assert terminal.end() == 0
    assert "author_id: Mapped[str | None]" in project.table("billing")
    assert project.execute("SELECT count(*) FROM invoices") == [(0,)]


def test_saying_no_writes_nothing(project: TestProject) -> None:
    before = project.tree()
    terminal = interview(project, "billing", "--table", "invoices", "--no-tenant", "total:decimal", "-i")
    terminal.wait_for("Every table has id, created_at, updated_at without asking[^:]*Column: ")
    terminal.type("\r")
    assert "new-domain billing --table invoices --no-tenant total:decimal\n" in terminal.wait_for(r"Make it\?.*: ")
    terminal.type("n\r")
    assert terminal.end() != 0
    assert project.tree() == before


def test_without_a_terminal(project: TestProject) -> None:
    before = project.tree()
    result = project.run("new-domain", "billing", "--interactive")
    assert (result.code, result.out, project.tree()) == (2, "", before)
    assert result.err == (
        "Error: --interactive asks questions, and there is no terminal to answer them in; nothing was written.\n\n"
        "Say it all at once: scaffold new-domain billing path:text user:ref=users:optional\n"
    )
