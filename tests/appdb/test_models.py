"""What a model gets from `Base` and the mixins."""

import datetime as dt
import decimal
import time
import uuid
from typing import Any, Literal

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.schema import CreateTable

from appdb import types
from appdb.auth_schema import Organization
from appdb.base import Base
from appdb.constraints import digest
from appdb.defaults import new_id, uuid7
from appdb.errors import UnknownEnumValueError
from appdb.mixins import HasId, HasTimestamps, InOrganization


class Colour:
    """A mixin of somebody's own."""

    colour: Mapped[Literal["red", "blue"]] = mapped_column(default="red")


class Post(HasId, InOrganization, HasTimestamps, Colour, Base):
    __tablename__ = "test_posts"

    title: Mapped[str]
    status: Mapped[Literal["draft", "it's"] | None]
    order: Mapped[str] = mapped_column(types.Enum("asc", "desc"), default="asc")
    meta: Mapped[dict[str, Any] | None]
    later_id: Mapped[str | None] = mapped_column(sa.ForeignKey("test_later.id", ondelete="SET NULL"), index=True)


class Later(HasId, Base):
    __tablename__ = "test_later"

    kind: Mapped[str] = mapped_column(default="base")
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "base"}  # noqa: RUF012


class Latest(Later):
    size: Mapped[Literal["s", "m"] | None]
    __mapper_args__ = {"polymorphic_identity": "latest"}  # noqa: RUF012


class VeryLong(HasId, Base):
    __tablename__ = "test_a_table_whose_name_is_as_long_as_a_name_can_be_or_so"

    an_equally_long_column_name: Mapped[Literal["a", "b"]]
    post_id: Mapped[str] = mapped_column(sa.ForeignKey("test_posts.id"), index=True)


def of_this_module(metadata: sa.MetaData = Base.metadata) -> list[sa.Table]:
    wanted = ("test_posts", "test_later", VeryLong.__tablename__, "organizations")
    return [metadata.tables[name] for name in wanted]


def test_columns_stand_in_the_houses_order():
    names = [column.name for column in Post.__table__.columns]
    assert names[0] == "id"
    assert names[-3:] == ["organization_id", "created_at", "updated_at"]
    assert {"title", "status", "colour"} < set(names[1:-3])


def test_python_types_become_the_houses_types():
    class Anything(HasId, Base):
        __tablename__ = "test_anything"
        a: Mapped[str]
        b: Mapped[bool]
        c: Mapped[float | None]
        d: Mapped[decimal.Decimal]
        e: Mapped[dt.datetime]
        f: Mapped[dt.date]
        g: Mapped[dt.time]
        h: Mapped[dict[str, Any]]
        i: Mapped[list[Any] | None]
        j: Mapped[uuid.UUID]
        k: Mapped[bytes]
        m: Mapped[Literal["x", "y"]]
        n: Mapped[int]

    found = [repr(column.type) for column in Anything.__table__.columns][1:]
    Base.metadata.remove(Anything.__table__)
    assert found == [
        *("Text()", "Boolean()", "Real()", "Decimal(12, 2)", "EpochSeconds()", "Date()", "Time()"),
        *("Json()", "Json()", "Uuid()", "Bytes()", "Enum('x', 'y')", "Integer()"),
    ]


def test_names_are_drizzles():
    table = Post.__table__
    assert isinstance(table, sa.Table)
    assert {key.name for key in table.foreign_key_constraints} == {
        "test_posts_organization_id_organizations_id_fk",
        "test_posts_later_id_test_later_id_fk",
    }
    assert {index.name for index in table.indexes} == {"test_posts_organization_id_idx", "test_posts_later_id_idx"}
    assert table.primary_key.name == "test_posts_pkey"


def test_names_of_several_columns_are_joined_by_underscores():
    sa.Table("test_parent", Base.metadata, sa.Column("a", sa.Integer), sa.Column("b", sa.Integer))
    child = sa.Table(
        "test_child",
        Base.metadata,
        sa.Column("x", sa.Integer),
        sa.Column("y", sa.Integer),
        sa.UniqueConstraint("x", "y"),
        sa.ForeignKeyConstraint(["x", "y"], ["test_parent.a", "test_parent.b"]),
        sa.CheckConstraint("x > 0", name="positive"),
    )
    names = {constraint.name for constraint in child.constraints if constraint.name}
    Base.metadata.remove(child)
    Base.metadata.remove(Base.metadata.tables["test_parent"])
    assert names == {
        *("test_child_x_y_test_parent_a_b_fk", "test_child_x_y_unique", "test_child_positive_check"),
        "test_child_pkey",
    }


LONG = f"{VeryLong.__tablename__}_an_equally_long_column_name"
ITS = ["draft", "it's"]


def test_every_enum_column_has_one_check_that_carries_its_values():
    names = {c.name for table in of_this_module() for c in table.constraints if isinstance(c, sa.CheckConstraint)}
    assert names == {
        f"test_posts_colour_{digest(['red', 'blue'])}_check",
        f"test_posts_status_{digest(ITS)}_check",
        f"test_posts_order_{digest(['asc', 'desc'])}_check",
        f"test_later_size_{digest(['s', 'm'])}_check",
        f"{VeryLong.__tablename__[:43]}_{digest([LONG])}_{digest(['a', 'b'])}_check",
    }
    assert "CHECK (status IN ('draft', 'it''s'))" in str(CreateTable(Post.__table__))


def test_the_digest_changes_with_the_values_and_their_order():
    assert len({digest(values) for values in (["a", "b"], ["b", "a"], ["a"], ["ab"], ["a", "b", "c"])}) == 5


def test_rows_of_every_model_can_be_stored(engine):
    Base.metadata.create_all(engine, of_this_module())
    with Session(engine) as db:
        db.add(Organization(id="o1", name="O", slug="o"))
        db.flush()
        post = Post(title="t", organization_id="o1", status="it's", meta={"a": 1})
        db.add_all([post, Latest(size="m")])
        db.commit()
        db.add(VeryLong(an_equally_long_column_name="a", post_id=post.id))
        db.commit()
        assert (post.colour, post.order, post.meta, len(post.id)) == ("red", "asc", {"a": 1}, 36)
        assert post.created_at.utcoffset() == dt.timedelta(0)


def test_the_database_refuses_what_is_not_in_the_enum(engine):
    Base.metadata.create_all(engine, of_this_module())
    name = VeryLong.__tablename__
    with Session(engine) as db:
        db.add_all([Organization(id="o1", name="O", slug="o"), Later(id="l1")])
        db.flush()
        db.add(Post(id="p1", title="t", organization_id="o1"))
        db.commit()
        with pytest.raises(UnknownEnumValueError):
            db.execute(sa.update(Post).values(status="gone"))
        db.rollback()
        for statement in (
            "UPDATE test_posts SET status = 'gone'",
            "UPDATE test_posts SET colour = ''",
            "UPDATE test_later SET size = 'xl'",
            f"INSERT INTO {name} (id, an_equally_long_column_name, post_id) VALUES ('v', 'c', 'p1')",
        ):
            with pytest.raises(DatabaseError):
                db.execute(sa.text(statement))
            db.rollback()


def test_updated_at_changes_with_the_row_and_created_at_does_not(engine):
    Base.metadata.create_all(engine, of_this_module())
    long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    with Session(engine) as db:
        db.add(Organization(id="o1", name="O", slug="o"))
        db.flush()
        post = Post(title="t", organization_id="o1", created_at=long_ago, updated_at=long_ago)
        db.add(post)
        db.commit()
        post.title = "changed"
        db.commit()
        assert post.created_at == long_ago
        assert dt.datetime.now(dt.UTC) - post.updated_at < dt.timedelta(minutes=1)


def test_an_organizations_rows_go_with_it(engine):
    Base.metadata.create_all(engine, of_this_module())
    with Session(engine) as db:
        db.add_all([Organization(id="o1", name="O", slug="o"), Later(id="l1")])
        db.flush()
        db.add(Post(title="t", organization_id="o1", later_id="l1"))
        db.commit()
        db.execute(sa.delete(Later))
        assert db.scalars(sa.select(Post.later_id)).one() is None
        db.execute(sa.delete(Organization))
        assert db.scalars(sa.select(Post)).all() == []


def test_ids_sort_by_time_and_cannot_be_guessed():
    first = new_id()
    time.sleep(0.002)
    second = new_id()
    assert first < second
    made = [uuid7() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert {(one.version, one.variant) for one in made} == {(7, uuid.RFC_4122)}
    assert abs(int(made[0].hex[:12], 16) / 1000 - time.time()) < 60
