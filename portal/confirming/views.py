"""Asking of an item, confirming it, and recording a briefing."""

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import Action, current_viewer, fetch, may
from portal.access.doors import signed_in
from portal.accounts import absences
from portal.accounts.queries import named, reader_name
from portal.confirming import asking, briefing, queries, services
from portal.confirming.forms import AskForm, BriefingForm, ConfirmForm
from portal.content import kinds
from portal.content.models import Content, Life
from portal.kernel import clock
from portal.kernel.forms import PortalForm
from portal.kernel.i18n import _, ngettext
from portal.kernel.links import link, number

bp = Blueprint("confirming", __name__)


def to_page(item: Content, anchor: str = "") -> ResponseReturnValue:
    """Back to the item."""
    address = link(kinds.of(item.kind).endpoint, address=item.address)
    return redirect(f"{address}{anchor}")


# ── One click ──────────────────────────────────────────────────────────────


@bp.post("/content/<int:content_id>/confirm")
@signed_in
def confirm(content_id: int) -> ResponseReturnValue:
    """«Запознат съм». A text that was changed meanwhile is shown instead."""
    item, form = fetch(Content, content_id), ConfirmForm()

    def act() -> None:
        requirement, revision = form.shown
        services.confirm(
            item, by=current_viewer(), requirement_id=requirement, revision_id=revision
        )

    return _done(item, form, act, _("It is recorded that you have read it."))


@bp.post("/content/<int:content_id>/take-back")
@signed_in
def take_back(content_id: int) -> ResponseReturnValue:
    """Undo one's click of the last quarter of an hour."""
    item, form = fetch(Content, content_id), PortalForm()
    told = _("It is taken back: nothing is recorded.")
    return _done(item, form, lambda: services.take_back(item, by=current_viewer()), told)


def _done(item: Content, form: PortalForm, act: Any, told: str) -> ResponseReturnValue:
    if form.accepts(act):
        flash(told, "success")
        return to_page(item, "#must-read")
    for problem in form.form_errors:
        flash(str(problem), "error")
    return to_page(item)


# ── Asking ─────────────────────────────────────────────────────────────────


@bp.route("/content/<int:content_id>/ask", methods=["GET", "POST"])
@signed_in
def ask(content_id: int) -> ResponseReturnValue:
    """Whom an item of any kind is asked of: ask, change, ask again."""
    item, viewer = fetch(Content, content_id, Action.RELEASE), current_viewer()
    form = AskForm()
    form.prepare_asking(viewer, content_id)
    asked = asking.open_of(content_id)
    is_out = item.life in (Life.PUBLISHED, Life.ARCHIVED)
    if form.accepts(lambda: _asked(item, form)):
        flash(_asked_words(item, is_out), "success")
        return to_page(item)
    page = render_template(
        "confirming/ask.html",
        form=form,
        item=item,
        asked=asked,
        is_out=is_out,
        back=link(kinds.of(item.kind).endpoint, address=item.address),
    )
    return page, 422 if form.is_submitted() else 200


def _asked(item: Content, form: AskForm) -> None:
    viewer = current_viewer()
    asked = asking.open_of(item.id)
    again = bool(form.ask_again.data)
    form.is_asked = False  # here the fields speak of what is asked, ticked or not
    wished = form.wish(viewer)
    if item.life == Life.UNPUBLISHED:
        services.wish(item, wished, by=viewer)
    elif asked is None or again:
        services.ask(item, wished, by=viewer)
    else:
        services.change(asked, wished, by=viewer)


def _asked_words(item: Content, is_out: bool) -> str:
    if is_out:
        return _("It is asked. Everybody who must read it is told in a moment.")
    return _("It is kept: it will be asked when the text is published.")


@bp.post("/content/<int:content_id>/end-asking")
@signed_in
def end(content_id: int) -> ResponseReturnValue:
    """Ask no more; what was confirmed stays on record."""
    item = fetch(Content, content_id, Action.RELEASE)
    asked = asking.open_of(content_id)
    if asked is None:
        raise NotFound
    services.end(asked, by=current_viewer())
    flash(_("It is asked no more. What was confirmed stays on record."), "success")
    return to_page(item)


@bp.get("/content/people")
@signed_in
def people() -> ResponseReturnValue:
    """The people whom the viewer may know and whose names fit: JSON [{id, label}]."""
    return jsonify(queries.found(current_viewer(), request.args.get("q", "")[:100]))


# ── Briefing ───────────────────────────────────────────────────────────────


@bp.route("/content/<int:content_id>/briefing", methods=["GET", "POST"])
@signed_in
def brief(content_id: int) -> ResponseReturnValue:
    """Record that an item was read out to people without a desk."""
    item, viewer = fetch(Content, content_id), current_viewer()
    asked = asking.open_of(content_id)
    if asked is None or not briefing.may_record(viewer, item):
        raise NotFound
    whom = briefing.whom(asked, viewer)
    form = BriefingForm(
        people=[(each.id, _person(each)) for each in whom],
        read_out_at=clock.now().replace(second=0, microsecond=0),
    )
    known = {each.id: each for each in whom}
    away = absences.away(known, clock.today())
    recorded: list[int] = []

    def act() -> None:
        moment = form.read_out_at.moment
        assert moment is not None  # validated
        recorded.append(briefing.record_briefing(asked, form.people.data or (), moment, by=viewer))

    if form.accepts(act):
        told = ngettext("Recorded for %(n)s person.", "Recorded for %(n)s people.", recorded[0])
        flash(told, "success")
        return redirect(link("confirming.brief", content_id=content_id))
    page = render_template(
        "confirming/briefing.html",
        form=form,
        item=item,
        asked=asked,
        back=link(kinds.of(item.kind).endpoint, address=item.address),
        edits=may(viewer, Action.RELEASE, item),
        unit_of=lambda option: _unit(known[option.data]),
        away=away,
        recorded=briefing.just_recorded(asked, viewer),
        minutes=int(services.TAKE_BACK.total_seconds() // 60),
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/content/<int:content_id>/briefing/take-back")
@signed_in
def take_back_briefing(content_id: int) -> ResponseReturnValue:
    """Undo what one recorded for a person by mistake, in the last quarter of an hour."""
    fetch(Content, content_id)
    asked = asking.open_of(content_id)
    if asked is None:
        raise NotFound
    form, who = PortalForm(), request.form.get("person", 0, type=number)
    if form.accepts(lambda: briefing.take_back(asked, who, by=current_viewer())):
        flash(_("It is taken back: nothing is recorded."), "success")
    for problem in form.form_errors:
        flash(str(problem), "error")
    return redirect(link("confirming.brief", content_id=content_id))


def _unit(user: Any) -> str:
    return named(user.unit) if user.unit is not None else ""


def _person(user: Any) -> str:
    return ", ".join(filter(None, (reader_name(user), user.position)))
