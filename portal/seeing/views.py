"""Choosing whose eyes to borrow, and giving them back."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import Viewer, current_viewer
from portal.access.doors import signed_in, staff
from portal.accounts.queries import named
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.links import link, number
from portal.kernel.text import tidy
from portal.seeing import queries, tokens
from portal.spaces import seeing

bp = Blueprint("seeing", __name__, url_prefix="/seeing")
WORDS_LONG = 100  # signs of a name that are looked at


@bp.get("")
@staff
def choose() -> ResponseReturnValue:
    """A partner and one of its people."""
    viewer = _editor()
    words = tidy(request.args.get("q", "").replace("\0", " "))[:WORDS_LONG]
    asked = request.args.get("organisation", 0, type=number)
    partners = queries.organisations(viewer)
    chosen = next((each for each in partners if each[0] == asked), None)
    found = queries.people(viewer, words, asked) if words or chosen else ()
    return render_template(
        "seeing/choose.html",
        words=words,
        partners=partners,
        chosen=chosen,
        people=found[: queries.SHOWN],
        more=len(found) > queries.SHOWN,
        named=named,
    )


def _editor() -> Viewer:
    viewer = current_viewer()
    if not seeing.may_look(viewer):
        raise NotFound
    return viewer


@bp.post("")
@staff
def start() -> ResponseReturnValue:
    """See as the person chosen, from the home page on."""
    viewer = _editor()
    try:
        seeing.start(request.form.get("user", 0, type=number), by=viewer)
    except Refused as refusal:
        flash(refusal.message, "error")
        return redirect(link("seeing.choose"))
    tokens.set_aside()
    return redirect(link("home.index"))


@bp.post("/stop")
@signed_in
def stop() -> ResponseReturnValue:
    """One's own eyes again; who has them already is told nothing new."""
    viewer = current_viewer()
    if viewer.seen_by is None:
        return redirect(link("home.index"))
    seeing.stop(viewer.user_id or 0, seeing.End.STOPPED, by=viewer.seen_by)
    tokens.take_back()
    flash(_("You see with your own eyes again."), "success")
    return redirect(link("seeing.choose", organisation=viewer.organisation_id))
