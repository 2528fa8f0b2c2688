"""«Прочетено на инструктаж»: who leads people without a desk records for them, by name.

A head or deputy does it for her units with all below, an editor of the item for everybody whom it
is asked of; nobody for herself, and an own confirmation is never overwritten. Each of the people is
told who recorded it, and for a quarter of an hour it can be taken back.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound

from portal import audit
from portal.access import Action, Viewer, may, require
from portal.accounts.models import User
from portal.accounts.policy import policy as people_policy
from portal.confirming import services
from portal.confirming.models import Confirmation, Obligation, Requirement
from portal.content.models import RELEASED, Content, Revision
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction
from portal.notify import notices
from portal.notify.models import Notice
from portal.spaces import viewers

NOTICE = "must_read_briefing"
MINUTE = timedelta(minutes=1)  # people type times without seconds


def may_record(viewer: Viewer, content: Content) -> bool:
    """Whether she may record for anybody at all."""
    return may(viewer, Action.READ, content) and (
        bool(viewer.headed) or may(viewer, Action.RELEASE, content)
    )


def whom(requirement: Requirement, viewer: Viewer) -> list[User]:
    """Those who have not confirmed yet and for whom the viewer may record, by unit and name."""
    content = requirement.content
    waiting = (
        select(User)
        .options(joinedload(User.unit))
        .join(Obligation, Obligation.user_id == User.id)
        .outerjoin(
            Confirmation,
            (Confirmation.requirement_id == Obligation.requirement_id)
            & (Confirmation.user_id == User.id),
        )
        .where(
            Obligation.requirement_id == requirement.id,
            Obligation.left_at.is_(None),
            Confirmation.id.is_(None),
            User.id != viewer.user_id,
            people_policy.readable,  # a partner who edits knows not everybody who is asked
        )
        .order_by(User.unit_id, User.family, User.given, User.id)
    )
    people = list(db.session.scalars(waiting, viewer.params))
    if may(viewer, Action.RELEASE, content):
        return people
    led = viewers.with_children(set(viewer.headed))  # units alone: a commission's head leads nobody
    return [person for person in people if person.unit_id in led]


@transaction
def record_briefing(
    requirement: Requirement, user_ids: Collection[int], read_out_at: datetime, *, by: Viewer
) -> int:
    """Write down that an item was read out to people; how many are recorded now.

    Who has confirmed meanwhile keeps her own confirmation. Raises NotFound for whoever leads
    nobody, Refused at `people` or `read_out_at`.
    """
    content = requirement.content
    require(by, Action.READ, content)
    if not may_record(by, content):
        raise NotFound
    if requirement.asked_at is None or requirement.ended_at is not None:
        raise Refused("", _("It need not be confirmed any more: nothing was recorded."))
    if not user_ids:
        raise Refused("people", _("Choose to whom it was read out."))
    now = clock.now()
    if read_out_at > now + MINUTE:
        raise Refused("read_out_at", _("This time is still to come."))
    revision = _read_out(requirement, read_out_at)
    mine = {person.id: person for person in whom(requirement, by)}
    done = _done(requirement)
    if set(user_ids) - mine.keys() - done:
        raise Refused("people", _("Somebody chosen is not asked, or not led by you."))
    fresh = sorted(set(user_ids) - done)
    for user_id in fresh:
        facts = services.snapshot(revision, mine[user_id])
        db.session.add(
            Confirmation(
                requirement_id=requirement.id,
                user_id=user_id,
                at=now,
                channel="briefing",
                recorded_by_id=by.user_id,
                read_out_at=min(read_out_at, now),
                **facts,
            )
        )
    if fresh:
        told = {"requirement": requirement.id, "people": fresh}
        audit.record("must_read.briefing", "content", content.id, by=by, **told)
        # In the bell alone: whoever has no desk reads no mail, and nothing is asked of her.
        notices.tell(
            fresh,
            NOTICE,
            _about(requirement),
            content_id=content.id,
            mail="",
            requirement=requirement.id,
        )
    db.session.flush()
    return len(fresh)


def _about(requirement: Requirement) -> str:
    return f"briefing:{requirement.id}"


def just_recorded(requirement: Requirement, viewer: Viewer) -> list[Confirmation]:
    """What she recorded in the last quarter of an hour and may still take back."""
    found = select(Confirmation).where(
        Confirmation.requirement_id == requirement.id,
        Confirmation.channel == "briefing",
        Confirmation.recorded_by_id == viewer.user_id,
        Confirmation.at >= clock.now() - services.TAKE_BACK,
    )
    return list(db.session.scalars(found.order_by(Confirmation.name, Confirmation.id)))


@transaction
def take_back(requirement: Requirement, user_id: int, *, by: Viewer) -> None:
    """Undo what one recorded for a person by mistake, for a quarter of an hour.

    Raises NotFound for what is not hers, Refused afterwards.
    """
    require(by, Action.READ, requirement.content)
    made = db.session.scalar(
        select(Confirmation).where(
            Confirmation.requirement_id == requirement.id,
            Confirmation.user_id == user_id,
            Confirmation.channel == "briefing",
            Confirmation.recorded_by_id == by.user_id,
        )
    )
    if made is None:
        raise NotFound
    if clock.now() > made.at + services.TAKE_BACK:
        raise Refused("", _("It can be taken back for 15 minutes only. It stays on record."))
    db.session.delete(made)
    told = Notice.about == _about(requirement), Notice.user_id == user_id
    db.session.execute(delete(Notice).where(*told))
    notices.count_anew([user_id])
    facts = {"requirement": requirement.id, "people": [user_id]}
    audit.record("must_read.briefing_back", "content", requirement.content_id, by=by, **facts)


def _done(requirement: Requirement) -> set[int]:
    """Who has confirmed. Not asked by what was sent: nothing bounds how many numbers that holds."""
    found = select(Confirmation.user_id).where(Confirmation.requirement_id == requirement.id)
    return set(db.session.scalars(found))


def _read_out(requirement: Requirement, at: datetime) -> Revision:
    """The text that was out at that time, Bulgarian first."""
    content: Content = requirement.content
    assert requirement.asked_at is not None
    since = max(requirement.asked_at, content.visible_from or requirement.asked_at)
    if at < since - MINUTE:
        told = _("It was not asked yet at that time: what was read out was another text, or none.")
        raise Refused("read_out_at", told)
    texts = select(Revision).where(
        Revision.content_id == content.id, Revision.released_at.is_not(None)
    )
    out = [
        text
        for text in db.session.scalars(texts.order_by(Revision.released_at.desc()))
        if text.released_at is not None and text.released_at <= max(at + MINUTE, since)
    ]
    found = out or list(db.session.scalars(texts.where(Revision.state.in_(RELEASED))))
    if not found:
        raise NotFound
    # What was asked again asks of a newer text: the Bulgarian one where there is one.
    return next((text for text in found if text.language == "bg"), found[0])
