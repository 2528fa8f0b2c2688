"""Reading uploaded files: text per page, OCR and page pictures, each in a killable child.

The one adapter to pdfium, xberg, tesseract and LibreOffice. Light to import, and needs no Flask:
the libraries are loaded by the child only, behind the walls of `sandbox`.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from portal.files.reading import formats, run
from portal.files.reading.results import Page, Reading, Trouble

__all__ = ["Page", "Reading", "Trouble", "draw", "kind_of", "ocr", "read", "to_pdf"]

READ = run.Limits(seconds=60, cpu=45, memory=1536 * run.MIB)
DRAW = run.Limits(seconds=120, cpu=90, memory=1536 * run.MIB)
OCR_MEMORY = 2048 * run.MIB
OCR_PAGE_SECONDS = 60  # for each page, by the clock and of work
KINDS_WITH_PICTURES = frozenset({"pdf", "image"})


def kind_of(path: Path, name: str) -> tuple[str, str]:
    """Kind and media type by content: a few KB are read, nothing is unpacked.

    name: as it was uploaded; decides between kinds of plain text only.
    """
    return formats.kind_of(path, name)


def read(path: Path, name: str) -> Reading:
    """The file's text, page by page, read by one child. Never raises for a bad file."""
    kind, _ = kind_of(path, name)
    if path.stat().st_size == 0:
        return Reading(kind, [], 0, False, [], Trouble.EMPTY, False, 0.0, 0)
    outcome = run.child("read", path, kind, READ, name=name)
    answer = outcome.answer
    texts = [str(text) for text in answer.get("texts", [])]
    unread = "none" if kind in {"pdf", "image"} else "text"
    return Reading(
        kind=kind,
        pages=[
            Page(number, text, "text" if text.strip() else unread)
            for number, text in enumerate(texts, 1)
        ],
        count=int(answer.get("count", 0)) or len(texts),
        paged=bool(answer.get("paged", False)),
        to_ocr=[int(number) for number in answer.get("to_ocr", [])],
        trouble=outcome.trouble,
        macros=bool(answer.get("macros", False)),
        seconds=outcome.seconds,
        peak_kib=outcome.peak_kib,
    )


def ocr(path: Path, kind: str, pages: list[int], tessdata: Path) -> list[Page]:
    """Pages recognised from their picture, in Bulgarian and English, by one child.

    pages: numbers from 1. tessdata: the folder of bul.traineddata and eng.traineddata. A page that
    fails has source "none"; where a PDF's own text layer reads better than what was recognised,
    it stays, with source "text". Pages behind one that took too long are left out: ask again.
    """
    seconds = OCR_PAGE_SECONDS * len(pages) + 15
    limits = run.Limits(seconds=seconds, cpu=seconds, memory=OCR_MEMORY)
    outcome = run.child("ocr", path, kind, limits, pages=pages, tessdata=str(tessdata.resolve()))
    found = {
        int(number): Page(int(number), str(text), str(source))
        for number, text, source in outcome.answer.get("ocr", [])
    }
    if not found:  # the child died: nobody knows of which page
        return [Page(number, "", "none") for number in pages]
    return [found[number] for number in pages if number in found]


def draw(path: Path, kind: str, pages: Sequence[int], out: Path, width: int) -> list[int]:
    """Pictures of pages, written to out/<number>.webp by one child; the numbers that succeeded.

    width: pixels. Page 1 is drawn once more, small, as out/thumb.webp. Of kinds other than PDF and
    images nothing is drawn.
    """
    if kind not in KINDS_WITH_PICTURES or not pages:
        return []
    out.mkdir(parents=True, exist_ok=True)
    wanted = {"pages": list(pages), "out": str(out.resolve()), "width": width}
    outcome = run.child("draw", path, kind, DRAW, **wanted)
    drawn = {int(number) for number in outcome.answer.get("drawn", [])}
    return [number for number in pages if number in drawn]


def to_pdf(path: Path, kind: str, out: Path) -> bool:
    """Write the file as PDF by LibreOffice, where it is installed; False where that fails.

    Takes seconds; the process, with a profile of its own, is killed whole after a minute.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        return False
    from portal.files.reading import office

    return office.to_pdf(program, path, kind, out)
