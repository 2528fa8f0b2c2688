"""What the room installs: the editorial board, its calendar, and ideas."""

from flask import Flask

from portal.access import Role
from portal.editorial import calendar_views, idea_views, notices, policy, timing, views
from portal.editorial.search import IdeaSearch
from portal.kernel.i18n import _l
from portal.search import registry
from portal.spaces import features
from portal.spaces.features import Feature

# Imported for what they register.
__all__ = ["calendar_views", "idea_views", "install", "policy", "timing"]


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
        )
    )
