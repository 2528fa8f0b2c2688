"""The board and list of a space's tasks, and a task's own page."""

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, NotFound

from portal.access import Action, Role, Viewer, current_viewer, fetch, may
from portal.access.doors import signed_in
from portal.accounts import queries as people
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused, Stale, wants_json
from portal.kernel.i18n import _, day_words
from portal.kernel.links import link, number
from portal.spaces import queries as spaces
from portal.spaces.features import entered
from portal.spaces.models import Space
from portal.spaces.queries import Place
from portal.tasks import asked as asking
from portal.tasks import checklist, mine, queries, services, words
from portal.tasks.asked import Asked
from portal.tasks.forms import TaskForm
from portal.tasks.models import COLUMNS, Measure, Task, TaskState
from portal.tasks.policy import KEY

bp = Blueprint("tasks", __name__)


def writes(place: Place) -> bool:
    """Whether the viewer adds and changes tasks there."""
    return place.role >= Role.CONTRIBUTOR and place.archived_at is None


def shared(place: Place, viewer: Viewer) -> dict[str, Any]:
    """What every template of the room needs."""
    return {"space": place, "writes": writes(place), "words": words, "states": TaskState}


@bp.get("/spaces/<slug>/tasks")
@signed_in
def index(slug: str) -> ResponseReturnValue:
    place, viewer = entered(slug, KEY)
    return _index(place, viewer, asking.asked(request.args))


def _index(place: Place, viewer: Viewer, asked: Asked, told: str = "") -> str:
    counted = queries.counts(viewer, place.id, asked)
    is_list = request.args.get("view") == "list"
    found: dict[str, Any] = (
        {"cards": queries.listed(viewer, place.id, asked), "total": counted.of(asked.states)}
        if is_list
        else {"columns": queries.board(viewer, place.id, asked, counted)}
    )
    return render_template(
        "tasks/list.html" if is_list else "tasks/board.html",
        asked=asked,
        counted=counted,
        owners=queries.owners(viewer, place.id),
        measures=queries.measures(viewer, place.id),
        told=told,
        shown=queries.SHOWN,
        column_states=COLUMNS,
        **found,
        **shared(place, viewer),
    )


@bp.get("/tasks")
@signed_in
def own() -> ResponseReturnValue:
    """My tasks, over all my spaces."""
    viewer = current_viewer()
    return render_template(
        "tasks/mine.html", tasks=mine.open_ones(viewer), late=mine.late_of_others(viewer),
        words=words, states=TaskState,
    )  # fmt: skip


# ── One task ────────────────────────────────────────────────────────────


@bp.get("/tasks/<int:task_id>")
@signed_in
def show(task_id: int) -> ResponseReturnValue:
    return _page(fetch(Task, task_id))


def _page(task: Task, typed: str = "", fault: str = "", told: str = "") -> str:
    viewer = current_viewer()
    whole = queries.whole(viewer, task.id)
    if whole is None:
        raise NotFound
    place = place_of(task.space_id, viewer)
    _space = db.session.get_one(Space, task.space_id)  # held for the policy: read once, not thrice
    return render_template(
        "tasks/show.html",
        task=whole,
        may_write=may(viewer, Action.EDIT, task),
        may_move=may(viewer, Action.PLACE, task),
        may_delete=may(viewer, Action.TRASH, task),
        is_gone=task.owner_id != viewer.user_id and _is_gone(task),
        typed=typed,
        fault=fault,
        told=told,
        step_max=Task.CHECKLIST_MAX,
        **shared(place, viewer),
    )


def place_of(space_id: int, viewer: Viewer) -> Place:
    """The space of something that the viewer reads."""
    for place in spaces.some(viewer, [space_id]):
        return place
    raise NotFound


def _is_gone(task: Task) -> bool:
    """Whether whoever has it is in the space no more."""
    if task.owner_id is None:
        return False
    return not services.is_here(task.owner_id, task.space_id)


@bp.route("/spaces/<slug>/tasks/new", methods=["GET", "POST"])
@signed_in
def new(slug: str) -> ResponseReturnValue:
    place, viewer = entered(slug, KEY)
    space = fetch(Space, place.id, Action.CREATE)
    own = people.typed_for(viewer.user_id, viewer)
    given = {"measure": request.args.get("measure", ""), "owner": own}
    form = TaskForm(measures=_measures(viewer, place), data=given)
    made: list[Task] = []

    def save() -> None:
        made.append(services.add(space, by=viewer, **_facts(form, viewer)))

    if form.saves(save, dict):
        _told_of_day(made[0], _("The task is added."))
        return redirect(link("tasks.show", task_id=made[0].id))
    shown = render_template("tasks/form.html", form=form, task=None, **shared(place, viewer))
    return shown, form.status


def _told_of_day(task: Task, done: str) -> None:
    flash(done, "success")
    if words.is_late(task.due, task.state):
        flash(_("Its last day has passed: it is counted as late at once."), "warning")


@bp.route("/tasks/<int:task_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(task_id: int) -> ResponseReturnValue:
    task, viewer = fetch(Task, task_id, Action.EDIT), current_viewer()
    place = place_of(task.space_id, viewer)

    def stored() -> dict[str, Any]:
        facts = {name: getattr(task, name) for name in ("title", "note", "due", "weight")}
        return {
            **facts,
            "owner": people.typed_for(task.owner_id, viewer),
            "measure": str(task.measure_id or ""),
            "seal": services.seal(task),
        }

    form = TaskForm(measures=_measures(viewer, place), data=stored())

    def save() -> None:
        facts = _facts(form, viewer, task.owner_id)
        services.change(task, by=viewer, seal=form.seal.data or None, **facts)

    if form.saves(save, stored):
        _told_of_day(task, _("Your changes are saved."))
        return redirect(link("tasks.show", task_id=task.id))
    shown = render_template("tasks/form.html", form=form, task=task, **shared(place, viewer))
    return shown, form.status


def _measures(viewer: Viewer, place: Place) -> list[tuple[str, str]]:
    return [(str(row.id), row.title) for row in queries.measures(viewer, place.id)]


def _facts(form: TaskForm, viewer: Viewer, owner_id: int | None = None) -> dict[str, Any]:
    chosen = int(form.measure.data) if form.measure.data else 0
    return {
        "title": form.title.data or "",
        "note": form.note.data or "",
        "owner": people.person_or_kept("owner", form.owner.data or "", viewer, owner_id),
        "due": form.due.data,
        "measure": db.session.get(Measure, chosen) if chosen else None,
        "weight": form.weight.data or 0,
    }


# ── Moving ──────────────────────────────────────────────────────────────


@bp.post("/tasks/<int:task_id>/move")
@signed_in
def move(task_id: int) -> ResponseReturnValue:
    """From the task's page, or by the board's script (JSON)."""
    task, viewer = fetch(Task, task_id), current_viewer()
    state, moves = request.form.get("state", ""), request.form.get("moves", -1, int)
    try:
        services.move(task, state, moves, by=viewer, after=request.form.get("after", None, number))
    except Stale:
        told = _moved_meanwhile(task, viewer)
        if wants_json():
            return jsonify(told=told), 409
        return _page(task, told=told), 409
    except Refused as refusal:
        raise BadRequest from refusal
    if not wants_json():
        flash(_now_in(task), "success")
        return redirect(link("tasks.show", task_id=task.id))
    return jsonify(told=_now_in(task), card=_card(task, viewer), moves=task.moves)


@bp.post("/spaces/<slug>/tasks/move")
@signed_in
def move_on_board(slug: str) -> ResponseReturnValue:
    """By a button of a card's menu. `to`: the task's number, what she saw, and the new state."""
    place, viewer = entered(slug, KEY)
    try:
        ident, moves, state = request.form.get("to", "").split("-")
        task = fetch(Task, number(ident))
        services.move(task, state, int(moves), by=viewer)
    except Stale:
        told = _moved_meanwhile(task, viewer)
        return _index(place, viewer, asking.asked(request.args), told), 409
    except (ValueError, Refused) as fault:
        raise BadRequest from fault
    flash(_now_in(task), "success")
    return redirect(link("tasks.index", slug=slug, **asking.asked(request.args).query))


def _now_in(task: Task) -> str:
    return _(
        "“%(title)s” is in “%(state)s” now.", title=task.title, state=words.state_name(task.state)
    )


def _moved_meanwhile(task: Task, viewer: Viewer) -> str:
    """What a stale move is told: who moved it, where to, when. Nothing was lost."""
    last = queries.last_move(viewer, task.id)
    if last is None:
        return _("This task changed after you opened the page. Look at it again.")
    at, name, state = last
    return _(
        "%(name)s moved “%(title)s” to “%(state)s” (%(time)s). It stands there; your move was "
        "not carried out.",
        name=name,
        title=task.title,
        state=words.state_name(state),
        time=f"{day_words(clock.local(at).date())}, {clock.local(at):%H:%M}",
    )


def _card(task: Task, viewer: Viewer) -> str:
    place = place_of(task.space_id, viewer)
    card = queries.one_card(viewer, task.id)
    return render_template(
        "tasks/_one_card.html", card=card, column_states=COLUMNS, **shared(place, viewer)
    )


# ── Checklist, deleting ─────────────────────────────────────────────────


@bp.post("/tasks/<int:task_id>/checklist")
@signed_in
def add_step(task_id: int) -> ResponseReturnValue:
    task, text = fetch(Task, task_id), request.form.get("text", "")
    try:
        checklist.add(task, text, by=current_viewer())
    except Refused as refusal:
        return _page(task, typed=text, fault=refusal.message), 422
    return redirect(link("tasks.show", task_id=task.id) + "#checklist")


@bp.post("/tasks/<int:task_id>/checklist/<int:step_id>")
@signed_in
def change_step(task_id: int, step_id: int) -> ResponseReturnValue:
    task, by = fetch(Task, task_id), current_viewer()
    match request.form.get("do", ""):
        case "tick" | "untick" as wanted:
            checklist.tick(task, step_id, wanted == "tick", by=by)
        case "up" | "down" as wanted:
            checklist.shift(task, step_id, wanted == "up", by=by)
        case "remove":
            checklist.remove(task, step_id, by=by)
        case _:
            raise BadRequest
    return redirect(link("tasks.show", task_id=task.id) + "#checklist")


@bp.post("/tasks/<int:task_id>/delete")
@signed_in
def delete(task_id: int) -> ResponseReturnValue:
    task, viewer = fetch(Task, task_id, Action.TRASH), current_viewer()
    place = place_of(task.space_id, viewer)
    try:
        services.delete(task, by=viewer)
    except Refused as refusal:
        flash(refusal.message, "error")
        return redirect(link("tasks.show", task_id=task_id))
    flash(_("The task is deleted."), "success")
    return redirect(link("tasks.index", slug=place.slug))
