"""Analytics tables."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shopdb.base import Base
from shopdb.mixins import HasId, HasTimestamps, InOrganization


class PageView(HasId, InOrganization, HasTimestamps, Base):
    __tablename__ = "page_views"

    path: Mapped[str]
    user_agent: Mapped[str | None]
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
