"""Users with a password, as Better Auth makes them at sign-up: for fixtures, and for seeding a database.

>>> from appdb import session
>>> from appdb.credentials import seed_user
>>> from appdb.schema import User
>>> with session() as db:
...     ada = seed_user(db, User(name="Ada", email="ada@example.com"), "correct horse")
...     db.commit()
"""

import hashlib
import hmac
import secrets
import unicodedata
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from appdb import auth_schema
from appdb.base import Base

PROVIDER = "credential"
"""What Better Auth calls a password in the column `provider_id`."""

COST, BLOCK_SIZE, PARALLELISM, KEY_BYTES, SALT_BYTES = 16384, 16, 1, 64, 16

AnyUser = TypeVar("AnyUser", bound=Base)


def hash_password(password: str) -> str:
    """What Better Auth stores of a password: a random salt, a colon and the scrypt key, both in hexadecimal digits."""
    salt = secrets.token_hex(SALT_BYTES)
    return f"{salt}:{_key(password, salt)}"


def verify_password(password: str, stored: str) -> bool:
    """Whether `stored`, which Better Auth or `hash_password` has made, is of this password."""
    salt, _, key = stored.partition(":")
    return hmac.compare_digest(_key(password, salt).encode(), key.encode())


def seed_user(session: Session, user: AnyUser, password: str) -> AnyUser:
    """Add a user who can sign in through Better Auth; the caller commits.

    Better Auth looks for email addresses in small letters, so `user.email` becomes that. A front end that asks for
    verified addresses needs ``email_verified=True`` in `user`.

    Args:
        session: where the user and the account with the password are added.
        user: a new object of Better Auth's user model.
        password: of at most 128 characters, unless Better Auth is told to take more; a short one is taken, too.

    Returns:
        `user`, with its id.
    """
    account_model = _account_model()
    found: Any = user
    if hasattr(found, "email"):
        found.email = found.email.lower()
    session.add(user)
    session.flush()
    hashed = hash_password(password)
    session.add(account_model(user_id=found.id, account_id=str(found.id), provider_id=PROVIDER, password=hashed))
    session.flush()
    return user


def _key(password: str, salt: str) -> str:
    # The salt is the text of its digits, not the bytes that they stand for.
    key = hashlib.scrypt(
        unicodedata.normalize("NFKC", password).encode(),
        salt=salt.encode(),
        n=COST,
        r=BLOCK_SIZE,
        p=PARALLELISM,
        maxmem=2 * 128 * COST * BLOCK_SIZE,
        dklen=KEY_BYTES,
    )
    return key.hex()


def _account_model() -> type[Base]:
    """The model of Better Auth's accounts, which it may have been told to call otherwise."""
    needed = {"user_id", "account_id", "provider_id", "password"}
    for mapper in Base.registry.mappers:
        if mapper.class_.__module__ == auth_schema.__name__ and needed <= set(mapper.attrs.keys()):
            model: type[Base] = mapper.class_
            return model
    raise LookupError(f"{auth_schema.__name__} has no model with the attributes {', '.join(sorted(needed))}")
