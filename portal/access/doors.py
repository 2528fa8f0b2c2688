"""Doors: each route declares who may come in at all. A route without one is refused."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from flask import Flask, current_app, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound, Unauthorized

from portal.access.viewer import Viewer, current_viewer
from portal.kernel.errors import wants_json
from portal.kernel.links import link

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]
DOOR = "door"
PRIVATE = "private"
BY_TOKEN = "by_token"


def _door(name: str, admits: Callable[[Viewer], bool]) -> Callable[[View[P]], View[P]]:
    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def enter(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            viewer = current_viewer()
            if name != "public":
                if not viewer.is_authenticated:
                    return sign_in_first()
                if not admits(viewer):
                    raise NotFound
            return view(*args, **kwargs)

        setattr(enter, DOOR, name)
        return enter

    return decorate


def sign_in_first() -> ResponseReturnValue:
    """Send a visitor to sign in and back again; JSON clients and forms get a plain 401."""
    if wants_json() or request.method not in ("GET", "HEAD"):
        raise Unauthorized
    back = request.full_path.rstrip("?")
    return redirect(link("signin.sign_in", next=back if back != "/" else None))


public: Callable[[View[Any]], View[Any]] = _door("public", lambda viewer: True)
signed_in: Callable[[View[Any]], View[Any]] = _door("signed_in", lambda viewer: True)
staff: Callable[[View[Any]], View[Any]] = _door("staff", lambda viewer: viewer.is_staff)
administrators: Callable[[View[Any]], View[Any]] = _door(
    "administrators", lambda viewer: viewer.is_admin
)


def by_token(view: View[Any]) -> View[Any]:
    """Open to whoever holds the signed token in its address, with a session or without one.

    The token is the proof of who asks, and no cookie lends a form its power: so its forms carry
    no other token, and the app leaves them out of the guard against forged forms.
    """
    entered = public(view)
    setattr(entered, BY_TOKEN, True)
    return entered


def private(view: View[P]) -> View[P]:
    """A page of a person's own: keys, devices, notices. Never opened with borrowed eyes."""
    setattr(view, PRIVATE, True)
    return view


def _closed_by_default() -> None:
    if request.endpoint in (None, "static"):
        return
    view = current_app.view_functions[request.endpoint]
    if not hasattr(view, DOOR):
        raise RuntimeError(f"{request.endpoint} declares no door")


def install(app: Flask) -> None:
    app.before_request(_closed_by_default)
