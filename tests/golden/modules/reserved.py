"""Reserved tables."""

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from shopdb import types
from shopdb.base import Base
from shopdb.mixins import HasId, HasTimestamps, InOrganization


class ReservedName(HasId, InOrganization, HasTimestamps, Base):
    __tablename__ = "reserved_names"

    metadata_: Mapped[dict[str, Any] | None] = mapped_column("metadata")
    registry_: Mapped[str] = mapped_column("registry")
    text_: Mapped[str] = mapped_column("text", types.ShortText(), server_default="x")
    types_: Mapped[str] = mapped_column("types", types.String(8))
    int_: Mapped[int] = mapped_column("int")
    str_: Mapped[str] = mapped_column("str")
    date: Mapped[dt.date]
    datetime: Mapped[dt.datetime]
    dt_: Mapped[dt.time | None] = mapped_column("dt")
    order: Mapped[int] = mapped_column(index=True)
    group: Mapped[str | None]
    mapped_column_: Mapped[int] = mapped_column("mapped_column", unique=True, index=True)
    uuid: Mapped[UUID | None]
    query: Mapped[str]
    type: Mapped[Literal["a", "b"]]
    counted: Mapped[int] = mapped_column(server_default=text("1"))
