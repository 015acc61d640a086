"""Passwords go both ways: Python seeds and Better Auth signs in, Better Auth signs up and Python verifies."""

from typing import Any

import pytest

from tests.better_auth.frontend import Browser, FrontEnd
from tests.projects import TestProject

PASSWORD = "ﬁsche \N{KELVIN SIGN} é \N{HIGH VOLTAGE SIGN}"
"""Not what it is in Unicode's form NFKC."""

SEED = f"""
from shopdb import session
from shopdb.credentials import seed_user
from shopdb.schema import User

with session() as db:
    ada = seed_user(db, User(name="Ada", email="Ada@Example.com"), {PASSWORD!r})
    db.commit()
    print(ada.id)
"""

VERIFY = f"""
from sqlalchemy import select

from shopdb import session
from shopdb.credentials import verify_password
from shopdb.schema import Account, User

with session() as db:
    stored = db.scalars(select(Account.password).join(User).where(User.email == "bob@example.com")).one()
    print(verify_password({PASSWORD!r}, stored), verify_password({PASSWORD[1:]!r}, stored))
"""


@pytest.fixture
def front_end(on_any_database: TestProject, node: Any) -> FrontEnd:
    on_any_database.ok("migrate")
    made = FrontEnd(on_any_database, node)
    made.export()
    return made


def test_passwords_go_both_ways(on_any_database: TestProject, front_end: FrontEnd) -> None:
    seeded = on_any_database.python(SEED).strip()
    user = Browser(front_end).post("/sign-in/email", email="ada@example.com", password=PASSWORD)["user"]
    assert user["id"] == seeded
    Browser(front_end).post("/sign-in/email", status=401, email="ada@example.com", password=PASSWORD[1:])

    Browser(front_end).post("/sign-up/email", name="Bob", email="bob@example.com", password=PASSWORD)
    assert on_any_database.python(VERIFY) == "True False\n"
