"""Marking and withdrawing decisions; the reviewer's word where a space asks for one."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden, NotFound

from portal.access import Action, current_viewer, fetch
from portal.access.doors import signed_in
from portal.comments.models import Comment
from portal.content.models import Content
from portal.discussions import deciding, queries
from portal.discussions.forms import DecisionForm
from portal.discussions.models import Resolution
from portal.discussions.views import bp, home_of
from portal.discussions.writing import topic
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.i18n import _
from portal.kernel.links import link, number
from portal.review.judging import Judging


@bp.route("/discussions/<int:content_id>/decide", methods=["GET", "POST"])
@signed_in
def decide(content_id: int) -> ResponseReturnValue:
    """Mark a reply as the decision, or write it in words of its own."""
    item, viewer = topic(content_id, Action.READ), current_viewer()
    if not deciding.may_decide(item, viewer):
        raise Forbidden
    ident = request.form.get("reply", 0, type=number)
    reply = fetch(Comment, ident) if ident else None
    form = DecisionForm(data={"day": clock.today()})
    if reply is not None:
        # Its button sends no words. Those of a hidden one are not shown when it is refused.
        form.text.data = reply.text if reply.hidden_at is None else ""
        form.text.raw_data = [reply.text]
    if form.accepts(
        lambda: deciding.decide(
            item, form.text.data or "", by=viewer, reply=reply, day=form.day.data
        )
    ):
        flash(_("The decision is marked."), "success")
        return redirect(_at_decision(item), 303)
    page = render_template(
        "discussions/decide.html",
        form=form,
        item=item,
        space=home_of(viewer, item.home_id),
        decision=queries.decision(viewer, item.id),
    )
    return page, 422 if form.is_submitted() else 200


def _at_decision(item: Content) -> str:
    return f"{link('discussions.show', address=item.address)}#decision"


@bp.post("/discussions/<int:content_id>/undecide")
@signed_in
def undecide(content_id: int) -> ResponseReturnValue:
    """Take a decision back."""
    item, viewer = topic(content_id, Action.READ), current_viewer()
    if not deciding.may_decide(item, viewer):
        raise Forbidden
    made = db.session.get(Resolution, request.form.get("decision", 0, type=number))
    if made is None or made.content_id != item.id:
        raise NotFound
    deciding.withdraw(made, by=viewer)
    flash(_("The decision is withdrawn."), "success")
    return redirect(link("discussions.show", address=item.address), 303)


def _back(item: Content) -> str:
    return link("discussions.index", slug=item.home.slug)


# Where a space asks for review, its topics are judged as every text is.
Judging("discussion", _back).install(bp, "/discussions")
