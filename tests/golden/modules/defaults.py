"""Defaults tables."""

import datetime as dt
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import BigInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from shopdb import types
from shopdb.base import Base
from shopdb.mixins import HasId, HasTimestamps, InOrganization


class Default(HasId, InOrganization, HasTimestamps, Base):
    __tablename__ = "defaults"

    empty_text: Mapped[str] = mapped_column(types.ShortText(), server_default="")
    quoted_text: Mapped[str] = mapped_column(types.ShortText(), server_default='it\'s "so" 100% \\n a:b')
    unicode_text: Mapped[str] = mapped_column(types.ShortText(), server_default="ключ ☃")
    default_string: Mapped[str] = mapped_column(types.String(8), server_default="x")
    default_int: Mapped[int] = mapped_column(server_default=text("-5"))
    default_bigint: Mapped[int] = mapped_column(BigInteger, server_default=text("9007199254740993"))
    default_float: Mapped[float] = mapped_column(server_default=text("2.5"))
    default_decimal: Mapped[Decimal] = mapped_column(types.Decimal(12, 4), server_default=text("-9.9000"))
    a_true: Mapped[bool] = mapped_column(server_default=text("true"))
    a_false: Mapped[bool] = mapped_column(server_default=text("false"))
    default_date: Mapped[dt.date] = mapped_column(server_default="2026-01-31")
    default_datetime: Mapped[dt.datetime] = mapped_column(
        server_default=types.EpochSeconds.default("2026-01-31T09:30:15Z")
    )
    default_time: Mapped[dt.time] = mapped_column(server_default="09:30:15")
    an_object: Mapped[dict[str, Any]] = mapped_column(
        server_default=types.Json.default({"a": [1, None, True, "it's : 100%"]})
    )
    a_list: Mapped[list[Any]] = mapped_column(server_default=types.Json.default([]))
    default_uuid: Mapped[UUID] = mapped_column(server_default="6f1c8f0e-5d0a-4d51-9a35-3f6d0a1b2c3d")
    default_bytes: Mapped[bytes] = mapped_column(server_default=types.Bytes.default("00ff"))
    default_enum: Mapped[Literal["draft", "in review", "it's"]] = mapped_column(server_default="it's")
