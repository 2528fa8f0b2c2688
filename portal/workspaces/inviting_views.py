"""Inviting many: what is pasted or sent, a preview, a button; and who waits for an account."""

import re

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import Viewer, current_viewer, fetch
from portal.access.doors import signed_in
from portal.accounts import structure_queries
from portal.accounts.models import Group, Organisation
from portal.files.reading.decoding import text_of
from portal.kernel import clock
from portal.kernel.errors import Refused
from portal.kernel.forms import field_errors
from portal.kernel.i18n import _, ngettext
from portal.kernel.links import link
from portal.workspaces import inviting, judging, pasting, queries
from portal.workspaces.forms import ROLES, AccountForm, InviteForm
from portal.workspaces.judging import Verdict
from portal.workspaces.models import Invitation
from portal.workspaces.views import bp, entity, managed

FILE_MAX = 1_000_000  # bytes
NO_TEXT = re.compile(r"[\0-\x08\x0e-\x1f]")  # in a workbook, a picture, a PDF; in no table as text


@bp.route("/spaces/<slug>/members/invite", methods=["GET", "POST"])
@signed_in
def invite(slug: str) -> ResponseReturnValue:
    """Nothing happens before the second button: the first shows what would become of each."""
    place, viewer = managed(slug)
    form = InviteForm(units=[("", "–"), *queries.units(viewer)])
    verdicts: list[Verdict] = []
    came: list[tuple[int, int]] = []
    ticked = set(request.form.getlist("row"))

    def run() -> None:
        _take_file(form)
        if form.until.data and form.until.data < clock.today():
            raise Refused("until", _("This day is over already."))
        wish = _wish(form)
        if "invite" not in request.form:
            verdicts.extend(inviting.judged(entity(place), wish, by=viewer))
        elif ticked:
            came.append(inviting.invite(entity(place), wish, ticked, by=viewer))
        else:
            verdicts.extend(inviting.judged(entity(place), wish, by=viewer))
            raise Refused("", _("Nobody is ticked."))

    accepted = form.accepts(run)
    if came:
        flash(_told(*came[0]), "success")
        if left := len(ticked) - sum(came[0]):
            flash(
                ngettext(
                    "%(n)s who was ticked did not come in: something changed meanwhile.",
                    "%(n)s who were ticked did not come in: something changed meanwhile.",
                    left,
                ),
                "warning",
            )
        return redirect(link("workspaces.members", slug=slug))
    shown = render_template(
        "workspaces/invite.html",
        space=place,
        form=form,
        verdicts=verdicts,
        numbers=judging.numbers(verdicts),
        roles=ROLES,
        gives=queries.gives_accounts(viewer),
    )
    return shown, 422 if form.is_submitted() and not accepted else 200


def _told(came: int, waiting: int) -> str:
    words = ngettext("%(n)s person came into the space.", "%(n)s people came into the space.", came)
    if not waiting:
        return words
    more = ngettext("%(n)s waits for an account.", "%(n)s wait for an account.", waiting)
    return f"{words} {more}"


def _take_file(form: InviteForm) -> None:
    """A table that was sent stands in the field from now on: there it can be corrected."""
    sent = form.file.data
    if not sent:
        return
    data = sent.read(FILE_MAX + 1)
    if len(data) > FILE_MAX:
        raise Refused("file", _("This file is too large for a list of people."))
    text = text_of(data, keep_control=True)
    if NO_TEXT.search(text):
        raise Refused("file", _("This is no CSV. Save the table as CSV and send that."))
    form.people.data = "\n".join(filter(None, (form.people.data, text.strip())))


def _wish(form: InviteForm) -> inviting.Wish:
    group = fetch(Group, int(form.unit.data)) if form.unit.data else None
    return inviting.Wish(
        pasting.rows(form.people.data or ""),
        group.id if group is not None else None,
        form.chosen,
        form.until.data,
    )


# ── Who waits for an account ────────────────────────────────────────────


@bp.get("/spaces/invitations")
@signed_in
def invitations() -> ResponseReturnValue:
    return _waiting(_keeper())


def _waiting(viewer: Viewer, refused: int = 0, told: str = "") -> str:
    """Who waits. refused: the invitation whose form comes again with what was typed, and why."""
    return render_template(
        "workspaces/invitations.html",
        invited=queries.invited_for(viewer),
        organisations=_organisations(viewer),
        roles=ROLES,
        refused=refused,
        told=told,
        typed=request.form,
    )


@bp.post("/spaces/invitations/<int:invitation_id>")
@signed_in
def give_account(invitation_id: int) -> ResponseReturnValue:
    """Give the account, or let the invitation go."""
    viewer = _keeper()
    invitation = _of_keeper(invitation_id, viewer)
    form = AccountForm(organisations=_organisations(viewer))
    try:
        if request.form.get("way") == "decline":
            inviting.decline(invitation, by=viewer)
            flash(_("The invitation is let go."), "success")
            return redirect(link("workspaces.invitations"))
        if not form.validate():
            raise Refused("", " ".join(told for _f, told in field_errors(form)))
        house = form.organisation.data if "organisation" in form else ""
        person = inviting.admit(
            invitation,
            by=viewer,
            given=form.given.data or "",
            family=form.family.data or "",
            organisation=fetch(Organisation, int(house)) if house else None,
        )
    except Refused as refusal:
        return _waiting(viewer, invitation_id, refusal.message), 422
    flash(_("%(name)s has an account and is in the space.", name=person.name), "success")
    return redirect(link("workspaces.invitations"))


@bp.post("/spaces/<slug>/invitations/<int:invitation_id>/withdraw")
@signed_in
def withdraw_invitation(slug: str, invitation_id: int) -> ResponseReturnValue:
    place, viewer = managed(slug)
    invitation = inviting.waiting(invitation_id)
    if invitation is None or invitation.space_id != place.id:
        raise NotFound
    inviting.decline(invitation, by=viewer)
    flash(_("The invitation is taken back."), "success")
    return redirect(link("workspaces.members", slug=slug))


def _keeper() -> Viewer:
    viewer = current_viewer()
    if not queries.gives_accounts(viewer):
        raise NotFound
    return viewer


def _of_keeper(invitation_id: int, viewer: Viewer) -> Invitation:
    invitation = inviting.waiting(invitation_id)
    own = invitation is not None and invitation.organisation_id == viewer.organisation_id
    if invitation is None or not (viewer.is_admin or own):
        raise NotFound
    return invitation


def _organisations(viewer: Viewer) -> list[tuple[str, str]]:
    """What an administrator chooses from; a coordinator has her own alone."""
    if not viewer.is_admin:
        return []
    return [("", "–"), *((str(e.id), e.name) for e in structure_queries.organisations(viewer))]
