"""Files of comments: taken in by the form, held by the comment, listed under it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, bindparam, select
from werkzeug.datastructures import FileStorage

from portal.access import Viewer
from portal.comments.models import Comment, CommentFile
from portal.comments.policy import CommentFilePolicy
from portal.content import kinds
from portal.content.models import Content
from portal.content.queries import params
from portal.files.models import File, FileReading
from portal.files.services import add_file, is_own, waiting_of
from portal.kernel.database import db, rows
from portal.kernel.errors import Refused
from portal.kernel.i18n import _

FILES_MAX = 10  # of one comment
WAITING_MAX = 30  # uploads of one person that nothing holds: three comments that were refused


@dataclass
class Chosen:
    """Files of a form that are stored already, and why others are not."""

    ids: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def store(uploads: Iterable[FileStorage], before: Iterable[int], *, by: Viewer) -> Chosen:
    """Store what a form brings, before its words are judged, so that nobody uploads twice.

    before: numbers of what was stored when the form was refused.
    """
    chosen = Chosen(list(dict.fromkeys(before))[:FILES_MAX])
    brought = [upload for upload in uploads if upload.filename]
    room = WAITING_MAX - waiting_of(by) if brought else 0
    for upload in brought:
        if len(chosen.ids) >= FILES_MAX:
            chosen.faults.append(_("A comment can have %(n)s files at most.", n=FILES_MAX))
            break
        if room <= 0:
            chosen.faults.append(
                _("Many files of yours wait to be used already. Send this without new files.")
            )
            break
        room -= 1
        try:
            chosen.ids.append(add_file(upload.stream, upload.filename or "", by=by).id)
        except Refused as refusal:
            said = _("%(file)s: %(why)s", file=upload.filename, why=refusal.message)
            chosen.faults.append(said)
    return chosen


def checked(item: Content, ids: Sequence[int], *, by: Viewer) -> list[File]:
    """The files that a comment is to hold: the viewer's own uploads. Raises Refused at `text`."""
    if ids and not kinds.of(item.kind).comments_take_files:
        raise Refused("text", _("No files can be put here."))
    if len(ids) > FILES_MAX:
        raise Refused("text", _("A comment can have %(n)s files at most.", n=FILES_MAX))
    found = [db.session.get(File, ident) for ident in dict.fromkeys(ids)]
    files = [file for file in found if file is not None and is_own(by, file)]
    if len(files) < len(found):
        raise Refused("text", _("A file of this comment cannot be used. Upload it again."))
    return files


def bytes_of(comment: Comment) -> list[str]:
    """What the files of a comment hold, to see whether the same was sent twice."""
    held = (
        select(File.sha256)
        .join(CommentFile, CommentFile.file_id == File.id)
        .where(CommentFile.comment_id == comment.id)
    )
    return sorted(db.session.scalars(held))


def holding(file_id: int) -> Iterable[CommentFile]:
    """What of the comments holds a file."""
    return db.session.scalars(select(CommentFile).where(CommentFile.file_id == file_id))


def found_by(file_id: int) -> Iterable[tuple[str, int]]:
    """The items whose replies hold a file: they are found by its words."""
    items = (
        select(Content.kind, Content.id)
        .join(Comment, Comment.content_id == Content.id)
        .join(CommentFile, CommentFile.comment_id == Comment.id)
        .where(CommentFile.file_id == file_id)
    )
    return [(kind, ident) for kind, ident in db.session.execute(items)]


_FILE = (File.id, File.name, File.size, FileReading.kind)
_HELD = (
    select(CommentFile.comment_id, *_FILE)
    .join(Comment, Comment.id == CommentFile.comment_id)
    .join(Content, Content.id == Comment.content_id)
    .join(File, File.id == CommentFile.file_id)
    .outerjoin(FileReading, FileReading.file_id == File.id)
    .where(Comment.content_id == bindparam("content_id"), CommentFilePolicy.readable)
    .order_by(File.id)
)
_OWN = (
    select(*_FILE)
    .outerjoin(FileReading, FileReading.file_id == File.id)
    .where(
        File.id.in_(bindparam("ids", expanding=True)),
        File.uploaded_by_id == bindparam("viewer_id"),
    )
    .order_by(File.id)
)


def under(viewer: Viewer, content_id: int) -> dict[int, list[Row[Any]]]:
    """The files of the comments on an item whose words the viewer reads, by comment."""
    found: dict[int, list[Row[Any]]] = {}
    for row in rows(_HELD, params(viewer, content_id=content_id)):
        found.setdefault(row.comment_id, []).append(row)
    return found


def own(viewer: Viewer, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Those of the files that the viewer uploaded, for the form that was refused."""
    return rows(_OWN, {"ids": list(ids), "viewer_id": viewer.user_id or 0}) if ids else ()
