"""The daily digest: each working morning one mail of what is new and was not opened yet.

What it holds is asked when it is sent: what was opened or withdrawn meanwhile is left out, and a
digest of which nothing is left is not sent. What it told is noted together with its delivery.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Row, bindparam, exists, or_, select, update

from portal import jobs
from portal.access import Viewer
from portal.content import kinds
from portal.kernel import clock
from portal.kernel.database import UtcDateTime, db, rows
from portal.kernel.i18n import _, _l, long_date, ngettext
from portal.kernel.transaction import transaction
from portal.notify import mails, notices, services, texts, unsubscribing
from portal.notify.models import Delivery, Notice
from portal.spaces.viewers import by_user

NAME = "digest"
AT = time(7, 30)  # on the town hall's clock
SATURDAY = 5
# What is older is told by the bell alone: after a long leave a digest is no book.
EDGE = timedelta(days=14)
MOST = 40  # entries; what is beyond them is counted, and stays for the next day

_since = bindparam("since", type_=UtcDateTime())
_mailed = exists().where(
    Delivery.user_id == Notice.user_id,
    Delivery.subject_key == Notice.about,
    Delivery.version == Notice.version,
    or_(Delivery.state == "sent", Delivery.state == "waiting", Delivery.state == "sending"),
)
_OPEN = (
    Notice.mail == "daily",
    Notice.mailed_at.is_(None),
    Notice.read_at.is_(None),
    Notice.is_hidden.is_(False),
    Notice.at >= _since,
    ~_mailed,
)
_PEOPLE = select(Notice.user_id).where(*_OPEN).distinct()
_MINE = (
    select(
        Notice.id,
        Notice.kind,
        Notice.about,
        Notice.version,
        Notice.content_id,
        Notice.facts,
        Notice.at,
    )
    .where(*_OPEN, Notice.user_id == bindparam("user_id"), Notice.id <= bindparam("until"))
    .order_by(Notice.id.desc())
)


# ── Each working morning ────────────────────────────────────────────────


def next_morning(now: datetime) -> datetime:
    """The next 7:30 of a working day in the town hall."""
    here = clock.local(now)
    day = here.date() if here.time() < AT else here.date() + timedelta(days=1)
    while not is_working(day):
        day += timedelta(days=1)
    return clock.from_local(datetime.combine(day, AT))


def is_working(day: date) -> bool:
    return day.weekday() < SATURDAY


@transaction
def send_all() -> int:
    """Queue today's digests; how many. A second call on the same day queues nobody's again."""
    today = clock.today()
    if not is_working(today):  # the worker slept through Friday: Monday tells it all
        return 0
    asked = {"since": clock.now() - EDGE}
    people = {row.user_id for row in rows(_PEOPLE, asked)} - unsubscribing.without_digest()
    newest = db.session.scalar(select(Notice.id).order_by(Notice.id.desc()).limit(1)) or 0
    return services.deliver_all(people, NAME, f"digest:{today.isoformat()}", until=newest)


# ── One mail ────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Entry:
    """One thing that a digest tells. whole: the full text of a short announcement."""

    notice_id: int
    title: str
    words: str
    address: str
    whole: texts.Whole = field(default_factory=texts.Whole)


def gather(facts: dict[str, Any]) -> dict[str, Any]:
    """The entries by space and kind, of what its receiver may read now. Raises Moot."""
    viewer = by_user(facts["to"])
    if viewer is None:
        raise mails.Moot("the receiver may not sign in any more")
    if unsubscribing.is_without_digest(facts["to"]):
        raise mails.Moot("the receiver stopped it since")
    asked = {"user_id": facts["to"], "until": facts["until"], "since": clock.now() - EDGE}
    found = rows(_MINE, asked)
    groups = _grouped(found, viewer)
    told = [entry.notice_id for entries in groups.values() for entry in entries]
    if not told:
        raise mails.Moot("nothing of it is left to tell")
    return {
        "groups": groups,
        "number": len(told),
        "day": long_date(clock.today()),
        "title": _title(groups, len(told)),
        "told": told,
        "has_more": len(found) > MOST,
        "why": _(
            "You get one mail each working morning about what is new and you have not opened."
        ),
        "unsubscribe": unsubscribing.DIGEST,
    }


def _grouped(found: Sequence[Row[Any]], viewer: Viewer) -> dict[str, list[Entry]]:
    """Published items under the name of their space, everything else under its kind's."""
    some = found[:MOST]
    items = [notice.content_id for notice in some if notice.kind in kinds.names()]
    shown = texts.shown(items, viewer)
    lines = notices.lines([each for each in some if each.kind not in kinds.names()], viewer)
    groups: dict[str, list[Entry]] = {}
    for notice in some:
        placed = _entry(notice, shown, lines)
        if placed is not None:
            groups.setdefault(placed[0], []).append(placed[1])
    return groups


def _entry(
    notice: Row[Any], shown: Mapping[int, texts.Shown], lines: Mapping[int, notices.Line]
) -> tuple[str, Entry] | None:
    if notice.kind in kinds.names():
        item = shown.get(notice.content_id)
        if item is None:
            return None
        entry = Entry(notice.id, item.title, item.summary, item.address, item.whole)
        return item.space, entry
    line, kind = lines.get(notice.id), notices.kind_of(notice.kind)
    if line is None or kind is None:
        return None
    base = str(current_app.config["BASE_URL"]).rstrip("/")
    return str(kind.label), Entry(notice.id, line.title, line.words, base + line.url)


def _title(groups: Mapping[str, Sequence[Entry]], number: int) -> str:
    """The first entry's own title tells more than «news of today»."""
    first = next(iter(groups.values()))[0].title
    if number == 1:
        return first
    return ngettext("%(title)s and %(n)s more", "%(title)s and %(n)s more", number - 1, title=first)


def sent(delivery_id: int, values: Mapping[str, Any]) -> None:
    """Note what a digest told, in the transaction that notes that it was sent."""
    db.session.execute(
        update(Notice)
        .where(Notice.id.in_(values["told"]))
        .values(mailed_at=clock.now(), delivery_id=delivery_id)
        .execution_options(synchronize_session=False)
    )


def install() -> None:
    mails.register(NAME, _l("Daily digest: %(title)s"), gather, sent)
    jobs.daily(send_all, at=next_morning)
