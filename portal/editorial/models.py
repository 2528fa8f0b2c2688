"""What a unit means to publish, before there is a text."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.content.models import Content
from portal.kernel import clock
from portal.kernel.database import Base, UtcDateTime
from portal.spaces.models import Space


class Idea(Base):
    """A card of a space's board that is no text yet; kept, with a link, once it became one."""

    __tablename__ = "idea"
    __table_args__ = (
        Index("ix_idea_board", "space_id", "begun_at"),
        Index("ix_idea_planned", "planned_on"),
    )
    TITLE_MAX = Content.TITLE_MAX
    NOTE_MAX = 4000
    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    kind: Mapped[str] = mapped_column(String(30), default="", server_default="")  # "": not yet said
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    target_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"))  # where it is to appear
    planned_on: Mapped[date | None] = mapped_column(Date)
    # Whether the staff's other boards show its title, unit and day in their calendars.
    is_shared: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    content_id: Mapped[int | None] = mapped_column(
        ForeignKey("content.id", ondelete="SET NULL"), index=True
    )
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when it became a text
    # Grows with each save; a card and a form carry the one that they were opened on.
    saves: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    space: Mapped[Space] = relationship(foreign_keys=[space_id])
