"""What lists read of an item: title, summary and picture, copied from its texts as they change."""

from sqlalchemy import select

from portal.content import kinds
from portal.content.models import RELEASED, Content, Revision
from portal.kernel.database import db


def mirror(content: Content, revision: Revision) -> None:
    """Copy the title, summary and picture of a text to its item, in the running transaction."""
    if revision.language == "en" and _speaks(content, "bg"):
        content.title_en, content.summary_en = revision.title, revision.summary
    elif revision.language == "en":
        content.title = content.title_en = revision.title
        content.summary = content.summary_en = revision.summary
    else:
        content.title, content.summary = revision.title, revision.summary
        if not _speaks(content, "en"):  # what an unreleased draft has written here is no reader's
            content.title_en = content.summary_en = None
    content.cover_id = _cover(content, revision)


def _cover(content: Content, revision: Revision) -> int | None:
    """The text's picture, else that of the same item's released text in the other language."""
    kind = kinds.of(content.kind)
    others = db.session.scalars(
        select(Revision).where(
            Revision.content_id == content.id,
            Revision.language != revision.language,
            Revision.state.in_(RELEASED),
        )
    )
    return kind.cover(revision) or next(filter(None, map(kind.cover, others)), None)


def _speaks(content: Content, language: str) -> bool:
    """Whether there is a text in a language: once it has readers, one that they may read."""
    found = select(Revision.id).where(
        Revision.content_id == content.id, Revision.language == language
    )
    if content.visible_from is not None:
        found = found.where(Revision.state.in_(RELEASED))
    return db.session.scalar(found.limit(1)) is not None
