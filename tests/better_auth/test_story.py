"""Better Auth lives on a database that scaffold made, and goes on living there whatever becomes of the domains."""

from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from tests.better_auth.frontend import Browser, FrontEnd
from tests.projects import TestProject

PASSWORD, NEW_PASSWORD = "correct horse", "battery staple"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a domain, as TypeScript writes it.

    Args:
        table: what the table is called there.
        name: what the database calls it.
        values: the columns beside its user and its organization.
    """

    table: str
    name: str
    values: dict[str, Any]


VIEW = Row("pageViews", "page_views", {"path": "/pricing", "agent": "Lynx"})
NOTE = Row("notes", "notes", {"body": "Hello"})

VERBS = [
    "add-column page_views referrer:text:optional seconds:int:default=0",
    "rename-column page_views path url",
    "alter-column page_views url:string=200",
    "add-index page_views url",
    "add-table analytics clicks page_view:ref=page_views x:int",
    "drop-column page_views agent --yes",
    "rename-table notes memos",
    "add-column memos status:enum=draft,published:default=draft",
    "alter-column memos status:enum=draft,published,archived:default=draft",
    "alter-column page_views seconds:bigint:default=1",
    "drop-index page_views page_views_url_idx --yes",
    "new-domain billing --table invoices amount:decimal=12.2 payer:ref=users:optional",
]
NEW_VIEW = Row("pageViews", "page_views", {"url": "/pricing", "referrer": "/"})
NEW_NOTE = Row("memos", "memos", {"body": "Hello", "status": "archived"})


@pytest.fixture
def project(on_any_database: TestProject) -> TestProject:
    """Page views that outlive their user, and notes that do not."""
    views = ("page_views", "path:text", "agent:text:optional", "user:ref=users:optional")
    on_any_database.ok("new-domain", "analytics", "--table", *views)
    on_any_database.ok("new-domain", "notes", "body:text", "author:ref=users")
    return on_any_database


@pytest.fixture
def front_end(project: TestProject, node: Any) -> FrontEnd:
    made = FrontEnd(project, node)
    made.export()
    return made


def test_it_works_before_and_after_twelve_verbs(project: TestProject, front_end: FrontEnd) -> None:
    eve = sign_up(front_end, "Eve")
    acme = eve.browser.post("/organization/create", name="Acme", slug="acme")["id"]
    use(front_end, eve, acme, VIEW, NOTE)
    live_and_leave(front_end, project, VIEW, NOTE)

    for verb in VERBS:
        project.ok(*verb.split())
    front_end.export()

    assert project.execute("SELECT url, seconds FROM page_views") == [("/pricing", 0)]
    assert project.execute("SELECT body, status FROM memos") == [("Hello", "draft")]
    assert eve.browser.get("/get-session")["user"]["id"] == eve.id
    sign_out_and_in(eve)
    live_and_leave(front_end, project, NEW_VIEW, NEW_NOTE)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has signed up."""

    browser: Browser
    id: str
    email: str


def live_and_leave(front_end: FrontEnd, project: TestProject, view: Row, note: Row) -> None:
    """All that two people do, up to the deletion of both and of their organization: nothing of them stays."""
    before = rows(project)
    ada, bob = sign_up(front_end, "Ada"), sign_up(front_end, "Bob")
    organization = ada.browser.post("/organization/create", name="Bee", slug="bee")["id"]
    join(front_end, organization, ada, bob)
    reset_password(front_end, bob)
    sign_out_and_in(ada)
    use(front_end, bob, organization, view, note)
    assert rows(project)[note.name] == before[note.name] + 1

    bob.browser.post("/sign-in/email", email=bob.email, password=NEW_PASSWORD)
    bob.browser.post("/delete-user", password=NEW_PASSWORD)
    assert roles(ada, organization) == ["owner"]
    left = rows(project)
    assert (left[view.name], left[note.name]) == (before[view.name] + 1, before[note.name])
    assert project.execute(f"SELECT count(*) FROM {view.name} WHERE user_id IS NULL") == [(1,)]

    ada.browser.post("/organization/delete", organizationId=organization)
    ada.browser.post("/delete-user", password=PASSWORD)
    assert rows(project) == before


def sign_up(front_end: FrontEnd, name: str) -> Person:
    browser = Browser(front_end)
    user = browser.post("/sign-up/email", name=name, email=f"{name}@Example.com", password=PASSWORD)["user"]
    assert browser.get("/get-session")["user"] == user
    return Person(browser, user["id"], user["email"])


def join(front_end: FrontEnd, organization: str, founder: Person, member: Person) -> None:
    founder.browser.post("/organization/invite-member", organizationId=organization, email=member.email, role="member")
    (mail,) = front_end.mails.pop(member.email)
    accepted = member.browser.post("/organization/accept-invitation", invitationId=mail["invitation"])
    assert accepted["invitation"]["status"] == "accepted"
    assert roles(founder, organization) == ["member", "owner"]


def roles(person: Person, organization: str) -> list[str]:
    members = person.browser.get("/organization/list-members", organizationId=organization)["members"]
    return sorted(member["role"] for member in members)


def reset_password(front_end: FrontEnd, person: Person) -> None:
    browser = Browser(front_end)
    browser.post("/request-password-reset", email=person.email, redirectTo="/reset")
    (mail,) = front_end.mails.pop(person.email)
    browser.post("/reset-password", newPassword=NEW_PASSWORD, token=mail["token"])
    browser.post("/sign-in/email", status=401, email=person.email, password=PASSWORD)
    browser.post("/sign-in/email", email=person.email, password=NEW_PASSWORD)


def sign_out_and_in(person: Person) -> None:
    person.browser.post("/sign-out")
    assert person.browser.get("/get-session") is None
    person.browser.post("/sign-in/email", email=person.email, password=PASSWORD)
    assert person.browser.get("/get-session")["user"]["id"] == person.id


def use(front_end: FrontEnd, person: Person, organization: str, view: Row, note: Row) -> None:
    front_end.add(view.table, **view.values, userId=person.id, organizationId=organization)
    front_end.add(note.table, **note.values, authorId=person.id, organizationId=organization)


def rows(project: TestProject) -> dict[str, int]:
    """How many rows each table has."""
    with project.connect() as connection:
        names = sa.inspect(connection).get_table_names()
        return {name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in names}
