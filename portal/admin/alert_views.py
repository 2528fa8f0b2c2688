"""Alerts at the head of every page: a new one, one changed, its end, out of one's own sight."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import current_viewer
from portal.access.doors import signed_in, staff
from portal.admin import alerts, queries
from portal.admin.forms import AUDIENCES, LEVELS, AlertForm
from portal.kernel import clock
from portal.kernel.i18n import _
from portal.kernel.links import came_from, link

bp = Blueprint("alerts", __name__, url_prefix="/alerts")


@bp.route("", methods=["GET", "POST"])
@staff
def index() -> ResponseReturnValue:
    """What is told everybody now, and a new alert."""
    viewer = current_viewer()
    allowed = alerts.audiences(viewer)
    if not allowed:
        raise NotFound
    form = AlertForm(audiences=allowed)

    def save() -> None:
        alerts.set_alert(by=viewer, audience=form.audience.data, **_typed(form))

    if form.saves(save, dict):
        flash(_("The alert stands at the head of every page."), "success")
        return redirect(link("alerts.index"))
    page = render_template(
        "admin/alerts.html",
        form=form,
        running=[each for each in queries.alerts() if each.audience in allowed],
        levels=LEVELS,
        audiences=AUDIENCES,
        is_admin=viewer.is_admin,
    )
    return page, form.status


@bp.route("/<int:alert_id>/edit", methods=["GET", "POST"])
@staff
def edit(alert_id: int) -> ResponseReturnValue:
    """Say it otherwise, or until another time; whom it is for stays."""
    viewer = current_viewer()
    alert = alerts.kept(alert_id, by=viewer)

    def stored() -> dict[str, Any]:
        facts = {name: getattr(alert, name) for name in ("text_bg", "text_en", "level", "address")}
        until = clock.local(alert.shown_until).replace(tzinfo=None)
        return {**facts, "until": until, "seal": alerts.seal(alert)}

    form = AlertForm(data=stored())

    def save() -> None:
        alerts.change(alert_id, form.seal.data or "", by=viewer, **_typed(form))

    if form.saves(save, stored):
        flash(_("Your changes are saved."), "success")
        return redirect(link("alerts.index"))
    page = render_template("admin/alert.html", form=form, audience=AUDIENCES[alert.audience])
    return page, form.status


def _typed(form: AlertForm) -> dict[str, Any]:
    until = form.until.moment
    assert until is not None  # validated
    return {
        "text_bg": form.text_bg.data or "",
        "text_en": form.text_en.data or "",
        "level": form.level.data,
        "address": form.address.data or "",
        "until": until,
    }


@bp.post("/<int:alert_id>/end")
@staff
def end(alert_id: int) -> ResponseReturnValue:
    alerts.end(alert_id, by=current_viewer())
    flash(_("The alert is taken away."), "success")
    return redirect(link("alerts.index"))


@bp.post("/<int:alert_id>/hide")
@signed_in
def hide(alert_id: int) -> ResponseReturnValue:
    """Put it out of one's own sight."""
    alerts.hide(alert_id, by=current_viewer())
    return redirect(came_from())
