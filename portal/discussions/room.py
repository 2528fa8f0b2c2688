"""What the room installs: discussions in a space and what was decided."""

from flask import Flask, current_app
from markupsafe import Markup

from portal.access import Viewer
from portal.discussions import handling, kind, notices, queries, views, writing
from portal.discussions.search import DiscussionSearch
from portal.kernel.i18n import _l
from portal.search import registry
from portal.spaces import features
from portal.spaces.queries import Place

# Imported for what they register.
__all__ = ["handling", "install", "kind", "writing"]

GLANCE = 4  # topics on a space's overview


def _glance(space: Place, viewer: Viewer) -> Markup:
    """What was said last, on the space's overview."""
    topics, _further = queries.topics(viewer, space.id, limit=GLANCE)
    if not topics:
        return Markup("")
    template = current_app.jinja_env.get_template("discussions/_glance.html")
    return Markup(template.render(topics=topics))


def install(app: Flask) -> None:
    app.register_blueprint(views.bp)
    registry.register(DiscussionSearch())
    notices.register()
    hint = _l("Topics with replies and files; what was decided is marked and listed.")
    features.add(
        features.Feature(
            "discussions", _l("Discussions"), "discussions.index", "chat-circle", 30, hint,
            glance=_glance,
        )
    )  # fmt: skip
