"""The files of a text by name, for pages whose policy has opened the text."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, exists, or_, select

from portal.access import Viewer
from portal.content.models import Revision
from portal.files.models import Attachment, File, FileReading
from portal.kernel.database import rows

_HELD = (
    select(File.id, File.name, File.size, FileReading.kind, Attachment.role)
    .join(Attachment, Attachment.file_id == File.id)
    .outerjoin(FileReading, FileReading.file_id == File.id)
    .where(Attachment.revision_id == bindparam("revision_id"))
    .order_by(File.id)
)


def held(revision_id: int) -> Sequence[Row[Any]]:
    """The files that a text holds: number, name, size in bytes, kind and role."""
    return rows(_HELD, {"revision_id": revision_id})


def names(held_files: Sequence[Row[Any]], *roles: str) -> str:
    """Their names, one a line, of these roles."""
    return "\n".join(file.name for file in held_files if file.role in roles)


def numbers(held_files: Sequence[Row[Any]], *roles: str) -> tuple[int, ...]:
    """Their numbers, of these roles."""
    return tuple(file.id for file in held_files if file.role in roles)


_FILE = (
    File.id, File.name, File.size, File.media_type, File.width, File.height, FileReading.kind,
)  # fmt: skip
_LISTED = (
    select(*_FILE)
    .join(Attachment, Attachment.file_id == File.id)
    .outerjoin(FileReading, FileReading.file_id == File.id)
    .where(Attachment.revision_id == bindparam("revision_id"), Attachment.role == "listed")
    .order_by(File.id)
)
_CHOSEN = (
    select(*_FILE)
    .outerjoin(FileReading, FileReading.file_id == File.id)
    .where(
        File.id.in_(bindparam("ids", expanding=True)),
        or_(
            File.uploaded_by_id == bindparam("viewer_id"),
            exists().where(
                Attachment.file_id == File.id,
                Attachment.revision_id == Revision.id,
                Revision.content_id == bindparam("content_id"),
            ),
        ),
    )
    .order_by(File.id)
)


def listed(revision_id: int) -> Sequence[Row[Any]]:
    """The files under a text; asked only by pages that its policy opened."""
    return rows(_LISTED, {"revision_id": revision_id})


def chosen(viewer: Viewer, ids: Sequence[int], content_id: int = 0) -> Sequence[Row[Any]]:
    """Files of a form: the viewer's own uploads and those that a text of the item holds."""
    if not ids:
        return ()
    values = {"ids": list(ids), "viewer_id": viewer.user_id, "content_id": content_id}
    return rows(_CHOSEN, values)
