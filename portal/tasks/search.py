"""Tasks in the one search box, for the members of their space."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from portal.accounts.models import User
from portal.accounts.queries import named, reader_name
from portal.content.queries import params
from portal.kernel.database import db, rows
from portal.kernel.i18n import _l
from portal.kernel.links import link
from portal.search.protocol import SearchDocument, Shown, apart
from portal.spaces.known import known
from portal.tasks.models import ChecklistItem, Goal, Measure, Task
from portal.tasks.policy import policy
from portal.tasks.words import due_words, state_name

_SHOWN = (
    select(
        Task.id, Task.title, Task.note, Task.state, Task.due, Task.space_id, Task.owner_id,
        Task.changed_at, Measure.title.label("measure"), Goal.title.label("goal"),
        User.given, User.family, User.given_latin, User.family_latin,
    )
    .outerjoin(User, User.id == Task.owner_id)
    .outerjoin(Measure, Measure.id == Task.measure_id)
    .outerjoin(Goal, Goal.id == Measure.goal_id)
    .where(Task.id.in_(bindparam("ids", expanding=True)), policy.readable)
)  # fmt: skip
_STEPS = (
    select(ChecklistItem.task_id, ChecklistItem.text)
    .where(ChecklistItem.task_id.in_(bindparam("ids", expanding=True)))
    .order_by(ChecklistItem.task_id, ChecklistItem.position, ChecklistItem.id)
)


class TaskSearch:
    """A task is found by its title, note and checklist, and by the measure and goal it serves."""

    kind = "task"
    label: Any = _l("Tasks")
    icon = "check-square"

    def document(self, item_id: int) -> SearchDocument | None:
        task = db.session.get(Task, item_id)
        if task is None:
            return None
        measure = task.measure
        goal = measure.goal if measure is not None else None
        steps = [step.text for step in task.checklist]
        above = (measure.title if measure else "", goal.title if goal else "")
        return SearchDocument(
            kind=self.kind,
            item_id=task.id,
            title=task.title,
            text=apart((task.note, *steps, *above)),
            audience=policy.audience(task),
            spaces=frozenset({task.space_id}),
            date=task.changed_at,
            visible_from=task.created_at,  # `members:` tokens count from then on
            author=task.owner_id or 0,
        )

    def ids(self) -> Iterator[int]:
        yield from db.session.scalars(select(Task.id))

    def show(
        self, item_ids: Sequence[int], viewer: Any, pages: Mapping[int, int]
    ) -> dict[int, Shown]:
        found = rows(_SHOWN, params(viewer, ids=list(item_ids)))
        steps: dict[int, list[str]] = {}
        for row in rows(_STEPS, {"ids": [row.id for row in found]}) if found else ():
            steps.setdefault(row.task_id, []).append(row.text)
        return {row.id: self._shown(row, steps.get(row.id, [])) for row in found}

    def _shown(self, row: Any, steps: list[str]) -> Shown:
        facts = (
            state_name(row.state),
            reader_name(row) if row.owner_id is not None else "",
            due_words(row.due, row.state),
            named(known()[row.space_id]),
        )
        return Shown(
            kind=self.kind,
            item_id=row.id,
            title=row.title,
            url=link("tasks.show", task_id=row.id),
            text=_text(row.note, steps, row.measure or "", row.goal or ""),
            facts=tuple(filter(None, facts)),
            date=row.changed_at,
        )


def _text(note: str, steps: Sequence[str], measure: str, goal: str) -> str:
    return "\n".join(filter(None, (note, *steps, measure, goal)))
