"""Uploaded images, and pictures of pages for lists and the viewer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from portal.files.reading.results import PAGES_MAX, Gathered, Trouble, Unreadable

PIXELS_MAX = 8_000_000  # of a drawn page
OPENED_MAX = 120_000_000  # pixels of an uploaded image
THUMB_WIDTH = 160  # pixels
_QUALITY = 80
_CLEAR = "RGBA"


def read(path: Path) -> Gathered:
    """An image has no text of its own: each of its pages wants OCR. Raises Unreadable."""
    with opened(path) as image:
        count = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
        image.seek(0)
        image.draft("L", (64, 64))
        image.load()  # a truncated one fails here
    first = min(count, PAGES_MAX)
    return Gathered(
        texts=[""] * first,
        count=count,
        paged=count > 1,
        to_ocr=list(range(1, first + 1)),
        trouble=Trouble.INCOMPLETE if count > first else Trouble.NONE,
    )


def opened(path: Path) -> Image.Image:
    """The image, not yet unpacked. Raises Unreadable: DAMAGED or TOO_LARGE."""
    Image.MAX_IMAGE_PIXELS = OPENED_MAX // 2  # Pillow refuses what is twice as large
    try:
        return Image.open(path, formats=("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP"))
    except Image.DecompressionBombError as error:
        raise Unreadable(Trouble.TOO_LARGE) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise Unreadable(Trouble.DAMAGED) from error


def frame(image: Image.Image, number: int, *, grey: bool, width: int | None = None) -> Image.Image:
    """A page of an image, upright, on white.

    width: pixels that the result needs at least; a JPEG is then unpacked smaller. Raises OSError.
    """
    image.seek(number - 1)
    if image.width * image.height > OPENED_MAX:
        raise Unreadable(Trouble.TOO_LARGE)
    if width is not None:
        image.draft(None, (width, width * image.height // max(image.width, 1)))
    picture: Image.Image = ImageOps.exif_transpose(image)
    if "A" in picture.getbands() or "transparency" in picture.info:
        picture = picture.convert(_CLEAR)
        picture = Image.alpha_composite(Image.new(_CLEAR, picture.size, "white"), picture)
    elif picture.mode.startswith("I;16"):  # sixteen bits of grey
        picture = picture.convert("I").point(lambda value: value / 256)
    return picture.convert("L" if grey else "RGB")


def draw(path: Path, kind: str, pages: Sequence[int], out: Path, width: int) -> list[int]:
    """Write the pages as WebP; the numbers of those that succeeded. Raises Unreadable.

    width: pixels; page 1 also becomes thumb.webp.
    """
    drawn = []
    with _Source(path, kind) as source:
        for number in pages:
            try:
                picture = source.page(number, width)
                _save(picture, out / f"{number}.webp", width)
                if number == 1:
                    _save(picture, out / "thumb.webp", THUMB_WIDTH)
            except (OSError, ValueError, IndexError, EOFError, RuntimeError, SyntaxError):
                continue  # this page stays without a picture
            drawn.append(number)
    return drawn


def _save(picture: Image.Image, path: Path, width: int) -> None:
    height = max(1, round(picture.height * width / picture.width))
    if width * height > PIXELS_MAX or height > 16_000:  # a strip: WebP ends at 16,383
        shrink = min((PIXELS_MAX / (width * height)) ** 0.5, 16_000 / height)
        width, height = max(1, int(width * shrink)), max(1, int(height * shrink))
    if picture.width > width:
        picture = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2)
    picture.save(path, "WEBP", quality=_QUALITY, method=2)


class _Source:
    """Pages of a PDF or of an image, opened once for all of them."""

    def __init__(self, path: Path, kind: str) -> None:
        self._document: Any = None
        if kind == "pdf":
            from portal.files.reading import pdf

            self._pdf = pdf
            self._document = pdf.open_document(path)
        else:
            self._image = opened(path)

    def __enter__(self) -> _Source:
        return self

    def __exit__(self, *_: object) -> None:
        (self._document or self._image).close()

    def page(self, number: int, width: int) -> Image.Image:
        if self._document is None:
            return frame(self._image, number, grey=False, width=width)
        points = max(self._pdf.page_width(self._document, number), 1.0)
        return self._pdf.page_picture(
            self._document, number, dpi=width / points * 72, grey=False, pixels=PIXELS_MAX
        )
