"""What readers keep for themselves, and how many they are."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel import clock
from portal.kernel.database import Base, UtcDateTime


class Bookmark(Base):
    """An item that a person keeps at hand."""

    __tablename__ = "bookmark"
    __table_args__ = (Index("ix_bookmark_user", "user_id", "at"),)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    content_id: Mapped[int] = mapped_column(
        ForeignKey("content.id", ondelete="CASCADE"), primary_key=True
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class ContentReader(Base):
    """Somebody opened an item. Counted, never named: the mark is an HMAC of person and item."""

    __tablename__ = "content_reader"
    content_id: Mapped[int] = mapped_column(
        ForeignKey("content.id", ondelete="CASCADE"), primary_key=True
    )
    mark: Mapped[str] = mapped_column(String(32), primary_key=True)
