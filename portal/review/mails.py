"""What reviewers and authors are told: a text waits for them, or comes back to them.

The facts of a mail name its receiver, so that the policy is asked again as her when it is sent.
"""

from typing import Any

from sqlalchemy import func, select

from portal.access import Action, Viewer, may
from portal.content import kinds
from portal.content.models import Decision, Remark, Revision, State
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.i18n import _l, exact
from portal.kernel.links import absolute, full
from portal.notify import Moot, deliver, mails
from portal.review import links
from portal.review.queries import last_decision, person_name
from portal.spaces.reviewers import people_reviewing
from portal.spaces.viewers import by_user

ASKED, RETURNED = "review_asked", "review_returned"
Facts = dict[str, Any]


# ── Queued in the transaction of what they tell of ──────────────────────


def submitted(text: Revision, by: Viewer) -> None:
    """Tell the reviewers of the home; nobody who wrote or last changed it may review it."""
    authors = {text.author_id, text.changed_by_id, by.user_id}
    last = last_decision(text.id)
    # Sent again after a return it is told again, changed or not.
    about = f"review.asked:{text.id}:{last.id if last else 0}"
    for person in sorted(people_reviewing(text.content.home) - authors):
        _tell(person, ASKED, about, text)


def returned(text: Revision, by: Viewer) -> None:
    """Tell its owner and whoever wrote it or changed it last that it came back."""
    last = last_decision(text.id)
    assert last is not None
    people = {text.content.owner_id, text.author_id, text.changed_by_id} - {by.user_id}
    for person in sorted(people):
        _tell(person, RETURNED, f"review.returned:{last.id}", text, decision=last.id)


def _tell(person: int, mail: str, about: str, text: Revision, **more: int) -> None:
    facts = {"to": person, "revision": text.id, "saves": text.saves, **more}
    deliver(person, mail, about, version=text.saves, **facts)


# ── Gathered when they are sent ─────────────────────────────────────────


def _waits(facts: Facts) -> Facts:
    text, receiver = _text(facts), _receiver(facts)
    if text.state != State.IN_REVIEW or not may(receiver, Action.REVIEW, text.content):
        raise Moot("it does not wait for this reviewer")
    return {
        **_shown(text),
        "author": person_name(text.changed_by_id),
        "until": exact(clock.now() + links.LIFE),
        "decide": absolute("review.decide", token=links.token(text, facts["to"])),
        "address": full(kinds.of(text.kind).review_page(text)),
    }


def _came_back(facts: Facts) -> Facts:
    text = _text(facts)
    if text.state != State.RETURNED or not may(_receiver(facts), Action.EDIT, text):
        raise Moot("it is at work again, or is no longer this person's")
    decision = db.session.get_one(Decision, facts["decision"])
    count = db.session.scalar(select(func.count()).where(Remark.decision_id == decision.id)) or 0
    return {
        **_shown(text),
        "remarks": count + bool(decision.remark),
        "address": full(kinds.of(text.kind).work_page(text)),
    }


def _shown(text: Revision) -> Facts:
    return {"title": text.title, "what": str(kinds.of(text.kind).one)}


def _text(facts: Facts) -> Revision:
    text = db.session.get(Revision, facts["revision"])
    if text is None or text.saves != facts["saves"]:
        raise Moot("the text was changed or thrown away")
    return text


def _receiver(facts: Facts) -> Viewer:
    viewer = by_user(facts["to"])
    if viewer is None:
        raise Moot("the receiver may not sign in any more")
    return viewer


def install() -> None:
    mails.register(ASKED, _l("For your review: %(what)s"), _waits)
    mails.register(RETURNED, _l("Returned with remarks: %(what)s"), _came_back)
