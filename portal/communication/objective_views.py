"""The objectives of a plan: kept by the space's editors, on one page."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden

from portal.access import Action, Role, current_viewer, fetch
from portal.access.doors import signed_in
from portal.communication import queries, services
from portal.communication.forms import ObjectiveForm
from portal.communication.models import Objective
from portal.communication.queries import Asked
from portal.communication.services import FEATURE
from portal.communication.views import bp
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.links import link
from portal.spaces import features
from portal.spaces import queries as spaces
from portal.spaces.models import Space


@bp.route("/spaces/<slug>/communication/objectives", methods=["GET", "POST"])
@signed_in
def objectives(slug: str) -> ResponseReturnValue:
    """Every objective with what stands under it, and a form for a new one."""
    space, viewer = features.entered(slug, FEATURE)
    if space.role < Role.EDITOR or space.archived_at is not None:
        raise Forbidden
    form = ObjectiveForm()

    def save() -> None:
        services.add_objective(
            fetch(Space, space.id), form.title.data or "", form.measure.data or "", by=viewer
        )

    if form.saves(save, lambda: {"seal": ""}):
        flash(_("The objective is in the plan."), "success")
        return redirect(link("communication.objectives", slug=slug))
    shown, _total = queries.tallies(viewer, space.id, Asked())
    page = render_template(
        "communication/objectives.html", space=space, objectives=shown, form=form
    )
    return page, form.status


@bp.route("/communication/objectives/<int:objective_id>", methods=["GET", "POST"])
@signed_in
def edit_objective(objective_id: int) -> ResponseReturnValue:
    objective = fetch(Objective, objective_id, Action.EDIT)
    viewer = current_viewer()
    space = spaces.some(viewer, [objective.space_id])[0]

    def stored() -> dict[str, str]:
        return {
            "title": objective.title,
            "measure": objective.measure,
            "seal": str(objective.saves),
        }

    form = ObjectiveForm(data=stored())

    def save() -> None:
        seal = services.seen(form.seal.data)
        services.change_objective(
            objective, seal, form.title.data or "", form.measure.data or "", by=viewer
        )

    if form.saves(save, stored):
        flash(_("Your changes are saved."), "success")
        return redirect(link("communication.objectives", slug=space.slug))
    page = render_template(
        "communication/objective.html", space=space, objective=objective, form=form
    )
    return page, form.status


@bp.post("/communication/objectives/<int:objective_id>/<any(up, down, delete):what>")
@signed_in
def handle_objective(objective_id: int, what: str) -> ResponseReturnValue:
    """Move an objective in the list, or delete one under which nothing stands."""
    objective = fetch(Objective, objective_id, Action.EDIT)
    viewer = current_viewer()
    slug = spaces.some(viewer, [objective.space_id])[0].slug
    try:
        if what == "delete":
            services.delete_objective(objective, by=viewer)
            flash(_("The objective is deleted."), "success")
        else:
            services.move_objective(objective, what == "up", by=viewer)
    except Refused as refusal:
        flash(refusal.message, "error")
    return redirect(link("communication.objectives", slug=slug))
