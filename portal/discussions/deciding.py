"""What was decided on a topic: marked by who began it or by the space's editors, and withdrawn."""

from datetime import date

from sqlalchemy import select, update
from werkzeug.exceptions import Forbidden, NotFound

from portal import audit
from portal.access import Action, Viewer, require
from portal.comments.models import Comment
from portal.comments.services import may_close, said
from portal.content.models import Content
from portal.discussions import notices
from portal.discussions.models import Resolution
from portal.kernel import clock
from portal.kernel.database import affected, db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction


def may_decide(item: Content, by: Viewer) -> bool:
    """Whether she began the topic and still writes in its home, or edits there."""
    return may_close(item.home_id, item.owner_id, by)


@transaction
def decide(
    item: Content,
    text: str = "",
    *,
    by: Viewer,
    reply: Comment | None = None,
    day: date | None = None,
) -> Resolution:
    """Mark a reply, or words of their own, as what was decided.

    day: on which it was, today without it. Raises Refused at `text` when another decision is in
    force, at `day` when it lies ahead.
    """
    _must_decide(item, by)
    day = day or clock.today()
    before = in_force(item)
    if before is not None:
        if reply is not None and before.comment_id == reply.id:
            return before  # sent twice
        raise Refused(
            "text",
            _(
                "A decision was marked meanwhile; it stands above. Withdraw it first if yours is "
                "to hold. What you typed is kept."
            ),
        )
    if not item.is_visible(clock.now()):
        raise Refused("text", _("It can be decided on while it is published."))
    if day > clock.today():
        raise Refused("day", _("The day of a decision cannot lie ahead."))
    made = Resolution(
        content_id=item.id,
        space_id=item.home_id,
        comment_id=reply.id if reply is not None else None,
        text=_words(item, reply, by) if reply is not None else said(text),
        day=day,
        by_id=by.user_id,
    )
    db.session.add(made)
    db.session.flush()
    facts = {"comment": reply.id} if reply is not None else {}
    _logged("discussion.decide", made, by, **facts)
    notices.tell_of(made, item, by)
    return made


def _words(item: Content, reply: Comment, by: Viewer) -> str:
    require(by, Action.READ, reply)
    if (reply.content_id, reply.space_id) != (item.id, item.home_id):
        raise NotFound
    if reply.hidden_at is not None:
        raise Refused("text", _("This reply was hidden meanwhile."))
    return reply.text


@transaction
def withdraw(made: Resolution, *, by: Viewer) -> None:
    """Take a decision back; who marked it and who withdrew it stay known. Twice is once."""
    item = db.session.get_one(Content, made.content_id)
    _must_decide(item, by)
    met = affected(
        update(Resolution)
        .where(Resolution.id == made.id, Resolution.withdrawn_at.is_(None))
        .values(withdrawn_at=clock.now(), withdrawn_by_id=by.user_id)
    )
    if met:
        _logged("discussion.withdraw", made, by)


def in_force(item: Content) -> Resolution | None:
    """The decision on a topic that holds."""
    found = select(Resolution).where(
        Resolution.content_id == item.id, Resolution.withdrawn_at.is_(None)
    )
    return db.session.scalar(found)


def _must_decide(item: Content, by: Viewer) -> None:
    require(by, Action.READ, item)
    if item.kind != "discussion":
        raise NotFound
    if not may_decide(item, by):
        raise Forbidden


def _logged(action: str, made: Resolution, by: Viewer, **facts: int) -> None:
    audit.record(action, "content", made.content_id, by=by, resolution=made.id, **facts)
    audit.changed("discussion", made.content_id)
