"""Another time for what is released already and has not opened yet."""

from datetime import datetime

from sqlalchemy import select

from portal import audit
from portal.access import Action, Viewer, require
from portal.content import steps
from portal.content.models import OPEN, Content, Life, Revision, State
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction


@transaction
def reschedule(content: Content, seen: datetime | None, opens: datetime, *, by: Viewer) -> None:
    """Let a scheduled item open at another time; a time that is past opens it now.

    seen: the time that the viewer was shown. Raises Stale when it is another one by now, and
    Refused where the item is open, ends before that, or asks people to confirm it by then.
    """
    require(by, Action.RELEASE, content)
    now = clock.now()
    if content.visible_from is None or content.visible_from != seen:
        raise Stale(content)
    if content.life != Life.PUBLISHED or content.visible_from <= now:
        raise Refused("at", _("Its readers see it already, so its time stays."))
    opens = max(opens, now)
    if content.visible_until is not None and content.visible_until <= opens:
        raise Refused("at", _("It is shown only until an earlier moment. Change that one first."))
    for text in db.session.scalars(select(Revision).where(Revision.content_id == content.id)):
        _follow(text, seen, opens, now)
    content.visible_from, content.changed_at = opens, now
    audit.record("content.reschedule", "content", content.id, by=by)
    audit.changed(content.kind, content.id)
    released = Revision.content_id == content.id, Revision.state.in_((State.SCHEDULED, State.LIVE))
    for text in db.session.scalars(select(Revision).where(*released)).all():
        steps.reached("rescheduled", text, by)


def _follow(text: Revision, seen: datetime, opens: datetime, now: datetime) -> None:
    """The item's texts agree on its time; a draft over it does not bring the old one back."""
    if text.state == State.SCHEDULED:
        text.wanted_from = opens
        if opens <= now:
            text.state = State.LIVE
    elif text.state in OPEN and text.wanted_from == seen:
        text.wanted_from = opens
        text.saves += 1  # a form that still holds the old time must not save it again
