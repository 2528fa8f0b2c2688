"""When a person is away: said by herself or by a head of hers."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import current_viewer
from portal.access.doors import private, signed_in
from portal.accounts import absences as away
from portal.accounts.models import User
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.i18n import _
from portal.kernel.links import link
from portal.people.forms import AbsenceForm
from portal.people.views import bp


@bp.route("/people/<int:user_id>/absences", methods=["GET", "POST"])
@private
@signed_in
def absences(user_id: int) -> ResponseReturnValue:
    """When she is away, and the form that says so."""
    viewer, person = current_viewer(), _person(user_id)
    form = AbsenceForm()

    if form.accepts(lambda: away.add(person, form.first.data, form.last.data, by=viewer)):
        flash(_("It is noted. Reminders wait until the day after."), "success")
        return redirect(link("people.absences", user_id=user_id))
    shown = render_template(
        "people/absences.html",
        form=form,
        person=person,
        found=away.of(user_id),
        today=clock.today(),
        is_self=user_id == viewer.user_id,
        may_say=away.may_say(viewer, person.id, person.unit_id),
    )
    return shown, 422 if form.is_submitted() else 200


@bp.post("/people/<int:user_id>/absences/<int:absence_id>/end")
@private
@signed_in
def end_absence(user_id: int, absence_id: int) -> ResponseReturnValue:
    """She is back, or does not go."""
    _person(user_id)
    away.end(away.absence_of(user_id, absence_id), by=current_viewer())
    flash(_("The absence is taken out from today on."), "success")
    return redirect(link("people.absences", user_id=user_id))


def _person(user_id: int) -> User:
    """A person whose absences the viewer may see; for others there is no such page."""
    person = db.session.get(User, user_id)
    viewer = current_viewer()
    if person is None or person.retired_at is not None:
        raise NotFound
    if not away.may_see(viewer, person.id, person.unit_id):
        raise NotFound
    return person
