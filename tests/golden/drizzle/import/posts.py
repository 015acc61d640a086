"""Posts tables."""

from typing import Literal

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shopdb.base import Base
from shopdb.mixins import HasId, HasTimestamps


class Post(HasId, HasTimestamps, Base):
    __tablename__ = "posts"

    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    status: Mapped[Literal["draft", "published", "archived"]] = mapped_column(server_default="draft")
    metadata_: Mapped[str | None] = mapped_column("metadata")
