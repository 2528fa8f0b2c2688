"""One document from its file to its readers on one page: an order that people must read."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from portal.access import Action, Role, Viewer, current_viewer, may
from portal.access.doors import signed_in
from portal.content.models import Content
from portal.documents import services, tree
from portal.documents.forms import NewForm
from portal.documents.handling import facts_of, looks_first, to_audience, units
from portal.documents.uploading import target
from portal.documents.views import bp
from portal.files.models import File
from portal.files.services import add_file
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.links import link


@bp.route("/in/<slug>/new", methods=["GET", "POST"])
@bp.route("/in/<slug>/<int:folder_id>/new", methods=["GET", "POST"])
@signed_in
def new(slug: str, folder_id: int | None = None) -> ResponseReturnValue:
    """The file, what is written about it, who must read it; published by one button."""
    viewer = current_viewer()
    space, folder = target(slug, folder_id, Action.CREATE)
    form = NewForm(units=units(viewer, None))
    form.prepare_asking(viewer)
    form.is_wanted = True  # what this page is for
    _store(form, viewer)
    made: list[Content] = []

    def make() -> None:
        file = _kept(form, viewer)
        if file is None:
            raise Refused("file", form.not_stored or _("Choose a file."))
        facts, wish, draft = facts_of(form), form.wish(viewer), looks_first()
        text = services.add(space, folder, file, facts, by=viewer, draft=draft, wish=wish)
        made.append(text.content)

    if form.accepts(make):
        if looks_first():
            flash(_("The draft is saved."), "success")
            return to_audience(made[0])
        flash(_told(made[0]), "success")
        if may(viewer, Action.READ, made[0]):
            return redirect(link("documents.show", address=made[0].address))
        return redirect(tree.url(slug, folder_id))
    page = render_template(
        "documents/new.html",
        form=form,
        kept=_kept(form, viewer),
        back=tree.url(slug, folder_id),
        releases=viewer.role_in(space.id) >= Role.EDITOR and not space.review_required,
    )
    return page, 422 if form.is_submitted() else 200


def _store(form: NewForm, viewer: Viewer) -> None:
    """Store what was sent before anything else is judged: it stays when a field is refused."""
    upload = form.file.data
    if not isinstance(upload, FileStorage) or not upload.filename:
        return
    try:
        form.file_id.data = add_file(upload.stream, upload.filename, by=viewer).id
        form.file_id.raw_data = None  # shown is what is stored, not what the form brought
    except Refused as refusal:
        form.not_stored = refusal.message


def _kept(form: NewForm, viewer: Viewer) -> File | None:
    """The viewer's own upload that the form carries."""
    number = form.file_id.data if not form.file_id.errors else None
    found = db.session.get(File, number) if number else None
    return found if found is not None and found.uploaded_by_id == viewer.user_id else None


def _told(item: Content) -> str:
    work = services.at_work(item)
    if work is not None and work.state == "in_review":
        return _("It is sent for review.")
    return _("The document is published.")
