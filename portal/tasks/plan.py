"""The action plan of a space as its page and table show it: goals, measures, tasks, progress."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, select

from portal.access import Viewer
from portal.accounts.models import User
from portal.accounts.queries import reader_name
from portal.content.queries import params
from portal.kernel import clock
from portal.kernel.database import rows
from portal.tasks.models import Goal, Measure, Task
from portal.tasks.policy import goal_policy, policy
from portal.tasks.progress import Progress, of_measure, of_task, rolled
from portal.tasks.queries import STEPS, TICKED
from portal.tasks.words import is_late

_names = (User.given, User.family, User.given_latin, User.family_latin, User.retired_at)
_PLAN = (
    select(
        Goal.id.label("goal_id"), Goal.title.label("goal"), Goal.note.label("goal_note"),
        Goal.weight.label("goal_weight"),
        Measure.id, Measure.title, Measure.note, Measure.weight, Measure.due, Measure.owner_id,
        *_names,
    )
    .outerjoin(Measure, Measure.goal_id == Goal.id)
    .outerjoin(User, User.id == Measure.owner_id)
    .where(Goal.space_id == bindparam("space_id"), goal_policy.readable)
    .order_by(Goal.position, Goal.id, Measure.position, Measure.id)
)  # fmt: skip
_TASKS = (
    select(
        Task.id, Task.title, Task.state, Task.due, Task.weight, Task.measure_id, Task.owner_id,
        *_names, STEPS, TICKED,
    )
    .outerjoin(User, User.id == Task.owner_id)
    .where(
        Task.space_id == bindparam("space_id"), Task.measure_id.is_not(None), policy.readable
    )
    .order_by(Task.due.is_(None), Task.due, Task.id)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlannedTask:
    id: int
    title: str
    state: str
    due: date | None
    weight: int
    owner: str
    steps: int
    ticked: int
    progress: Progress | None


@dataclass
class PlannedMeasure:
    id: int
    title: str
    note: str
    weight: int
    due: date | None
    owner: str
    tasks: list[PlannedTask] = field(default_factory=list)

    @property
    def progress(self) -> Progress | None:
        return of_measure((task.weight, task.progress) for task in self.tasks)

    @property
    def late(self) -> int:
        """How many of its tasks are late."""
        return sum(is_late(task.due, task.state) for task in self.tasks)


@dataclass
class PlannedGoal:
    id: int
    title: str
    note: str
    weight: int
    measures: list[PlannedMeasure] = field(default_factory=list)

    @property
    def progress(self) -> Progress | None:
        return rolled((measure.weight, measure.progress) for measure in self.measures)

    @property
    def late(self) -> int:
        return sum(measure.late for measure in self.measures)


def plan(viewer: Viewer, space_id: int) -> list[PlannedGoal]:
    """The whole plan in its order. Two statements."""
    values = params(viewer, space_id=space_id)
    found: dict[int, PlannedGoal] = {}
    measures: dict[int, PlannedMeasure] = {}
    for row in rows(_PLAN, values):
        if row.goal_id not in found:
            found[row.goal_id] = PlannedGoal(row.goal_id, row.goal, row.goal_note, row.goal_weight)
        if row.id is not None:
            measures[row.id] = _measure(row)
            found[row.goal_id].measures.append(measures[row.id])
    for measure_id, tasks in _tasks(values, measures).items():
        measures[measure_id].tasks = tasks
    return list(found.values())


def _tasks(
    values: dict[str, Any], measures: dict[int, PlannedMeasure]
) -> dict[int, list[PlannedTask]]:
    today = clock.today()
    found: dict[int, list[PlannedTask]] = defaultdict(list)
    for row in rows(_TASKS, values) if measures else ():
        found[row.measure_id].append(_task(row, measures[row.measure_id].due, today))
    return found


def _measure(row: Row[Any]) -> PlannedMeasure:
    return PlannedMeasure(row.id, row.title, row.note, row.weight, row.due, _owner(row))


def _task(row: Row[Any], measure_due: date | None, today: date) -> PlannedTask:
    return PlannedTask(
        id=row.id,
        title=row.title,
        state=row.state,
        due=row.due,
        weight=row.weight,
        owner=_owner(row),
        steps=row.steps,
        ticked=row.ticked,
        progress=of_task(row.state, row.ticked, row.steps, row.due or measure_due, today),
    )


def _owner(row: Row[Any]) -> str:
    return reader_name(row) if row.owner_id is not None else ""


def goals(viewer: Viewer, space_id: int) -> list[tuple[int, str]]:
    """The goals by number and title, for choosing one."""
    found = rows(_GOALS, params(viewer, space_id=space_id))
    return [(row.id, row.title) for row in found]


_GOALS = (
    select(Goal.id, Goal.title)
    .where(Goal.space_id == bindparam("space_id"), goal_policy.readable)
    .order_by(Goal.position, Goal.id)
)
