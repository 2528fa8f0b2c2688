"""Spaces, and who holds which role in them."""

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel import clock
from portal.kernel.database import Base, UtcDateTime


class Space(Base):
    """A place with members. It says whether texts need review, and by whom."""

    __tablename__ = "space"
    KINDS = ("intranet", "extranet", "workspace", "organisation")
    JOINING = ("invitation", "request", "open")  # how people come in
    NAME_MAX = 120
    PURPOSE_MAX = 600
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name_bg: Mapped[str] = mapped_column(String(NAME_MAX))
    name_en: Mapped[str] = mapped_column(String(NAME_MAX))
    purpose: Mapped[str] = mapped_column(Text, default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    review_required: Mapped[bool] = mapped_column(Boolean, default=False)
    # Who approves; None: any editor of the space.
    reviewers_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"))
    is_listed: Mapped[bool] = mapped_column(Boolean, default=True)
    joining: Mapped[str] = mapped_column(
        String(12), default="invitation", server_default="invitation"
    )
    # The keys of what is switched on (spaces.features), parted by blanks.
    features: Mapped[str] = mapped_column(String(200), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Membership(Base):
    """A person, group or organisation holds a role in a space, perhaps until a day."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint(
            "(user_id IS NOT NULL AND group_id IS NULL AND organisation_id IS NULL) OR "
            "(user_id IS NULL AND group_id IS NOT NULL AND organisation_id IS NULL) OR "
            "(user_id IS NULL AND group_id IS NULL AND organisation_id IS NOT NULL)",
            name="one_holder",
        ),
        Index("uq_membership_user", "space_id", "user_id", unique=True),
        Index("uq_membership_group", "space_id", "group_id", unique=True),
        Index("uq_membership_organisation", "space_id", "organisation_id", unique=True),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[int] = mapped_column(Integer)  # access.Role
    until: Mapped[date | None] = mapped_column(Date)  # the last day
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
