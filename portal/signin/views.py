"""Pages of signing in: the form, the ways in by link and slip, one's own sessions."""

from flask import flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import current_viewer
from portal.access.doors import private, public, signed_in
from portal.access.site import site
from portal.kernel.i18n import _, ngettext
from portal.kernel.links import link
from portal.signin import demo, halfway, queries, services, tickets
from portal.signin.door import address, answer, begin, bp, device, forget, kept_token
from portal.signin.forms import ChangeForm, ForgotForm, SignInForm, SlipForm, WayInForm
from portal.signin.paths import own_path
from portal.signin.second_factor_views import go_on

__all__ = ["bp"]


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    back = own_path(request.args.get("next"))
    if current_viewer().is_authenticated:
        return redirect(back)
    form = SignInForm(name=request.args.get("as", ""))
    entries: list[services.Entry] = []

    def enter() -> None:
        entry = services.sign_in(
            form.name.data or "",
            form.password.data or "",
            address=address(),
            device=device(),
            keep=bool(form.keep.data),
        )
        entries.append(entry)

    return answer(
        form,
        enter,
        lambda: go_on(entries[0], keep=bool(form.keep.data), back=back),
        "signin/sign_in.html",
        back=back if back != "/" else None,
        was_ended=session.pop("ended", False),
        demo_people=demo.people() if site().is_demo else [],
    )


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    viewer, kept = current_viewer(), kept_token()
    if viewer.session_id is not None:
        services.end_session(viewer.session_id, by=viewer)
    elif kept is not None:
        services.end_sleeping(kept)
    forget()
    flash(_("You are signed out."), "success")
    return redirect(link("signin.sign_in"))


@bp.route("/forgot", methods=["GET", "POST"])
@public
def forgot() -> ResponseReturnValue:
    form = ForgotForm(name=request.args.get("as", ""))
    return answer(
        form,
        lambda: tickets.forgot(form.name.data or "", address=address()),
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
        found.append(tickets.token_by_code(name, code, address=address()))

    return answer(
        form,
        look,
        lambda: redirect(link("signin.ticket", token=found[0])),
        "signin/slip.html",
    )


@bp.route("/way-in/<token>", methods=["GET", "POST"])
@public
def ticket(token: str) -> ResponseReturnValue:
    """Choose a password by invitation or reset. Opening the page uses nothing up."""
    entries: list[services.Entry] = []
    try:
        person = tickets.open_ticket(token)
        form = WayInForm()
        return answer(
            form,
            lambda: entries.append(_use(token, form.password.data or "")),
            lambda: _welcome(entries[0]),
            "signin/ticket.html",
            person=person,
            left=halfway.step_left(person.user_id),
        )
    except tickets.Gone as gone:
        status = 404 if gone.reason == "wrong" else 410
        return render_template("signin/gone.html", reason=gone.reason), status


def _use(token: str, password: str) -> services.Entry:
    entry = tickets.use(token, password, device=device())
    before = current_viewer()
    if before.session_id is not None:  # somebody else's session on the same browser
        services.end_session(before.session_id, by=before)
    return entry


def _welcome(entry: services.Entry) -> ResponseReturnValue:
    if entry.left:
        return go_on(entry)
    begin(entry.token, keep=False)
    flash(_("Your password is set and you are signed in. Welcome."), "success")
    return redirect("/")


@bp.get("/me/sessions")
@private
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
@private
@signed_in
def password() -> ResponseReturnValue:
    form = ChangeForm()

    def change() -> None:
        current, new = form.current.data or "", form.password.data or ""
        services.change_password(current, new, by=current_viewer())

    def done() -> ResponseReturnValue:
        flash(_("Your password is changed. Your other sessions are ended."), "success")
        return redirect(link("signin.sessions"))

    return answer(form, change, done, "signin/password.html")
