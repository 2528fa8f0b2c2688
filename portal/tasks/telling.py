"""Who is told of tasks: whoever gets one, its owner when its last day is near or has passed, and
once a week those who are in charge of a space where something is late.

The notices are written at seven on working mornings, before the digest of half past seven. Each
asks the policy again when it is shown or sent: what is done by then, or given to somebody else,
is told no more.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from portal import jobs
from portal.access import Role, Viewer
from portal.accounts.models import Group
from portal.accounts.queries import named
from portal.content.queries import params
from portal.kernel import clock, workdays
from portal.kernel.database import rows
from portal.kernel.i18n import _, _l, ngettext
from portal.kernel.links import link
from portal.kernel.transaction import transaction
from portal.notify import notices
from portal.notify.notices import Line
from portal.spaces.known import known
from portal.spaces.models import Membership
from portal.spaces.readers import Town
from portal.tasks import mine
from portal.tasks.models import OPEN, Task
from portal.tasks.policy import AT_WORK, policy
from portal.tasks.words import SOON, due_words

GIVEN, DUE, LATE = "task_given", "task_due", "tasks_late"
AT = time(7, 0)
EDGE = 30  # days: of what is late for longer nobody is told anew
DAY = timedelta(days=1)


def tell_of_giving(task: Task, by: Viewer) -> None:
    """Tell a task's new owner, in the transaction that gave it to her."""
    if task.owner_id is not None and task.owner_id != by.user_id:
        version = int(clock.now().timestamp())  # given away and back again is told again
        notices.tell({task.owner_id}, GIVEN, f"{GIVEN}:{task.id}", version=version, task=task.id)


# ── Each working morning ────────────────────────────────────────────────

_LIVE = (
    Task.state.in_(OPEN),
    Task.space_id.in_(AT_WORK),
)
_PRESSING = (
    select(Task.id, Task.owner_id, Task.due, Task.space_id)
    .where(*_LIVE, Task.owner_id.is_not(None), Task.due.between(bindparam("from"), bindparam("to")))
    .order_by(Task.id)
)
_LATE_IN = (
    select(Task.space_id).where(*_LIVE, Task.due < bindparam("today")).distinct()
)  # fmt: skip
_HEADS = (
    select(Membership.space_id, Group.head_id)
    .join(Group, Group.id == Membership.group_id)
    .where(
        Membership.space_id.in_(bindparam("ids", expanding=True)),
        Group.head_id.is_not(None),
        Group.retired_at.is_(None),
    )
)


def next_morning(now: datetime) -> datetime:
    """The next seven o'clock in the town hall."""
    here = clock.local(now)
    day = here.date() if here.time() < AT else here.date() + DAY
    return clock.from_local(datetime.combine(day, AT))


@transaction
def tell_of_days() -> None:
    """Tell owners and heads of what presses. A second call on the same day tells nothing twice."""
    today = clock.today()
    if not workdays.is_workday(today):
        return
    town = Town()
    _tell_owners(today, town)
    _tell_heads(today, town)


def _tell_owners(today: date, town: Town) -> None:
    """Once when the last day is near, and once when it has passed."""
    pressing = rows(_PRESSING, {"from": today - EDGE * DAY, "to": today + SOON * DAY})
    readers = town.by_space(row.space_id for row in pressing)
    for row in pressing:
        if row.owner_id in readers.get(row.space_id, ()):
            version = row.due.toordinal() * 2 + (row.due < today)
            notices.tell({row.owner_id}, DUE, f"{DUE}:{row.id}", version=version, task=row.id)


def _tell_heads(today: date, town: Town) -> None:
    """Those in charge of each space with something late: once in a calendar week."""
    spaces = [row.space_id for row in rows(_LATE_IN, {"today": today})]
    year, week, _day = today.isocalendar()
    readers, heads = town.by_space(spaces), town.by_space(spaces, Role.MANAGER)
    units: dict[int, set[int]] = {}
    for row in rows(_HEADS, {"ids": spaces}) if spaces else ():
        units.setdefault(row.space_id, set()).add(row.head_id)
    for space in spaces:
        told = set(heads.get(space, ())) | (units.get(space, set()) & readers.get(space, set()))
        notices.tell(told, LATE, f"{LATE}:{space}", version=year * 100 + week, space=space)


# ── As they are shown ───────────────────────────────────────────────────

_TOLD = select(Task.id, Task.title, Task.due, Task.state, Task.space_id).where(
    Task.id.in_(bindparam("ids", expanding=True)),
    Task.owner_id == bindparam("viewer_id"),
    Task.state.in_(OPEN),
    policy.readable,
)


def of_tasks(found: Sequence[Any], viewer: Viewer) -> Mapping[int, Line]:
    """The lines about single tasks: those that she still has to do. One statement."""
    ids = sorted({notice.facts["task"] for notice in found})
    tasks = {row.id: row for row in rows(_TOLD, params(viewer, ids=ids))}
    return {
        notice.id: _line(tasks[notice.facts["task"]], notice.kind)
        for notice in found
        if notice.facts["task"] in tasks
    }


def _line(row: Any, kind: str) -> Line:
    space = named(known()[row.space_id])
    due = due_words(row.due, row.state)
    if kind == GIVEN:
        words = _("You were given this task in “%(space)s”", space=space)
        words += f": {due}." if due else "."
    else:
        words = f"{space}: {due}."
    return Line(row.title, link("tasks.show", task_id=row.id), words)


def of_spaces(found: Sequence[Any], viewer: Viewer) -> Mapping[int, Line]:
    """The lines about spaces with something late, where she is still in charge. One statement."""
    late = {each.space_id: each for each in mine.late_of_others(viewer)}
    return {
        notice.id: Line(each.name, each.url, _late_words(each.number))
        for notice in found
        if (each := late.get(notice.facts["space"])) is not None
    }


def _late_words(number: int) -> str:
    return ngettext("%(n)s late task", "%(n)s late tasks", number) + "."


def install() -> None:
    notices.register(GIVEN, _l("Tasks that are given to me"), of_tasks, "daily")
    notices.register(DUE, _l("Last days of my tasks"), of_tasks, "daily")
    notices.register(LATE, _l("Late tasks where I am in charge"), of_spaces, "daily")
    jobs.daily(tell_of_days, at=next_morning)
