"""The board of a space: its columns, one column in full, and moving a card."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, Forbidden

from portal.access import Viewer
from portal.access.doors import signed_in
from portal.content.models import Revision
from portal.editorial import moves, queries, story
from portal.editorial.models import Idea
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale
from portal.kernel.i18n import _
from portal.kernel.links import link, number
from portal.spaces.features import entered
from portal.spaces.queries import Place

bp = Blueprint("editorial", __name__)
FEATURE = "board"
STAGES = "any(idea, draft, review, scheduled, published)"


@bp.get("/spaces/<slug>/board")
@signed_in
def board(slug: str) -> ResponseReturnValue:
    """Every item of the unit by its state."""
    space, viewer = entered(slug, FEATURE)
    return _board(space, viewer, card=request.args.get("card", ""))


def _board(space: Place, viewer: Viewer, *, said: str = "", card: str = "") -> str:
    return render_template(
        "editorial/board.html",
        space=space,
        columns=queries.board(viewer, space),
        said=said,
        marked=card,
        shown=queries.SHOWN,
    )


@bp.get(f"/spaces/<slug>/board/<{STAGES}:stage>")
@signed_in
def column(slug: str, stage: str) -> ResponseReturnValue:
    """One column in full; of what is published, also what is older than the board shows."""
    space, viewer = entered(slug, FEATURE)
    page = max(request.args.get("page", 1, type=number), 1)
    found = queries.column(viewer, space, stage, page)
    return render_template(
        "editorial/column.html",
        space=space,
        column=found,
        page=page,
        more=found.total > page * queries.PAGE,
    )


@bp.post("/spaces/<slug>/board/move")
@signed_in
def move(slug: str) -> ResponseReturnValue:
    """Move a card. What needs more than a column leads to the page that asks for it."""
    space, viewer = entered(slug, FEATURE)
    key, seal = request.form.get("card", ""), request.form.get("seal", "")
    to = request.form.get("to", "")
    if to not in moves.STAGES:
        raise BadRequest
    try:
        further = _further(key, seal, to, slug, viewer)
        if further:
            return redirect(further, 303)
        key = moves.move(key, seal, to, by=viewer)
    except Refused as refusal:
        return _board(space, viewer, said=refusal.message, card=key), 422
    except Forbidden:
        words = _("You may not move this card there. Ask an editor of its space.")
        return _board(space, viewer, said=words, card=key), 422
    except Stale:
        return stale(space, viewer, key)
    flash(_("It is moved to “%(column)s”.", column=str(moves.STAGES[to])), "success")
    return redirect(link("editorial.board", slug=slug, card=key), 303)


def stale(space: Place, viewer: Viewer, key: str) -> ResponseReturnValue:
    """Somebody else was first: who, where to and when; below it the board as it is now."""
    db.session.rollback()
    return _board(space, viewer, said=story.of(key, viewer), card=key), 409


def _further(key: str, seal: str, to: str, slug: str, viewer: Viewer) -> str:
    """The page that asks for what a move still needs; "" when it needs nothing."""
    card = moves.find(key, viewer)
    if seal != moves.seal_of(card):
        raise Stale(card)
    if isinstance(card, Idea) and to == "draft" and not moves.is_ready(card, viewer):
        return link("editorial.begin", idea_id=card.id)
    asks = isinstance(card, Revision) and moves.stage_of(card) == "draft" and to == "scheduled"
    return link("editorial.time", slug=slug, card=key, send=1) if asks else ""
