"""Documents: a file with what a clerk writes about it."""

from datetime import date

from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.content.models import Revision


class DocumentRevision(Revision):
    """One version of a document. A new file or other metadata make a new one."""

    __tablename__ = "document_revision"
    NUMBER_MAX = 60
    ISSUER_MAX = 120
    TAGS_MAX = 300
    NOTE_MAX = 200
    id: Mapped[int] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("file.id"), index=True)
    sort: Mapped[str] = mapped_column(String(20), default="")  # of paper, see documents.sorts
    reg_number: Mapped[str] = mapped_column(String(NUMBER_MAX), default="")
    dated: Mapped[date | None] = mapped_column(Date)  # the day on the paper
    issuer: Mapped[str] = mapped_column(String(ISSUER_MAX), default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("group.id", ondelete="SET NULL"))
    tags: Mapped[str] = mapped_column(String(TAGS_MAX), default="")  # parted by commas
    note: Mapped[str] = mapped_column(String(NOTE_MAX), default="")  # what this version changes

    __mapper_args__ = {"polymorphic_identity": "document"}
