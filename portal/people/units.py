"""Units and named groups: the tree for staff, its keeping for administrators."""

from typing import Any

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import Action, Viewer, current_viewer, fetch
from portal.access.doors import administrators, staff
from portal.accounts import queries, services, structure, structure_queries
from portal.accounts.models import Group, User
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.links import link
from portal.people.forms import GroupForm, GroupMemberForm, UnitForm
from portal.people.keeping import unit_choices
from portal.people.views import bp


@bp.get("/units")
@staff
def units() -> ResponseReturnValue:
    """The tree of units with heads and numbers of people, and the named groups."""
    viewer = current_viewer()
    tops, groups = structure_queries.tree(viewer, counted=True)
    return render_template("people/units.html", tops=tops, groups=groups)


@bp.get("/units/<int:group_id>")
@staff
def unit(group_id: int) -> ResponseReturnValue:
    viewer = current_viewer()
    found = structure_queries.units(viewer)
    if group_id not in found:
        raise NotFound
    return _page(viewer, found, group_id, GroupMemberForm(formdata=None)), 200


def _page(
    viewer: Viewer,
    found: dict[int, structure_queries.Unit],
    group_id: int,
    form: GroupMemberForm,
) -> str:
    shown = found[group_id]
    is_group = shown.kind == "group"
    asked = queries.people_of_group if is_group else queries.people_of_unit
    return render_template(
        "people/unit.html",
        unit=shown,
        above=_above(found, shown),
        below=[each for each in found.values() if each.parent_id == group_id],
        people=asked(viewer, group_id),
        form=form,
        keeps=viewer.is_admin,
    )


def _above(
    found: dict[int, structure_queries.Unit], unit: structure_queries.Unit
) -> list[structure_queries.Unit]:
    """The units above one, the highest first; a circle in old data ends the climb."""
    path: list[structure_queries.Unit] = []
    step = found.get(unit.parent_id or 0)
    while step is not None and step not in path:
        path.insert(0, step)
        step = found.get(step.parent_id or 0)
    return path


@bp.route("/units/new", methods=["GET", "POST"])
@administrators
def new_unit() -> ResponseReturnValue:
    viewer = current_viewer()
    form = UnitForm(data={"kind": "department"}, parents=unit_choices(viewer, _("no unit")))
    made: list[Group] = []
    if form.saves(
        lambda: made.append(services.create_unit(by=viewer, **_unit(form, viewer))),
        dict,
    ):
        flash(_("The unit is added."), "success")
        return redirect(link("people.unit", group_id=made[0].id))
    return render_template("people/unit_edit.html", form=form, unit=None), form.status


@bp.route("/units/<int:group_id>/edit", methods=["GET", "POST"])
@administrators
def edit_unit(group_id: int) -> ResponseReturnValue:
    viewer = current_viewer()
    unit = fetch(Group, group_id, Action.MANAGE)
    if unit.retired_at is not None:
        raise NotFound
    if not unit.is_unit:
        return _edit_group(unit, viewer)

    def stored() -> dict[str, Any]:
        head = fetch(User, unit.head_id, Action.MANAGE) if unit.head_id else None
        deputy = fetch(User, unit.deputy_id, Action.MANAGE) if unit.deputy_id else None
        return {
            "kind": unit.kind,
            "name_bg": unit.name_bg,
            "name_en": unit.name_en,
            "building": unit.building,
            "parent": str(unit.parent_id or ""),
            "head": queries.typed_name(head),
            "deputy": queries.typed_name(deputy),
            "seal": structure.group_seal(unit),
        }

    form = UnitForm(data=stored(), parents=unit_choices(viewer, _("no unit")))

    def save() -> None:
        seal = form.seal.data or None
        services.change_unit(unit, by=viewer, seal=seal, **_unit(form, viewer))

    if form.saves(save, stored):
        flash(_("Your changes are saved."), "success")
        return redirect(link("people.unit", group_id=group_id))
    return render_template("people/unit_edit.html", form=form, unit=unit), form.status


def _unit(form: UnitForm, viewer: Viewer) -> dict[str, Any]:
    """A unit's facts as typed, with the people and the unit that they name."""
    try:
        parent = fetch(Group, int(form.parent.data)) if form.parent.data else None
    except NotFound:
        raise Refused("parent", _("Choose one of the list.")) from None
    return {
        "kind": form.kind.data,
        "name_bg": form.name_bg.data,
        "name_en": form.name_en.data,
        "building": form.building.data,
        "parent": parent,
        "head": queries.person_named("head", form.head.data or "", viewer),
        "deputy": queries.person_named("deputy", form.deputy.data or "", viewer),
    }


@bp.route("/groups/new", methods=["GET", "POST"])
@administrators
def new_group() -> ResponseReturnValue:
    form = GroupForm()
    made: list[Group] = []

    def save() -> None:
        names = {"name_bg": form.name_bg.data or "", "name_en": form.name_en.data or ""}
        made.append(services.create_group(by=current_viewer(), **names))

    if form.saves(save, dict):
        flash(_("The group is added. Now put its people into it."), "success")
        return redirect(link("people.unit", group_id=made[0].id))
    return render_template("people/group_edit.html", form=form, group=None), form.status


def _edit_group(group: Group, viewer: Viewer) -> ResponseReturnValue:
    def stored() -> dict[str, Any]:
        return {
            "name_bg": group.name_bg,
            "name_en": group.name_en,
            "seal": structure.group_seal(group),
        }

    form = GroupForm(data=stored())

    def save() -> None:
        names = {"name_bg": form.name_bg.data or "", "name_en": form.name_en.data or ""}
        services.change_group(group, by=viewer, seal=form.seal.data or None, **names)

    if form.saves(save, stored):
        flash(_("Your changes are saved."), "success")
        return redirect(link("people.unit", group_id=group.id))
    return render_template("people/group_edit.html", form=form, group=group), form.status


@bp.post("/units/<int:group_id>/people")
@administrators
def add_to_group(group_id: int) -> ResponseReturnValue:
    viewer = current_viewer()
    group = fetch(Group, group_id, Action.MANAGE)
    form = GroupMemberForm()

    def add() -> None:
        person = queries.person_named("person", form.person.data or "", viewer)
        if person is not None:
            services.add_to_group(group, person, by=viewer)

    if form.accepts(add):
        flash(_("The person is in the group now."), "success")
        return redirect(link("people.unit", group_id=group_id))
    return _page(viewer, structure_queries.units(viewer), group_id, form), 422


@bp.post("/units/<int:group_id>/people/<int:user_id>/remove")
@administrators
def remove_from_group(group_id: int, user_id: int) -> ResponseReturnValue:
    group = fetch(Group, group_id, Action.MANAGE)
    person = fetch(User, user_id, Action.MANAGE)
    services.remove_from_group(group, person, by=current_viewer())
    flash(_("The person is no longer in the group."), "success")
    return redirect(link("people.unit", group_id=group_id))


@bp.post("/units/<int:group_id>/retire")
@administrators
def retire_unit(group_id: int) -> ResponseReturnValue:
    group = fetch(Group, group_id, Action.MANAGE)
    end = services.retire_unit if group.is_unit else services.retire_group
    try:
        end(group, by=current_viewer())
    except Refused as refusal:
        flash(refusal.message, "error")
        return redirect(link("people.edit_unit", group_id=group_id))
    flash(_("“%(name)s” is closed.", name=group.name_bg), "success")
    return redirect(link("people.units"))
