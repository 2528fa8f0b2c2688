"""The files of a text by name, for pages whose policy has opened the text."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select

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
