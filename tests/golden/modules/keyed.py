"""Keyed tables."""

import datetime as dt
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shopdb import types
from shopdb.base import Base
from shopdb.mixins import HasId, HasTimestamps, InOrganization


class KeyedRow(HasId, InOrganization, HasTimestamps, Base):
    __tablename__ = "keyed_rows"

    a_text: Mapped[str] = mapped_column(types.ShortText(), index=True)
    a_string: Mapped[str] = mapped_column(types.String(80), unique=True, index=True)
    an_int: Mapped[int] = mapped_column(index=True)
    a_bigint: Mapped[int] = mapped_column(BigInteger, unique=True, index=True)
    a_float: Mapped[float] = mapped_column(index=True)
    a_decimal: Mapped[Decimal] = mapped_column(types.Decimal(12, 4), unique=True, index=True)
    a_bool: Mapped[bool] = mapped_column(index=True)
    a_date: Mapped[dt.date] = mapped_column(unique=True, index=True)
    a_datetime: Mapped[dt.datetime] = mapped_column(index=True)
    a_time: Mapped[dt.time] = mapped_column(unique=True, index=True)
    a_uuid: Mapped[UUID] = mapped_column(unique=True, index=True)
    an_enum: Mapped[Literal["draft", "published"]] = mapped_column(unique=True, index=True)
    a_user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
