"""Trying a change of an item out: done, looked at, and undone, as if it had never been.

One rendering path serves readers and previews, so what a preview shows is what readers get.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from portal.access import Action, Viewer, require
from portal.content import keeping
from portal.content.models import OPEN, Content, Revision
from portal.content.services import put_before_readers
from portal.kernel.database import db
from portal.kernel.transaction import own_hand, transaction
from portal.spaces.models import Space

T = TypeVar("T")


class _Undo(Exception):
    """Ends the transaction without a commit."""


def placed(
    content_id: int,
    space_id: int | None,
    look: Callable[[Content], T],
    *,
    by: Viewer,
    draft_id: int | None = None,
) -> T:
    """What `look` sees of an item once it is shown in a further space, and released.

    space_id: None leaves its places as they are. draft_id: its text at work, taken for released
    at this moment whatever it still waits for. Nothing stays: no row, no journal line, no job,
    nothing for the index. The database's write lock is held while `look` runs, so it only reads
    and renders. Raises what placing raises, and Forbidden or NotFound.
    """
    found: list[T] = []

    @transaction
    def done_and_undone() -> None:
        item = db.session.get_one(Content, content_id)
        if space_id is not None:
            keeping.place(item, db.session.get_one(Space, space_id), by=by)
        if draft_id is not None:
            _release(db.session.get_one(Revision, draft_id), by)
        db.session.flush()
        found.append(look(item))
        raise _Undo

    # Nothing is written in the end, so who only looks may try it too.
    with own_hand(), suppress(_Undo):
        done_and_undone()
    return found[0]


def _release(draft: Revision, by: Viewer) -> None:
    require(by, Action.EDIT, draft)
    if draft.state in OPEN:
        draft.wanted_from = None  # it is looked at now
        put_before_readers(draft, by)
