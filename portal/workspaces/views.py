"""Spaces: which are mine, what lies in one, its settings and its end."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden, NotFound

from portal.access import Action, Role, Viewer, current_viewer, fetch
from portal.access.doors import signed_in
from portal.accounts import queries as people
from portal.accounts import structure_queries
from portal.accounts.models import Group
from portal.kernel import clock
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.links import link
from portal.spaces import features, queries, services
from portal.spaces.models import Space
from portal.workspaces.forms import ROLES, HandOverForm, SettingsForm
from portal.workspaces.queries import gives_accounts, latest, own_requests
from portal.workspaces.warning import BEFORE

bp = Blueprint("workspaces", __name__)
KINDS = ("intranet", "extranet", "workspace", "organisation")


def found(slug: str) -> tuple[queries.Place, Viewer]:
    """A space that the viewer reads or keeps; it does not exist for strangers."""
    viewer = current_viewer()
    place = queries.by_slug(viewer, slug)
    if place is None:
        raise NotFound
    return place, viewer


def may_manage(place: queries.Place, viewer: Viewer) -> bool:
    return place.role >= Role.MANAGER or viewer.is_admin


def managed(slug: str) -> tuple[queries.Place, Viewer]:
    """A space whose members and settings the viewer keeps; 403 for its readers."""
    place, viewer = found(slug)
    if not may_manage(place, viewer):
        raise Forbidden
    return place, viewer


def entity(place: queries.Place) -> Space:
    """The space to be written to."""
    return fetch(Space, place.id, Action.MANAGE)


@bp.get("/spaces")
@signed_in
def index() -> ResponseReturnValue:
    viewer = current_viewer()
    mine = queries.mine(viewer)
    others = queries.others(viewer)
    return render_template(
        "workspaces/index.html",
        mine={kind: [each for each in mine if each.kind == kind] for kind in KINDS},
        others=others,
        managers=queries.managers(viewer, others) if others else {},
        asked=own_requests(viewer) if others else {},
        gives_accounts=gives_accounts(viewer),
        roles=ROLES,
        has_any=bool(mine),
    )


@bp.get("/spaces/<slug>")
@signed_in
def show(slug: str) -> ResponseReturnValue:
    place, viewer = found(slug)
    if not place.role:
        raise NotFound  # an administrator keeps its members, and reads nothing by that right
    members = queries.members(viewer, place, everybody=False)
    return render_template(
        "workspaces/show.html",
        space=place,
        items=latest(viewer, place),
        glances=features.glances(place, viewer),
        managers=[each for each in members if each.role == Role.MANAGER],
        others=[each for each in members if each.role < Role.MANAGER],
        roles=ROLES,
        manages=may_manage(place, viewer),
        contributes=place.role >= Role.CONTRIBUTOR and place.archived_at is None,
        own=_own(members, viewer),
        soon=clock.today() + timedelta(days=max(BEFORE)),
    )


def _own(members: list[queries.Member], viewer: Viewer) -> queries.Member | None:
    """The viewer's own membership; None when she is here through a group."""
    mine = (m for m in members if m.kind == "user" and m.holder_id == viewer.user_id)
    return next(mine, None)


@bp.route("/spaces/<slug>/settings", methods=["GET", "POST"])
@signed_in
def settings(slug: str) -> ResponseReturnValue:
    place, viewer = managed(slug)
    space = entity(place)

    def stored() -> dict[str, Any]:
        names = ("name_bg", "name_en", "purpose", "is_listed", "review_required", "joining")
        facts = {name: getattr(space, name) for name in names}
        facts["features"] = space.features.split()
        reviewers = str(space.reviewers_id or "")
        return {**facts, "reviewers": reviewers, "seal": services.seal(space)}

    form = SettingsForm(data=stored(), groups=_reviewers(viewer, space))
    if space.kind != "workspace":
        del form.joining

    def save() -> None:
        seal = form.seal.data or None
        reviewers = _chosen_group(form, space)
        services.change_settings(
            space,
            by=viewer,
            seal=seal,
            reviewers=reviewers,
            **described(form),
        )

    if form.saves(save, stored):
        flash(_("Your changes are saved."), "success")
        return redirect(link("workspaces.settings", slug=slug))
    shown = render_template("workspaces/settings.html", form=form, space=place)
    return shown, form.status


def described(form: Any) -> dict[str, Any]:
    """What a form says of a space, as the services take it."""
    names = ("name_bg", "name_en", "purpose", "is_listed", "review_required", "features")
    joining = form.joining.data if "joining" in form else ""
    return {**{name: form[name].data for name in names}, "joining": joining or "invitation"}


def _reviewers(viewer: Viewer, space: Space) -> list[tuple[str, str]]:
    """Any editor, or a unit or group; a guest who manages keeps the group that is chosen."""
    tops, groups = structure_queries.tree(viewer)
    listed = [*structure_queries.in_order(tops), *groups]
    named = [(str(each.id), "\u2003" * each.depth + each.name) for each in listed]
    chosen = str(space.reviewers_id or "")
    if chosen and chosen not in dict(named):
        named.append((chosen, _("the group chosen before")))
    return [("", _("any editor of the space")), *named]


def _chosen_group(form: SettingsForm, space: Space) -> Group | None:
    chosen = form.reviewers.data
    if not chosen:
        return None
    if int(chosen) == space.reviewers_id:
        return services.reviewers_of(space)
    try:
        return fetch(Group, int(chosen))
    except NotFound:
        raise Refused("reviewers", _("Choose one of the list.")) from None


@bp.post("/spaces/<slug>/archive")
@signed_in
def archive(slug: str) -> ResponseReturnValue:
    place, viewer = managed(slug)
    try:
        services.archive(entity(place), by=viewer)
    except Refused as refusal:
        flash(refusal.message, "error")
        return redirect(link("workspaces.settings", slug=slug))
    flash(
        _("The space is archived: its members still read it. An administrator can open it again."),
        "success",
    )
    return redirect(link("workspaces.index"))


@bp.post("/spaces/<slug>/restore")
@signed_in
def restore(slug: str) -> ResponseReturnValue:
    place, viewer = managed(slug)
    services.restore(entity(place), by=viewer)
    flash(_("The space is open again."), "success")
    return redirect(link("workspaces.settings", slug=slug))


@bp.post("/spaces/<slug>/leave")
@signed_in
def leave(slug: str) -> ResponseReturnValue:
    place, viewer = found(slug)
    try:
        services.leave(fetch(Space, place.id), by=viewer)
    except Refused as refusal:
        flash(refusal.message, "error")
        back = "hand_over" if place.role >= Role.MANAGER else "show"
        return redirect(link(f"workspaces.{back}", slug=slug))
    flash(_("You have left “%(name)s”.", name=place.name), "success")
    return redirect(link("workspaces.index"))


@bp.route("/spaces/<slug>/hand-over", methods=["GET", "POST"])
@signed_in
def hand_over(slug: str) -> ResponseReturnValue:
    place, viewer = managed(slug)
    form = HandOverForm()

    def give() -> None:
        successor = people.person_named("successor", form.successor.data or "", viewer)
        if successor is not None:
            services.hand_over(
                fetch(Space, place.id), successor, by=viewer, leaving=form.leaving.data
            )

    if form.accepts(give):
        if form.leaving.data:
            flash(_("The space has a new manager, and you have left it."), "success")
            return redirect(link("workspaces.index"))
        flash(_("The space has a new manager; you remain its editor."), "success")
        return redirect(link("workspaces.show", slug=slug))
    shown = render_template("workspaces/hand_over.html", form=form, space=place)
    return shown, 422 if form.is_submitted() else 200


def done(words: str, page: str, slug: str) -> ResponseReturnValue:
    """Say what was done, on a page of the space."""
    flash(words, "success")
    return redirect(link(f"workspaces.{page}", slug=slug))
