"""PDF: text page by page, pages as pictures, and what may be wrong with the file."""

from __future__ import annotations

import mmap
import re
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdfium2 as pdfium
from pypdfium2 import raw

from portal.files.reading import wording
from portal.files.reading.results import (
    CHARACTERS_MAX,
    PAGES_MAX,
    Gathered,
    Trouble,
    Unreadable,
)

if TYPE_CHECKING:
    from PIL import Image

SECONDS_MAX = 35.0  # of reading; what was read by then is kept
STREAMS_CHECKED = 200
_POINTS_PER_INCH = 72
SALVAGED_MAX = 100 * 1024 * 1024  # bytes
_CATALOGUE = re.compile(rb"(\d{1,9}) (\d{1,5}) obj\s*<<[^<>]{0,500}?/Type\s*/Catalog\b")
_HYPHEN = re.compile(r"([^\W\d_]*)[\ufffe\x02]\s*([^\W\d_]*)")
# First halves that keep their hyphen: социално-икономически, заместник-кмет, най-голям; but
# собствено-стта is one word.
_COMPOUND = re.compile(
    r".{4,}(?:но|ско)|заместник|кандидат|министър|председател|член|експерт|главен|бизнес|най|по"
)
_SPACE = re.compile(r"[ \t\u00a0]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\u200b\ufeff]")
_STREAM = re.compile(rb"/Filter\s*\[?\s*/FlateDecode\s*\]?[^<>]{0,200}>>\s*stream\r?\n")


def open_document(path: Path) -> Any:
    """The document, closed by its `close`. Raises Unreadable: PROTECTED or DAMAGED."""
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        code = getattr(error, "err_code", None)
        if code in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}:
            raise Unreadable(Trouble.PROTECTED) from error
        return _salvaged(path)


def _salvaged(path: Path) -> Any:
    """A document whose end is cut off, opened by its catalogue. Raises Unreadable DAMAGED."""
    if path.stat().st_size > SALVAGED_MAX:
        raise Unreadable(Trouble.DAMAGED)
    data = path.read_bytes()
    catalogue = _CATALOGUE.search(data)
    if catalogue is None:
        raise Unreadable(Trouble.DAMAGED)
    end = (
        b"\nendstream\nendobj\ntrailer <</Root %s %s R>>\nstartxref\n0\n%%%%EOF\n"
        % catalogue.groups()
    )
    try:
        return pdfium.PdfDocument(data + end)
    except pdfium.PdfiumError as error:
        raise Unreadable(Trouble.DAMAGED) from error


def read(path: Path) -> Gathered:
    """The text of the first PAGES_MAX pages. Raises Unreadable."""
    document = open_document(path)
    gathered = Gathered(count=len(document), paged=True, macros=_is_active(document, path))
    until = time.monotonic() + SECONDS_MAX
    kept, broken = 0, 0
    for number in range(1, gathered.count + 1):
        if number > PAGES_MAX or kept >= CHARACTERS_MAX or time.monotonic() > until:
            gathered.trouble = Trouble.INCOMPLETE
            break
        try:
            text = page_text(document, number)
        except pdfium.PdfiumError:
            text, broken = "", broken + 1
        text = text[: CHARACTERS_MAX - kept]
        kept += len(text)
        if not wording.is_believable(text):
            if cyrillic := wording.reread(text):
                text = cyrillic
            else:
                gathered.to_ocr.append(number)
        gathered.texts.append(text)
    if broken or not gathered.count or _is_damaged(path, looks_empty=bool(gathered.to_ocr)):
        gathered.trouble = Trouble.DAMAGED
    document.close()
    return gathered


def page_text(document: Any, number: int) -> str:
    """A page's text layer as plain lines; none where its letters themselves are wrong.

    Raises PdfiumError where the page does not open.
    """
    page = document[number - 1]
    if _has_filled_fields(page):
        # What was typed into a form lies beside the page; flattened, it is part of it.
        raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
        page.close()
        page = document[number - 1]
    layer = page.get_textpage()
    try:
        text = layer.get_text_range(errors="replace")
        return "" if wording.is_garbled(text) else plain(text)
    finally:
        layer.close()
        page.close()


def plain(text: str) -> str:
    """pdfium's text with words joined over line ends, and without signs that print nothing."""
    text = _HYPHEN.sub(_joined, text).replace("\xad", "").replace("\r\n", "\n").replace("\r", "\n")
    return _SPACE.sub(" ", _CONTROL.sub("", text)).strip()


def _joined(halves: re.Match[str]) -> str:
    """A word that a line's end divided; with its hyphen where it is one of two words.

    By rule, because a lexicon takes longer to load than twenty pages to read.
    """
    before, after = halves.groups()
    if not before or not after or not after[0].islower():
        return f"{before}-{after}"
    if len(after) >= 4 and _COMPOUND.fullmatch(before.lower()) and not after.startswith("ст"):
        return f"{before}-{after}"
    return before + after


def _has_filled_fields(page: Any) -> bool:
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), 500)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        raw.FPDFPage_CloseAnnot(annotation)
        if kind in {raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_STAMP}:
            return True
    return False


def _is_active(document: Any, path: Path) -> bool:
    """Whether it carries JavaScript or an XFA form, which nothing here runs."""
    form = raw.FPDF_GetFormType(document)
    if form in {raw.FORMTYPE_XFA_FULL, raw.FORMTYPE_XFA_FOREGROUND}:
        return True
    if raw.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        return True
    with _bytes_of(path) as data:  # actions of fields and pages are not counted above
        return data.find(b"/JavaScript") >= 0


def _is_damaged(path: Path, *, looks_empty: bool) -> bool:
    """Whether the file's end is missing, or pages without text have streams that do not unpack."""
    with _bytes_of(path) as data:
        end = data[-4096:]
        if b"%%EOF" not in end and b"startxref" not in end:
            return True
        if not looks_empty or data.find(b"/Encrypt") >= 0:
            return False
        return any(not unpacks for unpacks in _streams(data))


def _bytes_of(path: Path) -> mmap.mmap:
    """The file as bytes that cost no memory until they are looked at."""
    with path.open("rb") as stream:
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)


def _streams(data: mmap.mmap) -> Iterator[bool]:
    """For the first compressed streams: whether each unpacks."""
    for checked, found in enumerate(_STREAM.finditer(data)):
        if checked == STREAMS_CHECKED:
            return
        end = data.find(b"endstream", found.end())
        packed = data[found.end() : end if end >= 0 else len(data)]
        try:
            zlib.decompressobj().decompress(packed, 1_000_000)
        except zlib.error:
            yield False
        else:
            yield True


def page_picture(document: Any, number: int, *, dpi: float, grey: bool, pixels: int) -> Image.Image:
    """A page drawn as a picture of at most so many pixels. Raises PdfiumError."""
    page = document[number - 1]
    try:
        width, height = page.get_size()
        scale = dpi / _POINTS_PER_INCH
        if (wanted := width * height * scale * scale) > pixels:
            scale *= (pixels / wanted) ** 0.5
        picture: Image.Image = page.render(scale=scale, grayscale=grey).to_pil()
        return picture
    finally:
        page.close()


def page_width(document: Any, number: int) -> float:
    """A page's width in points (1/72 inch)."""
    page = document[number - 1]
    try:
        return float(page.get_size()[0])
    finally:
        page.close()
