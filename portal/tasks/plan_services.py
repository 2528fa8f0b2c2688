"""Writing the action plan: goals and measures, their order, their end."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from portal import audit
from portal.access import Action, Viewer, require
from portal.accounts import checks
from portal.accounts.models import User
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction
from portal.spaces.models import Space
from portal.tasks.models import Goal, Measure, Task
from portal.tasks.services import day, here, weighed

GOAL_SEALED = ("title", "note", "weight")
MEASURE_SEALED = ("title", "note", "goal_id", "owner_id", "due", "weight")
Part = Goal | Measure


def seal(part: Part) -> str:
    """The print of what the form of a goal or measure shows."""
    return checks.seal(part, GOAL_SEALED if isinstance(part, Goal) else MEASURE_SEALED)


@transaction
def add_goal(space: Space, *, by: Viewer, title: str, note: str = "", weight: int = 1) -> Goal:
    """A goal at the end of the plan. Raises Refused at the field concerned."""
    require(by, Action.CREATE, space)
    goal = Goal(space_id=space.id, position=_end(Goal, Goal.space_id == space.id))
    _describe(goal, title, note, weight)
    db.session.add(goal)
    db.session.flush()
    _log("goal.add", goal, by)
    return goal


@transaction
def change_goal(
    goal: Goal, *, by: Viewer, seal: str | None, title: str, note: str, weight: int
) -> None:
    require(by, Action.EDIT, goal)
    _is_fresh(goal, seal)
    was = goal.title
    _describe(goal, title, note, weight)
    _log("goal.change", goal, by)
    if goal.title != was:
        measures = select(Measure.id).where(Measure.goal_id == goal.id)
        _renamed(db.session.scalars(measures).all())


@transaction
def add_measure(
    goal: Goal,
    *,
    by: Viewer,
    title: str,
    note: str = "",
    owner: User | None = None,
    due: date | None = None,
    weight: int = 1,
) -> Measure:
    """A measure at the end of a goal. Raises Refused at the field concerned."""
    require(by, Action.EDIT, goal)
    measure = Measure(goal_id=goal.id, position=_end(Measure, Measure.goal_id == goal.id))
    _describe(measure, title, note, weight)
    measure.owner_id, measure.due = here("owner", owner, goal.space_id), day("due", due)
    db.session.add(measure)
    db.session.flush()
    _log("measure.add", measure, by, goal=goal.id)
    return measure


@transaction
def change_measure(
    measure: Measure,
    *,
    by: Viewer,
    seal: str | None,
    goal: Goal | None,
    title: str,
    note: str,
    owner: User | None,
    due: date | None,
    weight: int,
) -> None:
    """Write on a measure; under another goal of its space it goes to the end."""
    require(by, Action.EDIT, measure)
    _is_fresh(measure, seal)
    if goal is None or goal.space_id != measure.space_id:
        raise Refused("goal", _("Choose one of the list."))
    was = (measure.title, measure.goal_id)
    _describe(measure, title, note, weight)
    measure.due = day("due", due)
    if owner is None or owner.id != measure.owner_id:
        measure.owner_id = here("owner", owner, measure.space_id)
    if goal.id != measure.goal_id:
        measure.position = _end(Measure, Measure.goal_id == goal.id)
        measure.goal_id = goal.id
    _log("measure.change", measure, by, goal=goal.id)
    if was != (measure.title, measure.goal_id):
        _renamed([measure.id])


def _describe(part: Part, title: str, note: str, weight: int) -> None:
    part.title = checks.line("title", title, part.TITLE_MAX, required=True)
    part.note = checks.lines("note", note, part.NOTE_MAX)
    part.weight = weighed(weight)


def _is_fresh(part: Part, shown: str | None) -> None:
    if shown is not None and shown != seal(part):
        raise Stale(part)


def _renamed(measures: Sequence[int]) -> None:
    """A task is found by its measure's and goal's names too."""
    for task_id in db.session.scalars(select(Task.id).where(Task.measure_id.in_(measures))):
        audit.changed("task", task_id)


def _end(model: type[Goal] | type[Measure], among: Any) -> int:
    last = db.session.scalar(select(func.max(model.position)).where(among))
    return (last or 0) + 1


@transaction
def shift(part: Part, up: bool, *, by: Viewer) -> None:
    """Change places with the neighbour above or below; at the end nothing happens."""
    require(by, Action.EDIT, part)
    order = _beside(part)
    at = order.index(part)
    beside = at - 1 if up else at + 1
    if not 0 <= beside < len(order):
        return
    order[at], order[beside] = order[beside], order[at]
    for position, each in enumerate(order, 1):
        each.position = position


def _beside(part: Part) -> list[Part]:
    """A goal's or measure's neighbours and itself, in their order."""
    if isinstance(part, Goal):
        goals = select(Goal).where(Goal.space_id == part.space_id)
        return [*db.session.scalars(goals.order_by(Goal.position, Goal.id))]
    measures = select(Measure).where(Measure.goal_id == part.goal_id)
    return [*db.session.scalars(measures.order_by(Measure.position, Measure.id))]


@transaction
def delete(part: Part, *, by: Viewer) -> None:
    """Delete a goal without measures, or a measure without tasks: nothing else is lost."""
    require(by, Action.TRASH, part)
    if isinstance(part, Goal):
        below = select(Measure.id).where(Measure.goal_id == part.id)
        reason = _("This goal has measures. Move them under another goal or delete them first.")
    else:
        below = select(Task.id).where(Task.measure_id == part.id)
        reason = _("This measure has tasks. Give them another measure first.")
    if db.session.scalar(below.limit(1)) is not None:
        raise Refused("", reason)
    _log("goal.delete" if isinstance(part, Goal) else "measure.delete", part, by)
    db.session.delete(part)


def _log(action: str, part: Part, by: Viewer, **facts: Any) -> None:
    kind = "goal" if isinstance(part, Goal) else "measure"
    audit.record(action, kind, part.id, by=by, space=part.space_id, **facts)
