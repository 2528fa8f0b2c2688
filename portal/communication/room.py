"""What the room installs: the communication plan as a live register."""

from flask import Flask

from portal.communication import objective_views, report_views, uploads, views, writing
from portal.communication.search import EntrySearch
from portal.kernel.i18n import _l
from portal.search import registry
from portal.spaces import features

# Imported for their routes.
__all__ = ["install", "objective_views", "report_views", "writing"]


def install(app: Flask) -> None:
    app.register_blueprint(views.bp)
    uploads.install()
    registry.register(EntrySearch())
    features.add(
        features.Feature(
            views.FEATURE,
            _l("Communication plan"),
            "communication.register",
            "megaphone",
            60,
            _l("What is said to whom, where and when; what proves it, and what it reached."),
        )
    )
