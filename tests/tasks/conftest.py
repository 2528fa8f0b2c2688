"""A plan in the workspace: a goal, a measure, and tasks of its members."""

from datetime import timedelta

import pytest

from portal.kernel import clock
from portal.kernel.database import db
from portal.tasks import plan_services, services
from portal.tasks.models import Goal, Measure, Task


@pytest.fixture
def goal(cast, person) -> int:
    made = plan_services.add_goal(cast.space("workspace"), by=person("editor"), title="Чисти дюни")
    return made.id


@pytest.fixture
def measure(goal, person) -> int:
    above = db.session.get_one(Goal, goal)
    return plan_services.add_measure(above, by=person("editor"), title="Кошове на входовете").id


@pytest.fixture
def given(cast, person):
    """Makes a task; its number. owner: a login; days: from today to its last day."""

    def give(title="Поръчайте кошовете", owner=None, days=None, measure=None, by="editor", **facts):
        today = clock.today()
        made = services.add(
            cast.space("workspace"),
            by=person(by),
            title=title,
            owner=cast[owner] if owner else None,
            due=None if days is None else today + timedelta(days=days),
            measure=db.session.get_one(Measure, measure) if measure else None,
            **facts,
        )
        return made.id

    return give


def task(ident: int) -> Task:
    db.session.rollback()
    return db.session.get_one(Task, ident)


@pytest.fixture
def many(cast, person, app):
    """The space's 2,000 tasks of twenty measures, written past the services."""

    def plant(number=2000):
        from portal.kernel.transaction import transaction

        @transaction
        def write():
            space, by = cast.space("workspace"), person("editor").user_id
            goals = [Goal(space_id=space.id, position=n, title=f"Цел {n}") for n in range(4)]
            db.session.add_all(goals)
            db.session.flush()
            measures = [
                Measure(goal_id=goals[n % 4].id, position=n, title=f"Мярка {n}") for n in range(20)
            ]
            db.session.add_all(measures)
            db.session.flush()
            states = ("todo", "doing", "waiting", "done", "dropped")
            db.session.add_all(
                Task(
                    space_id=space.id,
                    measure_id=measures[n % 20].id,
                    title=f"Задача {n}",
                    owner_id=by if n % 2 else cast.id("partner"),
                    due=clock.today() + timedelta(days=n % 40 - 20),
                    state=states[n % 5],
                    position=n,
                    created_by_id=by,
                )
                for n in range(number)
            )

        write()

    return plant
