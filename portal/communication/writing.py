"""Writing the plan: an entry on one page; done, proved and counted on the entry's own page."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden

from portal.access import Action, Viewer, current_viewer, fetch
from portal.access.doors import signed_in
from portal.accounts.queries import typed_for
from portal.communication import lists, proving, queries, services
from portal.communication.forms import DoneForm, EntryForm, FigureForm, ProofForm
from portal.communication.models import Entry
from portal.communication.services import FEATURE
from portal.communication.views import bp, empty_forms, month_asked, page, writes
from portal.kernel.errors import Stale
from portal.kernel.i18n import _
from portal.kernel.links import link
from portal.spaces import features
from portal.spaces import queries as spaces
from portal.spaces.models import Space
from portal.spaces.queries import Place


@bp.route("/spaces/<slug>/communication/new", methods=["GET", "POST"])
@signed_in
def new(slug: str) -> ResponseReturnValue:
    space, viewer = features.entered(slug, FEATURE)
    if not writes(space):
        raise Forbidden
    objectives = queries.objectives(space.id)
    form = EntryForm(
        objectives=objectives,
        objective=request.args.get("objective", ""),
        planned_on=month_asked(),
        owner=typed_for(viewer.user_id, viewer),
    )
    made: list[Entry] = []

    def save() -> None:
        wording = form.wording(viewer)
        made.append(services.add(fetch(Space, space.id), wording, by=viewer))

    if form.saves(save, lambda: {"seal": ""}):
        flash(_("The entry is in the plan."), "success")
        return redirect(link("communication.show", entry_id=made[0].id))
    return _form(form, space, viewer, objectives)


@bp.route("/communication/<int:entry_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(entry_id: int) -> ResponseReturnValue:
    entry, viewer = fetch(Entry, entry_id, Action.EDIT), current_viewer()
    space = spaces.some(viewer, [entry.space_id])[0]
    objectives = queries.objectives(space.id)
    form = EntryForm(objectives=objectives, data=_stored(entry, viewer))

    def save() -> None:
        wording = form.wording(viewer, entry.owner_id)
        seal = services.seen(form.seal.data)
        services.change(entry, seal, wording, by=viewer)

    if form.saves(save, lambda: _stored(entry, viewer)):
        flash(_("Your changes are saved."), "success")
        return redirect(link("communication.show", entry_id=entry.id))
    return _form(form, space, viewer, objectives, entry)


def _stored(entry: Entry, viewer: Viewer) -> Mapping[str, Any]:
    """What the form's fields show of an entry."""
    names = (
        "message", "audience", "channel", "planned_on", "planned_until", "moved_to", "is_shared",
        "state", "done_on", "outcome",
    )  # fmt: skip
    return {
        **{name: getattr(entry, name) for name in names},
        "objective": str(entry.objective_id),
        "owner": typed_for(entry.owner_id, viewer),
        "seal": str(entry.saves),
    }


def _form(
    form: EntryForm,
    space: Place,
    viewer: Viewer,
    objectives: Sequence[Any],
    entry: Entry | None = None,
) -> ResponseReturnValue:
    known = queries.choices(viewer, space.id)
    shown = render_template(
        "communication/edit.html",
        form=form,
        space=space,
        entry=entry,
        objectives=objectives,
        audiences=lists.offered(lists.AUDIENCES, known.audiences),
        channels=lists.offered(lists.CHANNELS, known.channels),
        owners=[name for _ident, name in known.owners],
    )
    return shown, form.status


# ── Done, proved, counted ───────────────────────────────────────────────


def _sent(
    entry: Entry, field: str, form: Any, save: Callable[[], Any], told: str
) -> ResponseReturnValue:
    """Run a small form of an entry's page; refused, the page comes again with what was typed."""
    status = 422
    try:
        if form.accepts(save):
            flash(told, "success")
            return redirect(link("communication.show", entry_id=entry.id))
    except Stale as stale:
        form.compare(stale.item)
        status = 409
    forms = empty_forms(entry)
    setattr(forms, field, form)
    return page(entry, current_viewer(), forms)[0], status


@bp.post("/communication/<int:entry_id>/done")
@signed_in
def finish(entry_id: int) -> ResponseReturnValue:
    """Done on a day, with an outcome, and perhaps a proof and a figure: one step."""
    entry, viewer = fetch(Entry, entry_id, Action.EDIT), current_viewer()
    form = DoneForm(prefix="done-")
    form.take_file(viewer)

    def save() -> None:
        proving.finish_with(
            entry,
            form.done_on.data,
            form.outcome.data or "",
            form.proof(),
            form.figure() if form.is_begun else None,
            by=viewer,
            figure_id=form.number,
            seal=form.figure_seal.data,
        )

    return _sent(entry, "done", form, save, _("The entry is marked as done."))


@bp.post("/communication/<int:entry_id>/proofs")
@signed_in
def prove(entry_id: int) -> ResponseReturnValue:
    entry, viewer = fetch(Entry, entry_id, Action.EDIT), current_viewer()
    form = ProofForm(prefix="proof-")
    form.take_file(viewer)

    def save() -> None:
        proof = form.proof()
        if proof is not None:
            proving.prove(entry, proof, by=viewer)

    return _sent(entry, "proof", form, save, _("The proof is added."))


@bp.post("/communication/<int:entry_id>/figures")
@signed_in
def count(entry_id: int) -> ResponseReturnValue:
    """A new figure, or the one with the number sent, written anew."""
    entry, viewer = fetch(Entry, entry_id, Action.EDIT), current_viewer()
    form = FigureForm(prefix="figure-")

    def save() -> None:
        proving.count(
            entry, form.figure(), by=viewer, ident=form.number, seal=form.figure_seal.data
        )

    return _sent(entry, "figure", form, save, _("The figure is saved."))


@bp.post("/communication/<int:entry_id>/proofs/<int:proof_id>/remove")
@signed_in
def withdraw(entry_id: int, proof_id: int) -> ResponseReturnValue:
    entry = fetch(Entry, entry_id, Action.EDIT)
    proving.withdraw(entry, proof_id, by=current_viewer())
    flash(_("The proof is taken away."), "success")
    return redirect(link("communication.show", entry_id=entry_id))


@bp.post("/communication/<int:entry_id>/figures/<int:figure_id>/remove")
@signed_in
def uncount(entry_id: int, figure_id: int) -> ResponseReturnValue:
    entry = fetch(Entry, entry_id, Action.EDIT)
    proving.uncount(entry, figure_id, by=current_viewer())
    flash(_("The figure is taken away."), "success")
    return redirect(link("communication.show", entry_id=entry_id))


@bp.post("/communication/<int:entry_id>/delete")
@signed_in
def delete(entry_id: int) -> ResponseReturnValue:
    entry, viewer = fetch(Entry, entry_id, Action.TRASH), current_viewer()
    space = spaces.some(viewer, [entry.space_id])[0]
    services.delete(entry, by=viewer)
    flash(_("The entry is deleted with its proofs and figures."), "success")
    return redirect(link("communication.register", slug=space.slug))
