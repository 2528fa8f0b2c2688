"""Partner organisations: the list for everybody, their keeping for administrators."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import Action, Viewer, current_viewer, fetch
from portal.access.doors import administrators, signed_in, staff
from portal.accounts import coordinators, queries, structure, structure_queries
from portal.accounts.models import Organisation, User
from portal.accounts.regions import REGIONS
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.links import link, number
from portal.people.forms import ORGANISATION_KINDS, OrganisationForm
from portal.people.views import bp
from portal.spaces import partners

TEXTS = ("kind", "name_bg", "name_en", "country", "city", "website", "about", "nuts3")
DATES = ("agreement_start", "agreement_end")


@bp.get("/organisations")
@signed_in
def organisations() -> ResponseReturnValue:
    viewer = current_viewer()
    retired = viewer.is_admin and request.args.get("retired") == "1"
    found = structure_queries.organisations(viewer, retired=retired)
    return render_template(
        "people/organisations.html",
        organisations=found,
        ending=structure_queries.ending_soon(viewer, found),
        kinds=dict(ORGANISATION_KINDS),
        retired=retired,
    )


@bp.get("/organisations/<int:organisation_id>")
@signed_in
def organisation(organisation_id: int) -> ResponseReturnValue:
    viewer = current_viewer()
    found = {each.id: each for each in structure_queries.organisations(viewer)}
    if organisation_id not in found:
        raise NotFound
    shown = found[organisation_id]
    # Who answers for the partner sees who of it comes in; the municipality's own people are the
    # directory itself, too many for one page.
    looks_after = viewer.is_admin or (viewer.is_staff and shown.sponsor_id == viewer.user_id)
    listed = not shown.is_home and not looks_after
    return render_template(
        "people/organisation.html",
        organisation=shown,
        kinds=dict(ORGANISATION_KINDS),
        district=REGIONS.get(shown.nuts3, ""),
        looks_after=looks_after and not shown.is_home,
        people=queries.people_of_organisation(viewer, organisation_id) if listed else [],
        colleagues=structure_queries.colleagues(organisation_id)
        if looks_after and not shown.is_home
        else [],
        is_own=viewer.organisation_id == organisation_id,
        keeps_people=viewer.is_admin
        or (viewer.is_coordinator and viewer.organisation_id == organisation_id),
    )


@bp.post("/organisations/<int:organisation_id>/coordinators")
@staff
def name_coordinator(organisation_id: int) -> ResponseReturnValue:
    """Name a coordinator, or let one be a colleague like the others again."""
    fetch(Organisation, organisation_id, Action.EDIT)
    person = structure_queries.colleague(
        organisation_id, request.form.get("person", 0, type=number)
    )
    if person is None:
        raise NotFound
    is_one, back = request.form.get("is_one") == "1", "people.organisation"
    try:
        coordinators.name_coordinator(person, is_one, by=current_viewer())
    except Refused as refusal:
        flash(refusal.message, "error")
        return redirect(link(back, organisation_id=organisation_id))
    if is_one:
        flash(_("%(name)s is a coordinator now.", name=person.name), "success")
    else:
        flash(_("%(name)s is no coordinator any more.", name=person.name), "success")
    return redirect(link(back, organisation_id=organisation_id))


@bp.route("/organisations/new", methods=["GET", "POST"])
@administrators
def new_organisation() -> ResponseReturnValue:
    viewer = current_viewer()
    form = OrganisationForm(data={"country": "BG"}, home=False)
    made: list[Organisation] = []

    def save() -> None:
        made.append(partners.welcome_partner(by=viewer, **_typed(form, viewer)))

    if form.saves(save, dict):
        flash(_("The partner is taken up; its own space is open."), "success")
        return redirect(link("people.organisation", organisation_id=made[0].id))
    return render_template("people/organisation_edit.html", form=form, organisation=None), (
        form.status
    )


@bp.route("/organisations/<int:organisation_id>/edit", methods=["GET", "POST"])
@administrators
def edit_organisation(organisation_id: int) -> ResponseReturnValue:
    viewer = current_viewer()
    organisation = fetch(Organisation, organisation_id, Action.MANAGE)

    def stored() -> dict[str, Any]:
        facts = {name: getattr(organisation, name) for name in (*TEXTS, *DATES)}
        ident = organisation.sponsor_id
        sponsor = fetch(User, ident, Action.MANAGE) if ident else None
        facts["population"] = str(organisation.population or "")
        seal = structure.organisation_seal(organisation)
        return {**facts, "sponsor": queries.typed_name(sponsor), "seal": seal}

    form = OrganisationForm(data=stored(), home=organisation.is_home)

    def save() -> None:
        seal = form.seal.data or None
        partners.change_partner(organisation, by=viewer, seal=seal, **_typed(form, viewer))

    if form.saves(save, stored):
        flash(_("Your changes are saved."), "success")
        return redirect(link("people.organisation", organisation_id=organisation_id))
    shown = render_template("people/organisation_edit.html", form=form, organisation=organisation)
    return shown, form.status


def _typed(form: OrganisationForm, viewer: Viewer) -> dict[str, Any]:
    facts: dict[str, Any] = {name: form[name].data for name in (*TEXTS, "population")}
    sponsor = form.sponsor.data if "sponsor" in form else ""
    facts["sponsor"] = queries.person_named("sponsor", sponsor or "", viewer)
    for name in DATES:
        facts[name] = form[name].data if name in form else None
    return facts


@bp.post("/organisations/<int:organisation_id>/retire")
@administrators
def retire_organisation(organisation_id: int) -> ResponseReturnValue:
    organisation = fetch(Organisation, organisation_id, Action.MANAGE)
    try:
        partners.part_with(organisation, by=current_viewer())
    except Refused as refusal:
        flash(refusal.message, "error")
        return redirect(link("people.edit_organisation", organisation_id=organisation_id))
    flash(
        _("The partnership with “%(name)s” is ended.", name=organisation.name_bg),
        "success",
    )
    return redirect(link("people.organisations"))


@bp.post("/organisations/<int:organisation_id>/bring-back")
@administrators
def bring_back_organisation(organisation_id: int) -> ResponseReturnValue:
    organisation = fetch(Organisation, organisation_id, Action.MANAGE)
    partners.take_up_again(organisation, by=current_viewer())
    flash(_("“%(name)s” is a partner again.", name=organisation.name_bg), "success")
    return redirect(link("people.organisation", organisation_id=organisation_id))
