"""Keeping an item at hand, and counting its readers."""

from portal.access import Action, Viewer, require
from portal.content.models import Content
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction
from portal.reading import queries
from portal.reading.counting import mark_of
from portal.reading.models import Bookmark, ContentReader

BOOKMARKS_MAX = 1_000  # of one person


@transaction
def keep(item: Content, kept: bool, *, by: Viewer) -> None:
    """Put an item among one's bookmarks, or take it out; twice is once.

    In no journal: what somebody keeps at hand is nobody else's business. Raises Refused when she
    keeps a thousand already.
    """
    require(by, Action.READ, item)
    key = {"user_id": by.user_id, "content_id": item.id}
    found = db.session.get(Bookmark, key)
    if found is not None and not kept:
        db.session.delete(found)
    elif found is None and kept:
        if queries.number_kept(by) >= BOOKMARKS_MAX:
            raise Refused("", _("You keep a thousand items already. Take some out first."))
        db.session.add(Bookmark(**key))


def count_reader(item: Content, *, by: Viewer) -> None:
    """Count somebody among the readers of a published item, once; its owner is none of them."""
    if by.user_id in (None, item.owner_id) or not item.is_visible(clock.now()):
        return
    mark = mark_of(item.id, by.user_id or 0)
    if not queries.is_counted(item.id, mark):
        _count(item, mark, by)


@transaction
def _count(item: Content, mark: str, by: Viewer) -> None:
    require(by, Action.READ, item)
    if db.session.get(ContentReader, (item.id, mark)) is None:
        db.session.add(ContentReader(content_id=item.id, mark=mark))
