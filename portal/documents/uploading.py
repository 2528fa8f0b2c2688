"""New documents from the page of a folder: by the plain form, or whole uploads one by one."""

from typing import Any

from flask import flash, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.exceptions import BadRequest, NotFound

from portal.access import Action, current_viewer, fetch
from portal.access.doors import signed_in
from portal.content import folders
from portal.content.models import Content, Folder
from portal.documents import queries, services, tree
from portal.documents.views import bp
from portal.documents.words import states
from portal.files import uploads
from portal.files.services import add_file
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _, ngettext
from portal.spaces.models import Space


def target(slug: str, folder_id: int | None, action: Action) -> tuple[Space, Folder | None]:
    """A space where the viewer may do this, and a folder of it."""
    space_id = db.session.scalar(select(Space.id).where(Space.slug == slug))
    space = fetch(Space, space_id or 0, action)
    if folder_id is None:
        return space, None
    folder = fetch(Folder, folder_id)
    if folder.space_id != space.id:
        raise NotFound
    return space, folder


@bp.post("/in/<slug>/upload")
@bp.post("/in/<slug>/<int:folder_id>/upload")
@signed_in
def upload(slug: str, folder_id: int | None = None) -> ResponseReturnValue:
    """Take the files of the plain form; each one that is refused is named with the reason."""
    viewer = current_viewer()
    space, folder = target(slug, folder_id, Action.CREATE)
    taken, told = 0, set()
    for sent in request.files.getlist("files"):
        if not sent.filename:
            continue
        try:
            stream: Any = sent.stream
            file = add_file(stream, sent.filename, by=viewer)
            revision = services.add(space, folder, file, by=viewer)
        except Refused as refusal:
            flash(f"{sent.filename}: {refusal.message}", "error")
            continue
        taken += 1
        told.add(_state(revision.content))
    if taken:
        words = ngettext("%(n)s document is uploaded.", "%(n)s documents are uploaded.", taken)
        flash(" ".join([words, *filter(None, sorted(told))]), "success")
    elif not any(sent.filename for sent in request.files.getlist("files")):
        flash(_("Choose a file."), "error")
    return redirect(tree.url(slug, folder_id))


@bp.post("/in/<slug>/finish")
@bp.post("/in/<slug>/<int:folder_id>/finish")
@signed_in
def finish(slug: str, folder_id: int | None = None) -> ResponseReturnValue:
    """Make a document of a whole upload: JSON {upload} → {url, title, state, message}.

    Asked twice, it answers the same and makes nothing anew, also when the server died between.
    """
    viewer = current_viewer()
    space, folder = target(slug, folder_id, Action.CREATE)
    sent = request.get_json(silent=True)
    token = sent.get("upload") if isinstance(sent, dict) else None
    if not isinstance(token, str):
        raise BadRequest
    with uploads.take(token, by=viewer) as taken:
        if taken.outcome is not None:
            return jsonify(taken.outcome)
        source = f"upload:{token}"
        item = services.imported(space, source)
        if item is None:
            try:
                item = _made(space, folder, taken, source)
            except Refused as refusal:
                return jsonify(message=refusal.message), 422
        outcome = {
            "url": queries.paper_url(item),
            "title": item.title,
            "state": states()[services.current(item).state],
            "message": _state(item),
        }
        uploads.done(token, outcome)
    return jsonify(outcome)


def _made(space: Space, folder: Folder | None, taken: uploads.Taken, source: str) -> Content:
    viewer = current_viewer()
    stream = taken.stream
    file = add_file(stream, taken.name, by=viewer)
    if taken.path:
        folder = folders.ensure(space, folder, taken.path, by=viewer)
    return services.add(space, folder, file, by=viewer, source=source).content


def _state(item: Content) -> str:
    """What becomes of a new document, where that is not what its sender expects."""
    work = services.at_work(item)
    if work is not None and work.state == "in_review":
        return _("It waits for review.")
    return ""
