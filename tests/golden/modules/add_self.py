"""Add self tables."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shopdb.base import Base
from shopdb.mixins import HasId, HasTimestamps, InOrganization


class AddSelf(HasId, InOrganization, HasTimestamps, Base):
    __tablename__ = "add_self"

    parent_id: Mapped[str | None] = mapped_column(ForeignKey("add_self.id", ondelete="SET NULL"), index=True)
