"""News: a text with a body and perhaps a picture."""

from sqlalchemy import ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.content.models import Revision


class NewsRevision(Revision):
    """One text of a news item."""

    __tablename__ = "news_revision"
    ALT_MAX = 200
    id: Mapped[int] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True)
    body: Mapped[str] = mapped_column(Text, default="")  # sanitised HTML
    cover_id: Mapped[int | None] = mapped_column(Integer)  # a file attached to this text
    cover_alt: Mapped[str] = mapped_column(String(ALT_MAX), default="")

    __mapper_args__ = {"polymorphic_identity": "news"}
