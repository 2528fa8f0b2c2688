"""Files: bytes stored once by SHA-256, reached only as attachment of a text one may read."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel import clock
from portal.kernel.database import Base, UtcDateTime


class File(Base):
    """One upload. Two uploads of the same bytes are two rows over one blob, so that nobody
    learns from an upload that a file exists."""

    __tablename__ = "file"
    NAME_MAX = 255
    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int] = mapped_column(BigInteger)  # bytes
    width: Mapped[int | None] = mapped_column(Integer)  # pixels, of a picture
    height: Mapped[int | None] = mapped_column(Integer)
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Attachment(Base):
    """A file of a text: in its body, as its cover, or listed under it."""

    __tablename__ = "attachment"
    revision_id: Mapped[int] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True
    )
    file_id: Mapped[int] = mapped_column(ForeignKey("file.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(10), default="body")  # body, cover, listed


class FileReading(Base):
    """What the machine read of a file, and how far it is. A file without a row is not read."""

    __tablename__ = "file_reading"
    file_id: Mapped[int] = mapped_column(
        ForeignKey("file.id", ondelete="CASCADE"), primary_key=True
    )
    state: Mapped[str] = mapped_column(String(10), default="waiting")  # ocr, done
    kind: Mapped[str] = mapped_column(String(10))  # by content: pdf, docx, …, unknown
    pages: Mapped[int] = mapped_column(Integer, default=0)  # of the file, read or not
    is_paged: Mapped[bool] = mapped_column(Boolean, default=False)  # numbers mean something
    has_macros: Mapped[bool] = mapped_column(Boolean, default=False)
    trouble: Mapped[str] = mapped_column(String(20), default="")  # see files.reading.Trouble
    drawn: Mapped[int] = mapped_column(Integer, default=0)  # pages with a picture
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FilePage(Base):
    """The text of a page and how it was obtained."""

    __tablename__ = "file_page"
    file_id: Mapped[int] = mapped_column(
        ForeignKey("file.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(Integer, primary_key=True)  # from 1
    text: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(4))  # text, ocr, none; wait: for OCR
