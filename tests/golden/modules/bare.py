"""Bare tables."""

from shopdb.base import Base
from shopdb.mixins import HasId, HasTimestamps, InOrganization


class Bare(HasId, InOrganization, HasTimestamps, Base):
    __tablename__ = "bare"
