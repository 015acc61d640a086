"""What every domain table has: an id, its organization, its timestamps.

`sort_order` puts the id before a model's own columns and the rest after them, in whatever order the mixins are named.
"""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from appdb import types
from appdb.auth_schema import ORGANIZATIONS
from appdb.defaults import new_id, utc_now


class HasId:
    """A primary key that Python makes: a UUID of version 7, as text."""

    id: Mapped[str] = mapped_column(types.Id, primary_key=True, default=new_id, sort_order=-100)


class InOrganization:
    """A row that belongs to one organization and goes with it."""

    organization_id: Mapped[str] = mapped_column(
        ForeignKey(f"{ORGANIZATIONS}.id", ondelete="CASCADE"), index=True, sort_order=100
    )


class HasTimestamps:
    """When a row was made and when it last changed. Like the original's, they have no database default."""

    created_at: Mapped[datetime] = mapped_column(default=utc_now, sort_order=101)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now, sort_order=102)
