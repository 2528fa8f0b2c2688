"""Giving a card another day and time, from the board or the calendar."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import Viewer
from portal.access.doors import signed_in
from portal.content.models import OPEN, Content, Revision
from portal.editorial import moves, services
from portal.editorial.forms import DayForm, TimeForm
from portal.editorial.models import Idea
from portal.editorial.views import FEATURE, bp, stale
from portal.kernel.errors import Stale
from portal.kernel.i18n import _
from portal.kernel.links import link
from portal.spaces.features import entered
from portal.spaces.queries import Place


@bp.route("/spaces/<slug>/board/time", methods=["GET", "POST"])
@signed_in
def time(slug: str) -> ResponseReturnValue:
    """The form of a card's time; what was dragged in the calendar sends the same fields."""
    space, viewer = entered(slug, FEATURE)
    key = request.values.get("card", "")
    try:
        card = moves.find(key, viewer)
        form = _form(card)
        seal = form.seal.data or ""
        if form.accepts(lambda: _save(form, key, seal, viewer)):
            return _after(form, space)
    except moves.Gone:
        if request.method == "GET":
            raise NotFound from None
        return stale(space, viewer, key)
    except Stale:
        return stale(space, viewer, key)
    page = render_template("editorial/time.html", space=space, form=form, title=card.title)
    return page, 422 if form.is_submitted() else 200


def _form(card: moves.Card) -> Any:
    form = DayForm() if isinstance(card, Idea) else TimeForm()
    if request.method == "GET":
        form.card.data, form.seal.data = moves.key_of(card), moves.seal_of(card)
        form.send.data = request.args.get("send", "")
        form.at.process_data(_now_asked(card))
    return form


def _now_asked(card: moves.Card) -> Any:
    match card:
        case Idea():
            return card.planned_on
        case Revision() if card.state in OPEN:
            return card.wanted_from
        case Revision():
            return card.content.visible_from
        case Content():
            return card.visible_from


def _save(form: Any, key: str, seal: str, viewer: Viewer) -> None:
    day = isinstance(form, DayForm)
    at = services.opening(form.at.data) if day else form.at.moment
    form.card.data = moves.set_time(key, seal, at, by=viewer, send=bool(form.send.data))


def _after(form: Any, space: Place) -> ResponseReturnValue:
    data = form.at.data
    day = data.date() if isinstance(data, datetime) else data
    key = form.card.data
    if form.send.data:
        flash(_("Its time is set, and it is sent on."), "success")
        return redirect(link("editorial.board", slug=space.slug, card=key), 303)
    flash(_("Its day is changed."), "success")
    week = request.form.get("view") == "week"
    span = {"week": f"{day}"} if week else {"month": f"{day:%Y-%m}"}
    return redirect(link("editorial.calendar", slug=space.slug, **span, card=key), 303)
