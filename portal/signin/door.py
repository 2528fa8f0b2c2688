"""What the pages of the door share: their blueprint, answering a form, the browser's cookie."""

import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, g, jsonify, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import login_user
from werkzeug.exceptions import TooManyRequests

from portal.kernel.errors import wants_json
from portal.kernel.forms import PortalForm
from portal.kernel.i18n import ngettext
from portal.signin import devices
from portal.signin.backoff import TooSoon

bp = Blueprint("signin", __name__)
REFUSED = 422  # the form comes back; browsers do not offer to keep the wrong password
TOKEN = "_user_id"  # Flask-Login's own key; it holds the session's token, never a person's id
HALFWAY = "halfway"  # the cookie's name for the number that a form of `halfway` belongs to


def answer(
    form: PortalForm,
    act: Callable[[], Any],
    done: Callable[[], ResponseReturnValue],
    template: str,
    **shown: Any,
) -> ResponseReturnValue:
    """Run a form's action; its page again on refusal, with what was typed except passwords."""
    if not form.is_submitted():
        return render_template(template, form=form, **shown)
    try:
        if form.accepts(act):
            return done()
    except TooSoon as soon:
        return _too_soon(form, soon.seconds, template, shown)
    if wants_json():
        return jsonify(errors=form.errors), REFUSED
    return render_template(template, form=form, **shown), REFUSED


def _too_soon(
    form: PortalForm, seconds: int, template: str, shown: dict[str, Any]
) -> ResponseReturnValue:
    if wants_json():
        raise TooManyRequests(retry_after=seconds)
    minutes = -(-seconds // 60)
    words = ngettext(
        "Too many attempts. Try again in a minute.",
        "Too many attempts. Try again in %(n)s minutes.",
        minutes,
    )
    form.form_errors.append(words)
    body = render_template(template, form=form, **shown)
    return body, 429, {"Retry-After": str(seconds)}


class _Pass:
    """What Flask-Login puts into the cookie: the session's token, never a person's number."""

    is_active = True

    def __init__(self, token: str) -> None:
        self.token = token

    def get_id(self) -> str:
        return self.token


def begin(token: str, keep: bool) -> None:
    """Turn the browser's cookie into the session of this token; nothing old survives in it."""
    forget()
    session.permanent = keep
    login_user(_Pass(token))
    session.pop("_id", None)  # a hash of address and browser, which nothing here asks for
    g.pop("language", None)


def forget() -> None:
    """Empty the browser's cookie, but for the language chosen at the door."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    g.pop("csrf_token", None)  # it belonged to the cookie before; forms below get another


def kept_token() -> str | None:
    """The session's token in the browser's cookie, whether or not it opens anything now."""
    found: str | None = session.get(TOKEN)
    return found


def begin_halfway() -> str:
    """Give the browser a new number, to which forms of `halfway` belong; older ones end."""
    number = secrets.token_hex(16)
    session[HALFWAY] = number
    return number


def halfway_number() -> str | None:
    """The number that the browser was given, if any."""
    number: str | None = session.get(HALFWAY)
    return number


def end_halfway() -> None:
    session.pop(HALFWAY, None)


def address() -> str:
    return request.remote_addr or ""


def device() -> str:
    return devices.words(request.user_agent.string)
