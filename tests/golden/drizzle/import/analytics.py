"""Analytics tables."""

import datetime as dt

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shopdb.base import Base
from shopdb.defaults import utc_now
from shopdb.mixins import HasId


class PageView(HasId, Base):
    __tablename__ = "page_views"

    path: Mapped[str]
    user_agent: Mapped[str | None]
    ip_address: Mapped[str | None]
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
