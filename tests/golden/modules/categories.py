"""Categories tables."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shopdb import types
from shopdb.base import Base
from shopdb.mixins import HasId, HasTimestamps, InOrganization


class Category(HasId, InOrganization, HasTimestamps, Base):
    __tablename__ = "categories"

    name: Mapped[str] = mapped_column(types.String(80), unique=True, index=True)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("categories.id", ondelete="SET NULL"), index=True)
    view_id: Mapped[str] = mapped_column(ForeignKey("page_views.id", ondelete="CASCADE"), index=True)
