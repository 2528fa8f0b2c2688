"""Deliveries: one row per person, item and version; what became of each mail."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
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
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel import clock
from portal.kernel.database import Base, UtcDateTime


class Delivery(Base):
    """A mail to one person. Its Message-ID is stable, so that a second try is recognised."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("user_id", "subject_key", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    mail: Mapped[str] = mapped_column(String(40))  # which mail; see notify.mails
    subject_key: Mapped[str] = mapped_column(String(80))  # what it is about: «invitation:12»
    version: Mapped[int] = mapped_column(Integer, default=1)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    # Which item it tells of, for the report on whom the item reached.
    content_id: Mapped[int | None] = mapped_column(Integer, index=True)
    # waiting → sending → sent: the mail server took it; refused: it did not, for good; bounced:
    # sent back later, see `bounces`; none: no address; moot: untrue when its turn came.
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    tries: Mapped[int] = mapped_column(Integer, default=0)
    # How often it was sent again because a crash left its fate unknown.
    repeats: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(Text, default="")


class Notice(Base):
    """What the portal tells one person: in the bell, and by mail as she chose.

    One row per person, thing and version, so that nothing is told twice.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("user_id", "about", "version"),
        Index("ix_notice_user", "user_id", "id"),
        Index(
            "ix_notice_unread",
            "user_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
        Index(
            "ix_notice_daily",
            "user_id",
            sqlite_where=text("mail = 'daily' AND mailed_at IS NULL"),
            postgresql_where=text("mail = 'daily' AND mailed_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[str] = mapped_column(String(30))  # see notify.notices
    about: Mapped[str] = mapped_column(String(80))  # «content:12», «comment:7»
    version: Mapped[int] = mapped_column(Integer, default=1)
    content_id: Mapped[int | None] = mapped_column(
        ForeignKey("content.id", ondelete="CASCADE"), index=True
    )
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # ids and times
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # She may not read what it is about at the moment: not counted. Kept true by `notify.hiding`.
    is_hidden: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    mail: Mapped[str] = mapped_column(String(6), default="")  # now, daily; empty: none
    mailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # queued as a mail, or in one
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"))  # of the digest


class Follow(Base):
    """What a person chose to be told of, or not to be: a space, a topic or somebody's texts."""

    __tablename__ = "follow"
    __table_args__ = (
        CheckConstraint(
            "(space_id IS NOT NULL AND topic_id IS NULL AND person_id IS NULL) OR "
            "(space_id IS NULL AND topic_id IS NOT NULL AND person_id IS NULL) OR "
            "(space_id IS NULL AND topic_id IS NULL AND person_id IS NOT NULL)",
            name="one_thing",
        ),
        Index("uq_follow_space", "user_id", "space_id", unique=True),
        Index("uq_follow_topic", "user_id", "topic_id", unique=True),
        Index("uq_follow_person", "user_id", "person_id", unique=True),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"), index=True)
    topic_id: Mapped[int | None] = mapped_column(
        ForeignKey("topic.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    mail: Mapped[str] = mapped_column(String(6))  # now, daily, portal (the bell alone), off


class NoticeChoice(Base):
    """How a person wants to be told of one kind of thing, where no follow says it."""

    __tablename__ = "notice_choice"
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(30), primary_key=True)
    mail: Mapped[str] = mapped_column(String(6))  # now, daily, portal, off


class ReturnedMail(Base):
    """A mail of the mailbox for what comes back that was read: none is read twice."""

    __tablename__ = "returned_mail"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)  # its name there, hashed
