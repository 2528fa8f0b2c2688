"""A practice on two pages to print: always two, however long its texts are.

Nothing is asked of the database here.
"""

import io
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from portal.access.site import site
from portal.content.listing import address
from portal.kernel.i18n import _
from portal.kernel.links import absolute
from portal.kernel.palette import LIGHT, colour
from portal.kernel.paper import BOLD, INK, REGULAR, code, fonts, picture_bytes
from portal.practices.page import Page, paragraphs
from portal.practices.typesetting import (
    Block,
    Columns,
    Line,
    Part,
    balanced,
    fitted,
    height_of,
    laid,
    paragraph,
    style,
)

WIDTH, HEIGHT = A4  # points
EDGE, GAP = 40, 20
SIDE, INSET = 150, 10  # the column of facts, and the room about its words
QR = 68
PICTURE_MIN, PICTURE_MAX = 110, 250  # the height of a picture, in points


# ── What stands where ───────────────────────────────────────────────────


def _text(page: Page, key: str, heading: str) -> Part:
    return Part(heading, [Line("", each) for each in paragraphs(str(page[key]))])


def _story(page: Page) -> list[Part]:
    """The wide column of the first page."""
    solution = _("What was tried") if page.failed else _("The solution")
    return _said(
        [_text(page, "problem", _("The problem")), _text(page, "solution", solution)],
    )


def _facts(page: Page, topics: Sequence[str]) -> list[Part]:
    """The narrow column of the first page."""
    found = [
        Part(fact.label, [Line(fact.words, f"\n{fact.more}" if fact.more else "")])
        for fact in page.glance()
    ]
    if topics:
        found.append(Part(_("Topics"), [Line("", ", ".join(topics))]))
    if page["offers"]:
        found.append(Part(_("They offer"), [Line("", page.words("offers"))]))
    if page["project"] or page["programme"]:
        names = filter(None, (page["project"], page["programme"]))
        found.append(Part(_("Project"), [Line("", ", ".join(names))]))
    return found


def _rest(page: Page) -> list[Part]:
    """The second page, to be laid in two columns."""
    steps = Part(_("Steps"), [_step(page, row) for row in page["steps"] or ()], numbered=True)
    proofs = Part(_("Evidence of results"), [_proof(each) for each in page.proofs])
    hard = Part(
        _("Difficulties"),
        [
            Line(row.get("what") or "", f"\n{row['remedy']}" if row.get("remedy") else "")
            for row in page["difficulties"] or ()
        ],
    )
    return _said(
        [
            steps,
            proofs,
            hard,
            _text(page, "lessons", _("What the authors would do differently")),
            _text(page, "core", _("What must stay")),
            _text(page, "adaptable", _("What may change")),
            _text(page, "fits", _("For whom it fits")),
            _text(page, "small", _("How a small municipality can do it")),
            _text(page, "no_grant", _("Cost without a grant")),
            _text(page, "sustained", _("Who pays after the project")),
        ]
    )


def _step(page: Page, row: dict[str, Any]) -> Line:
    told = [row.get("who"), page.weeks(row), row.get("output")]
    more = " · ".join(filter(None, told))
    return Line(row.get("what") or "", f"\n{more}" if more else "")


def _proof(proof: Any) -> Line:
    name = f"{proof.name}, {proof.unit}" if proof.unit else proof.name
    change = f" ({proof.change})" if proof.change else ""
    source = " · ".join(filter(None, (proof.measured, proof.source)))
    return Line(name, f"\n{proof.before} → {proof.after}{change}\n{source}")


def _said(parts: Iterable[Part]) -> list[Part]:
    return [part for part in parts if any(line.length for line in part.lines)]


# ── Drawing ─────────────────────────────────────────────────────────────


def draw(page: Page, topics: Sequence[str], picture: Path | None = None) -> bytes:
    """The PDF. topics: their names in the reader's language; picture: the first one's bytes."""
    fonts()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, lang=page.text.language, invariant=True, pageCompression=1)
    canvas.setTitle(page.text.title)
    canvas.setAuthor(page.organisation)
    canvas.setSubject(page.text.summary)
    canvas.setKeywords(", ".join(topics))
    canvas.setCreator(site().name)
    made = f"D:{page.text.released_at:%Y%m%d%H%M%S}+00'00'"
    canvas.setDateFormatter(lambda *_clock: made)
    canvas.setViewerPreference("DisplayDocTitle", "true")
    sheet = _Sheet(canvas, page)
    sheet.first(topics, picture)
    canvas.showPage()
    sheet.second()
    canvas.showPage()
    canvas.save()
    return out.getvalue()


class _Sheet:
    """The two pages of one practice."""

    def __init__(self, canvas: Canvas, page: Page) -> None:
        self.canvas = canvas
        self.page = page
        self.brand = HexColor(colour(LIGHT["brand"], site().hue))
        self.tint = HexColor(colour(LIGHT["tint"], site().hue))
        self.url = absolute("practices.show", address=address(page.text.id, page.text.slug))

    def first(self, topics: Sequence[str], picture: Path | None) -> None:
        top = self._head() - 14
        room = top - EDGE - 12
        wide = WIDTH - 2 * EDGE - SIDE - GAP
        story, facts = _story(self.page), _facts(self.page, topics)

        def column(size: float, limit: int | None) -> Columns:
            return [[laid(part, size, limit, wide, 1.3) for part in story]]

        def beside(size: float, limit: int | None) -> Columns:
            small = min(size, 9)
            return [[laid(part, small, limit, SIDE - 2 * INSET, 0.9) for part in facts]]

        (left,) = fitted(column, story, room)
        (right,) = fitted(beside, facts, room - 2 * INSET)
        height = height_of([right]) + INSET
        self.canvas.setFillColor(self.tint)
        x = WIDTH - EDGE - SIDE
        self.canvas.roundRect(x, top - height - 8, SIDE, height + 8, 5, stroke=0, fill=1)
        end = self._column(left, EDGE, top + 10)
        if picture is not None:
            self._picture(picture, end - 16, wide)
        self._column(right, x + INSET, top - 2)
        self._foot(1)

    def second(self) -> None:
        top = HEIGHT - EDGE
        self.canvas.setFillColor(self.brand)
        self.canvas.setFont(BOLD, 9)
        title = Paragraph(
            escape(self.page.text.title),
            style(9, fontName=BOLD, textColor=self.brand),
        )
        top -= self._put(title, EDGE, top, WIDTH - 2 * EDGE) + 4
        self._rule(top, self.brand)
        width = (WIDTH - 2 * EDGE - GAP) / 2
        parts = _rest(self.page)
        end = EDGE + 12 + self._end_height(width)

        def layout(size: float, limit: int | None) -> Columns:
            return balanced([laid(part, size, limit, width, 1.2) for part in parts])

        for number, column in enumerate(fitted(layout, parts, top - end - 8)):
            self._column(column, EDGE + number * (width + GAP), top)
        self._end(end)
        self._foot(2)

    def _head(self) -> float:
        """The head of the first page; where it ends."""
        top: float = HEIGHT - EDGE + 6
        page, wide = self.page, WIDTH - 2 * EDGE
        kind = _("Good practices") if not page.failed else _("What did not work")
        above = style(9, fontName=BOLD, textColor=self.brand)
        top -= self._put(Paragraph(escape(f"{site().name} · {kind}"), above), EDGE, top, wide) + 6
        title = style(21, fontName=BOLD, leading=24, textColor=INK)
        top -= self._put(Paragraph(escape(page.text.title), title), EDGE, top, wide) + 6
        if page.text.summary:
            top -= self._put(Paragraph(escape(page.text.summary), style(12)), EDGE, top, wide) + 5
        where = " · ".join(filter(None, (page.organisation, page.place, page.period)))
        top -= self._put(Paragraph(escape(where), style(9, textColor=INK)), EDGE, top, wide) + 8
        self._rule(top, self.brand)
        return top

    def _ending(self) -> list[Paragraph]:
        """Contact, licence and address, beside the picture of the address."""
        page, look = self.page, style(8.5)
        people = [page.contact, page.contact_position] if not page.text.contact_left else []
        contact = ", ".join(filter(None, [*people, page.organisation, page.mail]))
        lines = [Line(_("Who answers") + ": ", contact)]
        if page["contact_shown"] != "public":
            lines.append(Line("", _("The contact is meant for partners of the municipality only.")))
        lines.append(Line(_("Licence") + ": ", page.licence))
        if page.is_translation and page["machine"]:
            lines.append(Line("", _("A machine translated it.")))
        lines.append(Line(_("All of it, with files and questions") + ": ", self.url))
        return [paragraph(line, look) for line in lines]

    def _end_height(self, width: float) -> float:
        lines = (each.wrap(2 * width - QR, HEIGHT)[1] + 2 for each in self._ending())
        return max(QR, float(sum(lines))) + 8

    def _end(self, top: float) -> None:
        self._rule(top, self.brand)
        y, width = top - 6, WIDTH - 2 * EDGE - QR - GAP
        for each in self._ending():
            y -= self._put(each, EDGE, y, width) + 2
        code(self.canvas, self.url, WIDTH - EDGE - QR, top - 6 - QR, QR)

    def _column(self, blocks: list[Block], x: float, top: float) -> float:
        """Draw blocks below one another; where they end."""
        for block in blocks:
            for each, height, space in block.lines:
                top -= height + space
                each.drawOn(self.canvas, x, top)
        return top

    def _picture(self, path: Path, top: float, width: float) -> None:
        """The first picture with what it shows, its author and licence, where there is room."""
        row = self.page["pictures"][0]
        terms = self.page.licence
        if row.get("licence") not in ("", None, "own"):
            terms = self.page.cell("pictures", row, "licence")
        told = " · ".join(filter(None, (row.get("alt"), row.get("author"), terms)))
        caption = Paragraph(escape(told), style(8, textColor=INK))
        room = min(top - EDGE - 14 - caption.wrap(width, HEIGHT)[1], PICTURE_MAX)
        if room < PICTURE_MIN:
            return
        data, wide, high = picture_bytes(path)
        scale = min(width / wide, room / high)
        high_here = high * scale
        self.canvas.drawImage(ImageReader(data), EDGE, top - high_here, wide * scale, high_here)
        self._put(caption, EDGE, top - high_here - 3, width)

    def _put(self, words: Paragraph, x: float, top: float, width: float) -> float:
        """Draw a paragraph below a height; its own height."""
        height = float(words.wrap(width, HEIGHT)[1])
        words.drawOn(self.canvas, x, top - height)
        return height

    def _rule(self, y: float, ink: Any) -> None:
        self.canvas.setStrokeColor(ink)
        self.canvas.setLineWidth(1.2)
        self.canvas.line(EDGE, y, WIDTH - EDGE, y)

    def _foot(self, number: int) -> None:
        self.canvas.setFillColor(INK)
        self.canvas.setFont(REGULAR, 8)
        self.canvas.drawString(EDGE, EDGE - 16, site().name)
        self.canvas.drawRightString(WIDTH - EDGE, EDGE - 16, f"{number} / 2")
