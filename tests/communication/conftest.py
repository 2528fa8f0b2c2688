"""A plan of the workspace: objectives, and entries around today in every state."""

from datetime import timedelta

import pytest

from portal.communication import proving, services
from portal.communication.proving import NewFigure, NewProof
from portal.communication.services import Wording
from portal.kernel import clock


@pytest.fixture
def objective(app, cast, person):
    return services.add_objective(
        cast.space("workspace"),
        "Хората знаят кога се чисти",
        "Половината по анкета",
        by=person("editor"),
    )


@pytest.fixture
def plan(cast, person, objective):
    """Make an entry: `plan("Послание", days=-3, who="contributor", state="done")`."""

    def make(message="Плажът се чисти в петък", days=0, who="contributor", owner=None, **more):
        day = clock.today() + timedelta(days=days)
        wording = Wording(
            objective_id=more.pop("objective_id", objective.id),
            message=message,
            audience=more.pop("audience", "младежи"),
            channel=more.pop("channel", "радио"),
            planned_on=more.pop("planned_on", day),
            owner=cast[owner or who],
            done_on=day if more.get("state") == "done" else None,
            **more,
        )
        return services.add(cast.space("workspace"), wording, by=person(who))

    return make


@pytest.fixture
def prove(person):
    def make(entry, who="editor", **proof):
        return proving.prove(entry, NewProof(**proof), by=person(who))

    return make


@pytest.fixture
def count(person):
    def make(entry, name="Слушатели", unit="души", planned="", reached="", who="editor"):
        return proving.count(entry, NewFigure(name, unit, planned, reached), by=person(who))

    return make
