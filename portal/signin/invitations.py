"""The page from which an administrator or coordinator lets a person in."""

import io

import segno
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
from portal.signin import queries, tickets
from portal.signin.views import REFUSED, bp

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


def _page(person: User, refusal: str = "") -> str:
    last = queries.newest_ticket(person.id)
    is_over = last is not None and last.used_at is None and last.expires_at <= clock.now()
    return render_template(
        "signin/invite.html", person=person, refusal=refusal, last=last, is_over=is_over
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
            picture=qr(address),
            expires=long_date(clock.local(slip.ticket.expires_at).date()),
        )
    return render_template("signin/slip_print.html", person=person, paper=Markup(paper))


def qr(address: str) -> Markup:
    """A QR code as SVG without style or width, so that it scales with its box."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=True,
        omitsize=True,
        svgclass="qr",
        lineclass=None,
        light="#fff",
    )
    return Markup(out.getvalue().decode())  # segno's own markup of our own address
