"""Giving, changing and moving tasks."""

from datetime import date
from typing import Any

from sqlalchemy import func, select, update

from portal import audit
from portal.access import Action, Role, Viewer, require
from portal.accounts import checks
from portal.accounts.models import User
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction
from portal.spaces.models import Space
from portal.spaces.viewers import by_user
from portal.tasks.models import WEIGHT_MAX, Measure, Task, TaskMove, TaskState
from portal.tasks.telling import tell_of_giving

SEALED = ("title", "note", "owner_id", "due", "measure_id", "weight")
STEP = 1024  # between the positions of two neighbours, so that a third fits between them
YEARS = (2000, 2100)


def seal(task: Task) -> str:
    """The print of what a task's form shows; see `change`."""
    return checks.seal(task, SEALED)


@transaction
def add(
    space: Space,
    *,
    by: Viewer,
    title: str,
    note: str = "",
    owner: User | None = None,
    due: date | None = None,
    measure: Measure | None = None,
    weight: int = 1,
) -> Task:
    """A new task, on top of what is to do. Raises Refused at the field concerned."""
    require(by, Action.CREATE, space)
    task = Task(
        space_id=space.id,
        created_by_id=by.user_id,
        created_at=clock.now(),
        state=TaskState.TODO,
        moves=0,
    )
    _write(task, title=title, note=note, owner=owner, due=due, measure=measure, weight=weight)
    task.position = _top(task)
    db.session.add(task)
    db.session.flush()
    _log("task.add", task, by, space=space.id)
    audit.changed("task", task.id)
    tell_of_giving(task, by)
    return task


@transaction
def change(task: Task, *, by: Viewer, seal: str | None, **facts: Any) -> None:
    """Write on a task. seal: what the form showed; another one now raises Stale."""
    require(by, Action.EDIT, task)
    if seal is not None and seal != checks.seal(task, SEALED):
        raise Stale(task)
    before = {name: getattr(task, name) for name in SEALED}
    _write(task, **facts)
    changed = [name for name in SEALED if getattr(task, name) != before[name]]
    if not changed:
        return
    task.changed_at = clock.now()
    _log("task.change", task, by, fields=changed)
    audit.changed("task", task.id)
    if "owner_id" in changed:
        tell_of_giving(task, by)


def _write(
    task: Task,
    *,
    title: str,
    note: str,
    owner: User | None,
    due: date | None,
    measure: Measure | None,
    weight: int,
) -> None:
    task.title = checks.line("title", title, Task.TITLE_MAX, required=True)
    task.note = checks.lines("note", note, Task.NOTE_MAX)
    task.due = day("due", due)
    task.weight = weighed(weight)
    if measure is not None and measure.space_id != task.space_id:
        raise Refused("measure", _("Choose one of the list."))
    task.measure_id = measure.id if measure is not None else None
    if owner is None or owner.id != task.owner_id:
        task.owner_id = here("owner", owner, task.space_id)


def day(field: str, due: date | None) -> date | None:
    """A last day that makes sense. Raises Refused at the field."""
    if due is not None and not YEARS[0] <= due.year <= YEARS[1]:
        raise Refused(
            field, _("Give a day between %(low)s and %(high)s.", low=YEARS[0], high=YEARS[1])
        )
    return due


def weighed(weight: int) -> int:
    if not 1 <= weight <= WEIGHT_MAX:
        raise Refused("weight", _("Give a whole number from 1 to %(high)s.", high=WEIGHT_MAX))
    return weight


def here(field: str, owner: User | None, space_id: int) -> int | None:
    """A person's number, if she reads the space. Raises Refused at the field."""
    if owner is None:
        return None
    if not is_here(owner.id, space_id):
        raise Refused(
            field,
            _("%(name)s is not in this space. A manager can let her or him in.", name=owner.name),
        )
    return owner.id


def is_here(user_id: int, space_id: int) -> bool:
    """Whether a person reads in a space today."""
    viewer = by_user(user_id)
    return viewer is not None and viewer.role_in(space_id) >= Role.READER


# ── Moving ──────────────────────────────────────────────────────────────


@transaction
def move(task: Task, state: str, moves: int, *, by: Viewer, after: int | None = None) -> None:
    """Give a task another state, or another place in its column.

    moves: the number that whoever moves it saw. Raises Stale when somebody else has given it
    another state since, unless to the very one that is wanted. after: the task under which it is
    to stand, 0 for the top; None: the top of a new column.
    """
    require(by, Action.PLACE, task)
    if state not in [*TaskState]:
        raise Refused("state", _("Choose one of the list."))
    if moves != task.moves:
        if state == task.state:
            return
        raise Stale(task)
    if state == task.state and after is None:
        return
    was, task.state = task.state, TaskState(state)
    if was == state:
        task.position = _place(task, after)
        return
    task.moves += 1
    task.position = _place(task, after)
    task.done_at = clock.now() if state == TaskState.DONE else None
    moved = TaskMove(task_id=task.id, at=clock.now(), by_id=by.user_id, was=was, became=state)
    db.session.add(moved)
    _log("task.move", task, by, was=was, became=state)


def _place(task: Task, after: int | None) -> int:
    """The position under another task of the same column; the top where that one is no more."""
    above = db.session.get(Task, after) if after else None
    if above is None or above.id == task.id or not _beside(task, above):
        return _top(task)
    low = _next(task, above)
    if low is not None and low - above.position < 2:
        _spread(task)
        db.session.refresh(above)
        low = _next(task, above)
    return above.position + STEP if low is None else (above.position + low) // 2


def _beside(task: Task, other: Task) -> bool:
    return (task.space_id, task.state) == (other.space_id, other.state)


def _column(task: Task) -> tuple[Any, ...]:
    mine = (Task.space_id == task.space_id, Task.state == task.state)
    return mine if task.id is None else (*mine, Task.id != task.id)


def _top(task: Task) -> int:
    lowest = db.session.scalar(select(func.min(Task.position)).where(*_column(task)))
    return (lowest or 0) - STEP


def _next(task: Task, above: Task) -> int | None:
    """The position of what stands under another task now."""
    below = select(func.min(Task.position)).where(*_column(task), Task.position > above.position)
    return db.session.scalar(below)


def _spread(task: Task) -> None:
    """Make room between the neighbours of a column."""
    ids = select(Task.id).where(*_column(task)).order_by(Task.position, Task.id)
    values = [
        {"id": ident, "position": n * STEP} for n, ident in enumerate(db.session.scalars(ids).all())
    ]
    db.session.execute(update(Task), values)


@transaction
def delete(task: Task, *, by: Viewer) -> None:
    """Delete a task that was dropped before, with its checklist and history."""
    require(by, Action.TRASH, task)
    if task.state != TaskState.DROPPED:
        raise Refused("", _("Only a dropped task can be deleted. Drop it first."))
    _log("task.delete", task, by, space=task.space_id)
    audit.changed("task", task.id)
    db.session.delete(task)


def _log(action: str, task: Task, by: Viewer, **facts: Any) -> None:
    audit.record(action, "task", task.id, by=by, **facts)
