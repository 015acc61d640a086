"""Add optional tables."""

import datetime as dt
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shopdb import types
from shopdb.base import Base
from shopdb.mixins import HasId, HasTimestamps, InOrganization


class AddOptional(HasId, InOrganization, HasTimestamps, Base):
    __tablename__ = "add_optional"

    a_text: Mapped[str | None]
    a_string: Mapped[str | None] = mapped_column(types.String(80))
    an_int: Mapped[int | None]
    a_bigint: Mapped[int | None] = mapped_column(BigInteger)
    a_float: Mapped[float | None]
    a_decimal: Mapped[Decimal | None] = mapped_column(types.Decimal(12, 4))
    a_bool: Mapped[bool | None]
    a_date: Mapped[dt.date | None]
    a_datetime: Mapped[dt.datetime | None]
    a_time: Mapped[dt.time | None]
    a_json: Mapped[dict[str, Any] | None]
    a_uuid: Mapped[UUID | None]
    a_bytes: Mapped[bytes | None]
    an_enum: Mapped[Literal["draft", "published"] | None]
    a_user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
