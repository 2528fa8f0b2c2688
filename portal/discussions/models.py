"""Topics that a space talks about, how each stands, and what was decided."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.content.models import Revision
from portal.kernel import clock
from portal.kernel.database import Base, UtcDateTime


class DiscussionRevision(Revision):
    """One text of a topic: what is asked or proposed. Its replies are comments."""

    __tablename__ = "discussion_revision"
    id: Mapped[int] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True)
    body: Mapped[str] = mapped_column(Text, default="")  # sanitised HTML

    __mapper_args__ = {"polymorphic_identity": "discussion"}


class Discussion(Base):
    """How a topic stands that its readers see, so that lists need not count its replies.

    Only what is said at home counts: what is said of it in another space is no business of these.
    """

    __tablename__ = "discussion"
    __table_args__ = (
        Index("ix_discussion_list", "space_id", "last_at", "content_id"),
        Index("ix_discussion_latest", "last_at", "content_id"),
    )
    content_id: Mapped[int] = mapped_column(
        ForeignKey("content.id", ondelete="CASCADE"), primary_key=True
    )
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    replies: Mapped[int] = mapped_column(Integer, default=0)  # without the hidden ones
    last_id: Mapped[int | None] = mapped_column(Integer)  # of the last reply that is not hidden
    # Who wrote that, and when; before any reply, who began the topic.
    last_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Resolution(Base):
    """What was decided on a topic: a reply, or words of their own. One at a time is in force.

    The words of a reply are kept as they were marked: its author may still correct it.
    """

    __tablename__ = "resolution"
    __table_args__ = (
        Index(
            "uq_resolution_in_force",
            "content_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_resolution_list", "space_id", "day", "id"),
    )
    TEXT_MAX = 3000
    id: Mapped[int] = mapped_column(primary_key=True)
    content_id: Mapped[int] = mapped_column(ForeignKey("content.id", ondelete="CASCADE"))
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))  # the topic's home
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text)
    day: Mapped[date] = mapped_column(Date)  # on which it was decided
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))  # who marked it
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class DiscussionFollow(Base):
    """Somebody wants to be told of each reply, or, having spoken there, not any more."""

    __tablename__ = "discussion_follow"
    content_id: Mapped[int] = mapped_column(
        ForeignKey("content.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    is_on: Mapped[bool] = mapped_column(Boolean)
