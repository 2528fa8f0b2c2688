"""Two logs, written in the transaction of the change that they tell of."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.database import Base, UtcDateTime


class JournalLine(Base):
    """Who did what to what, when. Ids only, never names or texts."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_item", "kind", "item_id", "id"),
        Index("ix_journal_actor", "actor_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(Integer)  # None: the system itself
    action: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(30))
    item_id: Mapped[int | None] = mapped_column(Integer)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    request: Mapped[str | None] = mapped_column(String(20))


class Change(Base):
    """Something searchable changed. Each index remembers up to which number it has followed."""

    __tablename__ = "content_change"
    __table_args__ = {"sqlite_autoincrement": True}  # numbers are never used again
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    item_id: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
