"""The page from which an administrator or coordinator lets a person in."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import BadRequest

from portal.access import Action, current_viewer, fetch
from portal.access.doors import signed_in
from portal.accounts.models import User
from portal.kernel import clock
from portal.kernel.errors import Refused
from portal.kernel.i18n import DEFAULT, _, long_date, speaking
from portal.kernel.links import absolute, link
from portal.signin import halfway, qr, queries, second_factor, tickets
from portal.signin.door import REFUSED
from portal.signin.views import bp

__all__ = ["bp"]  # these pages join those of `views`


@bp.get("/people/<int:user_id>/way-in")
@signed_in
def invite(user_id: int) -> ResponseReturnValue:
    person = fetch(User, user_id, Action.MANAGE)
    return _page(person)


@bp.post("/people/<int:user_id>/way-in")
@signed_in
def send_invitation(user_id: int) -> ResponseReturnValue:
    person = fetch(User, user_id, Action.MANAGE)
    way = request.form.get("way")
    try:
        if way == "mail":
            tickets.invite(person, by=current_viewer())
            flash(_("The invitation is on its way."), "success")
            return redirect(link("signin.invite", user_id=user_id))
        if way == "slip":
            return _slip(person, tickets.invite_by_slip(person, by=current_viewer()))
    except Refused as refusal:
        return _page(person, refusal.message), REFUSED
    raise BadRequest


@bp.post("/people/<int:user_id>/way-in/reset-second-factor")
@signed_in
def reset_second_factor(user_id: int) -> ResponseReturnValue:
    """A phone was lost: its owner sets up another at her next sign-in."""
    person = fetch(User, user_id, Action.MANAGE)
    try:
        second_factor.reset(person, by=current_viewer())
    except Refused as refusal:
        return _page(person, refusal.message), REFUSED
    flash(
        _("The second step of %(name)s is reset; she or he is told.", name=person.name), "success"
    )
    return redirect(link("signin.invite", user_id=user_id))


def _page(person: User, refusal: str = "") -> str:
    last = queries.newest_ticket(person.id)
    factor = queries.second_factor(person.id)
    is_over = last is not None and last.used_at is None and last.expires_at <= clock.now()
    return render_template(
        "signin/invite.html",
        person=person,
        refusal=refusal,
        last=last,
        is_over=is_over,
        factor=factor,
        is_required=halfway.is_required(is_admin=factor.is_admin, is_home=factor.is_home),
    )


def _slip(person: User, slip: tickets.Slip) -> ResponseReturnValue:
    """The slip itself is the answer: its code is stored only as a hash and shown only now."""
    address = absolute("signin.ticket", token=slip.token)
    language = person.language or DEFAULT
    with speaking(language):
        paper = render_template(
            "signin/slip_paper.html",
            language=language,
            person=person,
            slip=slip,
            page=absolute("signin.slip"),
            picture=qr.svg(address),
            expires=long_date(clock.local(slip.ticket.expires_at).date()),
        )
    return render_template("signin/slip_print.html", person=person, paper=Markup(paper))
