"""No tenant tables."""

from sqlalchemy.orm import Mapped

from shopdb.base import Base
from shopdb.mixins import HasId, HasTimestamps


# scaffold: allow=missing-organization the same for everybody
class NoTenant(HasId, HasTimestamps, Base):
    __tablename__ = "no_tenant"

    name: Mapped[str]
