"""Good practices: the record of what worked or did not, its facets, questions and answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.content.models import Revision
from portal.kernel import clock
from portal.kernel.database import Base, UtcDateTime


class PracticeRevision(Revision):
    """One text of a practice. `record` holds the fields of practices.record by their keys."""

    __tablename__ = "practice_revision"
    TITLE_MAX = 120
    SUMMARY_MAX = 160
    id: Mapped[int] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True)
    record: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    words: Mapped[str] = mapped_column(Text, default="")  # all that is written in it, for search

    __mapper_args__ = {"polymorphic_identity": "practice"}


class Practice(Base):
    """What the library filters by: written from the released record, read with its item."""

    __tablename__ = "practice"
    content_id: Mapped[int] = mapped_column(
        ForeignKey("content.id", ondelete="CASCADE"), primary_key=True
    )
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    failed: Mapped[bool] = mapped_column(Boolean, default=False)  # «did not work»
    nuts3: Mapped[str] = mapped_column(String(5), default="")
    size: Mapped[str] = mapped_column(String(2), default="")  # of the municipality, see regions
    maturity: Mapped[str] = mapped_column(String(20), default="")
    study_visit: Mapped[bool] = mapped_column(Boolean, default=False)


class Question(Base):
    """A reader's question on a practice; it belongs to the space where it was read."""

    __tablename__ = "question"
    TEXT_MAX = 2000
    id: Mapped[int] = mapped_column(primary_key=True)
    content_id: Mapped[int] = mapped_column(
        ForeignKey("content.id", ondelete="CASCADE"), index=True
    )
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    text: Mapped[str] = mapped_column(Text)
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Answer(Base):
    """A word on a question, of the practice's authors or of another reader."""

    __tablename__ = "answer"
    TEXT_MAX = 4000
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(
        ForeignKey("question.id", ondelete="CASCADE"), index=True
    )
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    text: Mapped[str] = mapped_column(Text)
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
