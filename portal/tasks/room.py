"""What the room installs: tasks of a space, its measures and goals."""

from flask import Flask

from portal.kernel.i18n import _l
from portal.search import registry
from portal.spaces import features
from portal.spaces.features import Feature
from portal.tasks import handover, mine, plan_views, policy, telling
from portal.tasks.search import TaskSearch
from portal.tasks.views import bp

__all__ = ["install"]
_TOLD = (handover, plan_views, policy)  # imported for their routes and for what they register


def install(app: Flask) -> None:
    app.register_blueprint(bp)
    registry.register(TaskSearch())
    telling.install()
    features.add(
        Feature(
            "tasks",
            _l("Tasks"),
            "tasks.index",
            "check-square",
            40,
            _l("Who does what until when, on a board and in an action plan."),
            glance=mine.glance,
        )
    )
