"""PDFs set by hand: what is drawn is what counts as printed.

Lines end in hyphens now and then and some paragraphs are justified word by word, as office
programs do both. The variants differ only in what a program can read back, not in how they look.
"""

import io
import random
import re
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy
import pypdfium2
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfgen.canvas import Canvas

from tests.support.papers.text import (
    Bullets,
    Draft,
    Fields,
    Heading,
    Para,
    Table,
    Unavailable,
    hyphenated,
)

OURS = Path(__file__).parents[3] / "static/dist/fonts"
THEIRS = Path("/usr/share/fonts/truetype/liberation")
# Sofia Sans draws the Bulgarian forms of the letters; most offices print with the other two.
TYPEFACES = {
    "sofia": (OURS / "SofiaSans-Regular.ttf", OURS / "SofiaSans-Bold.ttf"),
    "serif": (THEIRS / "LiberationSerif-Regular.ttf", THEIRS / "LiberationSerif-Bold.ttf"),
    "sans": (THEIRS / "LiberationSans-Regular.ttf", THEIRS / "LiberationSans-Bold.ttf"),
}
WIDTH, HEIGHT = 595.0, 842.0
MARGIN, GUTTER, LEADING, SIZE = 56.0, 20.0, 14.0, 10.5
BOTTOM = 110.0  # footnotes and the footer stand below
COLUMNS = (24.0, 200.0, 60.0, 90.0, 95.0)  # of a table, in points


class Full(Exception):
    """No room is left on the page."""


class Sheet:
    """One page while it is set. `printed`: the texts on it."""

    def __init__(self, canvas: Canvas, random_: random.Random, columns: int, typeface: str) -> None:
        self.canvas, self.random = canvas, random_
        self.font, self.bold = typeface, f"{typeface}-bold"
        self.printed: list[str] = []
        self.notes: list[str] = []
        self.width = (WIDTH - 2 * MARGIN - GUTTER * (columns - 1)) / columns
        self.lefts = [MARGIN + n * (self.width + GUTTER) for n in range(columns)]
        self.left = self.lefts.pop(0)
        self.y = HEIGHT - 84

    def text(self, x: float, y: float, text: str, font: str = "", size: float = SIZE) -> None:
        self.canvas.setFont(font or self.font, size)
        self.canvas.drawString(x, y, text)

    def needs(self, height: float) -> None:
        """Go to the next column if so much does not fit. Raises Full."""
        if self.y - height >= BOTTOM:
            return
        if not self.lefts:
            raise Full
        self.left, self.y = self.lefts.pop(0), HEIGHT - 84

    def lines(self, text: str, width: float, font: str, size: float) -> list[list[str]]:
        """Break into lines of words; long words now and then in two with a hyphen."""

        def wide(words: list[str]) -> float:
            return pdfmetrics.stringWidth(" ".join(words), font, size)

        done: list[list[str]] = []
        line: list[str] = []
        for word in text.split():
            if line and wide([*line, word]) > width:
                parts = hyphenated(word, 8) if self.random.random() < 0.4 else None
                if parts and wide([*line, parts[0] + "-"]) <= width:
                    line.append(parts[0] + "-")
                    word = parts[1]
                done.append(line)
                line = []
            line.append(word)
        return [*done, line]

    def paragraph(
        self, text: str, *, indent: float = 0, font: str = "", size: float = SIZE
    ) -> None:
        font = font or self.font
        width = self.width - indent
        lines = self.lines(text, width, font, size)
        justified = self.random.random() < 0.4
        self.needs(LEADING * min(len(lines), 12))
        self.printed.append(text)
        for line in lines:
            self.y -= LEADING
            x = self.left + indent
            if justified and line is not lines[-1] and len(line) > 1:
                free = width - sum(pdfmetrics.stringWidth(word, font, size) for word in line)
                for word in line:
                    self.text(x, self.y, word, font, size)
                    x += pdfmetrics.stringWidth(word, font, size) + free / (len(line) - 1)
            else:
                self.text(x, self.y, " ".join(line), font, size)
        self.y -= 6

    def block(self, block: object) -> None:
        match block:
            case Heading(text):
                self.paragraph(text, font=self.bold, size=13)
            case Para(text, note):
                marked = note and len(self.notes) < 3
                self.paragraph(f"{text} [{len(self.notes) + 1}]" if marked else text)
                if marked:
                    self.notes.append(note)
            case Bullets(items):
                for item in items:
                    self.paragraph(f"– {item}", indent=14)
            case Fields(pairs):
                for label, value in pairs:
                    self.paragraph(f"{label} {value}")
            case Table(rows):
                self.table(rows)

    def table(self, rows: list[list[str]]) -> None:
        if self.width < sum(COLUMNS):  # a column of two: no room for a grid
            for row in rows:
                self.paragraph(" ".join(row))
            return
        self.needs(18.0 * len(rows))
        for number, row in enumerate(rows):
            x = self.left
            for width, cell in zip(COLUMNS, row, strict=True):
                self.canvas.rect(x, self.y - 18, width, 18)
                self.text(x + 4, self.y - 13, cell, self.font if number else self.bold, 9)
                x += width
            self.y -= 18
            self.printed.extend(row)
        self.y -= 8

    def photograph(self, size: int) -> None:
        """A picture of about so many bytes, as a camera's noise makes it."""
        side = max(8, round((size * 1.4) ** 0.5))
        noise = numpy.random.default_rng(1).integers(0, 255, (side, side), dtype=numpy.uint8)
        file = io.BytesIO()
        Image.fromarray(noise).save(file, "JPEG", quality=75)
        file.seek(0)
        self.needs(160)
        self.canvas.drawImage(ImageReader(file), self.left, self.y - 150, 150, 150)
        self.y -= 160

    def finish(self, draft: Draft, number: int) -> None:
        """Header, footnotes, footer."""
        foot = f"{draft.footer} Страница {number} от {len(draft.pages)}"
        self.text(MARGIN, HEIGHT - 50, draft.header, size=9)
        self.canvas.line(MARGIN, HEIGHT - 56, WIDTH - MARGIN, HEIGHT - 56)
        self.text(MARGIN, 36, foot, size=9)
        self.printed += [draft.header, foot]
        for n, note in enumerate(self.notes):
            self.text(MARGIN, 92 - 12 * n, f"[{n + 1}] {note}", size=8)
            self.printed.append(f"{n + 1} {note}")


def _typeface(name: str) -> None:
    """Make a typeface known to reportlab. Raises Unavailable."""
    for font, file in zip((name, f"{name}-bold"), TYPEFACES[name], strict=True):
        if not file.exists():
            raise Unavailable(f"the typeface {file.name}")
        if font not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(ttfonts.TTFont(font, str(file)))


def _draw(draft: Draft, columns: int = 1) -> tuple[bytes, list[list[str]]]:
    _typeface(draft.typeface)
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1)
    canvas.setTitle(draft.title)
    canvas.setAuthor(draft.author)
    random_ = random.Random(draft.title)
    printed = []
    for number, blocks in enumerate(draft.pages, 1):
        sheet = Sheet(canvas, random_, columns, draft.typeface)
        try:
            if number == 1:
                sheet.paragraph(draft.title, font=sheet.bold, size=12)
                if draft.ballast:
                    sheet.photograph(draft.ballast)
            for block in blocks:
                sheet.block(block)
        except Full:
            pass
        sheet.finish(draft, number)
        printed.append(sheet.printed)
        canvas.showPage()
    canvas.save()
    return file.getvalue(), printed


def born_digital(draft: Draft) -> tuple[bytes, list[list[str]]]:
    return _draw(draft)


def two_columns(draft: Draft) -> tuple[bytes, list[list[str]]]:
    return _draw(draft, columns=2)


def without_tounicode(draft: Draft) -> tuple[bytes, list[list[str]]]:
    """The fonts do not say which letters their glyphs are. Spaces keep every offset as it was."""
    data, printed = _draw(draft)
    return re.sub(rb"/ToUnicode \d+ 0 R", lambda m: b" " * len(m[0]), data), printed


def mojibake(draft: Draft) -> tuple[bytes, list[list[str]]]:
    """The fonts call Cyrillic letters by the Latin ones of the same windows-1251 bytes."""
    with _lying_fonts():
        return _draw(draft)


@contextmanager
def _lying_fonts():
    honest = ttfonts.makeToUnicodeCMap

    def lie(name: str, subset: Sequence[int]) -> str:
        return honest(name, [_as_latin(code) for code in subset])

    ttfonts.makeToUnicodeCMap = lie
    try:
        yield
    finally:
        ttfonts.makeToUnicodeCMap = honest


def _as_latin(code: int) -> int:
    return ord(chr(code).encode("windows-1251", "replace").decode("latin-1"))


def scanned(draft: Draft, dpi: int) -> tuple[bytes, list[list[str]]]:
    data, printed = _draw(draft)
    return scan(data, dpi, seed=len(draft.title)), printed


def scan(pdf: bytes, dpi: int, seed: int) -> bytes:
    """Draw the pages, turn each by up to 0.7 degrees, add noise, pack the JPEGs into a PDF."""
    file = io.BytesIO()
    canvas = Canvas(file, invariant=1)
    for jpeg, (width, height) in _photographs(pdf, dpi, numpy.random.default_rng(seed)):
        canvas.setPageSize((width, height))
        canvas.drawImage(ImageReader(io.BytesIO(jpeg)), 0, 0, width, height)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _photographs(
    pdf: bytes, dpi: int, random_: numpy.random.Generator
) -> Iterable[tuple[bytes, tuple[float, float]]]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            grey = page.render(scale=dpi / 72, grayscale=True).to_pil().convert("L")
            turned = grey.rotate(
                random_.uniform(-0.7, 0.7), Image.Resampling.BICUBIC, fillcolor=255
            )
            pixels = numpy.asarray(turned, dtype=numpy.float32)
            pixels = 18 + pixels * (225 / 255)  # paper is not white, nor ink black
            pixels += random_.normal(0, 7, pixels.shape).astype(numpy.float32)
            out = io.BytesIO()
            Image.fromarray(pixels.clip(0, 255).astype(numpy.uint8)).save(
                out, "JPEG", quality=70, dpi=(dpi, dpi)
            )
            yield out.getvalue(), page.get_size()
            page.close()
    finally:
        document.close()
