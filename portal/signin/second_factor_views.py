"""Pages of the second factor: at sign-in, and on one's own account."""

from collections.abc import Callable
from typing import Any

from flask import flash, jsonify, redirect, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Unauthorized

from portal.access import current_viewer
from portal.access.doors import private, public, signed_in
from portal.access.site import site
from portal.kernel import clock
from portal.kernel.errors import wants_json
from portal.kernel.forms import PortalForm
from portal.kernel.i18n import _, long_date, ngettext
from portal.kernel.links import link
from portal.signin import codes, halfway, qr, queries, second_factor, services, totp
from portal.signin.door import (
    answer,
    begin,
    begin_halfway,
    bp,
    device,
    end_halfway,
    forget,
    halfway_number,
)
from portal.signin.forms import CodeForm, ConfirmForm, PasswordForm, SetUpForm
from portal.signin.halfway import Halfway

PROVED = 202  # to a program: the password is right, and there is one step more
OWN_SET_UP, SIGN_IN_SET_UP = "signin.own_set_up", "signin.set_up"


# ── At sign-in ──────────────────────────────────────────────────────────


def go_on(entry: services.Entry, *, keep: bool = False, back: str = "/") -> ResponseReturnValue:
    """Answer the right password: to the page that was wanted, or to the second factor first."""
    if not entry.left:
        begin(entry.token, keep)
        return redirect(back)
    forget()
    number = begin_halfway()
    if entry.left == halfway.CODE:
        half = halfway.begin(entry.user_id, halfway.CODE, keep=keep, back=back)
        token = halfway.signed(half, number)
        if wants_json():
            return jsonify(next=link("signin.code"), halfway=token), PROVED
        form = CodeForm(formdata=None, halfway=token)
        return render_template("signin/code.html", form=form)
    return _offer(entry.user_id, number, SIGN_IN_SET_UP, keep=keep, back=back)


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
def code() -> ResponseReturnValue:
    """The second page of signing in. Its address alone leads to the first."""
    form = CodeForm()
    entered: list[second_factor.Entered] = []

    def act(half: Halfway) -> None:
        entered.append(second_factor.enter(half, form.typed, device=device()))

    def done(half: Halfway) -> ResponseReturnValue:
        begin(entered[0].token, half.keep)
        _warn_of_few(entered[0].codes_left)
        return redirect(half.back)

    return _from_halfway(form, act, done, "signin/code.html")


@bp.route("/sign-in/set-up", methods=["GET", "POST"])
@public
def set_up() -> ResponseReturnValue:
    """Who must have a second factor and has none sets it up before anything else."""
    form = SetUpForm()
    made: list[second_factor.SetUp] = []

    def act(half: Halfway) -> None:
        made.append(second_factor.enter_by_set_up(half, form.code.data or "", device=device()))

    def done(half: Halfway) -> ResponseReturnValue:
        begin(made[0].token, half.keep)
        return _show_codes(made[0].codes, half.back)

    return _from_halfway(form, act, done, "signin/set_up.html", action=SIGN_IN_SET_UP)


def _from_halfway(
    form: CodeForm | SetUpForm,
    act: Callable[[Halfway], None],
    done: Callable[[Halfway], ResponseReturnValue],
    template: str,
    action: str = "",
) -> ResponseReturnValue:
    """Answer a form that carries half a way; back to the password when that is over.

    action: where a set-up's form goes; empty for the page that asks for a code.
    """
    try:
        left = halfway.SET_UP if action else halfway.CODE
        half = halfway.read(form.halfway.data or "", halfway_number(), left)
        shown = _key(half, action) if action else {}
        return answer(form, lambda: act(half), lambda: done(half), template, **shown)
    except halfway.Over as over:
        if wants_json():
            raise Unauthorized from over
        return _begin_again(over, action, form.is_submitted())


def _begin_again(over: halfway.Over, action: str, tell: bool) -> ResponseReturnValue:
    is_in = current_viewer().is_authenticated
    if is_in and action != OWN_SET_UP:
        return redirect(over.back)  # she signed in meanwhile, in another window
    if tell:
        words = _("Please begin again: more than ten minutes passed, or something changed.")
        flash(words, "error")
    if is_in:
        return redirect(link("signin.own_factor"))
    return redirect(link("signin.sign_in", next=over.back if over.back != "/" else None))


def _warn_of_few(left: int | None) -> None:
    """Tell how many recovery codes are left, after one was used."""
    if left is None:
        return
    if not left:
        flash(_("That was your last recovery code. Make new ones in your profile now."), "error")
        return
    words = ngettext(
        "You used a recovery code. %(n)s is left; make new ones in your profile.",
        "You used a recovery code. %(n)s are left.",
        left,
    )
    flash(words, "success")


# ── Offering a key ──────────────────────────────────────────────────────


def _offer(user_id: int, number: str, action: str, **more: Any) -> ResponseReturnValue:
    """The page with a new key, to be scanned and proved."""
    secret = totp.new_secret()
    half = halfway.begin(user_id, halfway.SET_UP, secret=secret, **more)
    token = halfway.signed(half, number)
    if wants_json():
        address = _address(half)
        return jsonify(next=link(action), halfway=token, key=secret, address=address), PROVED
    form = SetUpForm(formdata=None, halfway=token)
    return render_template("signin/set_up.html", form=form, **_key(half, action))


def _key(half: Halfway, action: str) -> dict[str, Any]:
    """What the page of a new key shows. action: where its form goes."""
    address = _address(half)
    return {
        "key": codes.grouped(half.secret, " "),
        "address": address,
        "picture": qr.svg(address, error="l"),
        "action": link(action),
        "is_sign_in": action == SIGN_IN_SET_UP,
    }


def _address(half: Halfway) -> str:
    login = queries.account(half.user_id).login
    return totp.address(half.secret, login=login, issuer=site().name)


def _show_codes(fresh: list[str], back: str) -> ResponseReturnValue:
    """The recovery codes, shown only now."""
    if wants_json():
        return jsonify(codes=fresh)
    day = long_date(clock.today())
    return render_template("signin/codes.html", codes=fresh, back=back, day=day)


# ── One's own account ───────────────────────────────────────────────────


@bp.get("/me/second-factor")
@private
@signed_in
def own_factor() -> ResponseReturnValue:
    user_id = current_viewer().user_id or 0
    person = queries.second_factor(user_id)
    return render_template(
        "signin/second_factor.html",
        person=person,
        codes_left=queries.codes_left(user_id) if person.secret else 0,
        is_required=halfway.is_required(is_admin=person.is_admin, is_home=person.is_home),
    )


@bp.route("/me/second-factor/phone", methods=["GET", "POST"])
@private
@signed_in
def begin_own_set_up() -> ResponseReturnValue:
    """Add a phone, or change it: first the password, and a code where there is a phone."""
    viewer = current_viewer()
    form, has_one = _own_form()

    def act() -> None:
        typed = form.typed if has_one else ""
        second_factor.begin_set_up(form.current.data or "", typed, by=viewer)

    def done() -> ResponseReturnValue:
        return _offer(viewer.user_id or 0, begin_halfway(), OWN_SET_UP)

    return answer(form, act, done, "signin/confirm.html", what="phone", has_one=has_one)


@bp.route("/me/second-factor/set-up", methods=["GET", "POST"])
@private
@signed_in
def own_set_up() -> ResponseReturnValue:
    """The second page of adding a phone; its address alone leads to the overview."""
    form = SetUpForm()
    made: list[list[str]] = []

    def act(half: Halfway) -> None:
        made.append(second_factor.set_up(half, form.code.data or "", by=current_viewer()))

    def done(_half: Halfway) -> ResponseReturnValue:
        end_halfway()
        return _show_codes(made[0], link("signin.own_factor"))

    return _from_halfway(form, act, done, "signin/set_up.html", action=OWN_SET_UP)


@bp.route("/me/second-factor/codes", methods=["GET", "POST"])
@private
@signed_in
def own_codes() -> ResponseReturnValue:
    made: list[list[str]] = []
    form, has_one = _own_form()
    if not has_one:
        return redirect(link("signin.own_factor"))

    def act() -> None:
        password = form.current.data or ""
        made.append(second_factor.make_codes(password, form.typed, by=current_viewer()))

    def done() -> ResponseReturnValue:
        return _show_codes(made[0], link("signin.own_factor"))

    return answer(form, act, done, "signin/confirm.html", what="codes", has_one=True)


@bp.route("/me/second-factor/off", methods=["GET", "POST"])
@private
@signed_in
def turn_off() -> ResponseReturnValue:
    form, has_one = _own_form()
    if not has_one:
        return redirect(link("signin.own_factor"))

    def act() -> None:
        password = form.current.data or ""
        second_factor.turn_off(password, form.typed, by=current_viewer())

    def done() -> ResponseReturnValue:
        flash(_("The second step is turned off. Your other sessions are ended."), "success")
        return redirect(link("signin.own_factor"))

    return answer(form, act, done, "signin/confirm.html", what="off", has_one=True)


def _own_form() -> tuple[PortalForm, bool]:
    """The password and, from those who have a phone here, a code; whether they have."""
    has_one = queries.second_factor(current_viewer().user_id or 0).secret is not None
    return (ConfirmForm() if has_one else PasswordForm()), has_one
