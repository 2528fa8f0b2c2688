"""Who is asked follows the groups and spaces: joiners are added and told, leavers are dropped.

It does so until the deadline, and after it for what is standing. The worker looks whenever people,
groups or spaces changed (`site.version`) and when a day begins, since memberships end with days.
Everything here may run twice, or die in between, and comes to the same.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import bindparam, insert, or_, select, update

from portal import audit, jobs
from portal.access.models import Site
from portal.confirming import audience
from portal.confirming.asking import open_of
from portal.confirming.models import Obligation, Requirement
from portal.content.models import Content
from portal.kernel import clock
from portal.kernel.database import db, first, rows
from portal.kernel.transaction import transaction
from portal.notify import notices, spreading
from portal.spaces.readers import Town

KIND = MAIL = "must_read"
AT_ONCE = 500  # rows of one statement
_VERSION = select(Site.version).where(Site.id == 1)
_FOLLOWED = select(Requirement.id).where(
    Requirement.asked_at.is_not(None),
    Requirement.ended_at.is_(None),
    or_(Requirement.frozen_at.is_(None), Requirement.standing_days.is_not(None)),
)
_HELD = select(Obligation.user_id, Obligation.deadline, Obligation.left_at).where(
    Obligation.requirement_id == bindparam("requirement_id")
)


class Difference:
    """What would make a requirement's rows equal to its targets at this moment."""

    def __init__(self, requirement: Requirement) -> None:
        self.joined: set[int] = set()
        self.back: set[int] = set()
        self.gone: set[int] = set()
        now = clock.now()
        content, standing = requirement.content, requirement.standing_days
        in_time = requirement.deadline > now
        # Whose deadline this is: everybody's until it is over, then each joiner's own.
        self.deadline = requirement.deadline
        if not in_time and standing is not None:
            self.deadline = clock.end_of_day(clock.today() + timedelta(days=standing))
        open_now = requirement.asked_at is not None and requirement.ended_at is None
        if not open_now or not content.is_visible(now) or not (in_time or standing is not None):
            return
        town = Town()
        wanted = audience.people_of(audience.targets_of(requirement), town)
        wanted &= audience.readers_of(content, town)
        held = {row.user_id: row for row in rows(_HELD, {"requirement_id": requirement.id})}
        self.joined = wanted - held.keys()
        self.back = {person for person in wanted & held.keys() if held[person].left_at is not None}
        # At her deadline it is settled of whom it was asked: who leaves later stays asked.
        self.gone = {
            person
            for person in held.keys() - wanted
            if held[person].left_at is None and held[person].deadline > now
        }

    def __bool__(self) -> bool:
        return bool(self.joined or self.back or self.gone)


@transaction
def settle(requirement_id: int, version: int | None = None) -> bool:
    """Make the rows of a requirement equal to its targets; whether anything changed.

    version: of the notice; 1 when the item itself is told of for the first time, so that nobody
    who must read it is told of it twice.
    """
    requirement = db.session.get(Requirement, requirement_id)
    if requirement is None:
        return False
    difference = Difference(requirement)
    if not difference:
        return False
    now = clock.now()
    fresh = [
        {
            "requirement_id": requirement_id,
            "user_id": person,
            "since": now,
            "deadline": difference.deadline,
        }
        for person in sorted(difference.joined)
    ]
    if fresh:
        db.session.execute(insert(Obligation), fresh)
    again = {"left_at": None, "deadline": difference.deadline, "since": now}
    reminders = {"is_reminded": False, "is_reminded_at_end": False, "is_head_told": False}
    _update(requirement_id, difference.back, **again, **reminders)
    _update(requirement_id, difference.gone, left_at=now)
    _tell(requirement, difference.joined | difference.back, version)
    counts = {name: len(getattr(difference, name)) for name in ("joined", "back", "gone")}
    content = requirement.content_id
    audit.record("must_read.people", "content", content, by=None, round=requirement.round, **counts)
    return True


def _update(requirement_id: int, people: Iterable[int], **values: Any) -> None:
    every = sorted(people)
    for start in range(0, len(every), AT_ONCE):
        db.session.execute(
            update(Obligation)
            .where(
                Obligation.requirement_id == requirement_id,
                Obligation.user_id.in_(every[start : start + AT_ONCE]),
            )
            .values(**values)
            .execution_options(synchronize_session=False)
        )


def _tell(requirement: Requirement, people: set[int], version: int | None) -> None:
    if version is None:
        # The telling of the item itself is on its way: what it would say is said here.
        waits = jobs.unfinished("notice.spread", content_id=requirement.content_id)
        version = 1 if waits else 1 + requirement.round
    notices.tell(
        people,
        KIND,
        spreading.about(requirement.content_id),
        version=version,
        content_id=requirement.content_id,
        mail="now",
        mail_name=MAIL,
        requirement=requirement.id,
    )


def spread(content: Content) -> None:
    """The first of those who tell of an item when it opens: who must read it."""
    requirement = open_of(content.id)
    if requirement is not None:
        settle(requirement.id, version=1)


def settle_job(requirement_id: int) -> None:
    """The job `must_read.settle`: after asking or a change of what is asked."""
    settle(requirement_id)


@transaction
def freeze(requirement_id: int) -> None:
    """The job `must_read.freeze`, at the deadline: whoever is asked now stays asked."""
    requirement = db.session.get(Requirement, requirement_id)
    if requirement is None or requirement.frozen_at is not None or requirement.ended_at is not None:
        return
    if requirement.deadline <= clock.now():  # else it was prolonged, and another job waits
        requirement.frozen_at = clock.now()


def follow() -> bool:
    """A turn of the worker: look at every open requirement if anything changed since the last."""
    found = first(_VERSION)
    stamp = (found.version if found is not None else 0, clock.today())
    if current_app.extensions.get(KIND) == stamp:
        db.session.rollback()
        return False
    changed = False
    for number in [row.id for row in rows(_FOLLOWED)]:
        requirement = db.session.get(Requirement, number)
        differs = requirement is not None and bool(Difference(requirement))
        db.session.rollback()
        changed = (differs and settle(number)) or changed
    current_app.extensions[KIND] = stamp  # only now: a worker that dies looks again
    db.session.rollback()
    return changed
