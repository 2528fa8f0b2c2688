"""Uploads in portions, as the tus protocol 1.0.0 says (core, creation, termination).

The browser's half is static/src/js/upload.js over tus-js-client. Whoever made an upload is the
only one who reaches it; the room that asked for it makes something of it when it is whole.
"""

import base64
import binascii
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, Response, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import (
    BadRequest,
    Conflict,
    Locked,
    PreconditionFailed,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)

from portal.access import current_viewer
from portal.access.doors import signed_in
from portal.files import uploads
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.links import link

bp = Blueprint("uploads", __name__, url_prefix="/files/uploads")
VERSION = "1.0.0"
PORTION = "application/offset+octet-stream"
SIZE_DIGITS = 15
P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]


def _answer(status: int, **headers: str | int) -> Response:
    response = make_response("", status)
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = str(value)
    return response


def _told(status: int, message: str) -> Response:
    return make_response(jsonify(message=message), status)


def _speaks_tus(view: View[P]) -> View[P]:
    """Refuse other versions, and say what went wrong as JSON in the reader's language."""

    @wraps(view)
    def speak(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if request.headers.get("Tus-Resumable") != VERSION:
            raise PreconditionFailed
        try:
            return view(*args, **kwargs)
        except Refused as refusal:
            return _told(422, refusal.message)
        except uploads.DiskFull:
            return _told(507, _("The portal's disk is full. Tell the administrator."))
        except Conflict:
            return _told(409, _("The upload goes on from another place."))
        except Locked:
            return _told(423, _("The upload is being written to. Try again in a moment."))
        except RequestEntityTooLarge:
            return _told(413, _("This is more than was announced, or too much at once."))

    return speak


@bp.after_request
def _say_version(response: Response) -> Response:
    response.headers["Tus-Resumable"] = VERSION
    if response.status_code == 412:
        response.headers["Tus-Version"] = VERSION
    return response


@bp.route("", methods=["OPTIONS"], provide_automatic_options=False)
@signed_in
def abilities() -> ResponseReturnValue:
    """What this end of the protocol can do."""
    return _answer(
        204,
        Tus_Version=VERSION,
        Tus_Extension="creation,termination",
        Tus_Max_Size=uploads.limit(),
    )


@bp.post("")
@signed_in
@_speaks_tus
def begin() -> ResponseReturnValue:
    """Announce a file: its length in Upload-Length; filename and path (folders with slashes
    between them, optional) in Upload-Metadata."""
    facts = _metadata(request.headers.get("Upload-Metadata", ""))
    folders = facts.get("path", "").replace("\\", "/").split("/")
    upload = uploads.begin(
        facts.get("filename", ""), folders, _number("Upload-Length"), by=current_viewer()
    )
    return _answer(201, Location=link("uploads.state", token=upload.token))


@bp.route("/<token>", methods=["HEAD"], provide_automatic_options=False)
@signed_in
@_speaks_tus
def state(token: str) -> ResponseReturnValue:
    """How much has come."""
    upload = uploads.find(token, by=current_viewer())
    return _answer(
        200, Upload_Offset=upload.offset, Upload_Length=upload.length, Cache_Control="no-store"
    )


@bp.patch("/<token>")
@signed_in
@_speaks_tus
def append(token: str) -> ResponseReturnValue:
    """Add a portion at the offset reached."""
    if request.mimetype != PORTION:
        raise UnsupportedMediaType
    if request.content_length is None:
        raise BadRequest
    upload = uploads.find(token, by=current_viewer())
    offset = uploads.append(
        upload, _number("Upload-Offset"), request.stream, request.content_length
    )
    return _answer(204, Upload_Offset=offset)


@bp.delete("/<token>")
@signed_in
@_speaks_tus
def remove(token: str) -> ResponseReturnValue:
    """Give an upload up."""
    uploads.remove(uploads.find(token, by=current_viewer()))
    return _answer(204)


def _number(header: str) -> int:
    typed = request.headers.get(header, "")
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= SIZE_DIGITS):
        raise BadRequest
    return int(typed)


def _metadata(header: str) -> dict[str, str]:
    """Names and values of an Upload-Metadata header: `name base64, name base64`."""
    facts = {}
    for pair in filter(None, header.split(",")):
        name, _blank, value = pair.strip().partition(" ")
        try:
            facts[name] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise BadRequest from error
    return facts
