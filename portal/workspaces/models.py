"""Who wants into a space: people who ask, and addresses that wait for an account."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.models import User
from portal.kernel import clock
from portal.kernel.database import Base, UtcDateTime

WAITING = "waiting"
_IS_WAITING = text("state = 'waiting'")


class JoinRequest(Base):
    """A person asks to be let into a space."""

    __tablename__ = "join_request"
    __table_args__ = (
        Index(
            "uq_join_request_waiting", "space_id", "user_id",
            unique=True, sqlite_where=_IS_WAITING, postgresql_where=_IS_WAITING,
        ),
    )  # fmt: skip
    STATES = (WAITING, "admitted", "declined", "withdrawn")
    WORDS_MAX = 300
    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    words: Mapped[str] = mapped_column(Text, default="")  # why she asks
    state: Mapped[str] = mapped_column(String(12), default=WAITING)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    answer: Mapped[str] = mapped_column(Text, default="")  # the managers' word
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class Invitation(Base):
    """An address whose owner has no account: she becomes a member when somebody gives her one.

    Managers invite; accounts are given by administrators, and by the coordinators of a partner.
    """

    __tablename__ = "space_invitation"
    __table_args__ = (
        Index(
            "uq_space_invitation_waiting", "space_id", "email",
            unique=True, sqlite_where=_IS_WAITING, postgresql_where=_IS_WAITING,
        ),
    )  # fmt: skip
    STATES = (WAITING, "admitted", "declined", "withdrawn")
    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    email: Mapped[str] = mapped_column(String(User.EMAIL_MAX))
    given: Mapped[str] = mapped_column(String(User.NAME_MAX), default="")
    family: Mapped[str] = mapped_column(String(User.NAME_MAX), default="")
    # Whose people the address belongs to, where its ending tells.
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[int] = mapped_column(Integer)  # access.Role
    until: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(12), default=WAITING)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # who came of it
