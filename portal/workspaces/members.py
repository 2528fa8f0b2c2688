"""Who is in a space, and letting in, changing and ending by its managers."""

from datetime import timedelta

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import Action, Viewer, fetch
from portal.access.doors import signed_in
from portal.accounts import queries as people
from portal.accounts.models import Group, Organisation
from portal.kernel import clock
from portal.kernel.errors import Refused
from portal.kernel.i18n import _, long_date
from portal.kernel.links import link
from portal.spaces import queries, services
from portal.spaces.models import Membership, Space
from portal.spaces.rules import Holder
from portal.workspaces import adding
from portal.workspaces.forms import ROLES, ChangeRoleForm, MemberForm
from portal.workspaces.queries import holders, invited_to, requests
from portal.workspaces.views import bp, entity, found, managed, may_manage
from portal.workspaces.warning import BEFORE

SOON = timedelta(days=max(BEFORE))  # a member whose time ends so soon is marked


@bp.get("/spaces/<slug>/members")
@signed_in
def members(slug: str) -> ResponseReturnValue:
    place, viewer = found(slug)
    return _page(place, viewer, None)


def _page(place: queries.Place, viewer: Viewer, form: MemberForm | None) -> str:
    manages = may_manage(place, viewer)
    if manages and form is None:
        form = MemberForm(formdata=None, many=_many(viewer, place))
    return render_template(
        "workspaces/members.html",
        space=place,
        members=queries.members(viewer, place, everybody=manages),
        taken=queries.taken_by_administrators(place) if manages else [],
        roles=ROLES,
        form=form if manages else None,
        manages=manages,
        requests=requests(place) if manages and place.kind == "workspace" else [],
        invited=invited_to(place) if manages else [],
        today=clock.today(),
        soon=clock.today() + SOON,
    )


def _many(viewer: Viewer, place: queries.Place) -> list[tuple[str, str]]:
    return [("", "–"), *holders(viewer, place)]


@bp.post("/spaces/<slug>/members")
@signed_in
def add(slug: str) -> ResponseReturnValue:
    place, viewer = managed(slug)
    form = MemberForm(many=_many(viewer, place))

    def let_in() -> None:
        holder = _holder(form, viewer)
        try:
            adding.let_in(entity(place), holder, form.chosen, by=viewer, until=form.until.data)
        except Refused as refusal:
            raise _at_its_field(refusal, form) from refusal

    if form.accepts(let_in):
        flash(_("The member is in the space now."), "success")
        return redirect(link("workspaces.members", slug=slug))
    return _page(place, viewer, form), 422


def _holder(form: MemberForm, viewer: Viewer) -> Holder:
    if form.many.data and form.person.data:
        raise Refused("person", _("Name a person or choose from the list, not both."))
    if form.many.data:
        kind, ident = form.many.data.split(":")
        return fetch(Group, int(ident)) if kind == "group" else fetch(Organisation, int(ident))
    person = people.person_named("person", form.person.data or "", viewer)
    if person is None:
        raise Refused("person", _("Name a person or choose from the list."))
    return person


def _at_its_field(refusal: Refused, form: MemberForm) -> Refused:
    if refusal.field != "who":
        return refusal
    return Refused("many" if form.many.data else "person", refusal.message)


@bp.route("/spaces/<slug>/members/<int:membership_id>", methods=["GET", "POST"])
@signed_in
def change(slug: str, membership_id: int) -> ResponseReturnValue:
    """One member's role and last day."""
    place, viewer = managed(slug)
    membership = _of(place, membership_id)
    form = ChangeRoleForm(data={"role": str(membership.role), "until": membership.until})

    def save() -> None:
        services.change_role(membership, form.chosen, by=viewer, until=form.until.data)

    if form.accepts(save):
        flash(_("The role is changed."), "success")
        return redirect(link("workspaces.members", slug=slug))
    shown = render_template(
        "workspaces/member.html",
        space=place,
        form=form,
        member=_member(place, viewer, membership_id),
        membership_id=membership_id,
    )
    return shown, 422 if form.is_submitted() else 200


@bp.post("/spaces/<slug>/members/<int:membership_id>/prolong")
@signed_in
def prolong(slug: str, membership_id: int) -> ResponseReturnValue:
    """Half a year longer, by one click."""
    place, viewer = managed(slug)
    try:
        until = adding.prolong(_of(place, membership_id), by=viewer)
    except Refused as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("The access lasts until %(day)s now.", day=long_date(until)), "success")
    return redirect(link("workspaces.members", slug=slug))


@bp.post("/spaces/<slug>/members/<int:membership_id>/remove")
@signed_in
def remove(slug: str, membership_id: int) -> ResponseReturnValue:
    place, viewer = managed(slug)
    try:
        services.remove_member(_of(place, membership_id), by=viewer)
    except Refused as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("The member is no longer in the space."), "success")
    return redirect(link("workspaces.members", slug=slug))


def _of(place: queries.Place, membership_id: int) -> Membership:
    """A membership of this space; one of another space does not exist here."""
    membership = services.membership(fetch(Space, place.id, Action.MANAGE), membership_id)
    if membership is None:
        raise NotFound
    return membership


def _member(place: queries.Place, viewer: Viewer, membership_id: int) -> queries.Member:
    for member in queries.members(viewer, place, everybody=True):
        if member.id == membership_id:
            return member
    raise NotFound
