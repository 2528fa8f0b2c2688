"""The directory, a person's page and one's own entry."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import Action, current_viewer, fetch, may
from portal.access.doors import signed_in
from portal.accounts import absences, queries, services
from portal.accounts.models import User
from portal.kernel.i18n import _
from portal.kernel.links import link
from portal.kernel.text import tidy
from portal.people.forms import ProfileForm

bp = Blueprint("people", __name__)
PAGE = 50
WORDS_LONG = 200  # signs of a question that are looked at


def page_number() -> int:
    """The page asked for; nonsense is the first."""
    return max(1, min(request.args.get("page", 1, type=int), 10_000))


def typed_words() -> str:
    return tidy(request.args.get("q", "").replace("\0", " "))[:WORDS_LONG]


@bp.get("/people")
@signed_in
def directory() -> ResponseReturnValue:
    """Everybody whom the viewer may know, by family name."""
    viewer, words, page = current_viewer(), typed_words(), page_number()
    letter = request.args.get("letter", "")
    if letter != "latin" and letter not in queries.LETTERS:
        letter = ""
    found = queries.directory(
        viewer, words=words, letter=letter, limit=PAGE + 1, offset=(page - 1) * PAGE
    )
    here = {"q": words, "letter": letter}
    return render_template(
        "people/directory.html",
        people=found[:PAGE],
        words=words,
        letter=letter,
        letters=queries.LETTERS,
        previous=link("people.directory", **here, page=page - 1) if page > 1 else "",
        following=link("people.directory", **here, page=page + 1) if len(found) > PAGE else "",
        keeps=viewer.is_admin or (viewer.is_coordinator and not viewer.is_staff),
    )


@bp.get("/people/<int:user_id>")
@signed_in
def show(user_id: int) -> ResponseReturnValue:
    viewer = current_viewer()
    person = queries.person(viewer, user_id)
    if person is None:
        raise NotFound
    own_house = person.organisation_id == viewer.organisation_id
    told_of = absences.may_see(viewer, user_id, person.unit_id)
    return render_template(
        "people/show.html",
        person=person,
        led=queries.led_by(viewer, user_id) if viewer.is_staff and person.is_home else [],
        is_self=user_id == viewer.user_id,
        told_of_absences=told_of,
        away_until=absences.away_until(user_id) if told_of else None,
        keeps=viewer.is_admin or (viewer.is_coordinator and not viewer.is_staff and own_house),
    )


@bp.route("/me", methods=["GET", "POST"])
@signed_in
def me() -> ResponseReturnValue:
    """One's own entry in the directory."""
    viewer = current_viewer()
    user = fetch(User, viewer.user_id or 0, Action.EDIT)

    def stored() -> dict[str, object]:
        facts = {name: getattr(user, name) or "" for name in services.OWN}
        return {**facts, "seal": services.seal(user)}

    form = ProfileForm(data=stored())

    def save() -> None:
        typed = {name: form[name].data for name in services.OWN}
        services.change_profile(user, by=viewer, seal=form.seal.data or None, **typed)

    if form.saves(save, stored):
        flash(_("Your entry is saved."), "success")
        return redirect(link("people.me"))
    page = render_template(
        "people/me.html",
        form=form,
        user=user,
        shown=may(viewer, Action.READ, user),
        away_until=absences.away_until(user.id),
    )
    return page, form.status
