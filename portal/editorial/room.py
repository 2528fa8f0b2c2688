"""What the room installs: the editorial board, its calendar, and ideas."""

from flask import Flask, current_app
from markupsafe import Markup

from portal.access import Role, Viewer
from portal.editorial import (
    calendar_views,
    handover,
    idea_views,
    notices,
    policy,
    queries,
    timing,
    views,
)
from portal.editorial.search import IdeaSearch
from portal.kernel.i18n import _l
from portal.search import registry
from portal.spaces import features
from portal.spaces.features import Feature
from portal.spaces.queries import Place

# Imported for what they register.
__all__ = ["calendar_views", "handover", "idea_views", "install", "policy", "timing"]


def _glance(space: Place, viewer: Viewer) -> Markup | str:
    """What opens next, on the space's overview. Clashes would cost statements of their own."""
    cards = queries.next_to_open(viewer, space)
    if not cards:
        return ""
    template = current_app.jinja_env.get_template("editorial/_glance.html")
    return Markup(template.render(cards=cards))


def install(app: Flask) -> None:
    app.register_blueprint(views.bp)
    registry.register(IdeaSearch())
    notices.register()
    features.add(
        Feature(
            views.FEATURE,
            _l("Editorial board"),
            "editorial.board",
            "columns",
            50,
            _l("What the unit plans, writes and publishes, by its state and in a calendar"),
            needs=Role.CONTRIBUTOR,
            glance=_glance,
        )
    )
