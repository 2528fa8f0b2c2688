"""What the room of pages installs: its kind, its tab in a space, its place in the search."""

from flask import Flask

from portal.content import steps
from portal.kernel.i18n import _l
from portal.notify import notices
from portal.pages import keeping, kind, placing, views, writing
from portal.pages.search import PageSearch
from portal.search import registry
from portal.spaces import features

# Imported for what they register.
__all__ = ["install", "keeping", "kind", "writing"]


def install(app: Flask) -> None:
    app.register_blueprint(views.bp)
    registry.register(PageSearch())
    # Pages are written all day: who follows the space is told of new ones, and nobody else.
    notices.register("page", _l("Pages"), notices.of_content, "off")
    steps.on("trash", placing.left)
    steps.on("restore", placing.back)
    features.add(
        features.Feature(
            "pages",
            _l("Pages"),
            "pages.index",
            "note",
            20,
            _l("What the team knows and agrees on, as a tree of pages that all of it writes."),
            glance=views.glance,
        )
    )
