"""A new space: which kind of room, then a form that begins as such rooms do."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import Action, Role, Viewer, current_viewer, fetch
from portal.access.doors import administrators
from portal.accounts import queries as people
from portal.accounts import structure_queries
from portal.accounts.models import Group, Organisation
from portal.kernel import clock
from portal.kernel.i18n import _
from portal.spaces import guests
from portal.spaces.models import Space
from portal.workspaces import opening
from portal.workspaces.forms import NewSpaceForm
from portal.workspaces.starters import BY_KEY, STARTERS, Starter
from portal.workspaces.views import bp, described, done


@bp.route("/spaces/new", methods=["GET", "POST"])
@administrators
def new() -> ResponseReturnValue:
    """Without a template the page asks for one; a form that names none begins empty."""
    asked = request.args.get("template", "")
    if asked and asked not in BY_KEY:
        raise NotFound
    if not asked and request.method == "GET":
        return render_template("workspaces/starters.html", starters=STARTERS)
    starter = BY_KEY[asked or "empty"]
    viewer = current_viewer()
    form = _form(starter, viewer)
    made: list[Space] = []

    def save() -> None:
        manager = people.person_named("manager", form.manager.data or "", viewer)
        facts = {**described(form), "kind": form.kind.data or "", "manager": manager}
        made.append(opening.open_space(by=viewer, **facts, **_first_members(form)))

    if form.saves(save, dict):
        return done(_("The space is open. Now let its members in."), "members", made[0].slug)
    return render_template("workspaces/new.html", form=form, starter=starter), form.status


def _form(starter: Starter, viewer: Viewer) -> NewSpaceForm:
    begins: dict[str, Any] = {
        "is_listed": starter.is_listed,
        "joining": starter.joining,
        "features": starter.features,
        "review_required": starter.review_required,
    }
    units, partners = [], []
    if starter.takes == "unit":
        tops, _groups = structure_queries.tree(viewer)
        found = structure_queries.in_order(tops)
        units = [("", "–"), *((str(u.id), "\u2003" * u.depth + u.name) for u in found)]
    if starter.takes == "partners":
        begins["until"] = guests.later(clock.today(), 12)
        houses = structure_queries.organisations(viewer)
        partners = [(str(each.id), each.name) for each in houses if not each.is_home]
    form = NewSpaceForm(data=begins, takes=starter.takes, units=units, partners=partners)
    if "unit" in form and form.is_submitted() and form.unit.data and not form.name_bg.data:
        form.name_bg.data = dict(units).get(form.unit.data, "").strip("\u2003")
    return form


def _first_members(form: NewSpaceForm) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "unit" in form and form.unit.data:
        found["unit"] = fetch(Group, int(form.unit.data))
    if "partners" in form:
        found["partners"] = [
            fetch(Organisation, int(each), Action.READ) for each in form.partners.data
        ]
        found["partners_role"] = Role(int(form.partners_role.data))
        found["until"] = form.until.data
    return found
