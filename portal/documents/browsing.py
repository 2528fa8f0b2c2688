"""Folders and lists of documents, uploading, downloading many. (Helper C writes this.)"""

from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.access.doors import signed_in
from portal.documents.views import bp


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    raise NotFound


@bp.get("/in/<slug>")
@bp.get("/in/<slug>/<int:folder_id>")
@signed_in
def folder(slug: str, folder_id: int | None = None) -> ResponseReturnValue:
    """The folder page: /documents/in/<space>[/<folder>]."""
    raise NotFound
