"""Pages: rich text in the tree of a space."""

from sqlalchemy import Boolean, ForeignKey, Index, Integer, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from portal.content.models import Revision
from portal.kernel.database import Base


class PageRevision(Revision):
    """One text of a page."""

    __tablename__ = "page_revision"
    id: Mapped[int] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True)
    body: Mapped[str] = mapped_column(Text, default="")  # sanitised HTML

    __mapper_args__ = {"polymorphic_identity": "page"}


class Page(Base):
    """Where a page stands in the tree of its home; no draft changes that."""

    __tablename__ = "page"
    __table_args__ = (Index("ix_page_parent", "parent_id", "position"),)
    DEPTH_MAX = 8  # pages under pages
    content_id: Mapped[int] = mapped_column(
        ForeignKey("content.id", ondelete="CASCADE"), primary_key=True
    )
    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey("page.content_id", ondelete="SET NULL")
    )
    position: Mapped[int] = mapped_column(Integer, default=0)  # among those beside it
    # Whether new pages may begin with its text.
    is_template: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
