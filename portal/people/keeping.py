"""Keeping people: for administrators, and for coordinators in their own organisation."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import Action, Viewer, current_viewer, fetch
from portal.access.doors import signed_in
from portal.accounts import queries, services, structure_queries
from portal.accounts.models import Group, Organisation, User
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.links import link, number
from portal.people.forms import Choices, PersonForm, RetireForm
from portal.people.views import PAGE, bp, page_number, typed_words

TEXTS = (
    "given", "patronymic", "family", "given_latin", "family_latin", "title", "login", "email",
    "position", "position_en", "building", "room", "phone", "duties", "language",
)  # fmt: skip
FLAGS = ("is_contact", "is_coordinator", "is_admin")


def keeper() -> Viewer:
    """The viewer, if she keeps people at all; the page does not exist for others."""
    viewer = current_viewer()
    if not (viewer.is_admin or (viewer.is_coordinator and not viewer.is_staff)):
        raise NotFound
    return viewer


@bp.get("/people/keep")
@signed_in
def keep() -> ResponseReturnValue:
    """The people whom the viewer keeps, with how each may sign in."""
    viewer, words, page = keeper(), typed_words(), page_number()
    retired = request.args.get("retired") == "1"
    found = queries.kept(
        viewer, words=words, retired=retired, limit=PAGE + 1, offset=(page - 1) * PAGE
    )
    here = {"q": words, "retired": "1" if retired else None}
    return render_template(
        "people/keep.html",
        kept=found[:PAGE],
        words=words,
        retired=retired,
        previous=link("people.keep", **here, page=page - 1) if page > 1 else "",
        following=link("people.keep", **here, page=page + 1) if len(found) > PAGE else "",
    )


@bp.route("/people/new", methods=["GET", "POST"])
@signed_in
def new() -> ResponseReturnValue:
    viewer = keeper()
    asked = request.args.get("organisation", type=number)
    if asked and asked != viewer.organisation_id and not viewer.is_admin:
        raise NotFound  # a coordinator's door leads into her own house alone
    form = _form(viewer, None, {"organisation": str(asked or viewer.organisation_id)})
    made: list[User] = []

    def save() -> None:
        _nothing_forged(viewer)
        organisation = fetch(Organisation, _organisation_id(form, viewer), _seen_by(viewer))
        unit = _unit(form)
        made.append(services.create_person(organisation, by=viewer, unit=unit, **_typed(form)))

    if form.saves(save, dict):
        person = made[0]
        flash(
            _("%(name)s is in the portal now. Let her or him in.", name=person.name),
            "success",
        )
        return redirect(link("signin.invite", user_id=person.id))
    return render_template("people/edit.html", form=form, person=None), form.status


@bp.route("/people/<int:user_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(user_id: int) -> ResponseReturnValue:
    viewer = current_viewer()
    person = fetch(User, user_id, Action.MANAGE)

    def stored() -> dict[str, Any]:
        facts = {name: getattr(person, name) for name in (*TEXTS, *FLAGS)}
        texts = {name: "" if value is None else value for name, value in facts.items()}
        unit = str(person.unit_id or "")
        return {**texts, "unit": unit, "seal": services.seal(person)}

    form = _form(viewer, person, stored())

    def save() -> None:
        _nothing_forged(viewer)
        unit = _unit(form) if "unit" in form else services.KEEP
        seal = form.seal.data or None
        services.change_person(person, by=viewer, seal=seal, unit=unit, **_typed(form))

    if form.saves(save, stored):
        flash(_("The entry is saved."), "success")
        if queries.person(viewer, user_id) is not None:
            return redirect(link("people.show", user_id=user_id))
        return redirect(link("people.keep"))
    return render_template("people/edit.html", form=form, person=person), form.status


@bp.route("/people/<int:user_id>/retire", methods=["GET", "POST"])
@signed_in
def retire(user_id: int) -> ResponseReturnValue:
    """What a person holds, and to whom it goes."""
    viewer = current_viewer()
    person = fetch(User, user_id, Action.MANAGE)
    form = RetireForm()

    def end() -> None:
        successor = queries.person_named("successor", form.successor.data or "", viewer)
        services.retire(person, by=viewer, successor=successor)

    if form.accepts(end):
        flash(_("%(name)s can no longer sign in.", name=person.name), "success")
        return redirect(link("people.keep"))
    held = services.holdings(person, viewer)
    shown = render_template("people/retire.html", form=form, person=person, holdings=held)
    return shown, 422 if form.is_submitted() else 200


@bp.post("/people/<int:user_id>/bring-back")
@signed_in
def bring_back(user_id: int) -> ResponseReturnValue:
    person = fetch(User, user_id, Action.MANAGE)
    services.bring_back(person, by=current_viewer())
    flash(_("%(name)s may sign in again.", name=person.name), "success")
    return redirect(link("people.edit", user_id=user_id))


def unit_choices(viewer: Viewer, nothing: Any) -> Choices:
    """The units as a select shows them, those below set in."""
    tops, _groups = structure_queries.tree(viewer)
    named = [(str(u.id), "\u2003" * u.depth + u.name) for u in structure_queries.in_order(tops)]
    return [("", nothing), *named]


def _form(viewer: Viewer, person: User | None, data: dict[str, Any]) -> PersonForm:
    partners: Choices = []
    if person is None and viewer.is_admin:
        partners = [(str(each.id), each.name) for each in structure_queries.organisations(viewer)]
    staff = person.organisation.is_home if person is not None else viewer.is_admin
    units = unit_choices(viewer, _("no unit")) if staff and viewer.is_staff else []
    return PersonForm(data=data, organisations=partners, units=units, admin=viewer.is_admin)


def _nothing_forged(viewer: Viewer) -> None:
    """A coordinator's form has neither houses nor ranks: who sends them is told so.

    Left out silently they would make somebody whom she believes to be elsewhere, or more.
    """
    if viewer.is_admin:
        return
    own = {"", str(viewer.organisation_id)}
    if not own.issuperset(request.form.getlist("organisation")):
        raise Refused("", _("You add people to your own organisation only."))
    if any(request.form.get(name) for name in services.ADMINISTRATORS_ONLY):
        raise Refused("", _("Coordinators are named by the municipality."))


def _typed(form: PersonForm) -> dict[str, Any]:
    return {name: form[name].data for name in (*TEXTS, *FLAGS) if name in form}


def _organisation_id(form: PersonForm, viewer: Viewer) -> int:
    if "organisation" in form:
        return int(form.organisation.data)
    return viewer.organisation_id or 0


def _seen_by(viewer: Viewer) -> Action:
    return Action.MANAGE if viewer.is_admin else Action.READ


def _unit(form: PersonForm) -> Group | None:
    if "unit" not in form or not form.unit.data:
        return None
    try:
        return fetch(Group, int(form.unit.data))
    except NotFound:
        raise Refused("unit", _("Choose one of the list.")) from None
