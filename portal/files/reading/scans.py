"""Pages recognised from their picture, by the tesseract inside xberg."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from portal.files.reading import markup, pictures, repairs, wording
from portal.files.reading.results import Trouble, Unreadable

BULGARIAN, ENGLISH = "bul", "eng"
DPI = 300
PIXELS_MAX = 16_000_000  # A4 at 300 dpi is 8.7 million
SIDE_MIN = 1600  # a smaller image is enlarged: letters want some 20 pixels
PAGE_SECONDS = 60.0  # by the clock; a page takes 3 to 7 on an idle core
Recognised = tuple[int, str, str]  # number, text, source


def recognise(path: Path, kind: str, pages: list[int], tessdata: Path) -> list[Recognised]:
    """The pages' texts. Raises Unreadable where the file does not open.

    tessdata: folder of the two languages; its path goes by the environment too.
    """
    if not all(
        (tessdata / f"{language}.traineddata").is_file() for language in (BULGARIAN, ENGLISH)
    ):
        print(f"no language data in {tessdata}", file=sys.stderr)
        raise Unreadable(Trouble.UNSUPPORTED)
    return asyncio.run(_recognise(path, kind, pages))


async def _recognise(path: Path, kind: str, pages: list[int]) -> list[Recognised]:
    found: list[Recognised] = []
    for number, picture, layer in _pictures(path, kind, pages):
        text = ""
        if picture is not None:
            try:
                text = await asyncio.wait_for(_text(picture), PAGE_SECONDS)
            except TimeoutError:
                # Its thread works on and cannot be stopped; the others would wait behind it.
                print(f"page {number} takes too long", file=sys.stderr)
                return [*found, _better(number, "", layer)]
            except Exception as error:  # noqa: BLE001 - of whatever kind: this page has no text
                print(f"page {number}: {error}", file=sys.stderr)
        found.append(_better(number, text, layer))
    return found


def _better(number: int, text: str, layer: str) -> Recognised:
    """What was recognised; the page's own layer where that reads better, in a third language."""
    if layer:
        own, seen = wording.known_share(layer), wording.known_share(text)
        if own is not None and (seen is None or own > seen):
            return number, layer, "text"
    return number, text, "ocr" if text else "none"


def _pictures(
    path: Path, kind: str, pages: list[int]
) -> Iterator[tuple[int, Image.Image | None, str]]:
    """Each page's number, its picture in grey, and the text layer that it may have."""
    if kind == "pdf":
        yield from _pdf_pictures(path, pages)
        return
    with pictures.opened(path) as image:
        for number in pages:
            try:
                yield number, _sized(pictures.frame(image, number, grey=True)), ""
            except (OSError, ValueError, EOFError, SyntaxError):
                yield number, None, ""


def _pdf_pictures(path: Path, pages: list[int]) -> Iterator[tuple[int, Image.Image | None, str]]:
    from portal.files.reading import pdf

    document: Any = pdf.open_document(path)
    for number in pages:
        try:
            picture = pdf.page_picture(document, number, dpi=DPI, grey=True, pixels=PIXELS_MAX)
            yield number, picture, pdf.page_text(document, number)
        except (RuntimeError, ValueError, IndexError):  # pdfium's own error is a RuntimeError
            yield number, None, ""
    document.close()


def _sized(picture: Image.Image) -> Image.Image:
    """A photograph made smaller, a small image larger."""
    longest = max(picture.size)
    if longest < SIDE_MIN:
        factor = min(SIDE_MIN / longest, 4.0)
    else:
        factor = min(1.0, (PIXELS_MAX / (picture.width * picture.height)) ** 0.5)
    if factor == 1.0:
        return picture
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    return picture.resize(size, Image.Resampling.LANCZOS)


async def _text(picture: Image.Image) -> str:
    packed = io.BytesIO()
    picture.save(packed, "PNG", compress_level=1, dpi=(DPI, DPI))
    text = await _words(packed.getvalue(), [BULGARIAN])
    if repairs.wants_english(text):
        text = repairs.merged(await _words(packed.getvalue(), [BULGARIAN, ENGLISH]), text)
    return repairs.repaired(text)


async def _words(picture: bytes, languages: list[str]) -> str:
    import xberg

    source = xberg.ExtractInput(kind="bytes", bytes=picture, mime_type="image/png")
    result = await xberg.extract(source, _config(languages))
    return markup.tidy("\n".join(part.content for part in result.results))


def _config(languages: list[str]) -> Any:
    import xberg

    return xberg.ExtractionConfig(
        use_cache=False,
        enable_quality_processing=False,
        output_format="plain",
        escape_markdown=False,
        force_ocr=True,
        ocr=xberg.OcrConfig(
            backend="tesseract",
            language=languages,
            tessdata_path=os.environ.get("TESSDATA_PREFIX"),
            tesseract_config=xberg.TesseractConfig(
                language=languages,
                psm=3,  # finds columns and blocks by itself
                output_format="text",
                enable_table_detection=False,
                use_cache=False,
            ),
        ),
    )
