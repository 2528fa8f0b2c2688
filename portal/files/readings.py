"""What the machine reads of files: begun with their row, kept page by page, done again on demand.

A file's text is read by one job. Pages that have none are read by OCR in portions, each a job of
its own, so that a long scan does not keep other files waiting; the pictures of pages likewise.
Every step may run twice: it replaces what it wrote before.
"""

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Row, bindparam, case, delete, func, insert, select, update

from portal import audit, jobs
from portal.access import Viewer
from portal.content.models import Content, Revision
from portal.files import holders, reading, store
from portal.files.models import Attachment, File, FilePage, FileReading
from portal.kernel import clock
from portal.kernel.database import db, rows
from portal.kernel.text import CONTROLS
from portal.kernel.transaction import transaction

log = logging.getLogger(__name__)
READS = ("files.read", "files.ocr")
OCR_PAGES = 4  # read in one portion
DRAWN_PAGES = 6
SHOWN_MAX = 200_000  # letters of a file's text on one page
DRAWN_MAX = 300  # pages of a file that get a picture
PICTURE_WIDTH = 1000  # pixels
DRAWABLE = frozenset({"pdf", "image"})
OFFICE = frozenset({"docx", "odt", "xlsx", "ods", "pptx", "odp", "rtf", "doc", "xls", "ppt"})


def begin(file: File, kind: str) -> None:
    """Note a new file as waiting to be read; part of the transaction that makes its row."""
    db.session.add(FileReading(file_id=file.id, kind=kind))
    jobs.queue("files.read", file=file.id)


@transaction
def again(file_id: int, *, by: Viewer) -> None:
    """Read a file afresh. Its texts stay until the new ones are there. The caller checks."""
    found = db.session.get(FileReading, file_id)
    if found is not None and is_settled(file_id, found.state):
        found.state = "waiting"
        audit.record("file.read_again", "file", file_id, by=by)
        jobs.queue("files.read", file=file_id)


def is_settled(file_id: int, state: str | None) -> bool:
    """Whether nothing more is done for a file: it is read, or its reading was given up."""
    return state == "done" or not jobs.unfinished(*READS, file=file_id)


@jobs.handler("files.read", heavy=1)
def read(file: int) -> None:
    """Read a file's text; what stands in the way is kept too."""
    known = _file(file)
    if known is None:
        return
    path, name, _kind = known
    found = reading.read(path, name)
    if found.trouble:
        facts = {"file": file, "kind": found.kind, "trouble": str(found.trouble)}
        log.info("a file could not be read whole", extra={"facts": facts})
    _keep(file, found)


def _file(file_id: int) -> tuple[Path, str, str] | None:
    row = db.session.execute(
        select(File.sha256, File.name, FileReading.kind)
        .join(FileReading, FileReading.file_id == File.id)
        .where(File.id == file_id)
    ).first()
    db.session.rollback()  # a child process is no part of a transaction
    return (store.path_of(row.sha256), row.name, row.kind) if row else None


@transaction
def _keep(file_id: int, found: reading.Reading) -> None:
    kept = db.session.get(FileReading, file_id)
    if kept is None:  # the file was swept away meanwhile
        return
    kept.kind, kept.pages, kept.is_paged = found.kind, found.count, found.paged
    kept.has_macros, kept.trouble = found.macros, str(found.trouble)
    kept.read_at = clock.now()
    db.session.execute(delete(FilePage).where(FilePage.file_id == file_id))
    waiting = set(found.to_ocr)
    _add_pages(file_id, found.pages, waiting)
    kept.state = "ocr" if waiting else "done"
    if found.kind in DRAWABLE or (found.kind in OFFICE and not found.trouble):
        jobs.queue("files.draw", file=file_id, first=1)
    if waiting:
        jobs.queue("files.ocr", file=file_id)
    _tell_holders(file_id)


def _add_pages(file_id: int, pages: Iterable[reading.Page], waiting: set[int]) -> None:
    new = [
        {
            "file_id": file_id,
            "number": page.number,
            "text": page.text.translate(CONTROLS),
            "source": "wait" if page.number in waiting else page.source,
        }
        for page in pages
    ]
    known = {page["number"] for page in new}
    new += [
        {"file_id": file_id, "number": number, "text": "", "source": "wait"}
        for number in sorted(waiting - known)
    ]
    if new:
        db.session.execute(insert(FilePage), new)


@jobs.handler("files.ocr", heavy=3)
def ocr(file: int) -> None:
    """Read the next few pages that wait for OCR."""
    known = _file(file)
    if known is None:
        return
    waits = select(FilePage.number).where(FilePage.file_id == file, FilePage.source == "wait")
    pages = list(db.session.scalars(waits.order_by(FilePage.number).limit(OCR_PAGES)))
    db.session.rollback()
    path, _name, kind = known
    _keep_ocr(file, reading.ocr(path, kind, pages, tessdata()) if pages else [])


def tessdata() -> Path:
    """The language data of OCR, unpacked by the front end's build."""
    return Path(str(current_app.static_folder)) / "tessdata"


@transaction
def _keep_ocr(file_id: int, found: Sequence[reading.Page]) -> None:
    for page in found:
        seen = FilePage.file_id == file_id, FilePage.number == page.number
        change = update(FilePage).where(*seen)
        if page.text.strip():
            change = change.values(text=page.text.translate(CONTROLS), source=page.source)
        else:
            change = change.values(source="none")
        db.session.execute(change)
    kept = db.session.get(FileReading, file_id)
    if kept is None:
        return
    left = select(func.count()).where(FilePage.file_id == file_id, FilePage.source == "wait")
    still = db.session.scalar(left) or 0
    if still:
        jobs.queue("files.ocr", file=file_id)
    else:
        kept.state = "done"
        if kept.trouble == reading.Trouble.GIVEN_UP:  # somebody let the failed job run again
            kept.trouble = ""
        if not kept.trouble and not _has_words(file_id):
            kept.trouble = str(reading.Trouble.NO_TEXT)
    # The index takes all of a file each time, so a long scan is told of some ten times only.
    if still % max(OCR_PAGES, kept.pages // 10) < OCR_PAGES:
        _tell_holders(file_id)


def _has_words(file_id: int) -> bool:
    held = select(FilePage.number).where(FilePage.file_id == file_id, FilePage.text != "")
    return db.session.scalar(held.limit(1)) is not None


@jobs.hourly
@transaction
def give_up() -> None:
    """Note which files no job reads any more though they are not read to the end: readers are
    told so. Pages that waited for OCR go on waiting, for whoever lets the failed job run again."""
    lost = FileReading.state != "done", FileReading.file_id.not_in(jobs.awaited("file", *READS))
    trouble = case(
        (FileReading.trouble == "", str(reading.Trouble.GIVEN_UP)), else_=FileReading.trouble
    )
    db.session.execute(update(FileReading).where(*lost).values(state="done", trouble=trouble))


@jobs.handler("files.draw_on", heavy=4)
@jobs.handler("files.draw", heavy=2)
def draw(file: int, first: int) -> None:
    """Draw the pictures of some pages, the first one small for lists too.

    The first pages before any OCR, the others after it: whoever opens the file sees it.
    """
    known = _file(file)
    if known is None:
        return
    path, _name, kind = known
    out = store.drawn(path.parent.name + path.name)
    out.mkdir(parents=True, exist_ok=True)
    source = path
    if kind in OFFICE:
        source = out / "paper.pdf"
        if not source.is_file() and not reading.to_pdf(path, kind, source):
            _keep_drawn(file, [], 1)  # a restored portal may be without LibreOffice
            return
        kind = "pdf"
    pages = list(range(first, first + DRAWN_PAGES))
    done = reading.draw(source, kind, pages, out, PICTURE_WIDTH)
    _keep_drawn(file, done, first)


@transaction
def _keep_drawn(file_id: int, done: Sequence[int], first: int) -> None:
    kept = db.session.get(FileReading, file_id)
    if kept is None:
        return
    kept.drawn = max(done, default=first - 1)
    after = first + DRAWN_PAGES
    # A page that cannot be drawn does not end it; of LibreOffice's pages the number is not known.
    more = after <= kept.pages if kept.kind in DRAWABLE else len(done) == DRAWN_PAGES
    if more and after <= DRAWN_MAX:
        jobs.queue("files.draw_on", file=file_id, first=after)


def _tell_holders(file_id: int) -> None:
    """Let the index follow the items whose texts, or what else is found by it, hold the file."""
    texts = (
        select(Content.kind, Content.id)
        .join(Revision, Revision.content_id == Content.id)
        .join(Attachment, Attachment.revision_id == Revision.id)
        .where(Attachment.file_id == file_id)
        .distinct()
    )
    found = {(kind, ident) for kind, ident in db.session.execute(texts)}
    for kind, ident in sorted(found.union(*(each.found(file_id) for each in holders.every()))):
        audit.changed(kind, ident)


@jobs.hourly
def draw_missing() -> None:
    """Draw what a restored backup does not hold; it may take longer than until the next time."""
    if not jobs.unfinished("files.draw"):
        _queue_missing(_undrawn())


def _undrawn() -> list[int]:
    drawn = (
        select(File.id, File.sha256)
        .join(FileReading, FileReading.file_id == File.id)
        .where(FileReading.drawn > 0)
    )
    found = [row.id for row in db.session.execute(drawn) if not store.drawn(row.sha256).is_dir()]
    db.session.rollback()
    return found


@transaction
def _queue_missing(file_ids: Sequence[int]) -> None:
    for file_id in file_ids:
        jobs.queue("files.draw", file=file_id, first=1)


def waiting() -> int:
    """How many files are not read to the end yet."""
    unread = select(func.count()).select_from(FileReading).where(FileReading.state != "done")
    return db.session.scalar(unread) or 0


_PAGES = (
    select(
        FilePage.number,
        FilePage.source,
        case(
            (
                FilePage.number.between(bindparam("first"), bindparam("last")),
                func.substr(FilePage.text, 1, SHOWN_MAX),
            )
        ).label("text"),
    )
    .where(FilePage.file_id == bindparam("file_id"))
    .order_by(FilePage.number)
)
_TEXTS = (
    select(FilePage.number, func.substr(FilePage.text, 1, SHOWN_MAX).label("text"))
    .where(
        FilePage.file_id == bindparam("file_id"),
        FilePage.number.between(bindparam("first"), bindparam("last")),
    )
    .order_by(FilePage.number)
)


def pages(file_id: int, first: int = 0, last: int = 0) -> Sequence[Row[Any]]:
    """The pages of a file: number, source, and the text from the first to the last of these.

    Asked only for texts that hold it.
    """
    return rows(_PAGES, {"file_id": file_id, "first": first, "last": last})


def texts(file_id: int, first: int, last: int) -> dict[int, str]:
    """The texts of pages from the first to the last, by number; together SHOWN_MAX letters."""
    return shown(rows(_TEXTS, {"file_id": file_id, "first": first, "last": last}))


def shown(pages: Iterable[Row[Any]]) -> dict[int, str]:
    """The texts that pages hold, by number; together SHOWN_MAX letters.

    A table may hold millions, which no browser shows and nobody reads.
    """
    found: dict[int, str] = {}
    left = SHOWN_MAX
    for page in pages:
        if page.text is not None:
            found[page.number] = page.text[:left]
            left -= len(found[page.number])
    return found
