"""What the room installs: the communication plan as a live register."""

from flask import Flask, current_app
from markupsafe import Markup

from portal.access import Viewer
from portal.communication import (
    handover,
    notices,
    objective_views,
    queries,
    report_views,
    uploads,
    views,
    writing,
)
from portal.communication.search import EntrySearch
from portal.communication.services import FEATURE
from portal.kernel.i18n import _l
from portal.search import registry
from portal.spaces import features
from portal.spaces.queries import Place

# Imported for their routes and for what they tell accounts.
__all__ = ["handover", "install", "objective_views", "report_views", "writing"]

GLANCE = 4  # entries on a space's overview


def _glance(space: Place, viewer: Viewer) -> Markup:
    """What is late and what is due this week, on the space's overview."""
    lines, late, due = queries.near(viewer, space.id, GLANCE)
    if not lines:
        return Markup("")
    template = current_app.jinja_env.get_template("communication/_glance.html")
    further = due if late + due > len(lines) else 0
    return Markup(template.render(space=space, lines=lines, late=late, further=further))


def install(app: Flask) -> None:
    app.register_blueprint(views.bp)
    uploads.install()
    notices.install()
    registry.register(EntrySearch())
    hint = _l("What is said to whom, where and when; what proves it, and what it reached.")
    features.add(
        features.Feature(
            FEATURE, _l("Communication plan"), "communication.register", "megaphone", 60,
            hint, glance=_glance,
        )
    )  # fmt: skip
