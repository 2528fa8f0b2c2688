"""What reminders say, in the bell and by mail, asked anew when each is shown or sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from portal.access import Action, Role, Viewer, may
from portal.accounts import absences
from portal.accounts.models import Group
from portal.accounts.queries import named, reader_name
from portal.confirming import reminding, telling
from portal.confirming.models import Obligation, Requirement
from portal.confirming.progress import REMINDER
from portal.confirming.reminding import LATE
from portal.content.models import Content
from portal.content.policy import policy
from portal.content.queries import params
from portal.kernel import clock
from portal.kernel.database import db, rows
from portal.kernel.i18n import _, _l, language, long_date
from portal.kernel.links import absolute, link
from portal.notify import Moot, mails, notices
from portal.notify.notices import Line
from portal.spaces import viewers

_LATE_OF = select(
    Requirement.id, Requirement.by_id, Content.id.label("content_id"), Content.home_id,
    Content.title, Content.title_en,
).join(Content, Content.id == Requirement.content_id).where(
    Requirement.id.in_(bindparam("ids", expanding=True)), policy.readable
)  # fmt: skip
_UNITS = select(Group.id, Group.name_bg, Group.name_en).where(
    Group.id.in_(bindparam("ids", expanding=True))
)


def lines(found: Sequence[Any], viewer: Viewer) -> Mapping[int, Line]:
    """Notices to whoever heads people that are late: the item, and the way to their names."""
    ids = sorted({int(notice.facts.get("requirement", 0)) for notice in found})
    by_id = {row.id: row for row in rows(_LATE_OF, params(viewer, ids=ids))}
    shown = {}
    for notice in found:
        row = by_id.get(notice.facts.get("requirement"))
        if row is None or not _follows(viewer, row):
            continue
        title = (language() == "en" and row.title_en) or row.title
        words = _("The deadline is over and some of your people have not confirmed.")
        shown[notice.id] = Line(title, link("progress.show", content_id=row.content_id), words)
    return shown


def _follows(viewer: Viewer, row: Any) -> bool:
    edits = viewer.role_in(row.home_id) >= Role.EDITOR
    return bool(viewer.headed) or edits or row.by_id == viewer.user_id


def reminder(facts: dict[str, Any]) -> Mapping[str, Any]:
    """The mail to who has not confirmed. Raises Moot, also for whoever is away by now."""
    told = telling.mail(facts)
    if absences.away([facts["to"]], clock.today()):
        raise Moot("she is away")
    held = db.session.get_one(Obligation, (facts["requirement"], facts["to"]))
    return {**told, "is_past": held.deadline < clock.now()}


def late(facts: dict[str, Any]) -> Mapping[str, Any]:
    """The mail to a head: her people who are late, and nobody else's. Raises Moot."""
    requirement = db.session.get(Requirement, facts["requirement"])
    if requirement is None or requirement.ended_at is not None:
        raise Moot("it is asked no more")
    content = db.session.get_one(Content, requirement.content_id)
    viewer = viewers.by_user(facts["to"])
    if viewer is None or not may(viewer, Action.READ, content):
        raise Moot("she may not read it")
    people = reminding.late_for(facts["to"], requirement)
    if not people:
        raise Moot("nobody of hers is late any more")
    english = language() == "en"
    ids = sorted({row.unit_id for row in people if row.unit_id is not None})
    units = {row.id: named(row) for row in rows(_UNITS, {"ids": ids})}
    return {
        "title": (english and content.title_en) or content.title,
        "day": long_date(clock.local(requirement.deadline).date()),
        "order_number": requirement.order_number,
        "people": [
            ", ".join(
                filter(
                    None,
                    (
                        reader_name(row),
                        (english and row.position_en) or row.position,
                        units.get(row.unit_id, ""),
                    ),
                )
            )
            for row in people
        ],
        "address": absolute("progress.show", content_id=content.id),
    }


def install() -> None:
    told_by_name = _l("It is asked of you by name, so it is always told at once.")
    notices.register(
        REMINDER, _l("Reminders of what you must read"), telling.lines, "now", fixed=told_by_name
    )
    notices.register(
        LATE,
        _l("Your people who have not confirmed"),
        lines,
        "now",
        fixed=_l("You head these people, so it is always told at once."),
    )
    mails.register(REMINDER, _l("Reminder, please confirm by %(day)s: %(title)s"), reminder)
    mails.register(LATE, _l("Not confirmed in time: %(title)s"), late)
    reminding.install()
