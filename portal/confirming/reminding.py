"""Reminding people of what they have not confirmed: by hand, and each morning by the rule.

Each person is reminded of a requirement at most once a day, by whomever: the notice's own key
(person, requirement, day) sees to that, so a crash or a second click repeats nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update

from portal import audit, jobs
from portal.access import Viewer
from portal.accounts import absences
from portal.accounts.models import User
from portal.confirming import audience, chasing, progress
from portal.confirming.chasing import Chased, Step
from portal.confirming.heads import Heads
from portal.confirming.models import Confirmation, Obligation, Requirement
from portal.confirming.progress import REMINDER, Person
from portal.content.models import Content
from portal.content.policy import visible_now
from portal.kernel import clock, workdays
from portal.kernel.database import db, rows
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction
from portal.notify import notices
from portal.notify.models import Notice

LATE = "must_read_late"
JOB = "must_read.morning"
AT_ONCE = 5_000  # people of one statement


@dataclass(frozen=True)
class Reminded:
    """What became of a reminder by hand: how many were reminded, who was left in peace."""

    number: int
    away: Sequence[Person]
    already: int  # today, by somebody


@transaction
def remind(content_id: int, *, by: Viewer, key: str = "") -> Reminded:
    """Remind whoever has not confirmed the round that is asked, and is here today.

    key: only those of a unit or partner, see `progress.Tally`. Raises NotFound for whoever does
    not follow it, Refused when it is asked no more.
    """
    asked = progress.asked(by, content_id)
    if not asked.is_open:
        raise Refused("", _("This is asked no more."))
    found = [
        person
        for person in progress.people(asked, by)
        if person.state != "confirmed" and progress.within(person, key, asked.tree)
    ]
    here = [person.id for person in found if person.state != "away"]
    told = _tell(asked.row, here)
    audit.record(
        "must_read.remind", "content", content_id, by=by, round=asked.row.round, people=len(told)
    )
    away = [person for person in found if person.state == "away"]
    return Reminded(len(told), away, len(here) - len(told))


def _tell(requirement: Any, people: Sequence[int]) -> set[int]:
    """requirement: its row, with `id` and `content_id`."""
    told = notices.tell(
        people,
        REMINDER,
        progress.about(requirement.id),
        version=clock.today().toordinal(),
        content_id=requirement.content_id,
        mail="now",
        mail_name=REMINDER,
        requirement=requirement.id,
    )
    return set(told)


# ── Each morning ─────────────────────────────────────────────────────────────

_OPEN = (
    select(Requirement.id, Requirement.content_id, Requirement.by_id)
    .join(Content, Content.id == Requirement.content_id)
    .where(Requirement.asked_at.is_not(None), Requirement.ended_at.is_(None), visible_now())
    .order_by(Requirement.id)
)
_PENDING = (
    select(
        Obligation.user_id, Obligation.since, Obligation.deadline, Obligation.is_reminded,
        Obligation.is_reminded_at_end, User.unit_id,
    )
    .join(User, User.id == Obligation.user_id)
    .outerjoin(
        Confirmation,
        (Confirmation.requirement_id == Obligation.requirement_id)
        & (Confirmation.user_id == Obligation.user_id),
    )
    .where(
        Obligation.requirement_id == bindparam("requirement_id"),
        Obligation.left_at.is_(None),
        Obligation.is_head_told.is_(False),
        Confirmation.id.is_(None),
        User.retired_at.is_(None),
    )
)  # fmt: skip
_REMINDED = (
    select(Notice.user_id, func.max(Notice.version).label("day"))
    .where(Notice.about == bindparam("about"), Notice.kind == REMINDER)
    .group_by(Notice.user_id)
)


def plan() -> None:
    """Have a morning waiting; done hourly, in case none is."""
    if not jobs.unfinished(JOB):
        _plan()
    db.session.rollback()


@transaction
def _plan() -> None:
    if not jobs.unfinished(JOB):
        jobs.queue(JOB, run_after=chasing.next_morning(clock.now()))


def morning() -> None:
    """The job `must_read.morning`, in one transaction: whoever is due is reminded or told of."""
    now = clock.now()
    jobs.queue(JOB, run_after=chasing.next_morning(now))
    if clock.local(now).time() < chasing.MORNING:
        return  # it should have run yesterday: nobody is woken for that
    heads = Heads.today()
    for requirement in rows(_OPEN, {"now": now}):
        _chase(requirement, heads)


def _chase(requirement: Row[Any], heads: Heads) -> None:
    due = _due(requirement)
    if not any(due.values()):
        return
    content = db.session.get_one(Content, requirement.content_id)
    readers = audience.readers_of(content)  # who lost the right to read it is asked nothing
    today = clock.today()
    for step in (Step.BEFORE, Step.END, Step.BACK):
        people = [row.user_id for row in due[step] if row.user_id in readers]
        if people:
            _tell(requirement, people)
            _note(requirement.id, [row for row in due[step] if row.user_id in readers], today)
    late = [row for row in due[Step.LATE] if row.user_id in readers]
    told = {heads.of(row.user_id, row.unit_id, readers) or requirement.by_id for row in late}
    if told:
        tell_of_late(requirement, told)
        _set(requirement.id, [row.user_id for row in late], is_head_told=True)


def _due(requirement: Row[Any]) -> dict[Step, list[Row[Any]]]:
    """Who is due for what."""
    now, today = clock.now(), clock.today()
    pending = rows(_PENDING, {"requirement_id": requirement.id})
    away = absences.since([row.user_id for row in pending], _first_of_interest(pending, today))
    reminded: dict[int, date] = {}
    if away:
        found = rows(_REMINDED, {"about": progress.about(requirement.id)})
        reminded = {row.user_id: date.fromordinal(row.day) for row in found}
    due: dict[Step, list[Row[Any]]] = {step: [] for step in Step}
    for row in pending:
        chased = Chased(
            row.since,
            row.deadline,
            row.is_reminded,
            row.is_reminded_at_end,
            away.get(row.user_id, ()),
            reminded.get(row.user_id),
        )
        if (step := chased.step(now)) is not None:
            due[step].append(row)
    return due


def _first_of_interest(pending: Sequence[Row[Any]], today: date) -> date:
    """From which day absences matter: the oldest open deadline, or a week ago."""
    deadlines = [clock.local(row.deadline).date() for row in pending]
    return min([*deadlines, today - chasing.BACK])


def _note(requirement_id: int, reminded: Iterable[Row[Any]], today: date) -> None:
    """A reminder stands for the ones before it, so that a return brings one and not three."""
    of: dict[tuple[bool, bool], list[int]] = defaultdict(list)
    for row in reminded:
        last = clock.local(row.deadline).date()
        at_end = today >= last
        before = at_end or today >= workdays.before(last)
        of[before or row.is_reminded, at_end or row.is_reminded_at_end].append(row.user_id)
    for (before, at_end), people in of.items():
        _set(requirement_id, people, is_reminded=before, is_reminded_at_end=at_end)


def _set(requirement_id: int, people: Sequence[int], **flags: bool) -> None:
    for start in range(0, len(people), AT_ONCE):
        db.session.execute(
            update(Obligation)
            .where(
                Obligation.requirement_id == requirement_id,
                Obligation.user_id.in_(people[start : start + AT_ONCE]),
            )
            .values(**flags)
            .execution_options(synchronize_session=False)
        )


def tell_of_late(requirement: Any, heads: Iterable[int]) -> None:
    """Tell heads that some of their people are late: one mail each; whose, it says when sent."""
    notices.tell(
        sorted(set(heads)),
        LATE,
        f"late:{requirement.id}",
        version=clock.today().toordinal(),
        content_id=requirement.content_id,
        mail="now",
        mail_name=LATE,
        requirement=requirement.id,
    )


# ── Of whom a head is told ───────────────────────────────────────────────────

_LATE = (
    select(User.id, User.unit_id, User.given, User.family, User.given_latin, User.family_latin,
           User.position, User.position_en, Obligation.deadline)
    .select_from(Obligation)
    .join(User, User.id == Obligation.user_id)
    .outerjoin(
        Confirmation,
        (Confirmation.requirement_id == Obligation.requirement_id)
        & (Confirmation.user_id == Obligation.user_id),
    )
    .where(
        Obligation.requirement_id == bindparam("requirement_id"),
        Obligation.left_at.is_(None),
        Obligation.is_head_told,
        Obligation.deadline < bindparam("now"),
        Confirmation.id.is_(None),
        User.retired_at.is_(None),
    )
    .order_by(User.family, User.given, User.id)
)  # fmt: skip


def late_for(user_id: int, requirement: Requirement) -> list[Row[Any]]:
    """Whom a head is told of: her people who are late and not away, or, for whoever asked, those
    whom nobody heads."""
    found = rows(_LATE, {"requirement_id": requirement.id, "now": clock.now()})
    away = absences.away([row.id for row in found], clock.today())
    readers = audience.readers_of(requirement.content)
    heads = Heads.today()
    return [
        row
        for row in found
        if row.id not in away
        and row.id in readers
        and (heads.of(row.id, row.unit_id, readers) or requirement.by_id) == user_id
    ]


def install() -> None:
    jobs.handler(JOB, once=True)(morning)
    jobs.hourly(plan)
