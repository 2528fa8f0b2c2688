"""Pages of signing in: the form, the ways in by link and slip, one's own sessions."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import login_user
from werkzeug.exceptions import NotFound, TooManyRequests

from portal.access import current_viewer
from portal.access.doors import public, signed_in
from portal.access.site import site
from portal.kernel.errors import wants_json
from portal.kernel.forms import PortalForm
from portal.kernel.i18n import _, ngettext
from portal.kernel.links import link
from portal.signin import demo, devices, queries, services, tickets
from portal.signin.backoff import TooSoon
from portal.signin.forms import ChangeForm, ForgotForm, SignInForm, SlipForm, WayInForm
from portal.signin.paths import own_path

bp = Blueprint("signin", __name__)
REFUSED = 422  # the form comes back; browsers do not offer to keep the wrong password


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    back = own_path(request.args.get("next"))
    if current_viewer().is_authenticated:
        return redirect(back)
    form = SignInForm(name=request.args.get("as", ""))

    def enter() -> None:
        keep = bool(form.keep.data)
        token = services.sign_in(
            form.name.data or "",
            form.password.data or "",
            address=_address(),
            device=_device(),
            keep=keep,
        )
        _begin(token, keep)

    return _answer(
        form,
        enter,
        lambda: redirect(back),
        "signin/sign_in.html",
        back=back if back != "/" else None,
        was_ended=session.pop("ended", False),
        demo_people=demo.people() if site().is_demo else [],
    )


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    viewer = current_viewer()
    if viewer.session_id is not None:
        services.end_session(viewer.session_id, by=viewer)
    _forget()
    flash(_("You are signed out."), "success")
    return redirect(link("signin.sign_in"))


@bp.route("/forgot", methods=["GET", "POST"])
@public
def forgot() -> ResponseReturnValue:
    form = ForgotForm(name=request.args.get("as", ""))
    return _answer(
        form,
        lambda: tickets.forgot(form.name.data or "", address=_address()),
        lambda: render_template("signin/forgot_sent.html"),
        "signin/forgot.html",
    )


@bp.route("/slip", methods=["GET", "POST"])
@public
def slip() -> ResponseReturnValue:
    """The name and code of a printed slip lead to the same page as a link in a mail."""
    form = SlipForm(name=request.args.get("as", ""))
    found: list[str] = []

    def look() -> None:
        name, code = form.name.data or "", form.code.data or ""
        found.append(tickets.token_by_code(name, code, address=_address()))

    return _answer(
        form,
        look,
        lambda: redirect(link("signin.ticket", token=found[0])),
        "signin/slip.html",
    )


@bp.route("/way-in/<token>", methods=["GET", "POST"])
@public
def ticket(token: str) -> ResponseReturnValue:
    """Choose a password by invitation or reset. Opening the page uses nothing up."""
    try:
        person = tickets.open_ticket(token)
        form = WayInForm()
        return _answer(
            form,
            lambda: _use(token, form.password.data or ""),
            _welcome,
            "signin/ticket.html",
            person=person,
        )
    except tickets.Gone as gone:
        status = 404 if gone.reason == "wrong" else 410
        return render_template("signin/gone.html", reason=gone.reason), status


def _use(token: str, password: str) -> None:
    fresh = tickets.use(token, password, device=_device())
    before = current_viewer()
    if before.session_id is not None:  # somebody else's session on the same browser
        services.end_session(before.session_id, by=before)
    _begin(fresh, keep=False)


def _welcome() -> ResponseReturnValue:
    flash(_("Your password is set and you are signed in. Welcome."), "success")
    return redirect("/")


@bp.get("/me/sessions")
@signed_in
def sessions() -> ResponseReturnValue:
    viewer = current_viewer()
    return render_template(
        "signin/sessions.html",
        sessions=queries.sessions(viewer.user_id or 0),
        this=viewer.session_id,
    )


@bp.post("/me/sessions/<int:session_id>/end")
@signed_in
def end_session(session_id: int) -> ResponseReturnValue:
    viewer = current_viewer()
    if session_id == viewer.session_id:
        return sign_out()
    if not services.end_session(session_id, by=viewer):
        raise NotFound
    flash(_("That session is ended."), "success")
    return redirect(link("signin.sessions"))


@bp.post("/me/sessions/end-others")
@signed_in
def end_others() -> ResponseReturnValue:
    number = services.end_other_sessions(by=current_viewer())
    words = ngettext("%(n)s other session is ended.", "%(n)s other sessions are ended.", number)
    flash(words if number else _("There was no other session."), "success")
    return redirect(link("signin.sessions"))


@bp.route("/me/password", methods=["GET", "POST"])
@signed_in
def password() -> ResponseReturnValue:
    form = ChangeForm()

    def change() -> None:
        current, new = form.current.data or "", form.password.data or ""
        services.change_password(current, new, by=current_viewer())

    def done() -> ResponseReturnValue:
        flash(_("Your password is changed. Your other sessions are ended."), "success")
        return redirect(link("signin.sessions"))

    return _answer(form, change, done, "signin/password.html")


# ── Shared by the pages above ───────────────────────────────────────────


def _answer(
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


def _begin(token: str, keep: bool) -> None:
    """Turn the browser's cookie into the session of this token; nothing old survives in it."""
    _forget()
    session.permanent = keep
    login_user(_Pass(token))
    session.pop("_id", None)  # a hash of address and browser, which nothing here asks for
    g.pop("language", None)


def _forget() -> None:
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language


def _address() -> str:
    return request.remote_addr or ""


def _device() -> str:
    return devices.words(request.user_agent.string)
