"""Better Auth's tables, from the TypeScript schema that its command line generates.

Better Auth decides what is in here: change its configuration, generate its schema anew, and let `scaffold auth sync`
write this file. A missing column, an extra NOT NULL one, a foreign key without its cascade or seconds in a
milliseconds column break it.

Where Drizzle's DDL has a default, the column has it too; Python brings its own value all the same, because
``unixepoch('subsecond')`` is NULL before SQLite 3.42.
"""

import datetime as dt

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from appdb import types
from appdb.base import Base
from appdb.constraints import unique
from appdb.defaults import new_id, utc_now

# scaffold: digest 8fe702d48f8eb3a3

__all__ = ["Account", "Invitation", "Member", "Organization", "Session", "User", "Verification"]

ORGANIZATIONS = "organizations"
"""The table that `appdb.mixins.InOrganization` refers to."""


class User(Base):
    """Somebody who can sign in."""

    __tablename__ = "users"
    __table_args__ = (*unique("users_email_unique", "email"),)

    id: Mapped[str] = mapped_column(types.Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(types.ShortText)
    email: Mapped[str] = mapped_column(types.ShortText)
    email_verified: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    image: Mapped[str | None]
    created_at: Mapped[dt.datetime] = mapped_column(
        types.EpochMilliseconds, default=utc_now, server_default=types.EpochMilliseconds.now()
    )
    updated_at: Mapped[dt.datetime] = mapped_column(
        types.EpochMilliseconds, default=utc_now, onupdate=utc_now, server_default=types.EpochMilliseconds.now()
    )


class Session(Base):
    """A signed-in browser."""

    __tablename__ = "sessions"
    __table_args__ = (*unique("sessions_token_unique", "token"), Index("sessions_userId_idx", "user_id"))

    id: Mapped[str] = mapped_column(types.Id, primary_key=True, default=new_id)
    expires_at: Mapped[dt.datetime] = mapped_column(types.EpochMilliseconds)
    token: Mapped[str] = mapped_column(types.ShortText)
    created_at: Mapped[dt.datetime] = mapped_column(
        types.EpochMilliseconds, default=utc_now, server_default=types.EpochMilliseconds.now()
    )
    updated_at: Mapped[dt.datetime] = mapped_column(types.EpochMilliseconds, default=utc_now, onupdate=utc_now)
    ip_address: Mapped[str | None]
    user_agent: Mapped[str | None]
    user_id: Mapped[str] = mapped_column(types.Id, ForeignKey("users.id", ondelete="CASCADE"))
    active_organization_id: Mapped[str | None]


class Account(Base):
    """A way to sign in: a password, or an identity at a provider."""

    __tablename__ = "accounts"
    __table_args__ = (Index("accounts_userId_idx", "user_id"),)

    id: Mapped[str] = mapped_column(types.Id, primary_key=True, default=new_id)
    account_id: Mapped[str]
    provider_id: Mapped[str]
    user_id: Mapped[str] = mapped_column(types.Id, ForeignKey("users.id", ondelete="CASCADE"))
    access_token: Mapped[str | None]
    refresh_token: Mapped[str | None]
    id_token: Mapped[str | None]
    access_token_expires_at: Mapped[dt.datetime | None] = mapped_column(types.EpochMilliseconds)
    refresh_token_expires_at: Mapped[dt.datetime | None] = mapped_column(types.EpochMilliseconds)
    scope: Mapped[str | None]
    password: Mapped[str | None]
    created_at: Mapped[dt.datetime] = mapped_column(
        types.EpochMilliseconds, default=utc_now, server_default=types.EpochMilliseconds.now()
    )
    updated_at: Mapped[dt.datetime] = mapped_column(types.EpochMilliseconds, default=utc_now, onupdate=utc_now)


class Verification(Base):
    """A code that was sent to somebody."""

    __tablename__ = "verifications"
    __table_args__ = (Index("verifications_identifier_idx", "identifier"),)

    id: Mapped[str] = mapped_column(types.Id, primary_key=True, default=new_id)
    identifier: Mapped[str] = mapped_column(types.ShortText)
    value: Mapped[str]
    expires_at: Mapped[dt.datetime] = mapped_column(types.EpochMilliseconds)
    created_at: Mapped[dt.datetime] = mapped_column(
        types.EpochMilliseconds, default=utc_now, server_default=types.EpochMilliseconds.now()
    )
    updated_at: Mapped[dt.datetime] = mapped_column(
        types.EpochMilliseconds, default=utc_now, onupdate=utc_now, server_default=types.EpochMilliseconds.now()
    )


class Organization(Base):
    """A tenant."""

    __tablename__ = "organizations"
    __table_args__ = (*unique("organizations_slug_unique", "slug"),)

    id: Mapped[str] = mapped_column(types.Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(types.ShortText)
    slug: Mapped[str] = mapped_column(types.ShortText)
    logo: Mapped[str | None]
    created_at: Mapped[dt.datetime] = mapped_column(types.EpochMilliseconds, default=utc_now)
    metadata_: Mapped[str | None] = mapped_column("metadata")


class Member(Base):
    """A user's place in an organization."""

    __tablename__ = "members"
    __table_args__ = (Index("members_organizationId_idx", "organization_id"), Index("members_userId_idx", "user_id"))

    id: Mapped[str] = mapped_column(types.Id, primary_key=True, default=new_id)
    organization_id: Mapped[str] = mapped_column(types.Id, ForeignKey("organizations.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(types.Id, ForeignKey("users.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(types.ShortText, default="member", server_default="member")
    created_at: Mapped[dt.datetime] = mapped_column(types.EpochMilliseconds, default=utc_now)


class Invitation(Base):
    """A place in an organization that is offered to an email address."""

    __tablename__ = "invitations"
    __table_args__ = (
        Index("invitations_organizationId_idx", "organization_id"),
        Index("invitations_email_idx", "email"),
    )

    id: Mapped[str] = mapped_column(types.Id, primary_key=True, default=new_id)
    organization_id: Mapped[str] = mapped_column(types.Id, ForeignKey("organizations.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(types.ShortText)
    role: Mapped[str | None] = mapped_column(types.ShortText)
    status: Mapped[str] = mapped_column(types.ShortText, default="pending", server_default="pending")
    expires_at: Mapped[dt.datetime] = mapped_column(types.EpochMilliseconds)
    created_at: Mapped[dt.datetime] = mapped_column(
        types.EpochMilliseconds, default=utc_now, server_default=types.EpochMilliseconds.now()
    )
    inviter_id: Mapped[str] = mapped_column(types.Id, ForeignKey("users.id", ondelete="CASCADE"))
