"""Errors say what happened, what was kept and what to do next, in the reader's language."""

import logging

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import ObjectDeletedError
from werkzeug.exceptions import (
    Conflict,
    Forbidden,
    HTTPException,
    InternalServerError,
    NotFound,
    ServiceUnavailable,
)

from portal.kernel.database import db
from portal.kernel.i18n import _

log = logging.getLogger(__name__)
PAGES = (400, 401, 403, 404, 409, 413, 429, 500, 503)


class Refused(Exception):
    """A service's refusal of bad input: the field concerned and a message for its reader.

    Views show it at the field and keep what was typed; nothing was changed.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class Stale(Conflict):
    """Somebody saved in the meantime. Carries what a page needs to show both texts."""

    def __init__(self, item: object = None) -> None:
        super().__init__()
        self.item = item


class OnlyLooking(Forbidden):
    """Somebody looks with another person's eyes, and so she changes nothing.

    is_over: she looked, and what she sent still belongs to what she saw then.
    """

    def __init__(self, *, is_over: bool = False) -> None:
        super().__init__()
        self.told = "looked" if is_over else "looking"


def words(status: int | str) -> dict[str, str]:
    """What an error page says: title, what happened, what was kept, what next.

    status: of HTTP, or the name of a refusal that says more than its status does.
    """
    nothing = _("Nothing was changed.")
    texts: dict[int | str, tuple[str, str, str, str]] = {
        "looking": (
            _("You are only looking"),
            _(
                "You see the portal with another person's eyes. Meanwhile nothing can be changed, "
                "and the pages of her password and devices stay closed."
            ),
            nothing,
            _("Go back, or stop looking with the button above. You may act as yourself then."),
        ),
        "looked": (
            _("You were only looking"),
            _("What you sent belongs to a page that you saw with another person's eyes."),
            nothing,
            _("You see with your own eyes again. Open the page afresh."),
        ),
        400: (
            _("The request could not be understood"),
            _("Something in the address or the form was not as expected, or the form was old."),
            nothing,
            _("Go back, reload the page and try again."),
        ),
        401: (
            _("Sign in first"),
            _("This page is shown only to people who are signed in."),
            nothing,
            _("Sign in and you will be brought back here."),
        ),
        403: (
            _("You may not do this"),
            _("You may read this item, but this action needs a role that you do not have."),
            nothing,
            _("Ask an editor or manager of the space."),
        ),
        404: (
            _("There is no such page for you"),
            _("The address may be wrong, the item may be gone, or it is not meant for you."),
            nothing,
            _("Search for it with the box above, or start from the home page."),
        ),
        "door": (  # a 404 of a visitor, who has neither a search box nor a home page
            _("There is no such page for you"),
            _("The address may be wrong, the item may be gone, or it is not meant for you."),
            nothing,
            _("Check the address, or sign in: what is meant for you is shown then."),
        ),
        409: (
            _("Somebody else saved in the meantime"),
            _("The item changed after you opened it."),
            _("Your text was not saved over the other person's."),
            _("Go back to compare, or open the item afresh."),
        ),
        413: (
            _("The file is too large"),
            _("What you sent is larger than the portal accepts."),
            nothing,
            _("Send a smaller file, or ask the administrator for the limit."),
        ),
        429: (
            _("Too many attempts"),
            _("For safety the portal waits a little after many attempts in a short time."),
            nothing,
            _("Wait for the time shown and try again."),
        ),
        500: (
            _("Something broke on our side"),
            _("The portal met an error that we did not foresee. It has been written down."),
            _("What was saved before is safe; your last step was not carried out."),
            _("Try again. If it happens again, tell the administrator the number below."),
        ),
        503: (
            _("The portal is resting for a moment"),
            _("It is being updated or its database cannot be reached."),
            _("What was saved before is safe; your last step was not carried out."),
            _("Wait a minute and reload the page."),
        ),
    }
    title, what, kept, then = texts[status if status in texts else 500]
    return {"title": title, "what": what, "kept": kept, "next": then}


def wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    return best == "application/json" or request.is_json


def page(status: int, retry_after: int | None = None, told: str = "") -> Response:
    """The error page of a status, or the same words as JSON for a JSON client."""
    is_known = getattr(g.get("viewer"), "is_authenticated", False)
    text = words(told or ("door" if status == 404 and not is_known else status))
    number = g.get("request_id", "")
    if wants_json():
        response = make_response(jsonify(status=status, request=number, **text), status)
    else:
        bare = status in (500, 503)
        template = "errors/bare.html" if bare else "errors/page.html"
        body = render_template(
            template,
            status=status,
            request_number=number,
            retry_after=retry_after,
            **text,
        )
        response = make_response(body, status)
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _bare(facts: dict[str, object]) -> str:
    """A page that asks the database for nothing, not even for the frame of other pages."""
    template = current_app.jinja_env.get_template("errors/bare.html")
    return template.render(**facts)


def _http(error: HTTPException) -> Response | HTTPException:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    status = 400 if isinstance(error, CSRFError) else error.code
    known = status if status in PAGES else (400 if status < 500 else 500)
    retry = getattr(error, "retry_after", None)
    told = getattr(error, "told", "")
    response = page(known, retry if isinstance(retry, int) else None, told)
    response.status_code = status
    for name, value in error.get_headers():
        if name in {"Allow", "WWW-Authenticate"}:
            response.headers[name] = value
    return response


def _crash(error: Exception) -> Response | HTTPException:
    if isinstance(error, ObjectDeletedError):  # somebody else deleted it while this one waited
        db.session.rollback()
        return _http(NotFound())
    log.error("unforeseen error", exc_info=error)
    db.session.rollback()
    if isinstance(error, OperationalError):
        return _http(ServiceUnavailable())
    return _http(InternalServerError())


def install(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _crash)
