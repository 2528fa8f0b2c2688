"""Seeing as a partner: the wall before every view, and the pages to choose and to stop."""

from typing import Any

from flask import Flask, current_app, flash, g, redirect, request
from flask.typing import ResponseReturnValue

from portal.access.doors import PRIVATE
from portal.access.viewer import Viewer
from portal.kernel.errors import OnlyLooking
from portal.kernel.i18n import _
from portal.kernel.links import link
from portal.kernel.transaction import look_only
from portal.seeing import banner, queries, tokens
from portal.seeing.views import bp
from portal.spaces import seeing
from portal.spaces.seeing import End

SAFE = ("GET", "HEAD", "OPTIONS")
STOP = "seeing.stop"
# What may be sent while looking: it ends the look, or changes nothing but this browser's words.
MAY_SEND = {STOP, "home.language"}
# Part of every page, and nobody's in particular.
UNNOTED = {"home.theme", "home.healthz", "home.readyz"}


def install(app: Flask) -> None:
    app.before_request(look)  # after sign-in has found the viewer, before any view
    app.register_blueprint(bp)
    app.jinja_env.globals["seeing_words"] = banner.words


def look() -> ResponseReturnValue | None:
    """Put the borrowed eyes into `g.viewer`, and let nothing through that would change something.

    Whose session it is stays in `viewer.seen_by`.
    """
    if request.endpoint == "static" or g.get("seeing") is None:
        return None
    own: Viewer = g.viewer
    if not own.is_authenticated:
        return None
    user_id, since = g.seeing
    found = seeing.borrowed(own, user_id, since)
    if isinstance(found, End):
        return _over(user_id, found, own)
    if request.endpoint == "signin.sign_out":
        seeing.stop(user_id, End.SIGNED_OUT, by=own)
        return None
    g.viewer = found
    g.pop("language", None)  # hers now
    look_only()
    if request.method not in SAFE and request.endpoint not in MAY_SEND:
        raise OnlyLooking
    if request.endpoint is None:
        return None
    if getattr(current_app.view_functions[request.endpoint], PRIVATE, False):
        raise OnlyLooking
    if request.method in SAFE and request.endpoint not in UNNOTED:
        seeing.note(found, request.endpoint, **_ids())
    return None


def _over(user_id: int, why: End, own: Viewer) -> ResponseReturnValue | None:
    """Her own eyes again, and why. What is sent from a page seen before is not taken as hers."""
    seeing.stop(user_id, why, by=own)
    if request.endpoint == "signin.sign_out":
        return None
    tokens.take_back()
    told = {
        End.TIME: _("The half hour is over: you see with your own eyes again."),
        End.RIGHT: _("You may not see with this person's eyes any more, and see with your own."),
        End.PERSON: _("This person has no access any more: you see with your own eyes again."),
    }
    flash(told[why])
    if request.method in SAFE:
        return None
    if request.endpoint == STOP:
        return redirect(link("home.index"))
    raise OnlyLooking(is_over=True)


def _ids() -> dict[str, Any]:
    """The numbers that an address names; of an address in words, the number at its end."""
    found: dict[str, Any] = {}
    for name, value in (request.view_args or {}).items():
        if isinstance(value, int):
            found[name] = value
        elif name == "address" and (ident := value.rpartition("-")[2])[:9].isdecimal():
            found["content_id"] = int(ident[:9])
        elif name == "slug" and (space := queries.space_id(value)) is not None:
            found["space_id"] = space
    if several := request.args.getlist("id", type=int)[:50]:
        found["ids"] = several
    return found
