"""Joining an open space, asking to be let into another, and the managers' answer."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, NotFound

from portal.access import current_viewer
from portal.access.doors import signed_in
from portal.kernel.errors import Refused
from portal.kernel.forms import field_errors
from portal.kernel.i18n import _
from portal.kernel.links import link
from portal.workspaces import asking
from portal.workspaces.forms import AnswerForm, AskForm
from portal.workspaces.views import bp, done, entity, managed


@bp.post("/spaces/<slug>/join")
@signed_in
def join(slug: str) -> ResponseReturnValue:
    space, viewer = asking.called(slug), current_viewer()
    if not viewer.role_in(space.id):
        asking.step_in(space, by=viewer)
    return done(_("You are in. All that the space has is yours to read."), "show", slug)


@bp.post("/spaces/<slug>/ask")
@signed_in
def ask(slug: str) -> ResponseReturnValue:
    space, viewer = asking.called(slug), current_viewer()
    if viewer.role_in(space.id):
        return redirect(link("workspaces.show", slug=slug))
    if not asking.may_ask(space, viewer):
        raise NotFound
    form = AskForm()

    def send() -> None:
        asking.ask(space, form.words.data or "", by=viewer)

    if not form.accepts(send):
        return render_template("workspaces/ask.html", form=form), 422
    flash(_("The managers of the space are asked. You will be told what they say."), "success")
    return redirect(link("workspaces.index"))


@bp.post("/spaces/<slug>/ask/withdraw")
@signed_in
def take_back(slug: str) -> ResponseReturnValue:
    viewer = current_viewer()
    own = asking.own(asking.called(slug).id, viewer)
    if own is None:
        raise NotFound
    asking.withdraw(own, by=viewer)
    flash(_("Your request is taken back."), "success")
    return redirect(link("workspaces.index"))


@bp.post("/spaces/<slug>/requests/<int:request_id>")
@signed_in
def answer(slug: str, request_id: int) -> ResponseReturnValue:
    """Let in who asks, or say no."""
    place, viewer = managed(slug)
    asked = asking.of_space(entity(place), request_id)
    if asked is None:
        raise NotFound
    form, way = AnswerForm(), request.form.get("way")
    if way not in ("admit", "decline"):
        raise BadRequest
    try:
        if way == "decline":
            asking.decline(asked, form.answer.data or "", by=viewer)
            return done(_("The answer is on its way."), "members", slug)
        if not form.validate():
            raise Refused("", " ".join(told for _f, told in field_errors(form)))
        asking.let_in(asked, form.chosen, by=viewer, until=form.until.data)
    except Refused as refusal:
        flash(refusal.message, "error")
        return redirect(link("workspaces.members", slug=slug) + "#requests")
    return done(_("The member is in the space now."), "members", slug)
