"""Taking files in, tying them to texts and sweeping away what nothing holds."""

import io
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path, PurePath
from typing import IO

from sqlalchemy import ColumnElement, delete, func, select
from werkzeug.exceptions import Forbidden, NotFound

from portal import audit
from portal.access import Action, Viewer, may
from portal.content.models import Revision
from portal.files import holders, images, readings, store
from portal.files.models import Attachment, File, FileReading
from portal.files.reading import kind_of
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.errors import Refused
from portal.kernel.i18n import _
from portal.kernel.text import file_ids, tidy
from portal.kernel.transaction import transaction

ORPHAN_AGE = timedelta(days=7)
SUFFIX_MAX = 10
# Whatever they hold, a double click would run them.
PROGRAMS = {
    *(".exe", ".msi", ".bat", ".cmd", ".com", ".scr", ".pif", ".ps1", ".vbs", ".vbe"),
    *(".js", ".jse", ".wsf", ".hta", ".lnk", ".jar", ".dll"),
}


def add_picture(stream: IO[bytes], name: str, *, by: Viewer) -> File:
    """Store a picture, written anew as WebP; nobody but its uploader reaches it until a text
    holds it. Raises Refused at `file`."""
    if not by.is_authenticated:
        raise Forbidden
    data, width, height = images.reencode(stream)
    stem = PurePath(tidy(name.replace("\\", "/"))).stem[:100] or _("picture")
    sha256, size = store.keep(io.BytesIO(data))  # before the row, outside any transaction
    return _row(sha256, size, f"{stem}.webp", "image/webp", width, height, by)


@dataclass(frozen=True)
class Taken:
    """Bytes whose content was looked at; a row makes a file of them."""

    sha256: str
    size: int  # bytes
    name: str
    kind: str
    media_type: str


def add_file(stream: IO[bytes], name: str, *, by: Viewer) -> File:
    """Store a file of any kind to be read by the machine; nobody but its uploader reaches it
    until a text holds it.

    Raises Refused at `file` when it is empty, a program, or does not fit on the disk.
    """
    return enter(take(stream, name, by=by), by=by)


def take(stream: IO[bytes], name: str, *, by: Viewer) -> Taken:
    """Store the bytes of a file, outside any transaction. Raises Refused as `add_file` does."""
    if not by.is_authenticated:
        raise Forbidden
    try:
        sha256, size = store.keep(stream)
    except OSError as error:
        if error.errno not in store.FULL:
            raise
        raise Refused("file", _("The portal's disk is full. Tell the administrator.")) from error
    return look_at(store.path_of(sha256), sha256, size, name)


def look_at(path: Path, sha256: str, size: int, name: str) -> Taken:
    """What a file is by its content; nothing is stored. Raises Refused at `file`.

    size: bytes; with the hash, of the file at `path`. name: as it was called where it came from.
    """
    name = clean_name(name)
    if not size:
        raise Refused("file", _("The file is empty."))
    kind, media_type = kind_of(path, name)
    if kind == "program" or PurePath(name).suffix.casefold() in PROGRAMS:
        raise Refused("file", _("This is a program, and programs are not taken in."))
    return Taken(sha256, size, name, kind, media_type)


def enter(taken: Taken, *, by: Viewer) -> File:
    """The row of stored bytes, waiting to be read; joins the transaction that it is called in."""
    return _row(taken.sha256, taken.size, taken.name, taken.media_type, None, None, by, taken.kind)


def clean_name(name: str) -> str:
    """A file's name without folders, controls and tricks, at most 255 characters."""
    name = tidy(name.replace("\\", "/").rsplit("/", 1)[-1]).strip(". ") or _("file")
    path = PurePath(name)
    suffix = path.suffix if len(path.suffix) <= SUFFIX_MAX else ""
    return name[: len(name) - len(suffix)][: File.NAME_MAX - len(suffix)] + suffix


@transaction
def _row(
    sha256: str,
    size: int,
    name: str,
    media_type: str,
    width: int | None,
    height: int | None,
    by: Viewer,
    kind: str = "",
) -> File:
    assert by.user_id is not None
    file = File(
        sha256=sha256,
        name=name,
        media_type=media_type,
        size=size,
        width=width,
        height=height,
        uploaded_by_id=by.user_id,
    )
    db.session.add(file)
    db.session.flush()
    audit.record("file.add", "file", file.id, by=by, bytes=size)
    if kind:
        readings.begin(file, kind)
    return file


def reachable(viewer: Viewer, file: File) -> bool:
    """Whether the viewer reads what holds the file; its uploader does until something does."""
    held_by: list[object] = list(
        db.session.scalars(
            select(Revision)
            .join(Attachment, Attachment.revision_id == Revision.id)
            .where(Attachment.file_id == file.id)
            .order_by(Revision.id.desc())
        )
    )
    for holder in holders.every():
        held_by += holder.items(file.id)
    if not held_by:
        return file.uploaded_by_id == viewer.user_id
    return any(may(viewer, Action.READ, item) for item in held_by)


@transaction
def attach(revision: Revision, wanted: dict[int, str], *, by: Viewer) -> None:
    """Tie exactly these files (number → role) to a draft.

    A new one must be the viewer's own upload, which she still reaches, or be held by another text
    of the same item; otherwise a number typed by hand would open a stranger's file. Raises Refused
    at `body`, for a listed one at `files`.
    """
    held = {
        row.file_id: row
        for row in db.session.scalars(
            select(Attachment).where(Attachment.revision_id == revision.id)
        )
    }
    siblings = set(
        db.session.scalars(
            select(Attachment.file_id)
            .join(Revision, Revision.id == Attachment.revision_id)
            .where(Revision.content_id == revision.content_id)
        )
    )
    for file_id, role in wanted.items():
        if file_id in held:
            held[file_id].role = role
            continue
        file = db.session.get(File, file_id)
        if file is None or not (file_id in siblings or is_own(by, file)):
            if role == "listed":
                raise Refused("files", _("A file of this text cannot be used. Upload it again."))
            raise Refused("body", _("A picture of this text cannot be used. Upload it again."))
        db.session.add(Attachment(revision_id=revision.id, file_id=file_id, role=role))
    for file_id, row in held.items():
        if file_id not in wanted:
            db.session.delete(row)


@transaction
def carry(file_id: int, *, by: Viewer) -> File:
    """A file that the viewer reaches as an upload of her own, to be held by another text.

    The bytes are the same; the row is another, as if she had saved it and uploaded it again: who
    reads one of the two texts learns nothing of the other. Raises NotFound for what she does not
    reach.
    """
    file = db.session.get(File, file_id)
    if file is None or by.user_id is None or not reachable(by, file):
        raise NotFound
    reading = db.session.get(FileReading, file_id)
    kind = reading.kind if reading is not None else ""
    facts = file.sha256, file.size, file.name, file.media_type, file.width, file.height
    return _row(*facts, by, kind)


FILES_MAX = 30


@transaction
def tie(
    revision: Revision,
    body: str,
    listed: tuple[int, ...] | None,
    *,
    by: Viewer,
    cover: int | None = None,
) -> None:
    """Tie to a draft the pictures in its body, its cover, and the files listed under it.

    listed: None leaves those that are there. Raises Refused as `attach` does.
    """
    wanted = dict.fromkeys(file_ids(body), "body")
    if cover is not None:
        wanted[cover] = "cover"
    listed = listed_of(revision) if listed is None else listed
    if len(listed) > FILES_MAX:
        raise Refused("files", _("A text can have %(n)s files at most.", n=FILES_MAX))
    for file_id in listed:
        wanted.setdefault(file_id, "listed")
    attach(revision, wanted, by=by)


def listed_of(revision: Revision) -> tuple[int, ...]:
    """The files listed under a text, by number."""
    held = attachments(revision).items()
    return tuple(sorted(file_id for file_id, role in held if role == "listed"))


def is_own(by: Viewer, file: File) -> bool:
    """Whether a file is the viewer's own upload, which she still reaches: what she may hold."""
    return file.uploaded_by_id == by.user_id and reachable(by, file)


def attachments(revision: Revision) -> dict[int, str]:
    """The files of a text: number → role."""
    found = select(Attachment).where(Attachment.revision_id == revision.id)
    return {row.file_id: row.role for row in db.session.scalars(found)}


def _is_held_by_nothing() -> list[ColumnElement[bool]]:
    columns = (Attachment.file_id, *(holder.column for holder in holders.every()))
    return [~select(column).where(column == File.id).exists() for column in columns]


def waiting_of(by: Viewer) -> int:
    """How many of the viewer's uploads nothing holds yet; the sweep takes them in the end."""
    own = select(func.count(File.id)).where(
        File.uploaded_by_id == by.user_id, *_is_held_by_nothing()
    )
    return db.session.scalar(own) or 0


@transaction
def sweep() -> int:
    """Delete files that nothing has held for seven days; the number of rows deleted."""
    edge = clock.now() - ORPHAN_AGE
    unheld = select(File).where(File.uploaded_at < edge, *_is_held_by_nothing())
    # Bytes that were just uploaded again wait for their row.
    orphans = [file for file in db.session.scalars(unheld) if store.is_older(file.sha256, edge)]
    hashes = {file.sha256 for file in orphans}
    db.session.execute(delete(File).where(File.id.in_([file.id for file in orphans])))
    used = set(db.session.scalars(select(File.sha256).where(File.sha256.in_(hashes))))
    for sha256 in hashes - used:
        store.drop(sha256)
    store.sweep_broken(edge.timestamp())
    return len(orphans)
