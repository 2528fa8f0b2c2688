"""Action plans of the demo's spaces: their goals, measures and tasks, led to their states."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete

from portal.access import Viewer
from portal.demo.moments import at_work
from portal.kernel import clock
from portal.kernel.database import db
from portal.notify import notices
from portal.notify.models import Notice
from portal.tasks import checklist, plan_services, services, telling
from portal.tasks.models import Measure, Task, TaskState

DATA = Path(__file__).parent / "data" / "tasks.toml"
WRITTEN = 80  # days ago
Facts = dict[str, Any]


def plans_of(data: Path = DATA) -> list[Facts]:
    """What stands in the file."""
    found: list[Facts] = tomllib.loads(data.read_text(encoding="utf-8"))["plans"]
    return found


def fill(demo: Any) -> None:
    """Write every plan; the demo has its people and spaces by now."""
    for facts in plans_of():
        _Plan(demo, facts).write()
    _forget_notices()


class _Plan:
    """One space's plan, written by whoever is in charge of it."""

    def __init__(self, demo: Any, facts: Facts) -> None:
        self.demo = demo
        self.facts = facts
        self.by: Viewer = demo.viewer(facts["by"])
        self.now = clock.now()

    def write(self) -> None:
        space = self.demo.spaces[self.facts["space"]]
        with clock.at(at_work(self.now, WRITTEN)):
            for facts in self.facts["goals"]:
                goal = plan_services.add_goal(
                    space, by=self.by, title=facts["title"], note=facts.get("note", ""),
                    weight=facts.get("weight", 1),
                )  # fmt: skip
                for each in facts["measures"]:
                    measure = plan_services.add_measure(goal, by=self.by, **self._common(each))
                    # What is written last stands on top of the board.
                    for task in reversed(each["tasks"]):
                        self._task(space, measure, task)

    def _common(self, facts: Facts) -> Facts:
        today = clock.local(self.now).date()
        owner = facts.get("owner")
        return {
            "title": facts["title"],
            "note": facts.get("note", ""),
            "owner": self.demo.people[owner] if owner else None,
            "due": today + timedelta(days=facts["due_in"]) if "due_in" in facts else None,
            "weight": facts.get("weight", 1),
        }

    def _task(self, space: Any, measure: Measure, facts: Facts) -> None:
        task = services.add(space, by=self.by, measure=measure, **self._common(facts))
        for text in facts.get("steps", ()):
            step = checklist.add(task, text.removeprefix("+"), by=self.by)
            checklist.tick(task, step.id, text.startswith("+"), by=self.by)
        owner = self.demo.viewer(facts["owner"])
        state = facts.get("state", "todo")
        ago = float(facts.get("done_ago", 4))
        if state in (TaskState.DOING, TaskState.WAITING, TaskState.DONE):
            self._move(task, TaskState.DOING, ago + 9.3, owner)
        if state in (TaskState.WAITING, TaskState.DONE, TaskState.DROPPED):
            self._move(task, TaskState(state), ago + 0.4, owner)

    def _move(self, task: Task, state: TaskState, days: float, by: Viewer) -> None:
        with clock.at(at_work(self.now, days)):
            services.move(task, state, task.moves, by=by)


def _forget_notices() -> None:
    """Nobody is told today of what was given weeks ago."""
    people = set(db.session.scalars(
        delete(Notice).where(Notice.kind == telling.GIVEN).returning(Notice.user_id)
    ))  # fmt: skip
    notices.count_anew(people)
