"""The versions of an item: what was released, what changed, and back to an earlier text."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access import Action, current_viewer, fetch
from portal.access.doors import signed_in
from portal.content import kinds, replacing
from portal.content import services as content
from portal.content.models import Content, Revision
from portal.kernel.database import db
from portal.kernel.errors import Stale
from portal.kernel.forms import PortalForm
from portal.kernel.i18n import _
from portal.kernel.links import link, number
from portal.review import versions

bp = Blueprint("review", __name__)


@bp.get("/content/<int:content_id>/versions")
@signed_in
def history(content_id: int) -> ResponseReturnValue:
    """Every version, and what the chosen one changed: for who puts its texts before readers."""
    item = fetch(Content, content_id, Action.PUBLISH)
    return _history(item, request.args.get("version", type=number))


@bp.post("/content/versions/<int:revision_id>/restore")
@signed_in
def restore(revision_id: int) -> ResponseReturnValue:
    """A new draft with the text of an earlier version; its editor goes on with it from there."""
    text = fetch(Revision, revision_id)
    item, form = fetch(Content, text.content_id, Action.PUBLISH), PortalForm()
    made: list[Revision] = []

    def act() -> None:
        seen = request.form.get("seen", "")
        made.append(replacing.go_back(text, seen, by=current_viewer()))

    try:
        if form.accepts(act):
            told = _("The draft has the text of version %(n)s. Readers see it once it is released.")
            flash(told % {"n": text.number}, "success")
            return redirect(kinds.of(item.kind).work_page(made[0]))
    except Stale:
        return too_late(item, revision_id)
    return _history(item, revision_id, " ".join(map(str, form.form_errors))), 422


def too_late(item: Content, revision_id: int) -> ResponseReturnValue:
    """The versions once more, for whoever wanted back and did not know of a draft."""
    db.session.rollback()
    told = _("Somebody else began or saved a draft in the meantime. Nothing was changed.")
    return _history(item, revision_id, told), 409


def _history(item: Content, wanted: int | None, told: str = "") -> str:
    found = versions.versions(item.id)
    chosen = next((each for each in found if wanted in (None, each.id)), None)
    if chosen is None:
        raise NotFound
    text = db.session.get_one(Revision, chosen.id)
    before = versions.before(chosen, found)
    work = content.open_revision(item, chosen.language)
    kind = kinds.of(item.kind)
    return render_template(
        "review/versions.html",
        item=item,
        found=found,
        chosen=chosen,
        before=before,
        changes=versions.changes(text, before) if before else (),
        words=versions.words(text),
        work=next((each for each in found if work and each.id == work.id), None),
        work_page=kind.work_page(work) if work else "",
        seen=content.print_of(work),
        restore=kind.go_back_page(text),
        at_once=kind.goes_back_at_once(item, current_viewer()),
        page=link(kind.endpoint, address=item.address) if item.visible_from else "",
        several=len({each.language for each in found}) > 1,
        states=versions.states(),
        told=told,
    )
