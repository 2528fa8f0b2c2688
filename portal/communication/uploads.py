"""The file of a proof: stored before its row, kept when another field of the form was wrong."""

from pathlib import PurePath
from typing import Any

from sqlalchemy import select

from portal.access import Viewer
from portal.communication.models import Entry, Proof
from portal.files import services as files
from portal.files.holders import Holder, register
from portal.files.models import File
from portal.kernel.config import MIB
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.links import number

FILE_MAX_MB = 15
PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".gif"}


def taken(upload: Any, kept: str, kind: str, viewer: Viewer) -> File | None:
    """The file of a proof: what was sent now, else what came with an earlier try.

    Every picture is written anew, without what a phone notes of the place. Raises Refused at
    `file`.
    """
    if not getattr(upload, "filename", ""):
        return _kept(kept, viewer)
    stream = upload.stream
    stream.seek(0, 2)
    if stream.tell() > FILE_MAX_MB * MIB:
        raise Refused(
            "file", _("The file is too large: %(mb)s MB is the most that is taken.", mb=FILE_MAX_MB)
        )
    stream.seek(0)
    is_picture = PurePath(upload.filename).suffix.casefold() in PICTURES
    if kind == "photo" or is_picture:
        return files.add_picture(stream, upload.filename, by=viewer)
    return files.add_file(stream, upload.filename, by=viewer)


def _kept(kept: str, viewer: Viewer) -> File | None:
    try:
        file = db.session.get(File, number(kept))
    except ValueError:
        return None
    return file if file is not None and files.is_own(viewer, file) else None


def _holding(file_id: int) -> list[Entry]:
    """The entries whose proofs hold a file: who reads one of them reads the file."""
    found = (
        select(Entry)
        .join(Proof, Proof.entry_id == Entry.id)
        .where(Proof.file_id == file_id)
        .order_by(Entry.id)
    )
    return list(db.session.scalars(found))


def install() -> None:
    register("communication", Holder(Proof.file_id, _holding))
