"""Who is looking: the session of the cookie becomes the viewer, before every page."""

from datetime import timedelta
from typing import Any

from flask import Flask, current_app, g, request, session
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user

from portal import jobs
from portal.access import VISITOR, Viewer
from portal.access.doors import DOOR
from portal.kernel import clock
from portal.signin import notices, passwords, services
from portal.signin.backoff import Guard
from portal.signin.door import TOKEN
from portal.signin.invitations import bp
from portal.spaces import endings, viewers

SEEN_EVERY = timedelta(minutes=15)


def install(app: Flask) -> None:
    app.extensions["passwords"] = passwords.hasher(app.config.get("PASSWORD_COST"))
    app.extensions["signin.guard"] = Guard()
    manager = LoginManager(app)
    manager.session_protection = None  # it would sign people out when a phone changes networks
    manager.anonymous_user = _visitor
    manager.user_loader(viewers.by_session)
    app.before_request(load_viewer)
    app.register_blueprint(bp)
    notices.install()
    jobs.daily(services.sweep)


def _visitor() -> Viewer:
    return VISITOR


def load_viewer() -> ResponseReturnValue | None:
    """Put the viewer into `g`: one statement for those who are signed in, none for visitors."""
    if request.endpoint == "static":
        return None
    viewer: Any = current_user._get_current_object()  # noqa: SLF001  the proxy's own way
    g.viewer = viewer
    if viewer.is_authenticated:
        if clock.now() - g.session_seen_at > SEEN_EVERY:
            services.seen(viewer.session_id)
    elif "closed" in g:  # her organisation's agreement is over; prolonged, the session goes on
        view = current_app.view_functions.get(request.endpoint or "")
        if getattr(view, DOOR, "public") != "public":
            return endings.answer(g.closed)
    elif TOKEN in session:
        # Ended, idle too long, or the person left. The form's token stays: a form sent now is
        # told to sign in first, not that it is old.
        for key in (TOKEN, "_fresh", "_id"):
            session.pop(key, None)
        session.permanent = False
        session["ended"] = True
    return None
