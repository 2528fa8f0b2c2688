"""Workspaces: the pages of spaces of every kind, their members and settings."""

from flask import Flask

from portal.kernel.i18n import _l
from portal.kernel.menu import Place, add
from portal.search.registry import register
from portal.spaces import features, guests
from portal.spaces import ties as _ties
from portal.spaces.features import Feature
from portal.workspaces import (
    asking_views,
    inviting_views,
    members,
    opening_views,
    queries,
    telling,
    warning,
)
from portal.workspaces.search import SpaceSearch
from portal.workspaces.views import bp

__all__ = ["install"]
_TOLD = (_ties, asking_views, inviting_views, members, opening_views)
# Imported for their routes and for what they tell accounts.


def install(app: Flask) -> None:
    app.register_blueprint(bp)
    add(app, Place(_l("Spaces"), "workspaces.index", 50))
    register(SpaceSearch())
    telling.register()
    if queries.has_asked not in guests.has_asked:
        guests.has_asked.append(queries.has_asked)
    warning.install()
    features.add(Feature("overview", _l("Overview"), "workspaces.show", "house", 0, always=True))
    features.add(
        Feature("members", _l("Members"), "workspaces.members", "users-three", 90, always=True)
    )
    app.jinja_env.globals["space_tabs"] = features.tabs
