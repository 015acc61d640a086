"""A user seeded from Python has the password and the account that Better Auth would have made."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from appdb import auth_schema, create_engine
from appdb.auth_schema import Account, User
from appdb.base import Base
from appdb.credentials import hash_password, seed_user, verify_password

BETTER_AUTHS = (
    "53c75fc012d46793bd1a03ff571bfad2:9fdfce0f5f7ae263fcac50ac254d020f3263fdfa348c157254f99b705549a17c"
    "5f4fe1937bd7d7f900a24ad1575f354b56fa94bfd16a86e987477377665fda9f"
)
"""What Better Auth's hashPassword("ﬁsche") has returned once; the first letter is a ligature."""


@pytest.mark.parametrize(("password", "is_right"), [("ﬁsche", True), ("fische", True), ("Fische", False), ("", False)])
def test_better_auths_hash_is_verified_in_normal_form(password, is_right):
    assert verify_password(password, BETTER_AUTHS) is is_right


def test_a_hash_is_of_its_password_and_never_twice_the_same():
    made = hash_password("correct horse")
    assert verify_password("correct horse", made)
    assert not verify_password("wrong horse", made)
    assert made != hash_password("correct horse")
    assert [len(part) for part in made.split(":")] == [32, 128]


@pytest.mark.parametrize("stored", ["", ":", "a:", "no hash at all", "é:é"])
def test_what_is_no_hash_is_no_passwords(stored):
    assert not verify_password("", stored)


@pytest.fixture
def session(sqlite_url):
    engine = create_engine(sqlite_url)
    Base.metadata.create_all(engine, tables=[User.__table__, Account.__table__])
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_a_seeded_user_has_an_account_with_a_password(session):
    ada = seed_user(session, User(name="Ada", email="Ada@Example.com", email_verified=True), "correct horse")
    session.commit()
    account = session.scalars(sa.select(Account)).one()
    assert (account.user_id, account.account_id, account.provider_id) == (ada.id, ada.id, "credential")
    assert verify_password("correct horse", account.password)
    assert (ada.email, ada.email_verified) == ("ada@example.com", True)


def test_nothing_stays_of_a_user_who_is_not_committed(session):
    seed_user(session, User(name="Ada", email="ada@example.com"), "correct horse")
    session.rollback()
    assert session.scalars(sa.select(Account)).all() == session.scalars(sa.select(User)).all() == []


def test_a_schema_without_passwords_is_an_error_that_says_so(session, monkeypatch):
    monkeypatch.setattr(auth_schema, "__name__", "elsewhere")
    with pytest.raises(LookupError, match=r"^elsewhere has no model with the attributes account_id, password, prov"):
        seed_user(session, User(name="Ada", email="ada@example.com"), "correct horse")
