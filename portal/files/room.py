"""The door to files: never by hash, only through a text that the viewer may read."""

from flask import Blueprint, Flask, Response, jsonify, request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, NotFound

from portal.access import current_viewer
from portal.access.doors import signed_in
from portal.files import services, store, upload_views
from portal.files.icons import icon_of
from portal.files.models import File
from portal.files.names import attachment
from portal.kernel.database import db
from portal.kernel.errors import Refused

bp = Blueprint("files", __name__, url_prefix="/files")
INLINE = {"image/webp"}  # everything else is sent as a download


@bp.get("/<int:file_id>")
@signed_in
def show(file_id: int) -> ResponseReturnValue:
    file = db.session.get(File, file_id)
    if file is None or not services.reachable(current_viewer(), file):
        raise NotFound
    response: Response = send_file(
        store.path_of(file.sha256),
        mimetype=store.safe_type(file.media_type),
        as_attachment=file.media_type not in INLINE,
        download_name=file.name,
        etag=file.sha256,
        conditional=True,
    )
    if file.media_type not in INLINE:
        response.headers["Content-Disposition"] = attachment(file.name)
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


def _close_uploads(_error: BaseException | None) -> None:
    request.close()  # large files of a form lie in temporary files meanwhile


def install(app: Flask) -> None:
    app.teardown_request(_close_uploads)
    app.jinja_env.globals["file_icon_name"] = icon_of
    app.register_blueprint(bp)
    app.register_blueprint(upload_views.bp)
