"""Every type tables."""

import datetime as dt
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shopdb import types
from shopdb.base import Base
from shopdb.mixins import HasId, HasTimestamps, InOrganization


class EveryType(HasId, InOrganization, HasTimestamps, Base):
    __tablename__ = "every_type"

    a_text: Mapped[str]
    a_string: Mapped[str] = mapped_column(types.String(80))
    an_int: Mapped[int]
    a_bigint: Mapped[int] = mapped_column(BigInteger)
    a_float: Mapped[float]
    a_decimal: Mapped[Decimal] = mapped_column(types.Decimal(12, 4))
    a_bool: Mapped[bool]
    a_date: Mapped[dt.date]
    a_datetime: Mapped[dt.datetime]
    a_time: Mapped[dt.time]
    a_json: Mapped[dict[str, Any]]
    a_uuid: Mapped[UUID]
    a_bytes: Mapped[bytes]
    an_enum: Mapped[Literal["draft", "published"]]
    a_user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
