"""States and days of tasks as people say them."""

from datetime import date
from typing import Any

from portal.kernel import clock
from portal.kernel.i18n import _, _l, day_words, ngettext
from portal.tasks.models import OPEN, TaskState

STATES: dict[str, Any] = {
    TaskState.TODO: _l("To do"),
    TaskState.DOING: _l("In progress"),
    TaskState.WAITING: _l("Waiting"),
    TaskState.DONE: _l("Done"),
    TaskState.DROPPED: _l("Dropped"),
}
ICONS = {
    TaskState.TODO: "tray",
    TaskState.DOING: "play",
    TaskState.WAITING: "pause",
    TaskState.DONE: "check-circle",
    TaskState.DROPPED: "x-circle",
}
SOON = 2  # days before the last one from which its owner is told


def state_name(state: str) -> str:
    return str(STATES[TaskState(state)])


def is_late(due: date | None, state: str) -> bool:
    """Whether its last day has passed and it is not done."""
    return due is not None and state in OPEN and due < clock.today()


def is_soon(due: date | None, state: str) -> bool:
    """Whether it is due within days and in time still."""
    return due is not None and state in OPEN and 0 <= (due - clock.today()).days <= SOON


def due_words(due: date | None, state: str = TaskState.TODO, bare: bool = False) -> str:
    """The last day in words; how late it is while it is open.

    bare: a day that does not press stands alone, where its column says what it is.
    """
    if due is None:
        return ""
    days = (due - clock.today()).days
    if state not in OPEN or days > 1:
        return day_words(due) if bare else _("due %(day)s", day=day_words(due))
    if days < 0:
        return ngettext("%(n)s day late", "%(n)s days late", -days)
    return _("due tomorrow") if days else _("due today")
