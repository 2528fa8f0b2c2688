"""The door to files: never by hash, only through a text that the viewer may read."""

from flask import Blueprint, Flask, Response, jsonify, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.exceptions import BadRequest, NotFound

from portal.access import Action, Viewer, current_viewer, may
from portal.access.doors import signed_in
from portal.content.models import Revision
from portal.files import services, store, upload_views
from portal.files.icons import icon_of
from portal.files.models import Attachment, File
from portal.kernel.database import db
from portal.kernel.errors import Refused

bp = Blueprint("files", __name__, url_prefix="/files")
INLINE = {"image/webp"}  # everything else is sent as a download


def reachable(viewer: Viewer, file: File) -> bool:
    """Whether the viewer reads a text that holds the file; its uploader does until one does."""
    holders = list(
        db.session.scalars(
            select(Revision)
            .join(Attachment, Attachment.revision_id == Revision.id)
            .where(Attachment.file_id == file.id)
            .order_by(Revision.id.desc())
        )
    )
    if not holders:
        return file.uploaded_by_id == viewer.user_id
    return any(may(viewer, Action.READ, holder) for holder in holders)


@bp.get("/<int:file_id>")
@signed_in
def show(file_id: int) -> ResponseReturnValue:
    file = db.session.get(File, file_id)
    if file is None or not reachable(current_viewer(), file):
        raise NotFound
    response: Response = send_file(
        store.path_of(file.sha256),
        mimetype=store.safe_type(file.media_type),
        as_attachment=file.media_type not in INLINE,
        download_name=file.name,
        etag=file.sha256,
        conditional=True,
    )
    # Asked again each time, answered 304 while unchanged: nothing opens after signing out.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@bp.post("/pictures")
@signed_in
def add_picture() -> ResponseReturnValue:
    """Take a picture for the editor: {"id", "url"}, or {"error"} in the reader's language."""
    upload = request.files.get("file")
    if upload is None:
        raise BadRequest
    try:
        file = services.add_picture(upload.stream, upload.filename or "", by=current_viewer())
    except Refused as refusal:
        return jsonify(error=refusal.message), 422
    return jsonify(id=file.id, url=f"/files/{file.id}", width=file.width, height=file.height), 201


def install(app: Flask) -> None:
    app.jinja_env.globals["file_icon_name"] = icon_of
    app.register_blueprint(bp)
    app.register_blueprint(upload_views.bp)
