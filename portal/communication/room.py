"""What the room installs: the communication plan as a live register."""

from flask import Flask

from portal.communication import (
    handover,
    notices,
    objective_views,
    report_views,
    uploads,
    views,
    writing,
)
from portal.communication.glance import glance
from portal.communication.search import EntrySearch
from portal.communication.services import FEATURE
from portal.kernel.i18n import _l
from portal.search import registry
from portal.spaces import features

# Imported for their routes and for what they tell accounts.
__all__ = ["handover", "install", "objective_views", "report_views", "writing"]


def install(app: Flask) -> None:
    app.register_blueprint(views.bp)
    uploads.install()
    notices.install()
    registry.register(EntrySearch())
    hint = _l("What is said to whom, where and when; what proves it, and what it reached.")
    features.add(
        features.Feature(
            FEATURE, _l("Communication plan"), "communication.register", "megaphone", 60,
            hint, glance=glance,
        )
    )  # fmt: skip
