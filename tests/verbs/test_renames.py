"""Renames in modules that people wrote in ways of their own: whatever means a table or a column follows."""

import pytest

from tests.projects import TestProject

BLOG = '''\
"""Blog tables, written by hand."""

from __future__ import annotations

import typing as t
from typing import TYPE_CHECKING, List, Optional

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from shopdb.base import Base
from shopdb.mixins import HasId, HasTimestamps, InOrganization

if TYPE_CHECKING:
    from shopdb.tables.talk import Comment

post_tags = Table(
    "post_tags",
    Base.metadata,
    Column("post_id", ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True),
)


class Tag(HasId, Base):
    """A tag; posts have many."""

    __tablename__ = "tags"

    name: Mapped[str]
    posts: Mapped[List[Post]] = relationship(secondary="post_tags", back_populates="tags", order_by="desc(Post.rank)")


class Post(HasId, InOrganization, HasTimestamps, Base):
    """A post with a rank."""

    __tablename__ = "posts"
    __table_args__ = (
        CheckConstraint("rank >= 0 AND length(slug) > 0", name="posts_rank_check"),
        CheckConstraint(sa.text("rank <> 13 OR slug = 'rank'"), name="not_thirteen"),
        UniqueConstraint("organization_id", "slug", name="posts_organization_id_slug_unique"),
        Index("posts_rank_slug_idx", "rank", "slug", sqlite_where=text("rank > 1"), postgresql_where=text("rank > 1")),
        {"comment": "posts"},
    )

    slug: Mapped[str] = mapped_column(sa.String(80))
    rank: Mapped[int] = mapped_column(default=0)
    parent_id: Mapped[Optional[str]] = mapped_column(ForeignKey("posts.id", ondelete="SET NULL"), index=True)

    place: Mapped[int] = synonym("rank")
    tags: Mapped[list["Tag"]] = relationship(secondary=post_tags, back_populates="posts")
    comments: Mapped[list["Comment"]] = relationship(
        "Comment", back_populates="post", order_by="Comment.created_at", cascade="all, delete-orphan"
    )
    best: Mapped[Comment | None] = relationship(
        primaryjoin="and_(Post.id == foreign(Comment.post_id), Comment.stars >= Post.rank)",
        viewonly=True,
        uselist=False,
    )
    children: Mapped[list["Post"]] = relationship(back_populates="parent", foreign_keys="Post.parent_id")
    parent: Mapped[t.Optional["Post"]] = relationship(
        back_populates="children", remote_side="Post.id", foreign_keys=lambda: Post.parent_id
    )

    @hybrid_property
    def is_top(self) -> bool:
        return self.rank > 10

    @is_top.inplace.expression
    @classmethod
    def _is_top_expression(cls) -> sa.ColumnElement[bool]:
        return cls.rank > 10

    def copy(self) -> Post:
        return Post(slug=self.slug, rank=self.rank)

    def above(self) -> sa.Select[tuple[Post]]:
        rank = self.rank
        return sa.select(Post).where(Post.rank > rank, Post.slug != "rank").order_by(Post.rank.desc())


Index("posts_late_idx", Post.rank, Post.created_at)
'''
TALK = '''\
"""Talk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from shopdb.base import Base
from shopdb.mixins import HasId, HasTimestamps
from shopdb.tables import blog
from shopdb.tables.blog import Post as BlogPost

if TYPE_CHECKING:
    from .blog import Post


class Comment(HasId, HasTimestamps, Base):
    __tablename__ = "comments"
    __table_args__ = (ForeignKeyConstraint(["post_id"], ["posts.id"], ondelete="CASCADE"),)

    post_id: Mapped[str] = mapped_column(index=True)
    stars: Mapped[int]

    post: Mapped["Post"] = relationship(back_populates="comments")
    near: Mapped[list["Post"]] = relationship(
        "Post",
        primaryjoin=lambda: foreign(blog.Post.rank) == Comment.stars,
        viewonly=True,
        order_by=lambda: [blog.Post.rank, BlogPost.slug],
    )
    far: Mapped[list["Post"]] = relationship(
        "shopdb.tables.blog.Post",
        primaryjoin="Comment.stars == foreign(shopdb.tables.blog.Post.rank)",
        viewonly=True,
    )
'''
EXPORTS = '''\
"""Every domain table, one export line each."""

from shopdb.tables.blog import Post as Post
from shopdb.tables.blog import Tag as Tag
from shopdb.tables.talk import Comment as Comment
'''
NOTHING = "The migrations make what the models say; there is nothing to generate.\n"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> TestProject:
    project = TestProject(tmp_path_factory.mktemp("renames") / "project")
    for name, text in (("blog", BLOG), ("talk", TALK), ("__init__", EXPORTS)):
        project.write(project.package / "tables" / f"{name}.py", text)
    project.ok("generate", "-m", "blog")
    return project


@pytest.fixture
def project(written: TestProject, tmp_path) -> TestProject:
    return written.copy(tmp_path / "project")


def works(project: TestProject) -> None:
    """The models import, their mappers find each other, and there is nothing left to generate."""
    project.python("import shopdb.schema, sqlalchemy.orm; sqlalchemy.orm.configure_mappers()")
    assert project.ok("generate", "--check") == NOTHING


def without(text: str, *words: str) -> str:
    for word in words:
        assert word in text
        text = text.replace(word, "")
    return text


def test_a_table(project: TestProject) -> None:
    project.ok("rename-table", "posts", "articles")
    works(project)
    blog, talk = project.table("blog"), project.table("talk")
    for new in (
        "class Article(",
        "Mapped[List[Article]]",
        'order_by="desc(Article.rank)"',
        '"and_(Article.id == foreign(Comment.post_id), Comment.stars >= Article.rank)"',
        'Mapped[t.Optional["Article"]]',
        "foreign_keys=lambda: Article.parent_id",
        "return Article(slug=self.slug, rank=self.rank)",
        'Index("posts_late_idx", Article.rank, Article.created_at)',
        'name="articles_organization_id_slug_unique"',
    ):
        assert new in blog
    for new in (
        "from shopdb.tables.blog import Article as BlogPost",
        "    from .blog import Article\n",
        '["articles.id"]',
        "foreign(blog.Article.rank) == Comment.stars",
        '"shopdb.tables.blog.Article"',
        "foreign(shopdb.tables.blog.Article.rank)",
    ):
        assert new in talk
    assert "Post" not in without(talk, "BlogPost")
    assert "Post" not in blog
    project.ok("undo")
    assert (project.table("blog"), project.table("talk")) == (BLOG, TALK)


def test_a_table_whose_class_keeps_its_name(project: TestProject) -> None:
    project.ok("rename-table", "posts", "entries", "--class", "Post")
    works(project)
    assert project.table("talk") == TALK.replace('"posts.id"', '"entries.id"')


def test_a_table_that_is_only_meant_by_annotations(project: TestProject) -> None:
    project.ok("rename-table", "comments", "remarks")
    works(project)
    blog = project.table("blog")
    assert "    from shopdb.tables.talk import Remark\n" in blog
    assert '"Remark", back_populates="post", order_by="Remark.created_at"' in blog
    assert "best: Mapped[Remark | None]" in blog
    assert "Comment" not in blog


def test_a_column(project: TestProject) -> None:
    project.ok("rename-column", "posts", "rank", "position")
    works(project)
    blog, talk = project.table("blog"), project.table("talk")
    for new in (
        "position: Mapped[int] = mapped_column(default=0)",
        'CheckConstraint("position >= 0 AND length(slug) > 0", name="posts_rank_check")',
        "\"position <> 13 OR slug = 'rank'\"",
        '"posts_position_slug_idx"',
        'sqlite_where=text("position > 1")',
        'synonym("position")',
        'order_by="desc(Post.position)"',
        "Comment.stars >= Post.position",
        "self.position > 10",
        "cls.position > 10",
        "Post(slug=self.slug, position=self.position)",
        "rank = self.position\n",
        'Post.position > rank, Post.slug != "rank"',
        'Index("posts_late_idx", Post.position, Post.created_at)',
    ):
        assert new in blog, new
    assert "blog.Post.position" in talk
    assert "rank" not in talk
    project.ok("undo")
    assert (project.table("blog"), project.table("talk")) == (BLOG, TALK)


def test_a_column_of_a_constraint(project: TestProject) -> None:
    project.ok("rename-column", "posts", "slug", "handle")
    works(project)
    assert 'UniqueConstraint("organization_id", "handle", name="posts_organization_id_handle_unique")' in project.table(
        "blog"
    )
    assert "BlogPost.handle" in project.table("talk")


def test_a_reserved_word_is_refused_where_sql_names_the_column(project: TestProject) -> None:
    before = project.tree()
    refused = project.run("rename-column", "posts", "rank", "order")
    assert refused.code == 2
    assert "'order' is a reserved word, and the SQL in src/shopdb/tables/blog.py:41 names the column" in refused.err
    assert "Try: scaffold rename-column posts rank order_column" in refused.err
    assert project.tree() == before


@pytest.mark.parametrize(("old", "new"), [("kind", "group"), ("order", "kind")])
def test_an_enum_to_a_reserved_word_and_back(tmp_path, old: str, new: str) -> None:
    project = TestProject(tmp_path / "project")
    project.ok("new-domain", "people", f"{old}:enum=a,b")
    assert "differed" not in project.ok("rename-column", "people", old, new)
    works(project)


def test_an_import_that_the_old_name_needed_goes_with_it(project: TestProject) -> None:
    project.ok("new-domain", "shop", "metadata:text:optional")
    module = project.package / "tables" / "shop.py"
    assert "import Mapped, mapped_column\n" in module.read_text()
    project.ok("rename-column", "shop", "metadata", "details")
    assert "import Mapped\n" in module.read_text()
    project.ok("rename-column", "shop", "details", "metadata")
    assert "import Mapped, mapped_column\n" in module.read_text()
