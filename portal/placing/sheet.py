"""The sheet for the notice board: an item in large letters on A4, for people without a desk.

Its text stands there whole on one page, or on two in smaller letters; what is longer is shown as
far as a page goes, and the code leads to the rest. Nothing is asked of the database here.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from pathlib import Path

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph

from portal.access.site import site
from portal.kernel.i18n import _, long_date
from portal.kernel.palette import LIGHT, colour
from portal.kernel.paper import BOLD, INK, REGULAR, WHITE, arms, code, fonts
from portal.kernel.setting import Block, Placed, blocks, drawn, laid, style

WIDTH, HEIGHT = A4  # points
EDGE = 44
WIDE = WIDTH - 2 * EDGE
HEAD, FOOT, FOLIO = 64, 132, 26  # of a first page; the number of a page
ARMS, QR = 46, 104
TITLES = (38, 34, 30, 26, 22)
TITLE_MAX = 190  # points high
ONE_PAGE, TWO_PAGES = (19, 17, 15.5, 14), (15, 13.5)  # letters, in points
CUT = 15
HOPELESS = 7_000  # characters that fit no two pages, so that nobody waits for them to be set
COVER = 150
BULKY = 10_000  # points: a height that nothing reaches


@dataclass(frozen=True)
class Notice:
    """What is said. html: sanitised; picture: where the bytes of a file of the text lie."""

    title: str
    summary: str
    html: str
    facts: Sequence[tuple[str, str]]
    language: str
    url: str
    out_since: datetime
    day: date
    deadline: str
    rest: str  # what stands in the portal and not here, if something does
    cover: Path | None
    picture: Callable[[int], Path | None]


def draw(notice: Notice) -> bytes:
    """The PDF, in the language that is spoken now."""
    fonts()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, lang=notice.language, invariant=True, pageCompression=1)
    canvas.setTitle(notice.title)
    canvas.setAuthor(site().name)
    canvas.setSubject(notice.summary)
    canvas.setDateFormatter(lambda *_clock: f"D:{notice.out_since:%Y%m%d%H%M%S}+00'00'")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    _Sheet(canvas, notice).draw()
    canvas.save()
    return out.getvalue()


Page = list[tuple[Flowable, float, float]]  # with its height and the space before it


class _Sheet:
    """The pages of one notice."""

    def __init__(self, canvas: Canvas, notice: Notice) -> None:
        self.canvas, self.notice = canvas, notice
        self.brand = HexColor(colour(LIGHT["brand"], site().hue))
        self.head: list[Placed] = []
        self.room = 0.0  # under the head of the first page

    def _open(self, *, with_cover: bool) -> None:
        self.head = self._head(with_cover)
        used = sum(self._height(each, space) for each, space in self.head)
        self.room = HEIGHT - 2 * EDGE - HEAD - FOOT - used

    def draw(self) -> None:
        pages, is_whole = self._pages()
        for number, page in enumerate(pages, 1):
            top = HEIGHT - EDGE
            if number == 1:
                top = self._masthead(top)
                for each, space in self.head:
                    top = self._put(each, self._height(each, 0), space, top)
            for each, height, space in page:
                top = self._put(each, height, space, top)
            if number == 1:
                self._foot(is_whole)
            if len(pages) > 1:
                self._folio(number, len(pages))
            self.canvas.showPage()

    # ── What fits ──

    def _pages(self) -> tuple[list[Page], bool]:
        """The text in pages, and whether all of it stands there."""
        parts, is_all = blocks(self.notice.html)
        ways = [(False, ONE_PAGE, 1), (False, TWO_PAGES, 2)]
        if self.notice.cover is not None:
            ways.insert(0, (True, ONE_PAGE, 1))
        for with_cover, sizes, most in ways:
            self._open(with_cover=with_cover)
            if sum(part.length for part in parts) > HOPELESS:
                continue
            for size in sizes:
                pages, is_whole = self._set(parts, size, most)
                if is_whole:
                    return pages, is_all
        # Pictures would take the room of the words.
        words = [part for part in parts if part.name != "img"]
        return self._set(_beginning(words), CUT, 1)[0], False

    def _set(self, parts: Sequence[Block], size: float, most: int) -> tuple[list[Page], bool]:
        """The text in letters of a size on so many pages at most, and whether that is all."""
        todo = [each for part in parts if (each := laid(part, size, WIDE, self.notice.picture))]
        todo.reverse()
        pages: list[Page] = [[]]
        left = self.room
        while todo:
            each, space = todo.pop()
            height = each.wrap(WIDE, BULKY)[1]
            if height + space <= left:
                pages[-1].append((each, height, space))
                left -= height + space
                continue
            is_last = len(pages) == most
            halves = each.split(WIDE, left - space) if left - space > 2 * size else []
            if len(halves) == 2:
                pages[-1].append((halves[0], halves[0].wrap(WIDE, BULKY)[1], space))
                todo.append((halves[1], 0))
            elif not is_last and pages[-1]:
                todo.append((each, space))
            else:
                break  # nothing of it fits an empty page
            if is_last:
                break
            _no_lonely_heading(pages[-1], todo)
            pages.append([])
            left = HEIGHT - 2 * EDGE - FOLIO
        else:
            return pages, True
        _no_lonely_heading(pages[-1], todo)
        return pages, False

    # ── What is drawn ──

    def _head(self, with_cover: bool) -> list[Placed]:
        """Until when it is to be read, the title, the facts, the summary, perhaps a picture."""
        notice = self.notice
        found: list[Placed] = []
        if notice.deadline:
            look = style(
                19, fontName=BOLD, textColor=WHITE, backColor=INK, borderPadding=(6, 10, 9, 10)
            )
            look.leftIndent = look.rightIndent = 10
            found.append((Paragraph(escape(notice.deadline), look), 24))
        found.append((self._title(), 16 if notice.deadline else 20))
        if notice.facts:
            told = " · ".join(
                f"{escape(label)}: <b>{escape(value)}</b>" for label, value in notice.facts
            )
            found.append((Paragraph(told, style(13)), 8))
        if notice.summary:
            found.append((Paragraph(escape(notice.summary), style(19)), 10))
        if with_cover and notice.cover is not None:
            found.append((drawn(notice.cover, WIDE, COVER), 12))
        return found

    def _title(self) -> Paragraph:
        """As large as leaves room for the text."""
        for size in TITLES:
            look = style(size, fontName=BOLD, leading=size * 1.12)
            words = Paragraph(escape(self.notice.title), look)
            if words.wrap(WIDE, BULKY)[1] <= TITLE_MAX:
                break
        return words

    def _height(self, each: Flowable, space: float) -> float:
        return float(each.wrap(WIDE, BULKY)[1]) + space

    def _put(self, each: Flowable, height: float, space: float, top: float) -> float:
        """Draw below a height; where it ends."""
        each.wrap(WIDE, BULKY)
        each.drawOn(self.canvas, EDGE, top - space - height)
        return top - space - height

    def _masthead(self, top: float) -> float:
        """The arms and the name of the municipality, under a line of its colour."""
        arms(self.canvas, EDGE, top - ARMS, ARMS, self.brand)
        name = Paragraph(escape(site().name), style(24, fontName=BOLD, textColor=self.brand))
        wide = WIDE - ARMS - 10
        height = name.wrap(wide, BULKY)[1]
        name.drawOn(self.canvas, EDGE + ARMS + 4, top - ARMS / 2 - height / 2)
        self._rule(top - HEAD + 8, self.brand, 3)
        return top - HEAD

    def _foot(self, is_whole: bool) -> None:
        """The day, and the code with what it leads to."""
        top = EDGE + FOOT - FOLIO
        self._rule(top, self.brand, 3)
        code(self.canvas, self.notice.url, WIDTH - EDGE - QR, EDGE - 8, QR)
        leads = _("Point the camera of your phone at the code: it opens in the portal.")
        if self.notice.deadline:
            leads += " " + _("Confirm that you have read it there or at the briefing.")
        rest = self.notice.rest if is_whole else _("The rest is in the portal.")
        lines = [
            (_("Published on %(day)s", day=long_date(self.notice.day)), style(13)),
            (f"{rest} {leads}".strip(), style(15, fontName=BOLD)),
            (self.notice.url, style(10)),
        ]
        y = top - 8
        for words, look in lines:
            said = Paragraph(escape(words), look)
            height = said.wrap(WIDE - QR - 20, BULKY)[1]
            y -= height
            said.drawOn(self.canvas, EDGE, y)
            y -= 4

    def _folio(self, number: int, pages: int) -> None:
        self.canvas.setFillColor(INK)
        self.canvas.setFont(REGULAR, 10)
        words = _("page %(n)s of %(of)s", n=number, of=pages)
        self.canvas.drawString(EDGE, EDGE - 26, words)

    def _rule(self, y: float, ink: Color, width: float) -> None:
        self.canvas.setStrokeColor(ink)
        self.canvas.setLineWidth(width)
        self.canvas.line(EDGE, y, WIDTH - EDGE, y)


def _beginning(parts: Sequence[Block]) -> list[Block]:
    """As much as could stand on a page: nobody waits for what does not."""
    kept, length = [], 0
    for part in parts:
        if length > HOPELESS / 2 or part.length > HOPELESS:
            break
        kept.append(part)
        length += part.length
    return kept


def _no_lonely_heading(page: Page, todo: list[Placed]) -> None:
    """A heading goes with what follows it."""
    while page and page[-1][0].getKeepWithNext():
        each, _height, space = page.pop()
        todo.append((each, space))
