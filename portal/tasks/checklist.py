"""The steps of a task: adding, ticking, ordering, removing."""

from werkzeug.exceptions import NotFound

from portal import audit
from portal.access import Action, Viewer, require
from portal.accounts import checks
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.transaction import transaction
from portal.tasks.models import ChecklistItem, Task


@transaction
def add(task: Task, text: str, *, by: Viewer) -> ChecklistItem:
    """One more step, at the end. Raises Refused at `text`."""
    require(by, Action.PLACE, task)
    if len(task.checklist) >= Task.CHECKLIST_MAX:
        raise Refused(
            "text",
            _("A checklist has at most %(high)s steps. Make another task of the rest.",
              high=Task.CHECKLIST_MAX),
        )  # fmt: skip
    last = task.checklist[-1].position if task.checklist else 0
    step = ChecklistItem(
        position=last + 1,
        text=checks.line("text", text, ChecklistItem.TEXT_MAX, required=True),
        is_done=False,
    )
    task.checklist.append(step)
    _changed(task, by, "task.step.add")
    audit.changed("task", task.id)
    return step


@transaction
def tick(task: Task, step_id: int, is_done: bool, *, by: Viewer) -> None:
    """Note that a step is done, or is not."""
    step = _step(task, step_id, by)
    if step.is_done != is_done:
        step.is_done = is_done
        _changed(task, by, "task.step.tick" if is_done else "task.step.untick")


@transaction
def shift(task: Task, step_id: int, up: bool, *, by: Viewer) -> None:
    """Change places with the neighbour above or below; at the end nothing happens."""
    step = _step(task, step_id, by)
    at = task.checklist.index(step)
    beside = at - 1 if up else at + 1
    if not 0 <= beside < len(task.checklist):
        return
    order = [*task.checklist]
    order[at], order[beside] = order[beside], order[at]
    for position, each in enumerate(order, 1):
        each.position = position


@transaction
def remove(task: Task, step_id: int, *, by: Viewer) -> None:
    task.checklist.remove(_step(task, step_id, by))
    _changed(task, by, "task.step.remove")
    audit.changed("task", task.id)


def _step(task: Task, step_id: int, by: Viewer) -> ChecklistItem:
    """A step of this task; one of another task does not exist here."""
    require(by, Action.PLACE, task)
    step = db.session.get(ChecklistItem, step_id)
    if step is None or step.task_id != task.id:
        raise NotFound
    return step


def _changed(task: Task, by: Viewer, action: str) -> None:
    task.changed_at = clock.now()
    db.session.flush()
    audit.record(action, "task", task.id, by=by)
