"""How far the work is: from tasks to measures to goals, by weight.

    task     done 1; at work or waiting: the share of its checklist that is ticked; to do 0.
             What was dropped is left out.
    measure  Σ weight · progress / Σ weight, over its tasks. Without any task nothing is done
             yet: 0. With dropped ones alone it is left out.
    goal     the same over its measures.

What should be done by today is reckoned in the same way: a task whose last day has come counts 1,
any other 0; a task without a day of its own has its measure's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.tasks.models import TaskState


class Pace(StrEnum):
    """How what is done stands to what should be."""

    DONE = "done"
    GOOD = "good"
    BEHIND = "behind"
    NONE = "none"  # nothing should be done yet


@dataclass(frozen=True, slots=True)
class Progress:
    """done and planned: shares from 0 to 1."""

    done: float
    planned: float

    @property
    def percent(self) -> int:
        """Whole percents; never 100 before all is done, never 0 once something is."""
        if 0 < self.done < 1:
            return min(99, max(1, round(self.done * 100)))
        return round(self.done * 100)

    @property
    def planned_percent(self) -> int:
        return round(self.planned * 100)

    @property
    def pace(self) -> Pace:
        if self.done >= 1:
            return Pace.DONE
        if self.percent < self.planned_percent:  # as the page shows them, or nobody believes it
            return Pace.BEHIND
        return Pace.GOOD if self.done or self.planned else Pace.NONE


def of_task(state: str, ticked: int, steps: int, due: date | None, today: date) -> Progress | None:
    """A task's own; None when it was dropped. due: its day, else its measure's."""
    if state == TaskState.DROPPED:
        return None
    planned = 1.0 if due is not None and due < today else 0.0
    if state == TaskState.DONE:
        return Progress(1.0, planned)
    is_begun = state in (TaskState.DOING, TaskState.WAITING)
    return Progress(ticked / steps if is_begun and steps else 0.0, planned)


def of_measure(tasks: Iterable[tuple[int, Progress | None]]) -> Progress | None:
    """Rolled up from weights and progresses; None when it is left out."""
    found = list(tasks)
    return rolled(found) if found else Progress(0.0, 0.0)


def rolled(parts: Iterable[tuple[int, Progress | None]]) -> Progress | None:
    """The mean by weight of what counts; None when nothing does."""
    counted = [(weight, part) for weight, part in parts if part is not None]
    whole = sum(weight for weight, _part in counted)
    if not whole:
        return None
    return Progress(
        sum(weight * part.done for weight, part in counted) / whole,
        sum(weight * part.planned for weight, part in counted) / whole,
    )
