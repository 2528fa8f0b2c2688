"""Everything people read: content, its revisions and where it is placed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.kernel import clock
from portal.kernel.database import Base, UtcDateTime
from portal.spaces.models import Space


class Life(StrEnum):
    """Where an item stands for its readers."""

    UNPUBLISHED = "unpublished"
    PUBLISHED = "published"
    ARCHIVED = "archived"
    TRASHED = "trashed"


class State(StrEnum):
    """Where one text of an item stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    SCHEDULED = "scheduled"
    LIVE = "live"
    SUPERSEDED = "superseded"


OPEN = (State.DRAFT, State.IN_REVIEW, State.RETURNED)
# The same in the words of the index `uq_revision_open`: only so is that index used, and the few
# open texts need not be looked for among all.
IS_OPEN = text("revision.state IN ('draft', 'in_review', 'returned')")
# A scheduled text is released: its item opens by the clock (visible_from), not by the worker.
RELEASED = (State.SCHEDULED, State.LIVE)


class Content(Base):
    """What no draft changes: kind, home, owner, address, life and visibility times.

    Title and summary are those of the live text, so that lists and the home feed read one table;
    before the first release they are those of the newest draft.
    """

    __tablename__ = "content"
    __table_args__ = (
        CheckConstraint("visible_until IS NULL OR visible_until > visible_from", name="times"),
        Index("ix_content_list", "kind", "visible_from", "id"),
        Index("ix_content_home", "home_id", "life"),
        Index("ix_content_feed", "visible_from", "id"),
    )
    TITLE_MAX = 200
    SUMMARY_MAX = 400
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    home_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    # Whether every contributor of the home writes on it, as its owner does.
    is_shared: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    slug: Mapped[str] = mapped_column(String(90))
    life: Mapped[Life] = mapped_column(String(12), default=Life.UNPUBLISHED)
    visible_from: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: never released
    visible_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    summary: Mapped[str] = mapped_column(String(SUMMARY_MAX), default="")
    title_en: Mapped[str | None] = mapped_column(String(TITLE_MAX))
    summary_en: Mapped[str | None] = mapped_column(String(SUMMARY_MAX))
    cover_id: Mapped[int | None] = mapped_column(Integer)  # the live text's picture, a file
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # Of the live text; before the first release, of the newest draft.
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    trashed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    life_before: Mapped[Life | None] = mapped_column(String(12))  # what restoring gives back
    # Where a text came from, for imports that must be safe to run twice.
    source: Mapped[str | None] = mapped_column(String(300), index=True)
    # Whether a page of it has more to ask for: spares the others a statement each.
    asks_confirmation: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    is_discussed: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    comments_closed: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())

    home: Mapped[Space] = relationship()
    owner: Mapped[User] = relationship()
    placements: Mapped[list["Placement"]] = relationship(
        back_populates="content", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def address(self) -> str:
        """The last part of its URL: a transliterated slug and the number."""
        return f"{self.slug}-{self.id}" if self.slug else str(self.id)

    def is_visible(self, now: datetime) -> bool:
        """Whether readers of its spaces may see it at a moment."""
        return (
            self.life in (Life.PUBLISHED, Life.ARCHIVED)
            and self.visible_from is not None
            and self.visible_from <= now
            and (self.visible_until is None or now < self.visible_until)
        )


class Revision(Base):
    """One text of an item in one language. Kinds add their fields by joined tables."""

    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("content_id", "language", "number"),
        # At most one open and one released text per item and language.
        Index(
            "uq_revision_open",
            "content_id",
            "language",
            unique=True,
            sqlite_where=text("state IN ('draft', 'in_review', 'returned')"),  # see IS_OPEN
            postgresql_where=text("state IN ('draft', 'in_review', 'returned')"),
        ),
        Index(
            "uq_revision_released",
            "content_id",
            "language",
            unique=True,
            sqlite_where=text("state IN ('scheduled', 'live')"),
            postgresql_where=text("state IN ('scheduled', 'live')"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    content_id: Mapped[int] = mapped_column(ForeignKey("content.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(30))
    language: Mapped[str] = mapped_column(String(5))
    number: Mapped[int] = mapped_column(Integer)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("revision.id", ondelete="SET NULL"))
    state: Mapped[State] = mapped_column(String(12), default=State.DRAFT)
    # Grows with each save; a form carries the one that it was opened on.
    saves: Mapped[int] = mapped_column(Integer, default=1)
    title: Mapped[str] = mapped_column(String(Content.TITLE_MAX))
    summary: Mapped[str] = mapped_column(String(Content.SUMMARY_MAX), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Chosen in the draft, taken by the item at release.
    wanted_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    wanted_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    content: Mapped[Content] = relationship()

    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_abstract": True}


class Folder(Base):
    """A folder of a space, perhaps within another one. Names differ beside one another."""

    __tablename__ = "folder"
    __table_args__ = (
        UniqueConstraint("parent_id", "name_key"),
        Index(
            "uq_folder_top",
            "space_id",
            "name_key",
            unique=True,
            sqlite_where=text("parent_id IS NULL"),
            postgresql_where=text("parent_id IS NULL"),
        ),
    )
    NAME_MAX = 120
    DEPTH_MAX = 12  # folders within folders
    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("folder.id"))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    name_key: Mapped[str] = mapped_column(String(NAME_MAX * 2))  # case folded
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Placement(Base):
    """An item in a space, perhaps in a folder there: one home and any number of further places."""

    __tablename__ = "placement"
    __table_args__ = (
        Index("ix_placement_space", "space_id", "content_id"),
        Index("ix_placement_folder", "space_id", "folder_id", "content_id"),
        Index(
            "ix_placement_pinned",
            "space_id",
            sqlite_where=text("pinned_at IS NOT NULL"),
            postgresql_where=text("pinned_at IS NOT NULL"),
        ),
    )
    content_id: Mapped[int] = mapped_column(
        ForeignKey("content.id", ondelete="CASCADE"), primary_key=True
    )
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), primary_key=True)
    is_home: Mapped[bool] = mapped_column(Boolean, default=False)
    pinned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    placed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    pin_rank: Mapped[int] = mapped_column(Integer, default=0, server_default="0")  # lowest first
    folder_id: Mapped[int | None] = mapped_column(ForeignKey("folder.id", ondelete="SET NULL"))

    content: Mapped[Content] = relationship(back_populates="placements")
    space: Mapped[Space] = relationship()


# How what is pinned in a space stands there: as its editors put it, else the newest pin first.
PIN_ORDER = (Placement.pin_rank, Placement.pinned_at.desc(), Placement.content_id.desc())


class Topic(Base):
    """A subject that items of every kind can be filed under."""

    __tablename__ = "topic"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name_bg: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))


class ContentTopic(Base):
    """The topics of an item's live text."""

    __tablename__ = "content_topic"
    content_id: Mapped[int] = mapped_column(
        ForeignKey("content.id", ondelete="CASCADE"), primary_key=True
    )
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), primary_key=True, index=True)


class RevisionTopic(Base):
    """The topics that a text asks for; taken by the item at release."""

    __tablename__ = "revision_topic"
    revision_id: Mapped[int] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True
    )
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), primary_key=True)


class Decision(Base):
    """A reviewer's word on a text: approved, or returned with a remark."""

    __tablename__ = "decision"
    REMARK_MAX = 2000
    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), index=True
    )
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    verdict: Mapped[str] = mapped_column(String(12))  # approved, returned
    saves: Mapped[int] = mapped_column(Integer)  # which state of the text was judged
    remark: Mapped[str] = mapped_column(Text, default="")
    via: Mapped[str] = mapped_column(String(10), default="portal", server_default="portal")  # mail


class Remark(Base):
    """A reviewer's word at one field of a text; part of a decision."""

    __tablename__ = "remark"
    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(
        ForeignKey("decision.id", ondelete="CASCADE"), index=True
    )
    field: Mapped[str] = mapped_column(String(40))
    # The passage it is about, as it stood then; empty when it is about the whole field.
    quote: Mapped[str] = mapped_column(Text, default="", server_default="")
    text: Mapped[str] = mapped_column(Text)
