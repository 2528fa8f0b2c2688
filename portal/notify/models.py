"""Deliveries: one row per person, item and version; what became of each mail."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, String, Text, UniqueConstraint
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
    # waiting → sending → sent; refused by the receiver's server; none: has no address;
    # moot: no longer true when its turn came.
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    tries: Mapped[int] = mapped_column(Integer, default=0)
    # How often it was sent again because a crash left its fate unknown.
    repeats: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(Text, default="")
