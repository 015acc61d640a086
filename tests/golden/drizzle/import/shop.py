"""Shop tables."""

import datetime as dt
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import conv

from shopdb import types
from shopdb.base import Base
from shopdb.constraints import unique
from shopdb.defaults import utc_now, uuid7
from shopdb.mixins import HasTimestamps


class Shop(Base):
    __tablename__ = "shops"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7, server_default=text("gen_random_uuid()"))
    name: Mapped[str] = mapped_column(types.String(80))
    owner: Mapped[str | None]


class Product(HasTimestamps, Base):
    __tablename__ = "products"
    __table_args__ = (
        *unique("slugs", "slug"),
        *unique("products_shop_id_colour_unique", "shop_id", "colour"),
        Index(
            "products_shop_slug",
            "shop_id",
            text("slug DESC NULLS LAST"),
            unique=True,
            sqlite_where=text("slug is not null"),
            postgresql_where=text("slug is not null"),
        ),
        Index("products_lower", text("lower(slug)")),
        CheckConstraint("price >= 0", name=conv("positive")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(ForeignKey("shops.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    colour: Mapped[Literal["red", "blue"]] = mapped_column(server_default="red")
    size: Mapped[Literal["s", "m"] | None] = mapped_column(types.String(2))
    state: Mapped[Literal["new", "it's"]] = mapped_column(Enum("new", "it's", name="state"), server_default="new")
    price: Mapped[Decimal | None] = mapped_column(types.Decimal(10, 2), server_default=text("0.50"))
    tags: Mapped[list[str]] = mapped_column(types.Array("text"), server_default=text("'{}'"))
    doc: Mapped[dict[str, Any] | None] = mapped_column(server_default=types.Json.default({"a": [1, None, True]}))
    at: Mapped[dt.datetime | None] = mapped_column(
        types.Timestamp(3, zone=True), default=utc_now, server_default=types.EpochMilliseconds.now()
    )
    total: Mapped[int | None] = mapped_column(Computed("id * 2", persisted=True))
    slug: Mapped[str | None] = mapped_column(types.ShortText())
    score: Mapped[int | None] = mapped_column(BigInteger, server_default=text("-1"))


class Tagged(Base):
    __tablename__ = "tagged"
    __table_args__ = (
        PrimaryKeyConstraint("product_id", "shop_id", name="tagged_product_id_shop_id_pk"),
        ForeignKeyConstraint(["product_id"], ["products.id"], ondelete="CASCADE", name="tagged_fk"),
    )

    product_id: Mapped[int]
    shop_id: Mapped[UUID]
