"""The action plan: reading, writing, ordering, and taking it along as a table."""

from typing import Any

from flask import flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from portal.access import Action, Role, current_viewer, fetch
from portal.access.doors import signed_in
from portal.accounts import queries as people
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.links import link
from portal.spaces.features import entered
from portal.spaces.models import Space
from portal.tasks import plan as plans
from portal.tasks import plan_services as services
from portal.tasks import plan_table
from portal.tasks.forms import GoalForm, MeasureForm
from portal.tasks.models import Goal, Measure
from portal.tasks.policy import KEY
from portal.tasks.progress import Pace, rolled
from portal.tasks.views import bp, place_of, shared

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TASKS_SHOWN = 30  # of a measure; the others stand in the list


@bp.get("/spaces/<slug>/plan")
@signed_in
def plan(slug: str) -> ResponseReturnValue:
    place, viewer = entered(slug, KEY)
    goals = plans.plan(viewer, place.id)
    return render_template(
        "tasks/plan.html",
        goals=goals,
        whole=rolled((goal.weight, goal.progress) for goal in goals),
        pace=Pace,
        tasks_shown=TASKS_SHOWN,
        deletes=place.role >= Role.MANAGER and place.archived_at is None,
        **shared(place, viewer),
    )


@bp.get("/spaces/<slug>/plan.xlsx")
@signed_in
def table(slug: str) -> ResponseReturnValue:
    place, viewer = entered(slug, KEY)
    answer = make_response(plan_table.sheet(place.name, plans.plan(viewer, place.id)))
    answer.headers["Content-Type"] = XLSX
    name = f"plan-{slug}-{clock.today():%Y-%m-%d}.xlsx"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


# ── Goals ───────────────────────────────────────────────────────────────


@bp.route("/spaces/<slug>/plan/goal", methods=["GET", "POST"])
@signed_in
def new_goal(slug: str) -> ResponseReturnValue:
    place, viewer = entered(slug, KEY)
    space = fetch(Space, place.id, Action.CREATE)
    form = GoalForm()

    def save() -> None:
        services.add_goal(space, by=viewer, **_described(form))

    if form.saves(save, dict):
        flash(_("The goal is added. Now say by which measures you reach it."), "success")
        return redirect(link("tasks.plan", slug=slug))
    shown = render_template("tasks/part_form.html", form=form, part=None, kind="goal",
                            **shared(place, viewer))  # fmt: skip
    return shown, form.status


@bp.route("/goals/<int:goal_id>", methods=["GET", "POST"])
@signed_in
def goal(goal_id: int) -> ResponseReturnValue:
    part, viewer = fetch(Goal, goal_id, Action.EDIT), current_viewer()
    place = place_of(part.space_id, viewer)

    def stored() -> dict[str, Any]:
        facts = {name: getattr(part, name) for name in ("title", "note", "weight")}
        return {**facts, "seal": services.seal(part)}

    form = GoalForm(data=stored())

    def save() -> None:
        services.change_goal(part, by=viewer, seal=form.seal.data or None, **_described(form))

    if form.saves(save, stored):
        flash(_("Your changes are saved."), "success")
        return redirect(link("tasks.plan", slug=place.slug) + f"#goal-{part.id}")
    shown = render_template("tasks/part_form.html", form=form, part=part, kind="goal",
                            **shared(place, viewer))  # fmt: skip
    return shown, form.status


def _described(form: GoalForm | MeasureForm) -> dict[str, Any]:
    return {
        "title": form.title.data or "",
        "note": form.note.data or "",
        "weight": form.weight.data or 0,
    }


# ── Measures ────────────────────────────────────────────────────────────


@bp.route("/goals/<int:goal_id>/measure", methods=["GET", "POST"])
@signed_in
def new_measure(goal_id: int) -> ResponseReturnValue:
    above, viewer = fetch(Goal, goal_id, Action.EDIT), current_viewer()
    place = place_of(above.space_id, viewer)
    form = MeasureForm(goals=_goals(place.id), data={"goal": str(above.id)})

    def save() -> None:
        chosen = db.session.get(Goal, int(form.goal.data))
        owner = people.person_named("owner", form.owner.data or "", viewer)
        services.add_measure(
            chosen or above, by=viewer, owner=owner, due=form.due.data, **_described(form)
        )

    if form.saves(save, dict):
        flash(_("The measure is added."), "success")
        return redirect(link("tasks.plan", slug=place.slug) + f"#goal-{above.id}")
    shown = render_template("tasks/part_form.html", form=form, part=None, kind="measure",
                            **shared(place, viewer))  # fmt: skip
    return shown, form.status


@bp.route("/measures/<int:measure_id>", methods=["GET", "POST"])
@signed_in
def measure(measure_id: int) -> ResponseReturnValue:
    part, viewer = fetch(Measure, measure_id, Action.EDIT), current_viewer()
    place = place_of(part.space_id, viewer)

    def stored() -> dict[str, Any]:
        facts = {name: getattr(part, name) for name in ("title", "note", "weight", "due")}
        return {
            **facts,
            "goal": str(part.goal_id),
            "owner": people.typed_for(part.owner_id, viewer),
            "seal": services.seal(part),
        }

    form = MeasureForm(goals=_goals(place.id), data=stored())

    def save() -> None:
        services.change_measure(
            part,
            by=viewer,
            seal=form.seal.data or None,
            goal=db.session.get(Goal, int(form.goal.data)),
            owner=people.person_or_kept("owner", form.owner.data or "", viewer, part.owner_id),
            due=form.due.data,
            **_described(form),
        )

    if form.saves(save, stored):
        flash(_("Your changes are saved."), "success")
        return redirect(link("tasks.plan", slug=place.slug) + f"#measure-{part.id}")
    shown = render_template("tasks/part_form.html", form=form, part=part, kind="measure",
                            **shared(place, viewer))  # fmt: skip
    return shown, form.status


def _goals(space_id: int) -> list[tuple[str, str]]:
    return [(str(ident), title) for ident, title in plans.goals(current_viewer(), space_id)]


# ── Order and end ───────────────────────────────────────────────────────


@bp.post("/goals/<int:goal_id>/do")
@signed_in
def do_goal(goal_id: int) -> ResponseReturnValue:
    return _do(fetch(Goal, goal_id), f"goal-{goal_id}")


@bp.post("/measures/<int:measure_id>/do")
@signed_in
def do_measure(measure_id: int) -> ResponseReturnValue:
    return _do(fetch(Measure, measure_id), f"measure-{measure_id}")


def _do(part: Goal | Measure, place_on_page: str) -> ResponseReturnValue:
    """Up, down or away."""
    viewer = current_viewer()
    page = link("tasks.plan", slug=place_of(part.space_id, viewer).slug)
    match request.form.get("do", ""):
        case "up" | "down" as wanted:
            services.shift(part, wanted == "up", by=viewer)
            return redirect(f"{page}#{place_on_page}")
        case "delete":
            try:
                services.delete(part, by=viewer)
            except Refused as refusal:
                flash(refusal.message, "error")
            else:
                flash(_("It is deleted from the plan."), "success")
            return redirect(page)
        case _:
            raise BadRequest
