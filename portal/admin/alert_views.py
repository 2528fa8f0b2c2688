"""Alerts at the head of every page: what runs, a new one, its end, out of one's own sight."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import current_viewer
from portal.access.doors import signed_in, staff
from portal.admin import alerts, queries
from portal.admin.forms import AUDIENCES, LEVELS, AlertForm
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
    if form.accepts(lambda: _set(form)):
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
    return page, 422 if form.is_submitted() else 200


def _set(form: AlertForm) -> None:
    until = form.until.moment
    assert until is not None  # validated
    alerts.set_alert(
        by=current_viewer(),
        text_bg=form.text_bg.data or "",
        text_en=form.text_en.data or "",
        level=form.level.data,
        audience=form.audience.data,
        address=form.address.data or "",
        until=until,
    )


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
