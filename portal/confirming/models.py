"""«Запознат съм»: what is asked of whom by when, and who has confirmed it."""

from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Group, User
from portal.content.models import Content
from portal.kernel import clock
from portal.kernel.database import Base, UtcDateTime


class Requirement(Base):
    """An item asks people to confirm that they have read it, by a deadline.

    Written with the draft, asked when the text is released (`asked_at`). Asking again after a
    material change is a further round; the confirmations of the earlier ones stay on record.
    """

    __tablename__ = "requirement"
    __table_args__ = (
        UniqueConstraint("content_id", "round"),
        # At most one round of an item is open, beside it at most one that waits for a release.
        Index(
            "uq_requirement_open",
            "content_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL AND asked_at IS NOT NULL"),
            postgresql_where=text("ended_at IS NULL AND asked_at IS NOT NULL"),
        ),
        Index(
            "uq_requirement_wished",
            "content_id",
            unique=True,
            sqlite_where=text("asked_at IS NULL"),
            postgresql_where=text("asked_at IS NULL"),
        ),
    )
    ORDER_MAX = 120
    STANDING_DAYS_MAX = 365
    id: Mapped[int] = mapped_column(primary_key=True)
    # No cascade: what people confirmed is not thrown away with the item.
    content_id: Mapped[int] = mapped_column(ForeignKey("content.id"))
    round: Mapped[int] = mapped_column(Integer, default=1)
    deadline: Mapped[datetime] = mapped_column(UtcDateTime)
    # The order that makes the click valid, as the registry numbered it.
    order_number: Mapped[str] = mapped_column(String(ORDER_MAX), default="")
    # Who joins later is asked too, with so many days of her own; None: nobody after the deadline.
    standing_days: Mapped[int | None] = mapped_column(Integer)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: its text is a draft
    # Whoever is asked at the deadline stays asked: groups are followed until then.
    frozen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # taken back, or asked anew

    content: Mapped[Content] = relationship()
    targets: Mapped[list["RequirementTarget"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True
    )


class RequirementTarget(Base):
    """Of whom it is asked: a person, a unit or group with all below it, or a whole space."""

    __tablename__ = "requirement_target"
    __table_args__ = (
        CheckConstraint(
            "(user_id IS NOT NULL AND group_id IS NULL AND space_id IS NULL) OR "
            "(user_id IS NULL AND group_id IS NOT NULL AND space_id IS NULL) OR "
            "(user_id IS NULL AND group_id IS NULL AND space_id IS NOT NULL)",
            name="one_target",
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    requirement_id: Mapped[int] = mapped_column(
        ForeignKey("requirement.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"))


class Obligation(Base):
    """One person is asked. The worker keeps these rows equal to the targets until the deadline."""

    __tablename__ = "obligation"
    __table_args__ = (Index("ix_obligation_user", "user_id", "requirement_id"),)
    requirement_id: Mapped[int] = mapped_column(
        ForeignKey("requirement.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    deadline: Mapped[datetime] = mapped_column(UtcDateTime)  # her own, when it is standing
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # left the group before it
    # How far the chasing went: reminded before, reminded at the deadline, her head told.
    is_reminded: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    is_reminded_at_end: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    is_head_told: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class Confirmation(Base):
    """Somebody has read it: who she was then, which version, when and through which channel."""

    __tablename__ = "confirmation"
    __table_args__ = (UniqueConstraint("requirement_id", "user_id"),)
    CHANNELS = ("portal", "briefing", "paper")
    id: Mapped[int] = mapped_column(primary_key=True)
    requirement_id: Mapped[int] = mapped_column(ForeignKey("requirement.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    number: Mapped[int] = mapped_column(Integer)  # the version's, in its language
    language: Mapped[str] = mapped_column(String(5))
    channel: Mapped[str] = mapped_column(String(10), default="portal")
    # Whoever read it out at the briefing, and when that was.
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    read_out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # As they were at that moment: people marry, move and are promoted.
    name: Mapped[str] = mapped_column(String(3 * User.NAME_MAX + User.TITLE_MAX + 3))
    position: Mapped[str] = mapped_column(String(User.POSITION_MAX), default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"))
    unit_name: Mapped[str] = mapped_column(String(Group.NAME_MAX), default="")
