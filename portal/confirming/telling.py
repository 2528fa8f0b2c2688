"""How people are told that they must read something: in the bell and by mail at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from portal.access import Action, Viewer, may
from portal.accounts.models import User
from portal.accounts.queries import reader_name
from portal.confirming import briefing
from portal.confirming.models import Confirmation, Obligation, Requirement
from portal.content import kinds
from portal.content.models import Content
from portal.kernel import clock
from portal.kernel.database import db, rows
from portal.kernel.i18n import _, _l, language, long_date
from portal.kernel.links import absolute
from portal.notify import Moot, mails, notices
from portal.notify.notices import Line
from portal.spaces import viewers

NAME = "must_read"
_DEADLINES = select(Obligation.requirement_id, Obligation.deadline).where(
    Obligation.user_id == bindparam("user_id"),
    Obligation.requirement_id.in_(bindparam("ids", expanding=True)),
)


def lines(found: Sequence[Any], viewer: Viewer) -> Mapping[int, Line]:
    """The notices' lines: the item as the viewer may read it now, and by when it is asked."""
    shown = notices.of_content(found, viewer)
    ids = sorted({int(notice.facts.get("requirement", 0)) for notice in found})
    values = {"user_id": viewer.user_id or 0, "ids": ids}
    until = {row.requirement_id: row.deadline for row in rows(_DEADLINES, values)}
    for notice in found:
        line = shown.get(notice.id)
        day = until.get(notice.facts.get("requirement"))
        if line is not None and day is not None:
            words = _("Must be read and confirmed by %(day)s.", day=_day(day))
            shown[notice.id] = Line(line.title, line.url, words)
    return shown


def mail(facts: dict[str, Any]) -> Mapping[str, Any]:
    """What the mail says, if it is still true for its receiver."""
    requirement = db.session.get(Requirement, facts["requirement"])
    held = db.session.get(Obligation, (facts["requirement"], facts["to"]))
    if requirement is None or requirement.ended_at is not None or held is None or held.left_at:
        raise Moot("it is asked no more")
    done = select(Confirmation.id).where(
        Confirmation.requirement_id == requirement.id, Confirmation.user_id == facts["to"]
    )
    if db.session.scalar(done) is not None:
        raise Moot("it is confirmed already")
    content = db.session.get_one(Content, requirement.content_id)
    viewer = viewers.by_user(facts["to"])
    if viewer is None or not may(viewer, Action.READ, content):
        raise Moot("she may not read it")
    english = language() == "en"
    return {
        "title": (english and content.title_en) or content.title,
        "summary": (english and content.summary_en) or content.summary,
        "day": _day(held.deadline),
        "order_number": requirement.order_number,
        "address": absolute(kinds.of(content.kind).endpoint, address=content.address),
    }


_RECORDED = (
    select(
        Confirmation.requirement_id, Confirmation.read_out_at,
        User.given, User.family, User.given_latin, User.family_latin,
    )
    .join(User, User.id == Confirmation.recorded_by_id)
    .where(
        Confirmation.user_id == bindparam("user_id"),
        Confirmation.requirement_id.in_(bindparam("ids", expanding=True)),
    )
)  # fmt: skip


def recorded_lines(found: Sequence[Any], viewer: Viewer) -> Mapping[int, Line]:
    """Notices to whom something was read out: by whom, and when. What was taken back is gone."""
    shown = notices.of_content(found, viewer)
    ids = sorted({int(notice.facts.get("requirement", 0)) for notice in found})
    by_id = {
        row.requirement_id: row
        for row in rows(_RECORDED, {"user_id": viewer.user_id or 0, "ids": ids})
    }
    told = {}
    for notice in found:
        line, row = shown.get(notice.id), by_id.get(notice.facts.get("requirement"))
        if line is not None and row is not None:
            words = _(
                "%(name)s recorded that it was read out to you on %(day)s. It counts as your "
                "confirmation; if it is not so, tell her or him.",
                name=reader_name(row),
                day=_day(row.read_out_at),
            )
            told[notice.id] = Line(line.title, line.url, words)
    return told


def _day(moment: Any) -> str:
    return long_date(clock.local(moment).date())


def install() -> None:
    notices.register(
        NAME,
        _l("What you must read"),
        lines,
        "now",
        fixed=_l("It is asked of you by name, so it is always told at once."),
    )
    notices.register(
        briefing.NOTICE,
        _l("What was read out to you"),
        recorded_lines,
        "portal",
        fixed=_l("It is recorded in your name, so it is always told, in the portal alone."),
    )
    mails.register(NAME, _l("Please read and confirm by %(day)s: %(title)s"), mail)
